/**
 * The wire between sidecars, byte by byte, towards a peer that is not ours: spec 02 §6, §8, in clear text and with mTLS.
 */
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  InternalInvokeRequest,
  InternalInvokeRequestStream,
  InternalInvokeResponse,
  InternalInvokeResponseStream,
} from "../../../src/kit/proto/dapr/proto/internals/v1/service_invocation.ts";
import { launchDaprd, launchSentry, type Sentry, type Sidecar } from "../launch.ts";
import { frame, issueIdentity, type RawCall, RawCallee, RawCaller } from "./raw-peer.ts";

const service = "/dapr.proto.internals.v1.ServiceInvocation";

/** Resolves the id `localhost` to the port of the test. */
const resolver = (port: number): string => `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata:
  name: wire
spec:
  nameResolution:
    component: nameformat
    configuration:
      format: "{appid}:${port}"
`;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

interface Sent {
  readonly answer: Promise<Answer>;
  write(text: string): void;
  end(): void;
}

function open(
  { httpPort: port }: Sidecar,
  path: string,
  headers: Readonly<Record<string, string | string[]>> = {},
  method = "POST",
): Sent {
  const request = httpRequest({ port, path, method, headers, agent: false });
  const answer = new Promise<Answer>((resolve, reject) => {
    request.on("response", (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.on("error", reject);
  });
  return {
    answer,
    write: (text) => void request.write(text),
    end: () => void request.end(),
  };
}

function send(
  sidecar: Sidecar,
  path: string,
  body: string,
  headers: Readonly<Record<string, string | string[]>> = {},
): Promise<Answer> {
  const sent = open(sidecar, path, { ...headers, "content-length": String(body.length) });
  sent.write(body);
  sent.end();
  return sent.answer;
}

const reply = (text: string, code = 200): Buffer =>
  InternalInvokeResponseStream.encode({
    response: {
      status: { code },
      headers: new Map([["X-Reply", { values: ["a", "b"] }]]),
      message: { contentType: "text/plain" },
    },
    payload: { data: Buffer.from(text), seq: 0n },
  });

const decodeAll = ({ messages }: RawCall): InternalInvokeRequestStream[] =>
  messages.map((message) => InternalInvokeRequestStream.decode(message));

const more = (data: string, seq: bigint): Buffer =>
  InternalInvokeRequestStream.encode({ payload: { data: Buffer.from(data), seq } });

const leading = (metadata: Readonly<Record<string, string>>, message = {}): Buffer =>
  InternalInvokeRequestStream.encode({
    request: {
      ver: 1,
      metadata: new Map(Object.entries(metadata).map(([name, one]) => [name, { values: [one] }])),
      message: { method: "echo", httpExtension: { verb: 3 }, ...message },
    },
  });

let app: Server;
let appPort = 0;
/** Answers of the app that wait for a word of the test. */
let push: ((text: string | undefined) => void) | undefined;

beforeAll(async () => {
  app = createServer((request, response) => {
    const url = request.url ?? "";
    if (url === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream", "x-app": "1" });
      push = (text) => (text === undefined ? response.end() : response.write(text));
      response.flushHeaders();
      return;
    }
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      response.writeHead(url === "/teapot" ? 418 : 200, {
        "content-type": "text/plain",
        "x-app-header": ["1", "2"],
        connection: "x-secret",
        "x-secret": "hop",
      });
      response.end(`${request.method} ${url} ${text}`);
    });
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  appPort = (app.address() as AddressInfo).port;
});

afterAll(() => {
  app.closeAllConnections();
  app.close();
});

describe.each(["clear text", "mTLS"])("%s", (mode) => {
  let sentry: Sentry | undefined;
  let callee: RawCallee;
  let caller: Sidecar;
  let server: Sidecar;
  let raw: RawCaller;
  const stack = new AsyncDisposableStack();

  beforeAll(async () => {
    const isSecure = mode === "mTLS";
    sentry = isSecure ? stack.use(await launchSentry()) : undefined;
    const id = (path: string) => sentry && issueIdentity(sentry, `spiffe://public${path}`);
    callee = stack.use(await RawCallee.start(id("/ns/default/localhost")));
    const common = {
      ...(sentry !== undefined && { sentry }),
      flags: ["--dapr-internal-grpc-listen-address", "127.0.0.1"],
    };
    const accessControl = `
  accessControl:
    defaultAction: deny
    trustDomain: public
    policies:
    - appId: friend
      namespace: far
      trustDomain: public
      defaultAction: allow
`;
    [caller, server] = await Promise.all([
      launchDaprd({ ...common, appId: "wire-caller", config: resolver(callee.port) }),
      launchDaprd({
        ...common,
        appId: "wire-callee",
        appPort,
        config: resolver(1) + (isSecure ? accessControl.slice(1) : ""),
      }),
    ]);
    stack.use(caller);
    stack.use(server);
    raw = stack.use(new RawCaller(server.internalPort, id("/ns/far/friend")));
  });

  afterAll(() => stack.disposeAsync());

  afterEach(() => {
    callee.onCall = () => {};
    callee.calls.length = 0;
  });

  const path = "/v1.0/invoke/localhost/method";

  /** The call that comes next, complete. */
  const nextCall = async (): Promise<RawCall> => {
    await expect.poll(() => callee.calls.length, { timeout: 10_000 }).toBeGreaterThan(0);
    return callee.calls[0] as RawCall;
  };

  test("the caller's stream: head, pieces, half-close", async () => {
    callee.onCall = (call) => void call.halfClosed.then(() => call.answer(reply("done", 201)));
    const body = "0123456789".repeat(500);
    const answer = await send(caller, `${path}/a/b?q=%20x`, body, {
      "content-type": "text/plain",
      "x-custom-thing": ["1", "2"],
      "dapr-caller-app-id": "liar",
      "x-forwarded-for": "1.2.3.4",
    });
    expect([answer.status, answer.text, answer.headers["content-type"]]).toEqual([
      201,
      "done",
      "text/plain",
    ]);
    expect(answer.headers["x-reply"]).toBe("a, b");
    const call = await nextCall();
    expect(call.headers).toMatchObject({
      ":method": "POST",
      ":path": `${service}/CallLocalStream`,
      ":scheme": mode === "mTLS" ? "https" : "http",
      "content-type": "application/grpc",
      te: "trailers",
    });
    expect(call.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
    expect(Buffer.from(String(call.headers["grpc-trace-bin"]), "base64")).toHaveLength(29);
    const [first, ...rest] = decodeAll(call);
    expect(first?.request?.ver).toBe(1);
    expect(first?.request?.message).toMatchObject({
      method: "a/b",
      contentType: "text/plain",
      httpExtension: { verb: 3, querystring: "q=%20x" },
    });
    const metadata = first?.request?.metadata ?? new Map();
    const values = (name: string): string[] | undefined => metadata.get(name)?.values;
    expect(values("Content-Type")).toEqual(["text/plain"]);
    expect(values("Content-Length")).toEqual(["5000"]);
    expect(values("X-Custom-Thing")).toEqual(["1", "2"]);
    expect(values("destination-app-id")).toEqual(["localhost"]);
    expect(values("dapr-caller-app-id")).toEqual(["wire-caller"]);
    expect(values("dapr-caller-namespace")).toEqual(["default"]);
    expect(values("dapr-callee-app-id")).toEqual(["localhost"]);
    expect(values("X-Forwarded-For")?.[0]).toBe("1.2.3.4");
    expect(values("X-Forwarded-For")).toHaveLength(2);
    expect(values("X-Forwarded-Host")).toEqual([hostname()]);
    expect(values("Forwarded")?.[0]).toMatch(/^for=(.+);by=\1;host=/);
    const names = [...metadata.keys()];
    for (const gone of ["Dapr-Caller-App-Id", "content-type"]) {
      expect(names).not.toContain(gone);
    }
    for (const one of rest) expect(one.request).toBe(undefined);
    const pieces = [first, ...rest].flatMap((one) => one?.payload ?? []);
    expect(pieces.map(({ seq }) => seq)).toEqual(pieces.map((_, i) => BigInt(i)));
    expect(Math.max(...pieces.map(({ data }) => data.length))).toBeLessThanOrEqual(2048);
    expect(Buffer.concat(pieces.map(({ data }) => data)).toString()).toBe(body);
  });

  test("a request without a body is one message", async () => {
    callee.onCall = (call) => void call.halfClosed.then(() => call.answer(reply("")));
    const sent = open(caller, `${path}/`, { Accept: " Text/Event-Stream" }, "GET");
    sent.end();
    expect((await sent.answer).status).toBe(200);
    const [first, ...rest] = decodeAll(await nextCall());
    expect(rest).toEqual([]);
    expect(first?.request?.metadata.has("Accept")).toBe(true);
    expect(first?.request?.metadata.has("accept")).toBe(false);
    expect(first?.request?.message?.method).toBe("");
  });

  test("a body of unknown length is passed on as it comes, and closed when it ends", async () => {
    const sent = open(caller, `${path}/stream`, { "transfer-encoding": "chunked" });
    sent.write("one");
    const call = await nextCall();
    const received = (): string =>
      decodeAll(call)
        .map(({ payload }) => payload?.data.toString() ?? "")
        .join("");
    await expect.poll(received, { timeout: 10_000 }).toBe("one");
    expect(call.isHalfClosed).toBe(false);
    sent.write("two");
    await expect.poll(received, { timeout: 10_000 }).toBe("onetwo");
    expect(call.isHalfClosed).toBe(false);
    sent.end();
    await call.halfClosed;
    call.answer(reply("ok"));
    expect((await sent.answer).text).toBe("ok");
  });

  test("an old peer is called again with one message; a streamed body cannot be", async () => {
    callee.onCall = (call) => {
      if (call.headers[":path"] === `${service}/CallLocalStream`) {
        call.refuse(12, "unknown method CallLocalStream");
        return;
      }
      void call.halfClosed.then(() =>
        call.answer(
          InternalInvokeResponse.encode({
            status: { code: 202 },
            message: { contentType: "text/plain", data: { value: Buffer.from("old") } },
          }),
        ),
      );
    };
    const answer = await send(caller, `${path}/old`, "whole body", { "x-a": "1" });
    expect([answer.status, answer.text]).toEqual([202, "old"]);
    const unary = callee.calls.find(({ headers }) => headers[":path"] === `${service}/CallLocal`);
    expect(unary?.messages).toHaveLength(1);
    const request = InternalInvokeRequest.decode(unary?.messages[0] ?? Buffer.alloc(0));
    expect(request.message?.data?.value.toString()).toBe("whole body");
    expect(request.metadata.get("X-A")?.values).toEqual(["1"]);
    expect(caller.process.log).toContain("falling back to unary calls");
    const sent = open(caller, `${path}/old`, { "transfer-encoding": "chunked" });
    sent.write("x");
    sent.end();
    const failed = await sent.answer;
    expect(failed.status).toBe(500);
    expect(failed.text).toContain(
      "target app 'localhost' is running a version of Dapr that does not support streaming-based service invocation",
    );
  });

  test("answers that break the protocol: a short body, or an error", async () => {
    callee.onCall = (call) => {
      const wrong = InternalInvokeResponseStream.encode({
        payload: { data: Buffer.from("late"), seq: 7n },
      });
      void call.halfClosed.then(() => call.answer(reply("first "), wrong));
    };
    expect(await send(caller, `${path}/x`, "")).toMatchObject({ status: 200, text: "first late" });
    callee.onCall = (call) => {
      const headless = InternalInvokeResponseStream.encode({ payload: { data: Buffer.from("x") } });
      void call.halfClosed.then(() => call.answer(headless));
    };
    const failed = await send(caller, `${path}/x`, "");
    expect(failed.status).toBe(500);
    expect(failed.text).toContain(
      "response does not contain the required fields in the leading chunk",
    );
  });

  test("the callee's answer: head first, pieces numbered, status of the stream 0", async () => {
    const { headers, messages, status } = await raw.call(`${service}/CallLocalStream`, (stream) => {
      stream.write(frame(leading({ "Content-Length": "6", "x-lower": "1" })));
      stream.write(frame(more("one", 0n)));
      stream.end(frame(more("two", 1n)));
    });
    expect([headers[":status"], headers["content-type"], status]).toEqual([
      200,
      "application/grpc",
      0,
    ]);
    const [first, ...rest] = messages.map((one) => InternalInvokeResponseStream.decode(one));
    expect(first?.response?.status?.code).toBe(200);
    expect(first?.response?.message?.contentType).toBe("text/plain");
    expect(first?.response?.headers.get("X-App-Header")?.values).toEqual(["1", "2"]);
    expect([...(first?.response?.headers.keys() ?? [])]).not.toContain("X-Secret");
    for (const one of rest) expect(one.response).toBe(undefined);
    const pieces = [first, ...rest].flatMap((one) => one?.payload ?? []);
    expect(pieces.map(({ seq }) => seq)).toEqual(pieces.map((_, i) => BigInt(i)));
    expect(Buffer.concat(pieces.map(({ data }) => data)).toString()).toBe("POST /echo onetwo");
  });

  test.each([
    [
      leading({}),
      3,
      "parsing InternalInvokeRequest error: request does not contain the required fields in the leading chunk",
    ],
    [undefined, 2, "EOF"],
    [
      leading({ A: "1" }, { method: "a#b" }),
      3,
      'invalid method: method contains forbidden character: "a#b"',
    ],
  ])("the callee refuses %#", async (message, code, text) => {
    const answer = await raw.call(`${service}/CallLocalStream`, (stream) => {
      if (message === undefined) stream.end();
      else stream.end(frame(message));
    });
    expect([answer.status, answer.message, answer.messages]).toEqual([code, text, []]);
  });

  test("events of the app are passed on one by one, with status 0 in the first message", async () => {
    const seen: string[] = [];
    const answer = raw.call(`${service}/CallLocalStream`, (stream) => {
      stream.end(
        frame(
          leading(
            { Accept: "text/event-stream" },
            { method: "events", httpExtension: { verb: 1 } },
          ),
        ),
      );
      stream.on("data", (chunk: Buffer) => seen.push(chunk.toString("latin1")));
    });
    for (const text of ["data: 1\n\n", "data: 2\n\n"]) {
      await expect.poll(() => push !== undefined, { timeout: 10_000 }).toBe(true);
      push?.(text);
      await expect.poll(() => seen.join(""), { timeout: 10_000 }).toContain(text);
    }
    push?.(undefined);
    push = undefined;
    const { messages, status } = await answer;
    const [first] = messages.map((one) => InternalInvokeResponseStream.decode(one));
    expect(status).toBe(0);
    expect(first?.response?.status?.code ?? 0).toBe(0);
    expect(first?.response?.headers.get("X-App")?.values).toEqual(["1"]);
  });

  test("who may call is decided by the certificate", async () => {
    const ask = async (caller: RawCaller): Promise<number> => {
      const { status } = await caller.call(`${service}/CallLocalStream`, (stream) =>
        stream.end(frame(leading({ A: "1" }))),
      );
      return status;
    };
    if (sentry === undefined) {
      expect(await ask(raw)).toBe(0);
      return;
    }
    await using foe = new RawCaller(
      server.internalPort,
      issueIdentity(sentry, "spiffe://public/ns/near/friend"),
    );
    await using stranger = new RawCaller(server.internalPort, { ca: sentry.trustAnchors });
    await using plain = new RawCaller(server.internalPort);
    expect(await ask(raw)).toBe(0);
    const { status, message } = await foe.call(`${service}/CallLocalStream`, (stream) =>
      stream.end(frame(leading({ A: "1" }))),
    );
    expect([status, message]).toEqual([
      7,
      "access control policy has denied access to id: spiffe://public/ns/near/friend operation: echo verb: POST",
    ]);
    await expect(ask(stranger)).rejects.toThrow();
    await expect(ask(plain)).rejects.toThrow();
  });

  test("a callee with another identity is not called", async () => {
    if (sentry === undefined) return;
    const other = issueIdentity(sentry, "spiffe://public/ns/default/other");
    await using impostor = await RawCallee.start(other);
    await using deceived = await launchDaprd({
      sentry,
      appId: "deceived",
      config: resolver(impostor.port),
      flags: ["--dapr-internal-grpc-listen-address", "127.0.0.1"],
      resources: [
        "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: r}\nspec:\n  policies:\n    retries: {none: {policy: constant, maxRetries: 0}}\n  targets:\n    apps: {localhost: {retry: none}}\n",
      ],
    });
    const answer = await send(deceived, `${path}/x`, "secret");
    expect(answer.status).toBe(500);
    const { message } = JSON.parse(answer.text) as { message: string };
    expect(message).toMatch(/unexpected SPIFFE ID: \\?"spiffe:\/\/public\/ns\/default\/other/);
    expect(impostor.calls).toEqual([]);
  });
});
