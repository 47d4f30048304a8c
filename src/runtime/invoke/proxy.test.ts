import { beforeEach, describe, expect, test } from "vitest";
import type { NameResolver } from "../../components/nameresolution/contract.ts";
import { Metadata } from "../../kit/rpc/metadata.ts";
import { RpcError } from "../../kit/rpc/status.ts";
import type { ClientTransport, Transport } from "../../kit/rpc/transport.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { Tracer } from "../../kit/tracing/trace.ts";
import type { AccessRequest } from "../peers/access-control.ts";
import { PeerClients } from "../peers/client.ts";
import { Incoming, Outgoing } from "./calls-by-hand.ts";
import { GrpcProxy, type ProxyOptions } from "./proxy.ts";
import { Addresses } from "./resolve.ts";

/** Outcomes of the next connection attempts; none left: connected. */
let refusals: RpcError[];
let opened: Outgoing[];
let connects: number;
let clientsMade: number;

function client(): ClientTransport {
  clientsMade++;
  return {
    async connect() {
      connects++;
      const refusal = refusals.shift();
      if (refusal !== undefined) throw refusal;
    },
    open(path, options = {}) {
      const call = new Outgoing(path, options);
      opened.push(call);
      return call;
    },
    unary: () => Promise.reject(new Error("not here")),
    async close() {},
  };
}

const clock = new ManualClock();
const ignore = (): void => {};
const logger = {
  isEnabled: () => true,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
};
const transport: Transport = {
  name: "h2",
  createServer() {
    throw new Error("not here");
  },
  createClient: client,
};
const tracer = (enabled: boolean): Tracer => ({
  enabled,
  start(_name, _kind, parent) {
    const none = { traceId: "0".repeat(32), spanId: "0".repeat(16), flags: 0, state: "" };
    return {
      context: parent ?? none,
      recording: false,
      setName: ignore,
      setAttribute: ignore,
      setError: ignore,
      end: ignore,
    };
  },
});
const resolver: NameResolver = {
  isMultiAddress: false,
  resolve: ({ appId }) => {
    if (appId === "nobody") throw new Error("couldn't find service: nobody");
    return ["10.0.0.2:1"];
  },
  async [Symbol.asyncDispose]() {},
};

function proxy(extra: Partial<ProxyOptions> = {}): GrpcProxy {
  const app = client();
  const random = { number: () => 0, bytes: () => Buffer.alloc(0), uuid: () => "" };
  const addresses = new Addresses(resolver, () => 1, { clock, random });
  return new GrpcProxy({
    appId: "me",
    namespace: "default",
    app: () => app,
    appToken: "",
    peers: new PeerClients({
      transport,
      tls: () => undefined,
      maxMessageBytes: 1024,
      clock,
      logger,
      metrics: undefined,
    }),
    addresses: () => addresses,
    accessControl: undefined,
    tracer: tracer(false),
    clock,
    metrics: undefined,
    grpcMetrics: undefined,
    ...extra,
  });
}

const noTrailers = new Metadata();
const settle = (): Promise<void> => clock.advance(0);
const incoming = (...entries: string[]): Incoming => new Incoming(new Metadata(entries));

async function through(call: Incoming, extra: Partial<ProxyOptions> = {}): Promise<Outgoing> {
  proxy(extra).handle(call, { span: undefined });
  await settle();
  return opened.at(-1) as Outgoing;
}

beforeEach(() => {
  refusals = [];
  opened = [];
  connects = 0;
  clientsMade = 0;
});

describe("metadata", () => {
  test("to another app", async () => {
    const call = incoming(
      "dapr-app-id",
      "you",
      "x",
      "1",
      "x",
      "2",
      "y-bin",
      "/w",
      "dapr-caller-app-id",
      "spoof",
    );
    const out = await through(call);
    expect(out.path).toBe("/pkg.Svc/Do");
    expect(out.options.metadata?.entries).toEqual([
      "x",
      "1",
      "x",
      "2",
      "y-bin",
      "/w",
      "dapr-caller-app-id",
      "me",
      "dapr-callee-app-id",
      "you",
    ]);
  });

  test("to the own app", async () => {
    const call = incoming("dapr-app-id", "me", "x", "1", "dapr-api-token", "theirs");
    const out = await through(call, { appToken: "ours" });
    expect(out.options.metadata?.entries).toEqual(["x", "1", "dapr-api-token", "ours"]);
  });

  test("the trace of the span takes the place of the caller's", async () => {
    const trace = { traceId: "1".repeat(32), spanId: "2".repeat(16), flags: 1, state: "" };
    const call = incoming("dapr-app-id", "you", "traceparent", "old", "grpc-trace-bin", "old");
    const span = tracer(true).start("", "client", trace);
    proxy({ tracer: tracer(true) }).handle(call, { span });
    await settle();
    const metadata = opened[0]?.options.metadata;
    expect(metadata?.getAll("traceparent")).toEqual([`00-${trace.traceId}-${trace.spanId}-01`]);
    expect(metadata?.getAll("grpc-trace-bin")).toHaveLength(1);
  });

  test("a deadline goes along", async () => {
    const call = incoming("dapr-app-id", "you");
    call.timeoutMs = 400;
    expect((await through(call)).options.timeoutMs).toBe(400);
  });
});

describe("messages", () => {
  test("both ways, headers before the first, half-close on its own", async () => {
    const call = incoming("dapr-app-id", "you");
    const out = await through(call);
    call.receive(Buffer.from("a"));
    call.receive(Buffer.from(""));
    call.halfClose();
    expect(out.sent).toEqual(["a", ""]);
    expect(out.isHalfClosed).toBe(true);
    out.headers(new Metadata(["h", "1"]));
    expect(call.headers).toBeUndefined();
    out.receive(Buffer.from("b"));
    expect(call.headers?.entries).toEqual(["h", "1"]);
    expect(call.sent).toEqual(["b"]);
    const trailers = new Metadata(["t", "1"]);
    out.status({ code: 77, message: "odd", details: Buffer.from("d"), trailers });
    expect(call.finished).toEqual({
      code: 77,
      message: "odd",
      details: Buffer.from("d"),
      trailers,
    });
  });

  test("headers without a message are not passed on", async () => {
    const call = incoming("dapr-app-id", "you");
    const out = await through(call);
    out.headers(new Metadata(["h", "1"]));
    out.status({ code: 0, message: "OK", trailers: noTrailers });
    expect(call.headers).toBeUndefined();
    expect(call.finished).toEqual({ trailers: noTrailers });
  });

  test("the slower side sets the pace", async () => {
    const call = incoming("dapr-app-id", "you");
    const out = await through(call);
    out.takes = false;
    call.receive(Buffer.from("a"));
    expect(call.isPaused).toBe(true);
    out.drain();
    expect(call.isPaused).toBe(false);
    call.takes = false;
    out.receive(Buffer.from("b"));
    expect(out.isPaused).toBe(true);
    call.drain();
    expect(out.isPaused).toBe(false);
  });

  test("a client that leaves cancels the call behind", async () => {
    const call = incoming("dapr-app-id", "you");
    const out = await through(call);
    call.cancel();
    expect(out.isCanceled).toBe(true);
  });
});

describe("connections", () => {
  test.each([14, 16])("code %d: once more, on a new client", async (code) => {
    refusals = [new RpcError(code, "gone")];
    const call = incoming("dapr-app-id", "you");
    const out = await through(call);
    expect(connects).toBe(2);
    expect(clientsMade).toBe(3);
    expect(out).toBeDefined();
    expect(call.finished).toBeUndefined();
  });

  test("twice is the end", async () => {
    refusals = [new RpcError(14, "gone"), new RpcError(14, "still gone")];
    const call = incoming("dapr-app-id", "you");
    await through(call);
    expect(call.finished).toMatchObject({ code: 14, message: "still gone" });
    expect(opened).toHaveLength(0);
  });

  test("other failures are not repeated", async () => {
    refusals = [new RpcError(13, "x")];
    const call = incoming("dapr-app-id", "me");
    await through(call);
    expect(connects).toBe(1);
    expect(call.finished).toMatchObject({ code: 13, message: "x" });
  });
});

describe("who gets the call", () => {
  test.each([
    [[], true, 2, "cannot proxy request: missing dapr-callee-app-id or dapr-app-id metadata"],
    [
      [],
      false,
      2,
      "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found",
    ],
    [["dapr-app-id", "nobody"], false, 2, "couldn't find service: nobody"],
    [["dapr-app-id", "a.b.c"], false, 2, "invalid app id a.b.c"],
    [["dapr-app-id", ""], false, 2, "app id is empty"],
  ])("%j", async (entries, isTraced, code, message) => {
    const call = incoming(...(entries as string[]));
    await through(call, { tracer: tracer(isTraced as boolean) });
    expect(call.finished).toMatchObject({ code, message });
  });

  test("dapr-callee-app-id wins", async () => {
    const call = incoming("dapr-app-id", "me", "dapr-callee-app-id", "you");
    const out = await through(call);
    expect(out.options.metadata?.getAll("dapr-callee-app-id")).toEqual(["you", "you"]);
  });

  test("another sidecar reaches the own app only", async () => {
    const call = incoming("dapr-callee-app-id", "third");
    proxy().handleIncoming(call);
    await settle();
    expect(call.finished?.code).toBe(7);
    expect(opened).toHaveLength(0);
    const good = incoming("dapr-callee-app-id", "me");
    proxy().handleIncoming(good);
    await settle();
    expect(opened).toHaveLength(1);
  });

  test("the access list sees the full method", async () => {
    const asked: AccessRequest[] = [];
    const call = incoming("dapr-callee-app-id", "me");
    proxy({
      accessControl: {
        check(request) {
          asked.push(request);
          return "no";
        },
      },
    }).handleIncoming(call);
    await settle();
    expect(asked).toEqual([
      { identity: null, operation: "/pkg.Svc/Do", verb: "NONE", isHttp: false },
    ]);
    expect(call.finished).toMatchObject({ code: 7, message: "no" });
    expect(opened).toHaveLength(0);
  });

  test("what is opened is what was checked", async () => {
    for (const path of ["//pkg.Svc/Do", "/x/../pkg.Svc/Do", "/pkg.Svc//Do/", "/../pkg.Svc/Do"]) {
      const asked: string[] = [];
      opened.length = 0;
      const call = incoming("dapr-callee-app-id", "me");
      Object.assign(call, { path });
      proxy({
        accessControl: {
          check({ operation }) {
            asked.push(operation);
            return undefined;
          },
        },
      }).handleIncoming(call);
      await settle();
      expect(asked).toEqual(["/pkg.Svc/Do"]);
      expect(opened.map((each) => each.path)).toEqual(asked);
    }
  });

  test("without an app there is none", async () => {
    const call = incoming("dapr-app-id", "me");
    await through(call, { app: () => undefined });
    expect(call.finished).toMatchObject({ code: 2, message: "app channel is not initialized" });
  });
});
