/**
 * Middleware before the API and before the app, through a sidecar: bodies flow, answers of all kinds pass the hooks.
 */
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assemble, op, signature } from "../components/wasm-assembler.ts";
import { launchDaprd, Scratch, type Sidecar } from "../launch.ts";

const stack = new AsyncDisposableStack();
let app: Server;
let sidecar: Sidecar;
/** What the app has received of bodies so far. */
let received = "";
/** Sends a piece of the answer, or ends it. */
let push: ((text: string | undefined) => void) | undefined;

/** Sets the status 203 and a header on whatever answer comes to a request whose path begins with `/v1.0/metadata`. */
function bufferingGuest(): Buffer {
  const imports = {
    enable_features: signature("i", "i"),
    set_status_code: signature("i"),
    set_header_value: signature("iiiii"),
  };
  const call = (name: keyof typeof imports) => op.call(Object.keys(imports).indexOf(name));
  return assemble({
    imports: Object.entries(imports).map(([name, one]) => ({ name, signature: one })),
    functions: [
      {
        name: "handle_request",
        signature: signature("", "I"),
        code: [op.i32(2), call("enable_features"), op.drop, op.i64(1n)],
      },
      {
        name: "handle_response",
        signature: signature("ii"),
        code: [
          ...[op.i32(203), call("set_status_code")],
          ...[op.i32(1), op.i32(0), op.i32(7), op.i32(16), op.i32(3), call("set_header_value")],
        ],
      },
    ],
    data: new Map([
      [0, "x-guest"],
      [16, "yes"],
    ]),
  });
}

/** Of both pipelines: what the API and what the app is asked for must not begin with `/closed`. */
const policy = `package http
default allow = true
allow = {"status_code": 451, "additional_headers": {"x-closed": input.request.path}} {
  startswith(input.request.path, "/closed")
}`;

const component = (name: string, type: string, metadata: readonly (readonly string[])[]): string =>
  JSON.stringify({
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name },
    spec: {
      type: `middleware.http.${type}`,
      version: "v1",
      metadata: metadata.map(([key, value]) => ({ name: key, value })),
    },
  });

const pipeline = (...handlers: readonly (readonly [string, string])[]) => ({
  handlers: handlers.map(([name, type]) => ({ name, type: `middleware.http.${type}` })),
});

const configuration = (spec: object): string =>
  JSON.stringify({
    apiVersion: "dapr.io/v1alpha1",
    kind: "Configuration",
    metadata: { name: "pipelines" },
    spec,
  });

beforeAll(async () => {
  app = createServer((request, response) => {
    request.on("data", (chunk: Buffer) => {
      received += chunk.toString();
    });
    if (request.url === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      push = (text) => (text === undefined ? response.end() : response.write(text));
      response.flushHeaders();
      return;
    }
    request.on("end", () => {
      response.writeHead(request.url === "/missing" ? 404 : 200, { "content-type": "text/plain" });
      response.end(`answer to ${request.method} ${request.url}`);
    });
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  stack.defer(() => {
    app.closeAllConnections();
    app.close();
  });
  sidecar = stack.use(
    await launchDaprd({
      appId: "piped",
      appPort: (app.address() as AddressInfo).port,
      config: configuration({
        httpPipeline: pipeline(
          ["limit", "ratelimit"],
          ["alias", "routeralias"],
          ["up", "uppercase"],
          ["policy", "opa"],
        ),
        appHttpPipeline: pipeline(
          ["absent", "bearer"],
          ["alias", "routeralias"],
          ["policy", "opa"],
        ),
      }),
      resources: [
        component("limit", "ratelimit", [["maxRequestsPerSecond", "1000"]]),
        component("alias", "routeralias", [
          ["routes", '{"/orders/{id}": "/v1.0/invoke/piped/method/order"}'],
        ]),
        component("up", "uppercase", [["direction", "both"]]),
        component("policy", "opa", [["rego", policy]]),
      ],
    }),
  );
}, 60_000);

afterAll(() => stack.disposeAsync());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function call(
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** Written when the one before has arrived at the app. */
    readonly pieces?: readonly string[];
    readonly body?: string;
    readonly onData?: (text: string) => void;
    readonly port?: number;
  } = {},
): Promise<Answer> {
  const { method = "GET", headers = {}, pieces, body, onData } = options;
  const port = options.port ?? sidecar.httpPort;
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, path, method, headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        onData?.(text);
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.on("error", reject);
    if (pieces === undefined) {
      request.end(body);
      return;
    }
    const write = async (): Promise<void> => {
      let expected = received;
      for (const piece of pieces) {
        request.write(piece);
        expected += piece.toUpperCase();
        await expect.poll(() => received, { timeout: 10_000 }).toBe(expected);
      }
      request.end();
    };
    write().catch(reject);
  });
}

test("the pieces of a chunked body pass the stages as they come", async () => {
  const { status, text } = await call("/v1.0/invoke/piped/method/in", {
    method: "POST",
    pieces: ["one,", "two,"],
  });
  expect([status, text]).toEqual([200, "ANSWER TO POST /IN"]);
});

test("events pass the stages one by one", async () => {
  let seen = "";
  const answer = call("/v1.0/invoke/piped/method/events", {
    headers: { accept: "text/event-stream" },
    onData: (text) => {
      seen = text;
    },
  });
  await expect.poll(() => push !== undefined, { timeout: 10_000 }).toBe(true);
  for (const text of ["data: a\n\n", "data: b\n\n"]) {
    push?.(text);
    await expect.poll(() => seen, { timeout: 10_000 }).toContain(text.toUpperCase());
  }
  push?.(undefined);
  expect((await answer).text).toBe("DATA: A\n\nDATA: B\n\n");
});

test("a policy refuses before the API and before the app", async () => {
  for (const [path, seen] of [
    ["/closed/api", "/closed/api"],
    ["/v1.0/invoke/piped/method/closed/app", "/closed/app"],
  ] as const) {
    const { status, headers, text } = await call(path);
    expect([status, headers["x-closed"], text]).toEqual([
      451,
      seen,
      "UNAVAILABLE FOR LEGAL REASONS",
    ]);
  }
});

test("answers of routes, of the app and of the sidecar itself go back through the hooks", async () => {
  const alias = await call("/orders/7?x=1");
  expect(alias).toMatchObject({ status: 200, text: "ANSWER TO GET /ORDER?ID=7&X=1" });
  expect(alias.headers["x-rate-limit-limit"]).toBe("1000.00");
  expect(alias.headers["x-rate-limit-request-remote-addr"]).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(alias.headers.traceparent).toMatch(/^00-/);
  const missing = await call("/v1.0/invoke/piped/method/missing", { method: "POST", body: "b" });
  expect(missing).toMatchObject({ status: 404, text: "ANSWER TO POST /MISSING" });
  expect(missing.headers["content-length"]).toBe("23");
  const unknown = await call("/nowhere");
  expect(unknown.status).toBe(404);
  expect(unknown.text).toContain('"ERRORCODE":"ERR_DIRECT_INVOKE"');
  expect((await call("/v1.0/healthz")).status).toBe(204);
  const long = await call("/v1.0/invoke/piped/method/long", {
    method: "POST",
    body: "x".repeat(5 * 2 ** 20),
  });
  expect([long.status, long.text.includes("STREAM TOO LARGE")]).toEqual([500, true]);
});

test("a guest that buffers sees answers of every kind whole", async () => {
  using scratch = new Scratch();
  const url = `file://${scratch.write("guest.wasm", bufferingGuest())}`;
  await using guarded = await launchDaprd({
    appId: "guarded",
    appPort: (app.address() as AddressInfo).port,
    config: configuration({
      httpPipeline: pipeline(["guest", "wasm"]),
      wasm: { strictSandbox: true },
    }),
    resources: [component("guest", "wasm", [["url", url]])],
    readyStatus: 203,
  });
  const port = guarded.httpPort;
  for (const path of ["/v1.0/metadata", "/v1.0/invoke/guarded/method/x", "/nowhere"]) {
    const { status, headers, text } = await call(path, { port });
    expect([status, headers["x-guest"]]).toEqual([203, "yes"]);
    expect(text).toMatch(/"id":"guarded"|answer to GET \/x|ERR_DIRECT_INVOKE/);
  }
});
