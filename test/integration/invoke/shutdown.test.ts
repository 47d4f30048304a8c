/** A sidecar on either side that is told to stop while 200 calls are under way between the two: none of them fails. */
import { Agent, createServer, request as httpRequest, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Client, type ClientDuplexStream, credentials, Metadata } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { InvokeResponse } from "../../../src/kit/proto/dapr/proto/common/v1/common.ts";
import { InvokeServiceRequest } from "../../../src/kit/proto/dapr/proto/runtime/v1/invoke.ts";
import { launchDaprd, type Sidecar } from "../launch.ts";
import { RawCallee } from "./raw-peer.ts";

const count = 200;

const raw = (bytes: Buffer): Buffer => bytes;

/** Answers nothing until it is told to. */
async function holdingApp() {
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url === "/hold") held.push(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    held,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const invoke = ({ httpPort: port }: Sidecar, agent: Agent): Promise<string> =>
  new Promise((resolve, reject) => {
    const path = "/v1.0/invoke/localhost/method/hold";
    const request = httpRequest({ port, path, agent }, (response) => {
      let text = `${response.statusCode} `;
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on("end", () => resolve(text));
    });
    request.on("error", reject);
    request.end();
  });

const byInvokeService = (client: Client): Promise<string> =>
  new Promise((resolve, reject) => {
    const path = "/dapr.proto.runtime.v1.Dapr/InvokeService";
    const message = { id: "localhost", message: { method: "hold", httpExtension: { verb: 1 } } };
    const request = Buffer.from(InvokeServiceRequest.encode(message));
    client.makeUnaryRequest(path, raw, raw, request, (error, bytes = Buffer.alloc(0)) => {
      if (error) reject(error);
      else resolve(`200 ${InvokeResponse.decode(bytes).data?.value}`);
    });
  });

/** Sends one message, and leaves it to the caller to send more. */
function openStream(client: Client) {
  const metadata = new Metadata();
  metadata.set("dapr-app-id", "localhost");
  const stream: ClientDuplexStream<Buffer, Buffer> = client.makeBidiStreamRequest(
    "/shop.Orders/Watch",
    raw,
    raw,
    metadata,
  );
  stream.write(Buffer.from("before "));
  const answer = new Promise<string>((resolve, reject) => {
    let text = "200 ";
    stream.on("data", (message: Buffer) => {
      text += message.toString();
    });
    stream.on("error", reject);
    stream.on("end", () => resolve(text));
  });
  return { stream, answer };
}

interface Pair extends AsyncDisposable {
  readonly caller: Sidecar;
  readonly callee: Sidecar;
}

/** Two sidecars, of which one calls the app of the other as `localhost`. */
async function launchPair(appPort: number, appProtocol: "http" | "grpc"): Promise<Pair> {
  const stack = new AsyncDisposableStack();
  const flags = ["--dapr-graceful-shutdown-seconds", "60"];
  const callee = stack.use(await launchDaprd({ appId: "localhost", appPort, appProtocol, flags }));
  const config = `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {name: c}
spec:
  nameResolution:
    component: nameformat
    configuration: {format: "{appid}:${callee.internalPort}"}
`;
  const caller = stack.use(await launchDaprd({ appId: "caller", flags, config }));
  return { caller, callee, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test.each(["caller", "callee"])("the %s stops", { timeout: 240_000 }, async (side) => {
  await using app = await holdingApp();
  await using pair = await launchPair(app.port, "http");
  const agent = new Agent({ keepAlive: true });
  const calls = Promise.all(Array.from({ length: count }, () => invoke(pair.caller, agent)));
  await pair.callee.process.waitUntil(
    "all calls at the app",
    () => app.held.length === count,
    60_000,
  );
  const { process } = side === "caller" ? pair.caller : pair.callee;
  process.signal("SIGTERM");
  await process.waitForLog("beginning shutdown", 60_000);
  for (const response of app.held) response.end("late");
  expect(new Set(await calls)).toEqual(new Set(["200 late"]));
  expect(await process.exited).toEqual({ code: 0, signal: null });
  agent.destroy();
});

test.each(["caller", "callee"])(
  "the %s stops under calls of all kinds",
  { timeout: 240_000 },
  async (side) => {
    await using app = await RawCallee.start();
    const held = () => app.calls.filter((one) => !/\/List/.test(String(one.headers[":path"])));
    app.onCall = (one) => {
      if (/\/List/.test(String(one.headers[":path"]))) one.refuse(12, "unknown method");
    };
    await using pair = await launchPair(app.port, "grpc");
    const agent = new Agent({ keepAlive: true });
    const client = new Client(`127.0.0.1:${pair.caller.grpcPort}`, credentials.createInsecure());
    const each = <T>(start: () => T): T[] => Array.from({ length: 70 }, start);
    const streams = each(() => openStream(client));
    const calls = Promise.all([
      ...each(() => invoke(pair.caller, agent)),
      ...each(() => byInvokeService(client)),
    ]);
    const messages = () => held().reduce((sum, one) => sum + one.messages.length, 0);
    await pair.callee.process.waitUntil("all calls at the app", () => messages() === 210, 60_000);
    const { process } = side === "caller" ? pair.caller : pair.callee;
    process.signal("SIGTERM");
    await process.waitForLog("beginning shutdown", 60_000);
    for (const { stream } of streams) {
      stream.write(Buffer.from("and after"));
      stream.end();
    }
    const late = InvokeResponse.encode({ data: { value: Buffer.from("late") } });
    for (const one of held()) {
      const isStream = one.headers[":path"] === "/shop.Orders/Watch";
      void one.halfClosed.then(() => one.answer(...(isStream ? one.messages : [late])));
    }
    expect(new Set(await calls)).toEqual(new Set(["200 late"]));
    const texts = await Promise.all(streams.map(({ answer }) => answer));
    expect(new Set(texts)).toEqual(new Set(["200 before and after"]));
    client.close();
    agent.destroy();
    expect(await process.exited).toEqual({ code: 0, signal: null });
  },
);
