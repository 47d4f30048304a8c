/** The HTTP server: limits, routing, HTTP/2 and connections that misbehave. @see spec 01 §2.1 to §2.5 */
import { Agent } from "node:http";
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  type OutgoingHttpHeaders,
} from "node:http2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, launchDaprd, type Sidecar } from "../launch.ts";
import { call, RawConnection, store } from "./calls.ts";

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const bodyLimit = 100_000;
/** --read-buffer-size and what is tolerated on top of it. */
const headerLimit = 2048 + 4096;

let sidecar: Sidecar;
let slow: Promise<number>[] = [];

beforeAll(async () => {
  const flags = ["--max-body-size", `${bodyLimit}`, "--read-buffer-size", "2Ki"];
  sidecar = await launchDaprd({ appId: "http-server", resources: [store], flags });
  // Ten seconds pass while the other tests run.
  slow = ["", "GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\nX-", "PRI * HTT", preface].map(
    async (text) => {
      using connection = new RawConnection(sidecar.httpPort);
      const startedAt = performance.now();
      if (text !== "") connection.write(text);
      await connection.closed(20_000);
      // An HTTP/2 server speaks first.
      if (text !== preface) expect(connection.text).toBe("");
      return performance.now() - startedAt;
    },
  );
  for (const one of slow) one.catch(() => {});
});
afterAll(() => sidecar?.[Symbol.asyncDispose]());

const isWell = async (): Promise<boolean> =>
  (await call({ port: sidecar.httpPort, path: "/v1.0/healthz" })).status === 204;

/** A save request of exactly that many bytes. */
function saveOf(bytes: number): string {
  const frame = '[{"key":"big","value":""}]'.length;
  return `[{"key":"big","value":"${"x".repeat(bytes - frame)}"}]`;
}

const chunked = (body: string, size: number): string =>
  `${body
    .match(new RegExp(`.{1,${size}}`, "g"))
    ?.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
    .join("")}0\r\n\r\n`;

async function rawAnswer(text: string | Buffer, limitMs?: number): Promise<string> {
  using connection = new RawConnection(sidecar.httpPort);
  connection.write(text);
  await connection.until(() => connection.text.includes("\r\n\r\n"), limitMs);
  return connection.text;
}

describe("limits", () => {
  const path = "/v1.0/state/store";
  it.each([
    ["content-length", (body: string) => `Content-Length: ${body.length}\r\n\r\n${body}`],
    ["chunks", (body: string) => `Transfer-Encoding: chunked\r\n\r\n${chunked(body, 7777)}`],
  ])("a body of N bytes passes, one more does not (%s)", async (_, frame) => {
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n`;
    expect(await rawAnswer(head + frame(saveOf(bodyLimit)))).toMatch(/^HTTP\/1\.1 204 /);
    const refused = await rawAnswer(head + frame(saveOf(bodyLimit + 1)));
    expect(refused).toMatch(/^HTTP\/1\.1 400 /);
    expect(refused).toContain("stream too large");
    expect(await isWell()).toBe(true);
  });

  it("headers of exactly the limit pass, one byte more is 431 and the end", async () => {
    const request = (bytes: number): string => {
      const start = "GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\nX-Long: ";
      return `${start}${"x".repeat(bytes - start.length - 4)}\r\n\r\n`;
    };
    expect(request(headerLimit)).toHaveLength(headerLimit);
    expect(await rawAnswer(request(headerLimit))).toMatch(/^HTTP\/1\.1 204 /);
    using connection = new RawConnection(sidecar.httpPort);
    connection.write(request(headerLimit + 1));
    await connection.closed();
    expect(connection.text).toMatch(
      /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n[\s\S]*\r\n\r\n431 Request Header Fields Too Large$/,
    );
  });

  it("headers take ten seconds at most, then the connection ends without an answer", async () => {
    for (const ms of await Promise.all(slow)) {
      expect(ms).toBeGreaterThan(9_000);
      expect(ms).toBeLessThan(13_000);
    }
  });
});

describe("routing", () => {
  beforeAll(async () => {
    const pairs = ["a b", "a+b", "x/y", "ü", "bulk", "q?r"].map((key) => ({ key, value: key }));
    const body = JSON.stringify(pairs);
    const path = "/v1.0/state/store";
    expect((await call({ port: sidecar.httpPort, method: "POST", path, body })).status).toBe(204);
  });

  it.each([
    ["/v1.0/state/store/a%20b", '"a b"'],
    ["/v1.0/state/store/a+b", '"a b"'],
    ["/v1.0/state/store/a%2Bb", '"a+b"'],
    ["/v1.0/state/store/x%2Fy", '"x/y"'],
    ["/v1.0/state/store/%C3%BC", '"ü"'],
    ["/v1.0/state/store/bulk", '"bulk"'],
    ["/v1.0/state/store/q%3Fr?metadata.a=b", '"q?r"'],
    ["//v1.0//state/./store/../store/a+b/", '"a b"'],
    ["http://example.com:99/v1.0/state/store/bulk", '"bulk"'],
    ["HTTP://example.com/v1.0/state/store/bulk?x=1", '"bulk"'],
  ])("%s", async (path, text) => {
    const answer = await rawAnswer(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(Buffer.from(answer, "latin1").toString()).toContain(`\r\n\r\n${text}`);
  });

  it.each([
    ["GET", "/"],
    ["GET", "/nothing"],
    ["HEAD", "/v1.0/healthz"],
    ["OPTIONS", "/v1.0/state/store"],
    ["PATCH", "/v1.0/state/store/a"],
    ["DELETE", "/v1.0/shutdown"],
    ["PROPFIND", "/v1.0/metadata"],
    ["GET", "/v1.0/state/store"],
    ["GET", "/v1.0/state//a"],
    ["GET", "/V1.0/healthz"],
  ])("%s %s is a call without a target", async (method, path) => {
    const { status, text } = await call({ port: sidecar.httpPort, method, path });
    expect(status).toBe(404);
    if (method !== "HEAD") {
      expect(text).toBe(
        '{"errorCode":"ERR_DIRECT_INVOKE","message":"failed getting app id either from the URL path or the header dapr-app-id"}',
      );
    }
  });

  it.each(["/nothing/%zz", "/v1.0/invoke/a/method/%2", "http://other/v1.0/healthz%"])(
    "refuses the path %s",
    async (path) => {
      expect(await rawAnswer(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*\r\n\r\n400 Bad Request$/,
      );
    },
  );

  it("takes the first of two headers that name an app, and targets as proxies send them", {
    timeout: 150_000,
  }, async () => {
    const none = /"failed to invoke, id: nobody-first, err: couldn't find service: nobody-first"/;
    const headers =
      "Host: a\r\ndapr-app-id: nobody-first\r\ndapr-app-id: nobody-second\r\nConnection: close\r\n";
    expect(await rawAnswer(`GET /orders HTTP/1.1\r\n${headers}\r\n`, 60_000)).toMatch(none);
    const absolute =
      "GET http://other/v1.0/invoke/nobody-first/method/m HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    expect(await rawAnswer(absolute, 60_000)).toMatch(/"failed to invoke, id: nobody-first, err: /);
  });

  it("refuses a bad escape", async () => {
    expect(await rawAnswer("GET /v1.0/state/store/%zz HTTP/1.1\r\nHost: a\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 400 /,
    );
  });
});

describe("connections", () => {
  it("are kept alive, also for requests that follow at once", async () => {
    using connection = new RawConnection(sidecar.httpPort);
    const request = "GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    const answers = (): number => connection.text.split("HTTP/1.1 204 ").length - 1;
    connection.write(request);
    await connection.until(() => answers() === 1);
    connection.write(request.repeat(10));
    await connection.until(() => answers() === 11);
    connection.write("GET /v1.0/healthz HTTP/1.0\r\n\r\n");
    await connection.closed();
    expect(answers()).toBe(12);
  });

  it("that break off in the middle of a body or an answer harm nobody", async () => {
    for (const text of [
      "POST /v1.0/state/store HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n[{",
      "POST /v1.0/state/store HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{",
      "GET /v1.0/metadata HTTP/1.1\r\nHost: a\r\n\r\n".repeat(50),
      "GET /v1.0/meta",
    ]) {
      for (const end of ["destroy", "resetAndDestroy"] as const) {
        using connection = new RawConnection(sidecar.httpPort);
        await new Promise((resolve) => connection.socket.write(text, resolve));
        connection.socket[end]();
      }
    }
    expect(await isWell()).toBe(true);
  });

  it.each([
    ["no host", "GET /v1.0/healthz HTTP/1.1\r\n\r\n"],
    ["a bad version", "GET /v1.0/healthz HTTP/9.9\r\nHost: a\r\n\r\n"],
    ["a header without a name", "GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n"],
    ["a space before the colon", "GET /v1.0/healthz HTTP/1.1\r\nHost : a\r\n\r\n"],
    ["NUL in a header", "GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"],
    ["a space in the target", "GET /v1.0/ healthz HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["an unknown method", "NOPE /v1.0/healthz HTTP/1.1\r\nHost: a\r\n\r\n"],
    [
      "two lengths",
      "POST /v1.0/state/store HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ],
    [
      "two lengths and chunks",
      "POST /v1.0/state/store HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    [
      "chunks twice",
      "POST /v1.0/state/store HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    ],
  ])("get 400 for %s", async (_, text) => {
    expect(await rawAnswer(text)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await isWell()).toBe(true);
  });

  it("are read in chunks where they give a length too, and end the connection", async () => {
    const body = '[{"key":"both","value":1}]';
    const request = `POST /v1.0/state/store HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(body, 9)}`;
    const answer = await rawAnswer(request);
    expect(answer).toMatch(/^HTTP\/1\.1 204 /);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    // Behind another request nobody knows any more where it begins.
    const ping = "GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    using connection = new RawConnection(sidecar.httpPort);
    connection.write(ping + request);
    await connection.until(() => connection.text.includes("HTTP/1.1 400 "));
    expect(await isWell()).toBe(true);
  });

  it("that CONNECT are answered as any other, and ended", async () => {
    for (const target of ["/v1.0/invoke/http-server/method/x", "elsewhere.test:443"]) {
      using connection = new RawConnection(sidecar.httpPort);
      connection.write(`CONNECT ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await connection.closed(20_000);
      expect(connection.text).toMatch(/^HTTP\/1\.1 (404|500) .*"errorCode":"ERR_DIRECT_INVOKE"/s);
    }
    await using other = await launchDaprd({ appId: "connect" });
    using connection = new RawConnection(other.httpPort);
    connection.write("CONNECT /nothing HTTP/1.1\r\nHost: a\r\n\r\n");
    await connection.closed(20_000);
    // Nothing is left in flight that the end would wait for.
    expect((await other.process.stop()).code).toBe(0);
  });

  it("may ask before they send (Expect: 100-continue)", async () => {
    using connection = new RawConnection(sidecar.httpPort);
    const body = '[{"key":"e","value":1}]';
    connection.write(
      `POST /v1.0/state/store HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    await connection.until(() => connection.text.includes("\r\n\r\n"));
    expect(connection.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n/);
    connection.write(body);
    await connection.until(() => connection.text.includes("HTTP/1.1 204 "));
  });
});

interface H2Answer {
  readonly status: number;
  readonly text: string;
}

function h2Call(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body = "",
): Promise<H2Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers);
    let status = 0;
    let text = "";
    stream.setEncoding("utf8");
    stream.on("response", (head) => {
      status = head[":status"] ?? 0;
    });
    stream.on("data", (part: string) => {
      text += part;
    });
    stream.on("error", reject);
    stream.on("end", () => resolve({ status, text }));
    if (body !== "") stream.end(body);
  });
}

/** The bytes of one HTTP/2 frame. */
function h2Frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Frames behind the answer that switches the protocol. */
function h2Frames(
  bytes: Buffer,
): { type: number; flags: number; stream: number; payload: Buffer }[] {
  const frames = [];
  let at = bytes.indexOf("\r\n\r\n") + 4;
  while (at + 9 <= bytes.length) {
    const length = bytes.readUIntBE(at, 3);
    if (at + 9 + length > bytes.length) break;
    const [type = 0, flags = 0] = bytes.subarray(at + 3, at + 5);
    const payload = bytes.subarray(at + 9, at + 9 + length);
    frames.push({ type, flags, stream: bytes.readUInt32BE(at + 5), payload });
    at += 9 + length;
  }
  return frames;
}

const opening = Buffer.concat([Buffer.from(preface), h2Frame(4, 0, 0)]);
const upgradeHeaders =
  "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
/** Status in HPACK's static table, as the first byte of a header block. */
const ok = 0x88;
const noContent = 0x89;

describe("HTTP/2 in clear text", () => {
  it("by prior knowledge, many streams at once", async () => {
    const session = connectHttp2(`http://127.0.0.1:${sidecar.httpPort}`);
    try {
      const path = "/v1.0/state/store";
      const saved = await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          h2Call(session, { ":method": "POST", ":path": path }, `[{"key":"h${n}","value":${n}}]`),
        ),
      );
      expect(new Set(saved.map(({ status }) => status))).toEqual(new Set([204]));
      expect(await h2Call(session, { ":path": `${path}/h7` })).toEqual({ status: 200, text: "7" });
      const refused = await h2Call(
        session,
        { ":method": "POST", ":path": path },
        saveOf(bodyLimit + 1),
      );
      expect(refused.status).toBe(400);
      expect(refused.text).toContain("stream too large");
    } finally {
      session.close();
    }
  });

  it("when the preface comes in pieces", async () => {
    using connection = new RawConnection(sidecar.httpPort);
    for (const byte of opening) {
      await new Promise((resolve) => connection.socket.write(Buffer.from([byte]), resolve));
    }
    await connection.until(() => connection.received.length >= 9);
    expect(connection.received[3]).toBe(4);
  });

  async function upgraded(request: string, body = ""): Promise<ReturnType<typeof h2Frames>> {
    using connection = new RawConnection(sidecar.httpPort);
    connection.write(request + body);
    await connection.until(() => connection.text.includes("\r\n\r\n"));
    expect(connection.text).toMatch(
      /^HTTP\/1\.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n/,
    );
    connection.write(opening);
    const isEnded = (): boolean =>
      h2Frames(connection.received).some(
        ({ type, flags, stream }) => stream === 1 && type <= 1 && (flags & 1) === 1,
      );
    await connection.until(isEnded);
    return h2Frames(connection.received);
  }

  it("by upgrade", async () => {
    const frames = await upgraded(
      `GET /v1.0/metadata HTTP/1.1\r\nHost: a\r\n${upgradeHeaders}\r\n`,
    );
    expect(frames.find(({ type, stream }) => type === 1 && stream === 1)?.payload[0]).toBe(ok);
    const data = frames.filter(({ type, stream }) => type === 0 && stream === 1);
    expect(Buffer.concat(data.map(({ payload }) => payload)).toString()).toContain(
      '"id":"http-server"',
    );
  });

  it("by upgrade of a request with a body", async () => {
    const body = JSON.stringify([{ key: "up", value: "y".repeat(50_000) }]);
    const frames = await upgraded(
      `POST /v1.0/state/store HTTP/1.1\r\nHost: a\r\n${upgradeHeaders}Content-Length: ${body.length}\r\n\r\n`,
      body,
    );
    expect(frames.find(({ type, stream }) => type === 1 && stream === 1)?.payload[0]).toBe(
      noContent,
    );
    const { text } = await call({ port: sidecar.httpPort, path: "/v1.0/state/store/up" });
    expect(text).toBe(`"${"y".repeat(50_000)}"`);
  });

  it("does not gather an upgraded body beyond the limit", async () => {
    using connection = new RawConnection(sidecar.httpPort);
    connection.write(
      `POST /v1.0/state/store HTTP/1.1\r\nHost: a\r\n${upgradeHeaders}Content-Length: 90000000000\r\n\r\n`,
    );
    connection.write(saveOf(bodyLimit + 1));
    await connection.until(() => connection.text.includes("\r\n\r\n"));
    expect(connection.text).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("ends connections that never finish their SETTINGS", async () => {
    using connection = new RawConnection(sidecar.httpPort);
    connection.write(`GET /v1.0/metadata HTTP/1.1\r\nHost: a\r\n${upgradeHeaders}\r\n`);
    await connection.until(() => connection.text.includes("\r\n\r\n"));
    const endless = h2Frame(4, 0, 0);
    endless.writeUIntBE(0xffffff, 0, 3);
    connection.write(Buffer.from(preface));
    connection.write(endless);
    await connection.closed();
  });

  it.each([
    ["no settings", "Upgrade: h2c\r\nConnection: Upgrade\r\n"],
    ["another protocol", "Upgrade: websocket\r\nConnection: Upgrade\r\n"],
  ])("stays away with %s", async (_, headers) => {
    const text = await rawAnswer(`GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 204 /);
  });

  it("can be turned off", async () => {
    const env = { DAPR_HTTP_DISABLE_H2C: "Yes" };
    await using other = await launchDaprd({ appId: "no-h2c", env });
    using connection = new RawConnection(other.httpPort);
    connection.write(`GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\n${upgradeHeaders}\r\n`);
    await connection.until(() => connection.text.includes("\r\n\r\n"));
    expect(connection.text).toMatch(/^HTTP\/1\.1 204 /);
    using prior = new RawConnection(other.httpPort);
    prior.write(opening);
    await prior.closed();
    expect(prior.text).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe("the public port", () => {
  it("speaks HTTP/1.1, without token, and knows health and metadata only", async () => {
    const port = await freePort();
    const flags = ["--dapr-public-port", `${port}`, "--dapr-public-listen-address", "127.0.0.1"];
    const env = { DAPR_API_TOKEN: "secret" };
    await using other = await launchDaprd({ appId: "public", resources: [store], flags, env });
    const agent = new Agent({ keepAlive: true });
    const status = async (method: string, path: string): Promise<number> =>
      (await call({ port, method, path, agent })).status;
    expect(await status("GET", "/v1.0/healthz")).toBe(204);
    expect(await status("GET", "/v1.0/metadata")).toBe(200);
    expect(await status("GET", "/v1.0/state/store/a")).toBe(404);
    expect(await status("POST", "/v1.0/metadata")).toBe(405);
    expect(await status("POST", "/v1.0/shutdown")).toBe(404);
    agent.destroy();
    using connection = new RawConnection(port);
    connection.write(opening);
    await connection.closed();
    expect(connection.text).toMatch(/^HTTP\/1\.1 400 /);
    expect((await call({ port: other.httpPort, path: "/v1.0/metadata" })).status).toBe(401);
  });
});
