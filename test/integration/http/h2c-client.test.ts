import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { HttpClient } from "../../../src/kit/http/client.ts";
import { createHttpClient } from "../../../src/kit/http/create-client.ts";
import { systemClock } from "../../../src/kit/time/clock.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { brief, call, journal, rawServer } from "./call.ts";

let server: Http2Server;
let port = 0;
let sessions = 0;
let refusals = 0;
const seen: IncomingHttpHeaders[] = [];

function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  stream.on("error", () => {});
  seen.push(headers);
  switch (headers[":path"]) {
    case "/reset":
      stream.close(2);
      return;
    case "/cut":
      stream.respond({ ":status": 200 });
      stream.write("part");
      setTimeout(() => stream.destroy(new Error("cut")), 30);
      return;
    case "/refused":
      if (refusals++ === 0) stream.close(7);
      else stream.respond({ ":status": 204 }, { endStream: true });
      return;
    case "/big-head":
      stream.respond({ ":status": 200, x: "y".repeat(5000) }, { endStream: true });
      return;
    case "/early":
      stream.respond({ ":status": 413 });
      stream.end("no");
      return;
    case "/flood":
      stream.respond({ ":status": 200 });
      stream.end(Buffer.alloc(5_000_000));
      return;
    case "/hold":
      return;
  }
  stream.additionalHeaders({ ":status": 103, link: "x" });
  if (headers[":method"] === "HEAD") {
    stream.respond({ ":status": 200, "content-length": 5 }, { endStream: true });
    return;
  }
  stream.respond({ ":status": 201, "set-cookie": ["a=1", "b=2"] });
  stream.pipe(stream);
}

beforeAll(async () => {
  server = createServer({ settings: { maxConcurrentStreams: 50 } });
  server.on("session", () => sessions++);
  server.on("stream", answer);
  server.listen(0);
  await once(server, "listening");
  port = (server.address() as { port: number }).port;
});
afterAll(() => void server.close());

const connect = (at = port, clock = systemClock): HttpClient =>
  createHttpClient({ host: "127.0.0.1", port: at, protocol: "h2c", maxHeaderBytes: 4096, clock });

test("calls and answers pass", async () => {
  await using client = connect();
  const before = sessions;
  const echoed = await call(client, {
    method: "POST",
    path: "/echo?a=b",
    headers: [
      "X-A",
      "1",
      "x-a",
      "2",
      "Connection",
      "close",
      "Host",
      "evil",
      "__proto__",
      "x",
      "TE",
      "gzip",
    ],
    body: Buffer.alloc(300_000, "z"),
  });
  expect(echoed.body).toBe("z".repeat(300_000));
  expect(echoed).toMatchObject({ status: 201, isComplete: true });
  expect(echoed.headers.join("|")).toContain("set-cookie|a=1|set-cookie|b=2");
  const sent = seen.at(-1);
  expect(sent).toMatchObject({
    ":authority": `127.0.0.1:${port}`,
    ":path": "/echo?a=b",
    "x-a": "1, 2",
    "content-length": "300000",
  });
  expect(sent).not.toHaveProperty("te");
  expect(await brief(client, { method: "HEAD" })).toBe("200 ");
  expect(await brief(client)).toBe("201 ");
  const many = await Promise.all(Array.from({ length: 200 }, () => brief(client)));
  expect(new Set(many)).toEqual(new Set(["201 "]));
  expect(sessions - before).toBe(1);
});

test("a streamed body flows, with back-pressure", async () => {
  await using client = connect();
  let bytes = 0;
  const { handler, until } = journal((chunk) => {
    bytes += chunk.length;
    return true;
  });
  const sent = client.send({ method: "POST", path: "/echo", headers: [], body: "stream" }, handler);
  const chunk = Buffer.alloc(100_000, "q");
  for (let i = 0; i < 20; i++) {
    if (!sent.write(chunk)) await until("drain");
  }
  sent.endBody();
  await until("end true");
  expect(bytes).toBe(2_000_000);
});

test("a paused answer is not read on", async () => {
  await using client = connect();
  let bytes = 0;
  let isOpen = false;
  const { handler, until } = journal((chunk) => {
    bytes += chunk.length;
    return isOpen;
  });
  const sent = client.send({ method: "GET", path: "/flood", headers: [], body: null }, handler);
  await until("data");
  await sleep(100);
  expect(bytes).toBeLessThan(200_000);
  isOpen = true;
  sent.resume();
  await until("end true");
  expect(bytes).toBe(5_000_000);
});

test("failures read as Go's", async () => {
  await using client = connect();
  expect(await brief(client, { path: "/reset" })).toMatch(
    /^stream error: stream ID \d+; INTERNAL_ERROR; received from peer$/,
  );
  expect(await brief(client, { path: "/cut" })).toBe("200 part (cut)");
  expect(await brief(client, { path: "/big-head" })).toBe(
    "http2: response header list larger than advertised limit",
  );
  expect(await brief(client, { path: "/refused" })).toBe("204 ");
  expect(await brief(client, { headers: ["a", "x\ny"] })).toContain("invalid header field value");
  await using nobody = connect(1);
  expect(await brief(nobody)).toBe("dial tcp 127.0.0.1:1: connect: connection refused");
  await using closing = await rawServer((socket) => socket.once("data", () => socket.destroy()));
  await using gone = connect(closing.port);
  expect(await brief(gone)).toMatch(/EOF/);
});

test("a server of HTTP/1.1 is told apart", async () => {
  const plain = createHttpServer((_, outgoing) => outgoing.end());
  plain.listen(0);
  await once(plain, "listening");
  await using client = connect((plain.address() as { port: number }).port);
  expect(await brief(client)).toContain("frame header looked like an HTTP/1.1 header");
  plain.close();
});

test("an early answer ends the call, an abort ends it without a word", async () => {
  await using client = connect();
  const { handler, events, until } = journal();
  const sent = client.send(
    { method: "POST", path: "/early", headers: [], body: "stream" },
    handler,
  );
  await until("end true");
  expect(sent.write(Buffer.from("x"))).toBe(true);
  sent.endBody();
  expect(events).toEqual(["head 413", "data 2", "end true"]);
  const second = journal();
  const held = client.send(
    { method: "GET", path: "/hold", headers: [], body: null },
    second.handler,
  );
  await sleep(30);
  held.abort();
  await sleep(30);
  expect(second.events).toEqual([]);
  expect(await brief(client)).toBe("201 ");
});

test("an unused connection is closed after its time", async () => {
  const clock = new ManualClock();
  const client = connect(port, clock);
  const before = sessions;
  await call(client);
  await clock.advance(91_000);
  await call(client);
  expect(sessions - before).toBe(2);
  const { handler, until } = journal();
  client.send({ method: "GET", path: "/hold", headers: [], body: null }, handler);
  await sleep(20);
  await client[Symbol.asyncDispose]();
  await until("error");
  expect(await brief(client)).toBe("net/http: client is closed");
});
