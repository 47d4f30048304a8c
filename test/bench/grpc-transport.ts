/**
 * CPU time per unary call of a gRPC transport, on the server: `node test/bench/grpc-transport.ts [h2|http2|grpcjs ...]`.
 * The server runs in a process of its own; this process makes the load with the h2 client.
 */
import { fork } from "node:child_process";
import { h2Transport } from "../../src/kit/rpc/h2/transport.ts";
import { Metadata } from "../../src/kit/rpc/metadata.ts";
import { selectTransport } from "../../src/kit/rpc/select.ts";
import type { ClientTransport } from "../../src/kit/rpc/transport.ts";

const path = "/dapr.proto.runtime.v1.Dapr/GetState";
const value = Buffer.alloc(42, "v");
const request = Buffer.alloc(20, "k");
const warmUpCalls = 80_000;
const measuredCalls = 120_000;

/** The child: answers, and reports its CPU time when asked. */
async function serve(name: string, isAsync: boolean): Promise<void> {
  const transport = await selectTransport(name);
  const server = transport.createServer({ maxMessageBytes: 4 << 20, maxMetadataBytes: 65536 });
  server.unary(path, isAsync ? async () => value : () => value);
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpu: user + system, rss: process.memoryUsage.rss() });
  });
  process.on("disconnect", () => process.exit(0));
  process.send?.({ port });
}

async function load(clients: ClientTransport[], streams: number, calls: number): Promise<void> {
  let left = calls;
  const metadata = new Metadata(["dapr-app-id", "bench", "user-id", "42"]);
  const worker = async (client: ClientTransport): Promise<void> => {
    while (left-- > 0) await client.unary(path, request, { metadata });
  };
  const workers: Promise<void>[] = [];
  for (const client of clients) for (let i = 0; i < streams; i++) workers.push(worker(client));
  await Promise.all(workers);
}

async function measure(name: string, connections: number, streams: number, mode: string) {
  const child = fork(import.meta.filename, ["--serve", name, mode], { stdio: "inherit" });
  const next = (): Promise<Record<string, number>> =>
    new Promise((resolve) => child.once("message", (message) => resolve(message as never)));
  const { port } = await next();
  const clients = Array.from({ length: connections }, () =>
    h2Transport.createClient({
      target: { host: "127.0.0.1", port: port as number },
      maxMessageBytes: 4 << 20,
    }),
  );
  const usage = (): Promise<Record<string, number>> => {
    const answer = next();
    child.send("usage");
    return answer;
  };
  await load(clients, streams, warmUpCalls);
  const before = await usage();
  const ownBefore = process.cpuUsage();
  await load(clients, streams, measuredCalls);
  const after = await usage();
  const own = process.cpuUsage(ownBefore);
  const perCall = ((after.cpu as number) - (before.cpu as number)) / measuredCalls;
  const perCallClient = (own.user + own.system) / measuredCalls;
  console.log(
    `${name} ${mode} ${connections}x${streams}: server ${perCall.toFixed(2)} us, client ${perCallClient.toFixed(2)} us, server RSS ${Math.round((after.rss as number) / 2 ** 20)} MiB`,
  );
  await Promise.all(clients.map((client) => client.close()));
  child.disconnect();
  await new Promise((resolve) => child.once("exit", resolve));
}

if (process.argv[2] === "--serve") {
  await serve(process.argv[3] as string, process.argv[4] === "async");
} else {
  const names = process.argv.length > 2 ? process.argv.slice(2) : ["h2", "http2", "grpcjs"];
  for (const name of names) {
    await measure(name, 4, 8, "sync");
    await measure(name, 4, 8, "async");
    await measure(name, 32, 1, "sync");
  }
}
