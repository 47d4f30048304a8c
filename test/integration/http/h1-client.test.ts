import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { HttpClientOptions } from "../../../src/kit/http/client.ts";
import { H1Client } from "../../../src/kit/http/h1-client.ts";
import { systemClock } from "../../../src/kit/time/clock.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { answering, brief, call, journal, rawServer } from "./call.ts";

const connect = (port: number, options: Partial<HttpClientOptions> = {}): H1Client =>
  new H1Client({
    host: "127.0.0.1",
    port,
    protocol: "http",
    maxHeaderBytes: 4096,
    clock: systemClock,
    ...options,
  });
const ok = "HTTP/1.1 200 OK\r\n";
const two = `${ok}Content-Length: 2\r\n\r\nok`;

test("requests look as the reference sends them", async () => {
  await using server = await rawServer(answering(two));
  await using client = connect(server.port);
  const host = `Host: 127.0.0.1:${server.port}\r\n`;
  await call(client, {
    path: "/a?b=c",
    headers: [
      "X-A",
      "1",
      "host",
      "evil",
      "Content-Length",
      "7",
      "transfer-encoding",
      "chunked",
      "CONNECTION",
      "close",
      "x-b",
      "\xe9",
      "x-c",
      "\u20ac",
    ],
  });
  await call(client, { method: "POST" });
  await call(client, { method: "DELETE" });
  await call(client, { method: "POST", body: Buffer.from("abc"), headers: ["content-type", "t"] });
  expect(server.received).toEqual([
    `GET /a?b=c HTTP/1.1\r\n${host}X-A: 1\r\nx-b: \xe9\r\nx-c: \xe2\x82\xac\r\n\r\n` +
      `POST /x HTTP/1.1\r\n${host}Content-Length: 0\r\n\r\n` +
      `DELETE /x HTTP/1.1\r\n${host}\r\n` +
      `POST /x HTTP/1.1\r\n${host}content-type: t\r\nContent-Length: 3\r\n\r\nabc`,
  ]);
});

test.each([
  [{ headers: ["a b", "x"] }, 'net/http: invalid header field name "a b"'],
  [{ headers: ["", "x"] }, 'net/http: invalid header field name ""'],
  [{ headers: ["a", "x\r\ny: z"] }, 'net/http: invalid header field value for "a"'],
  [{ headers: ["a", "\0"] }, 'net/http: invalid header field value for "a"'],
  [{ method: "G T" }, 'net/http: invalid method "G T"'],
  [{ method: "" }, 'net/http: invalid method ""'],
  [{ path: "/a\r\nb" }, "net/http: can't write control character in Request.URL"],
  [{ path: "" }, "net/http: can't write control character in Request.URL"],
])("%j is refused and nothing is sent", async (request, text) => {
  await using server = await rawServer(answering(two));
  await using client = connect(server.port);
  expect(await brief(client, request)).toBe(text);
  expect(server.connections).toBe(0);
  expect(await brief(client)).toBe("200 ok");
});

test("one connection serves call after call, several serve several at once", async () => {
  await using server = await rawServer(answering(two));
  await using client = connect(server.port);
  for (let i = 0; i < 5; i++) expect(await brief(client)).toBe("200 ok");
  expect(server.connections).toBe(1);
  const all = await Promise.all(Array.from({ length: 8 }, () => brief(client)));
  expect(new Set(all)).toEqual(new Set(["200 ok"]));
  expect([server.connections, client.idleCount]).toEqual([8, 8]);
});

const closing: readonly string[] = [
  `${ok}Content-Length: 2\r\nConnection: close\r\n\r\nok`,
  "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
  `${two}HTTP/1.1 200 OK\r\n\r\n`,
  `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nx`,
];
test.each(closing)("after %j the connection is not used again", async (answer) => {
  await using server = await rawServer(answering(answer));
  await using client = connect(server.port);
  expect(await brief(client)).toBe("200 ok");
  expect(client.idleCount).toBe(0);
  expect(await brief(client)).toBe("200 ok");
  expect(server.connections).toBe(2);
});

test.each([
  ["HTTP/1.0 200 OK\r\n\r\nuntil close", "200 until close"],
  [`${ok}content-length: 100\r\n\r\nonly this`, "200 only this (cut)"],
  [`${ok}Transfer-Encoding: chunked\r\n\r\n3\r\nabcX`, "200 abc (cut)"],
  [`${ok}Transfer-Encoding: chunked\r\n\r\n3\r\nab`, "200 ab (cut)"],
  ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nbytes", "101 "],
  [`HTTP/1.1 103 Early\r\nLink: x\r\n\r\n${two}`, "200 ok"],
  ["", "EOF"],
  ["HTTP/1.1 200", "net/http: HTTP/1.x transport connection broken: unexpected EOF"],
  [
    "HTTP/1.1 100 Continue\r\n\r\n",
    "net/http: HTTP/1.x transport connection broken: unexpected EOF",
  ],
  [
    "not http at all\r\n\r\n",
    'net/http: HTTP/1.x transport connection broken: malformed HTTP status code "http"',
  ],
  [
    `${ok}X: ${"x".repeat(5000)}\r\n\r\n`,
    "net/http: HTTP/1.x transport connection broken: net/http: server response headers exceeded 4096 bytes; aborted",
  ],
])("an app that sends %j and leaves is answered by %j", async (answer, expected) => {
  await using server = await rawServer((socket) =>
    socket.once("data", () => socket.end(answer, "latin1")),
  );
  await using client = connect(server.port);
  expect(await brief(client)).toBe(expected);
  await expect.poll(() => client.idleCount).toBe(0);
});

test("connection errors read as Go's", async () => {
  await using client = connect(1);
  expect(await brief(client)).toBe("dial tcp 127.0.0.1:1: connect: connection refused");
  await using six = connect(1, { host: "::1" });
  expect(await brief(six)).toMatch(/^dial tcp \[::1\]:1: connect: /);
  await using nobody = connect(1, { host: "nobody.invalid" });
  expect(await brief(nobody)).toMatch(/^dial tcp: lookup nobody.invalid: /);
  await using server = await rawServer((socket) =>
    socket.once("data", () => socket.resetAndDestroy()),
  );
  await using reset = connect(server.port);
  expect(await brief(reset)).toMatch(
    new RegExp(
      `^read tcp 127.0.0.1:\\d+->127.0.0.1:${server.port}: read: connection reset by peer$`,
    ),
  );
});

test("dialling has a limit", async () => {
  const clock = new ManualClock();
  // Nobody answers there, and nobody refuses.
  await using client = connect(9, { host: "192.0.2.200", clock, connectTimeoutMs: 300 });
  const answer = brief(client);
  await clock.advance(300);
  expect(await answer).toMatch(/^dial tcp 192.0.2.200:9: (i\/o timeout|connect: .*)$/);
  expect(clock.pending).toBe(0);
});

test("a kept connection that the app closed meanwhile is replaced, where twice is as good as once", async () => {
  const answerOnce = (socket: Socket, index: number): void => {
    socket.once("data", () => {
      socket.write(two);
      // The second request on the first connection meets the end.
      if (index === 0) socket.once("data", () => socket.destroy());
      else answering(two)(socket);
    });
  };
  for (const [request, expected] of [
    [{ method: "GET" }, "200 ok"],
    [{ method: "POST", body: Buffer.from("x"), headers: ["Idempotency-Key", "1"] }, "200 ok"],
    [{ method: "POST", body: Buffer.from("x") }, "EOF"],
  ] as const) {
    await using server = await rawServer(answerOnce);
    await using client = connect(server.port);
    await call(client);
    expect(await brief(client, request)).toBe(expected);
    expect(server.connections).toBe(expected === "EOF" ? 1 : 2);
  }
});

test("a fresh connection that ends at once is not tried again", async () => {
  await using server = await rawServer((socket) => socket.destroy());
  await using client = connect(server.port);
  expect(await brief(client)).toMatch(/EOF|connection reset by peer/);
  expect(server.connections).toBe(1);
});

test("nothing is tried again once a byte of the answer came", async () => {
  await using server = await rawServer((socket, index) => {
    socket.once("data", () => {
      socket.write(two);
      if (index === 0) socket.once("data", () => socket.end("H"));
    });
  });
  await using client = connect(server.port);
  await call(client);
  expect(await brief(client)).toContain("unexpected EOF");
  expect(server.connections).toBe(1);
});

test("idle connections are closed after their time, and before the app's", async () => {
  await using server = await rawServer(
    answering(two, `${ok}Content-Length: 2\r\nKeep-Alive: timeout=5, max=9\r\n\r\nok`),
  );
  const clock = new ManualClock();
  await using client = connect(server.port, { clock });
  await call(client);
  await clock.advance(89_000);
  expect(client.idleCount).toBe(1);
  await clock.advance(2000);
  expect(client.idleCount).toBe(0);
  await call(client);
  await call(client);
  expect(server.connections).toBe(2);
  await clock.advance(5000);
  expect(client.idleCount).toBe(0);
});

test("a server that speaks without being asked loses its connection", async () => {
  let first: Socket | undefined;
  await using server = await rawServer((socket) => {
    first ??= socket;
    answering(two)(socket);
  });
  await using client = connect(server.port);
  await call(client);
  first?.write("HTTP/1.1 408 Request Timeout\r\n\r\n");
  await expect.poll(() => client.idleCount).toBe(0);
  expect(await brief(client)).toBe("200 ok");
});

test("a streamed body is chunked, or has the declared length", async () => {
  await using server = await rawServer((socket, index) => {
    socket.on("data", () => {
      if (/0\r\n\r\n$|abcdef$/.test(server.received[index] ?? "")) socket.write(two);
    });
  });
  await using client = connect(server.port);
  for (const contentLength of [undefined, 6]) {
    const { handler, until } = journal();
    const sent = client.send(
      { method: "POST", path: "/", headers: [], body: "stream", contentLength },
      handler,
    );
    const chunk = Buffer.from("abc");
    sent.write(chunk);
    chunk.fill("!");
    sent.write(Buffer.alloc(0));
    sent.write(Buffer.from("def"));
    sent.endBody();
    sent.endBody();
    await until("end true");
  }
  const bodies = server.received[0]?.split("\r\n\r\n") ?? [];
  expect(server.received[0]).toContain(
    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n",
  );
  expect(server.received[0]).toContain("Content-Length: 6\r\n\r\nabcdef");
  expect(bodies.length).toBeGreaterThan(2);
  expect(client.idleCount).toBe(1);
});

test.each([
  ["ab", "2"],
  ["abcd", "4"],
])("a streamed body %j of declared length 3 is an error", async (text, length) => {
  await using server = await rawServer(() => {});
  await using client = connect(server.port);
  const { handler, events, until } = journal();
  const sent = client.send(
    { method: "POST", path: "/", headers: [], body: "stream", contentLength: 3 },
    handler,
  );
  sent.write(Buffer.from(text));
  sent.endBody();
  await until("error");
  expect(events).toEqual([
    `error net/http: HTTP/1.x transport connection broken: http: ContentLength=3 with Body length ${length}`,
  ]);
});

test("an early answer ends the call while the body is still on its way", async () => {
  await using server = await rawServer((socket) => {
    socket.once("data", () =>
      socket.write("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"),
    );
  });
  await using client = connect(server.port);
  const { handler, events, until } = journal();
  const sent = client.send({ method: "POST", path: "/", headers: [], body: "stream" }, handler);
  sent.write(Buffer.alloc(1000));
  await until("end");
  expect(events).toEqual(["head 413", "data 2", "end true"]);
  expect(sent.write(Buffer.alloc(10))).toBe(true);
  sent.endBody();
  sent.resume();
  sent.abort();
  expect(client.idleCount).toBe(0);
  expect(await brief(client, { method: "POST", body: Buffer.alloc(200_000) })).toBe("413 no");
});

test("a paused answer is not read on", async () => {
  const size = 20 * 1024 * 1024;
  let source: Socket | undefined;
  await using server = await rawServer((socket) => {
    source = socket;
    socket.once("data", () => {
      socket.write(`${ok}Content-Length: ${size}\r\n\r\n`);
      socket.write(Buffer.alloc(size));
    });
  });
  await using client = connect(server.port);
  let isOpen = false;
  let bytes = 0;
  const { handler, until } = journal((chunk) => {
    bytes += chunk.length;
    return isOpen;
  });
  const sent = client.send({ method: "GET", path: "/", headers: [], body: null }, handler);
  await until("data");
  await sleep(100);
  const before = bytes;
  await sleep(100);
  expect(bytes).toBe(before);
  expect(bytes).toBeLessThanOrEqual(64 * 1024);
  expect(source?.writableLength).toBeGreaterThan(0);
  isOpen = true;
  sent.resume();
  await until("end true");
  expect(bytes).toBe(size);
  expect(client.idleCount).toBe(1);
});

test("a pause in the middle of chunks hands out one after the other, to the end", async () => {
  const chunks = "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n";
  await using server = await rawServer((socket) => {
    socket.on("data", () => socket.write(`${ok}Transfer-Encoding: chunked\r\n\r\n${chunks}`));
  });
  await using client = connect(server.port);
  for (let round = 0; round < 2; round++) {
    const { handler, events, until } = journal(() => false);
    const sent = client.send({ method: "GET", path: "/", headers: [], body: null }, handler);
    for (let i = 1; i <= 3; i++) {
      await expect.poll(() => events.filter((one) => one === "data 1").length).toBe(i);
      await sleep(10);
      expect(events.length).toBe(i + 1);
      sent.resume();
    }
    await until("end true");
  }
  expect(server.connections).toBe(1);
});

test("a body that ends while paused is still handed out", async () => {
  await using server = await rawServer((socket) => {
    socket.once("data", () =>
      socket.end(`${ok}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n`),
    );
  });
  await using client = connect(server.port);
  const { handler, events, until } = journal(() => false);
  const sent = client.send({ method: "GET", path: "/", headers: [], body: null }, handler);
  await until("data");
  await sleep(50);
  sent.resume();
  await sleep(50);
  sent.resume();
  await until("end");
  expect(events).toEqual(["head 200", "data 1", "data 1", "end false"]);
});

test("a slow app holds the body back", async () => {
  let app: Socket | undefined;
  await using server = await rawServer((socket) => {
    app = socket;
    socket.pause();
  });
  await using client = connect(server.port);
  const { handler, events } = journal();
  const sent = client.send({ method: "POST", path: "/", headers: [], body: "stream" }, handler);
  let written = 0;
  const chunk = Buffer.alloc(64 * 1024);
  while (sent.write(chunk)) written += chunk.length;
  await sleep(50);
  while (sent.write(chunk) && written < 100e6) written += chunk.length;
  expect(written).toBeLessThan(20e6);
  const drains = events.length;
  app?.resume();
  await expect.poll(() => events.length).toBeGreaterThan(drains);
  expect(new Set(events)).toEqual(new Set(["drain"]));
  sent.abort();
});

test("after abort nothing is called", async () => {
  await using server = await rawServer((socket) => {
    socket.once("data", () => socket.write(`${ok}Content-Length: 9\r\n\r\nabc`));
  });
  await using client = connect(server.port);
  for (const moment of ["", "head", "data"]) {
    const { handler, events, until } = journal();
    const sent = client.send({ method: "GET", path: "/", headers: [], body: null }, handler);
    if (moment !== "") await until(moment);
    sent.abort();
    const before = [...events];
    await sleep(30);
    expect(events).toEqual(before);
  }
  const inside = journal();
  const first = client.send(
    { method: "GET", path: "/", headers: [], body: null },
    { ...inside.handler, onHead: () => first.abort() },
  );
  await sleep(50);
  expect(inside.events).toEqual([]);
  expect(client.idleCount).toBe(0);
});

test("a closed client ends its calls and takes no more", async () => {
  await using server = await rawServer((socket) => {
    socket.once("data", () => socket.write(`${ok}Content-Length: 9\r\n\r\nabc`));
  });
  const client = connect(server.port);
  const { handler, events, until } = journal();
  client.send({ method: "GET", path: "/", headers: [], body: null }, handler);
  await until("data");
  await client[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
  expect(events.at(-1)).toBe("end false");
  expect(await brief(client)).toBe("net/http: client is closed");
});
