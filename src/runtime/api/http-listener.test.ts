import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../kit/time/clock.ts";
import type { RawResponse } from "./exchange.ts";
import { HttpListener, type HttpListenerOptions } from "./http-listener.ts";

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Requests to /wait wait until they are answered by the test. */
async function start(options: Partial<HttpListenerOptions>) {
  const hits: string[] = [];
  const waiting: RawResponse[] = [];
  const listener = new HttpListener({
    serve: (request, response) => {
      if (request.url === "/wait") waiting.push(response);
      else response.end("served");
    },
    maxHeaderBytes: 8192,
    isH2cEnabled: true,
    clock: systemClock,
    onLimit: (limit) => hits.push(limit),
    ...options,
  });
  const bound = await listener.listen({ host: "127.0.0.1", port: 0 });
  open.push(() => listener.close(0));
  return { port: "port" in bound ? bound.port : 0, hits, waiting };
}

/** A connection over HTTP/1.1. */
class Http1 {
  readonly socket: Socket;
  text = "";
  isClosed = false;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("data", (chunk: Buffer) => {
      this.text += chunk.toString("latin1");
    });
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.isClosed = true;
    });
    open.push(() => void this.socket.destroy());
  }

  get(path: string): void {
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  }

  async answered(status: number): Promise<void> {
    await expect.poll(() => this.text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  }
}

interface Http2Answer {
  readonly status: number;
  readonly text: string;
}

function http2(port: number) {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  open.push(() => session.destroy());
  const get = (path: string, headers: Record<string, string> = {}): Promise<Http2Answer> =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ":path": path, ...headers });
      let status = 0;
      let text = "";
      stream.on("response", (fields) => {
        status = fields[":status"] ?? 0;
      });
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on("end", () => resolve({ status, text }));
      stream.on("error", reject);
    });
  return { session, get };
}

test("over the limit of connections the oldest idle one is closed, busy ones stay", async () => {
  const { port, hits, waiting } = await start({ maxConnections: 3 });
  const busy = new Http1(port);
  busy.get("/wait");
  await expect.poll(() => waiting).toHaveLength(1);
  const busyHttp2 = http2(port);
  const answer = busyHttp2.get("/wait");
  await expect.poll(() => waiting).toHaveLength(2);
  const idle = new Http1(port);
  idle.get("/");
  await idle.answered(200);
  expect(hits).toEqual([]);

  const next = new Http1(port);
  next.get("/wait");
  await expect.poll(() => waiting).toHaveLength(3);
  expect(idle.isClosed).toBe(true);
  expect(hits).toEqual(["connections"]);

  const refused = new Http1(port);
  await expect.poll(() => refused.isClosed).toBe(true);
  expect([busy.isClosed, next.isClosed, busyHttp2.session.destroyed]).toEqual([
    false,
    false,
    false,
  ]);
  expect(hits).toEqual(["connections", "connections"]);
  for (const response of waiting) response.end("late");
  await busy.answered(200);
  expect(await answer).toEqual({ status: 200, text: "late" });

  // All are idle now: the oldest goes.
  const last = new Http1(port);
  last.get("/");
  await last.answered(200);
  await expect.poll(() => busy.isClosed).toBe(true);
});

test("an idle HTTP/2 connection is closed like any other", async () => {
  const { port, hits } = await start({ maxConnections: 1 });
  const idle = http2(port);
  expect((await idle.get("/")).text).toBe("served");
  const next = new Http1(port);
  next.get("/");
  await next.answered(200);
  await expect.poll(() => idle.session.destroyed).toBe(true);
  expect(hits).toEqual(["connections"]);
});

test("calls in flight over the limit are 503 at once, those for health are served", async () => {
  const { port, hits, waiting } = await start({ maxInFlight: 2 });
  const [one, two, three, probe, http2Client] = [
    new Http1(port),
    new Http1(port),
    new Http1(port),
    new Http1(port),
    http2(port),
  ];
  one.get("/wait");
  two.get("/wait");
  await expect.poll(() => waiting).toHaveLength(2);
  three.get("/");
  await three.answered(503);
  expect(three.text).toContain("503 Service Unavailable");
  expect(await http2Client.get("/")).toEqual({ status: 503, text: "503 Service Unavailable" });
  expect(hits).toEqual(["in-flight", "in-flight"]);
  probe.get("/v1.0/healthz");
  await probe.answered(200);

  waiting[0]?.end("done");
  await one.answered(200);
  three.text = "";
  three.get("/");
  await three.answered(200);
  expect(hits).toHaveLength(2);
});

test("headers that are too long are 431 over HTTP/2 too, and the connection goes on", async () => {
  const { port, hits } = await start({});
  const { get } = http2(port);
  expect((await get("/", { "x-long": "x".repeat(8000) })).status).toBe(200);
  expect(await get("/", { "x-long": "x".repeat(8200) })).toEqual({
    status: 431,
    text: "431 Request Header Fields Too Large",
  });
  expect(hits).toEqual(["headers"]);
  expect((await get("/")).text).toBe("served");
});
