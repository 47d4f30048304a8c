/**
 * CPU time per call of the app channel's HTTP/1.1 client, beside undici's Pool.dispatch: this process calls an echo server
 * that runs in another one.
 *
 *     node test/bench/http-client.ts [calls per round]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Pool } from "undici";
import type { HttpRequest } from "../../src/kit/http/client.ts";
import { createHttpClient } from "../../src/kit/http/create-client.ts";
import { systemClock } from "../../src/kit/time/clock.ts";
import { median } from "./process-stat.ts";

const port = 18_461;
const inFlight = 32;
const rounds = 5;
const warmUpCalls = 60_000;
const calls = Number(process.argv[2] ?? 40_000);

const headers = ["User-Agent", "bench", "Accept", "*/*", "Content-Type", "application/json"];
const requests: Record<string, HttpRequest> = {
  get: { method: "GET", path: "/echo?x=1", headers, body: null },
  post: { method: "POST", path: "/echo", headers, body: Buffer.alloc(52, "x") },
};

/** Makes one call and says when it is over. */
type Call = (request: HttpRequest, done: () => void) => void;

/** Runs so many calls, 32 at a time. */
function run(call: Call, request: HttpRequest, count: number): Promise<void> {
  return new Promise((resolve) => {
    let started = 0;
    let ended = 0;
    const next = (): void => {
      if (started++ < count) call(request, done);
    };
    const done = (): void => {
      if (++ended === count) resolve();
      else next();
    };
    for (let i = 0; i < inFlight; i++) next();
  });
}

const client = createHttpClient({
  host: "127.0.0.1",
  port,
  protocol: "http",
  maxHeaderBytes: 4096,
  clock: systemClock,
});
const fail = (error: Error): never => {
  throw error;
};
const ours: Call = (request, done) => {
  client.send(request, { onHead() {}, onData: () => true, onEnd: done, onError: fail });
};

const pool = new Pool(`http://127.0.0.1:${port}`, { connections: inFlight, pipelining: 1 });
const undici: Call = ({ method, path, headers: list, body }, done) => {
  pool.dispatch(
    { method: method as "GET", path, headers: list as string[], body: body as Uint8Array | null },
    {
      onRequestStart() {},
      onResponseStart() {},
      onResponseData() {},
      onResponseEnd: done,
      onResponseError: (_, error) => fail(error),
    },
  );
};

async function startEcho(): Promise<ChildProcess> {
  const echo = join(import.meta.dirname, "echo.ts");
  const child = spawn(process.execPath, [echo, String(port), '{"value":"echo"}'], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout as NodeJS.ReadableStream, "data");
  return child;
}

const child = await startEcho();
try {
  const clients = { ours, undici };
  for (const [name, request] of Object.entries(requests)) {
    const micros = { ours: [] as number[], undici: [] as number[] };
    for (const call of Object.values(clients)) await run(call, request, warmUpCalls);
    for (let round = 0; round < rounds; round++) {
      for (const which of ["ours", "undici"] as const) {
        const before = process.cpuUsage();
        await run(clients[which], request, calls);
        const { user, system } = process.cpuUsage(before);
        micros[which].push((user + system) / calls);
      }
    }
    const show = (values: readonly number[]): string => median(values).toFixed(1);
    console.log(`${name}: ours ${show(micros.ours)} µs, undici ${show(micros.undici)} µs per call`);
  }
} finally {
  await client[Symbol.asyncDispose]();
  await pool.close();
  child.kill();
}
