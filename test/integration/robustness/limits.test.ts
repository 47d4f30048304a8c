/** Limits answer as documented, are counted, and let the next good request through. */
import { connect as connectHttp2 } from "node:http2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import type { Tracer } from "../../../src/kit/tracing/trace.ts";
import { HttpApi } from "../../../src/runtime/api/http-api.ts";
import { HttpListener } from "../../../src/runtime/api/http-listener.ts";
import {
  call,
  grpcCall,
  RawConnection,
  runtimeService,
  startApp,
  store,
  type TestApp,
} from "../api/calls.ts";
import { launchDaprd, type Sidecar } from "../launch.ts";

const maxBody = 64 * 1024;
let app: TestApp;
let sidecar: Sidecar;
beforeAll(async () => {
  app = await startApp((request, response) => {
    request.resume();
    request.on("end", () => response.end("got it"));
  });
  sidecar = await launchDaprd({
    appId: "limits",
    resources: [store],
    flags: ["--max-body-size", "64Ki", "--app-port", String(app.port)],
  });
});
afterAll(async () => {
  await sidecar[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

const path = "/v1.0/state/store";
const save = (bytes: number): string => {
  const frame = '[{"key":"k","value":""}]';
  return frame.replace('""', `"${"v".repeat(bytes - frame.length)}"`);
};
const post = (body: string) => call({ port: sidecar.httpPort, method: "POST", path, body });

async function goodRequest(): Promise<void> {
  expect((await post('[{"key":"good","value":1}]')).status).toBe(204);
}

async function hits(limit: string): Promise<number> {
  const line = new RegExp(`^tricorne_limit_hits_total\\{limit="${limit}"\\} (\\d+)$`, "m");
  return Number(line.exec(await sidecar.metrics())?.[1] ?? 0);
}

it("a body at the limit is taken, one byte more is not", async () => {
  expect(Buffer.byteLength(save(maxBody))).toBe(maxBody);
  expect((await post(save(maxBody))).status).toBe(204);
  expect(await hits("body")).toBe(0);
  const over = await post(save(maxBody + 1));
  expect([over.status, over.text]).toEqual([
    400,
    '{"errorCode":"ERR_MALFORMED_REQUEST","message":"stream too large"}',
  ]);
  expect(await hits("body")).toBe(1);
  await goodRequest();
  expect(sidecar.process.log.match(/The limit 'body' was reached/g)).toHaveLength(1);
});

it("a gRPC message at the limit is taken, one byte more is not", async () => {
  const method = `${runtimeService}/GetMetadata`;
  // An unknown field of one string: tag (2 bytes), length (3 bytes) and its bytes.
  const message = (bytes: number): Buffer => {
    const length = bytes - 5;
    const head = [0xfa, 0x7f, (length & 127) | 128, ((length >> 7) & 127) | 128, length >> 14];
    return Buffer.concat([Buffer.from(head), Buffer.alloc(length, "x")]);
  };
  expect((await grpcCall(sidecar.grpcPort, method, message(maxBody))).error).toBeNull();
  const { error } = await grpcCall(sidecar.grpcPort, method, message(maxBody + 1));
  expect(error?.code).toBe(8);
  expect(error?.details).toContain(`(${maxBody + 1} vs. ${maxBody})`);
  expect(await hits("grpc-message")).toBe(1);
  expect((await grpcCall(sidecar.grpcPort, method)).error).toBeNull();
});

it("a gRPC answer that is too long is not sent", async () => {
  const save = { port: sidecar.httpPort, method: "POST", path };
  for (const key of ["long1", "long2"]) {
    const body = JSON.stringify([{ key, value: "v".repeat(40_000) }]);
    expect((await call({ ...save, body })).status).toBe(204);
  }
  const before = await hits("grpc-message");
  // GetBulkState: store_name and two keys.
  const text = (tag: number, value: string): Buffer =>
    Buffer.concat([Buffer.from([tag, value.length]), Buffer.from(value)]);
  const bulk = Buffer.concat([text(0x0a, "store"), text(0x12, "long1"), text(0x12, "long2")]);
  const { error } = await grpcCall(sidecar.grpcPort, `${runtimeService}/GetBulkState`, bulk);
  expect(error?.code).toBe(8);
  expect(error?.details).toMatch(/^trying to send message larger than max \(\d+ vs. 65536\)$/);
  expect(await hits("grpc-message")).toBe(before + 1);
  await goodRequest();
});

it("gRPC metadata that is too long resets the call", async () => {
  const method = `${runtimeService}/GetMetadata`;
  // In several values: one frame of the client takes 16 KiB.
  const metadata = Object.fromEntries(
    Array.from({ length: 600 }, (_, i) => [`x-long-${i}`, "x".repeat(8000)]),
  );
  const { error } = await grpcCall(sidecar.grpcPort, method, undefined, metadata);
  expect(error?.code).toBeGreaterThan(0);
  expect(await hits("grpc-metadata")).toBe(1);
  expect((await grpcCall(sidecar.grpcPort, method)).error).toBeNull();
});

it("a client that floods with frames is told to calm down", async () => {
  using flood = new RawConnection(sidecar.grpcPort);
  flood.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  flood.write(Buffer.concat(Array.from({ length: 5000 }, () => settings)));
  await flood.closed();
  expect(await hits("control-frames")).toBe(1);
  expect(sidecar.process.log).toContain("The limit 'control-frames' was reached");
  expect((await grpcCall(sidecar.grpcPort, `${runtimeService}/GetMetadata`)).error).toBeNull();
});

it("JSON that is too deep is refused and counted", async () => {
  const before = await hits("json-depth");
  const deep = await post("[".repeat(20_000));
  expect([deep.status, deep.text]).toEqual([
    400,
    expect.stringMatching(
      /^\{"errorCode":"ERR_MALFORMED_REQUEST","message":".*exceeded max depth"\}$/,
    ),
  ]);
  expect(await hits("json-depth")).toBe(before + 1);
  await goodRequest();
});

it("a body of unknown length that grows over the limit is refused and counted", async () => {
  const before = await hits("body");
  using connection = new RawConnection(sidecar.httpPort);
  const target = "/v1.0/invoke/limits/method/anything";
  const chunk = `${(16_384).toString(16)}\r\n${"x".repeat(16_384)}\r\n`;
  connection.write(
    `POST ${target} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}0\r\n\r\n`,
  );
  await connection.until(() => connection.text.includes("}"));
  expect(connection.text).toMatch(/^HTTP\/1\.1 500 /);
  expect(connection.text).toContain("stream too large");
  expect(await hits("body")).toBe(before + 1);
  await goodRequest();
});

it("headers that are too long are refused over HTTP/2 too", async () => {
  const before = await hits("headers");
  const session = connectHttp2(`http://127.0.0.1:${sidecar.httpPort}`);
  try {
    const get = (length: number): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const headers = { ":path": `${path}/good`, "x-long": "x".repeat(length) };
        const stream = session.request(headers);
        stream.on("response", (fields) => resolve(fields[":status"]));
        stream.on("error", reject);
        stream.resume();
      });
    await goodRequest();
    expect([await get(7000), await get(10_000), await get(10)]).toEqual([200, 431, 200]);
  } finally {
    session.destroy();
  }
  expect(await hits("headers")).toBe(before + 1);
});

it("a request's head that is too long is refused", async () => {
  const before = await hits("headers");
  const long = await call({
    port: sidecar.httpPort,
    path: `${path}/good`,
    headers: { "x-long": "x".repeat(10_000) },
  });
  expect(long.status).toBe(431);
  const short = {
    port: sidecar.httpPort,
    path: `${path}/good`,
    headers: { "x-long": "x".repeat(7000) },
  };
  expect((await call(short)).status).toBe(200);
  expect(await hits("headers")).toBe(before + 1);
  await goodRequest();
});

it("a body that brings nothing for 30 s ends with 408 and its connection", async () => {
  const clock = new ManualClock();
  const told: string[] = [];
  const api = new HttpApi({
    routes: [
      {
        name: "Read",
        path: "/read",
        methods: ["POST"],
        group: "test",
        version: "v1",
        handle: async (exchange) => exchange.send(200, "text/plain", await exchange.readBody()),
      },
    ],
    fallback: undefined,
    maxBodyBytes: 0,
    clock,
    tracer: { enabled: false } as Tracer,
    metrics: undefined,
    cors: undefined,
    checkToken: undefined,
    apiLog: undefined,
    onError: () => {},
    onLimit: (limit) => told.push(limit),
  });
  const listener = new HttpListener({
    serve: (request, response) => api.serve(request, response),
    maxHeaderBytes: 8192,
    isH2cEnabled: false,
    clock,
  });
  const bound = await listener.listen({ host: "127.0.0.1", port: 0 });
  const port = "port" in bound ? bound.port : 0;
  try {
    using slow = new RawConnection(port);
    slow.write("POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    // The answer to another request proves that the slow one has been read.
    const quick = await call({ port, method: "POST", path: "/read", body: "quick" });
    expect(quick.text).toBe("quick");
    await clock.advance(30_000);
    expect(slow.text).toBe("");
    await clock.advance(10_000);
    await slow.closed();
    expect(slow.text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(slow.text.toLowerCase()).toContain("connection: close");
    expect(told).toEqual(["body-idle"]);
    const after = await call({ port, method: "POST", path: "/read", body: "after" });
    expect(after.text).toBe("after");
  } finally {
    await listener.close(0);
  }
});
