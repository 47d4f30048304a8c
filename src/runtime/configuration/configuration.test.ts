import { describe, expect, it } from "vitest";
import type {
  ConfigurationEvent,
  ConfigurationStore,
} from "../../components/configuration/contract.ts";
import type { ApiError } from "../../kit/errors/api-error.ts";
import type { Logging } from "../../kit/logging/logger.ts";
import { Metrics } from "../../kit/metrics/metrics.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { AppChannel, InvokeHandler, InvokeRequest } from "../app/contract.ts";
import { ConfigurationBlock } from "./configuration.ts";

const item = { value: "v", version: "", metadata: new Map() };

/** A store whose changes the test makes. */
class FakeStore implements ConfigurationStore {
  readonly subscribers = new Map<string, (event: ConfigurationEvent) => void>();
  failure: Error | undefined;

  async get() {
    if (this.failure !== undefined) throw this.failure;
    return new Map([["k", item]]);
  }

  async subscribe(_request: unknown, onEvent: (event: ConfigurationEvent) => void) {
    if (this.failure !== undefined) throw this.failure;
    const id = `s${this.subscribers.size}`;
    this.subscribers.set(id, onEvent);
    return id;
  }

  async unsubscribe(id: string) {
    if (!this.subscribers.delete(id)) throw new Error(`no ${id}`);
  }

  change(key: string): void {
    for (const [id, onEvent] of this.subscribers) onEvent({ id, items: new Map([[key, item]]) });
  }

  async [Symbol.asyncDispose]() {}
}

function setUp() {
  const counted: string[] = [];
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const logging = { logger: () => ({ warn: log, error: log }) } as unknown as Logging;
  const metrics = new Metrics();
  const block = new ConfigurationBlock({
    appId: "app",
    namespaceEnv: "",
    metrics,
    clock: new ManualClock(),
    logging,
    countError: ({ errorCode }) => counted.push(errorCode),
  });
  const store = new FakeStore();
  const mounted = block.mount("store", store);
  const requests: InvokeRequest[] = [];
  const app = {
    isHttp: true,
    invoke(request: InvokeRequest, handler: InvokeHandler) {
      requests.push(request);
      queueMicrotask(() => handler.onEnd());
      return { abort() {} };
    },
  } as unknown as AppChannel;
  return { block, store, mounted, metrics, counted, lines, requests, app };
}

const request = (keys: readonly string[] = ["k"], storeName = "store") => ({
  storeName,
  keys,
  metadata: new Map<string, string>(),
});
const { signal } = new AbortController();
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "none",
    (e: ApiError) => [e.httpStatus, e.grpcCode, e.form, e.errorCode, e.message],
  );

describe("errors", () => {
  it("say what there is not", async () => {
    const { block, mounted } = setUp();
    const calls = (name: string) => [
      block.get(request([], name)),
      block.subscribeApp(request([], name), undefined),
      block.openStream(request([], name), signal),
      block.unsubscribe(name, "x"),
    ];
    for (const call of calls("other")) {
      expect(await failure(call)).toEqual([
        400,
        3,
        "basic",
        "ERR_CONFIGURATION_STORE_NOT_FOUND",
        "configuration store other not found",
      ]);
    }
    mounted[Symbol.dispose]();
    for (const call of calls("store")) {
      expect(await failure(call)).toEqual([
        500,
        9,
        "basic",
        "ERR_CONFIGURATION_STORE_NOT_CONFIGURED",
        "configuration stores not configured",
      ]);
    }
  });

  it("carry those of the store", async () => {
    const { block, store, app } = setUp();
    store.failure = new Error("down");
    expect(await failure(block.get(request(["a", "b"])))).toEqual([
      500,
      13,
      "basic",
      "ERR_CONFIGURATION_GET",
      "failed to get [a b] from Configuration store store: down",
    ]);
    const refused = [500, 3, "basic", "ERR_CONFIGURATION_SUBSCRIBE"];
    const text = "failed to subscribe [] from Configuration store store: down";
    expect(await failure(block.subscribeApp(request([]), app))).toEqual([...refused, text]);
    expect(await failure(block.openStream(request([]), signal))).toEqual([...refused, text]);
  });

  it("are counted as they leave, or not", async () => {
    const { block, counted } = setUp();
    const text = "failed to unsubscribe to configuration request";
    expect(await block.unsubscribe("store", "x")).toBe(`${text} x: no x`);
    expect(counted).toEqual([]);
    expect(block.endStream("x")).toBe(`${text} x: subscription does not exist`);
    expect(counted).toEqual(["ERR_CONFIGURATION_UNSUBSCRIBE"]);
    const noApp = await block.subscribeApp(request(), undefined).catch((e: ApiError) => e);
    expect(noApp).toMatchObject({ errorCode: "ERR_APP_CHANNEL_NIL", coded: false });
  });
});

describe("a subscription of the app", () => {
  it("is told until it ends", async () => {
    const { block, store, app, requests } = setUp();
    const id = await block.subscribeApp(request(), app);
    store.change("k");
    store.change("l");
    await settle();
    expect(requests.map(({ method }) => method)).toEqual([
      "configuration/store/k",
      "configuration/store/l",
    ]);
    expect(await block.unsubscribe("store", id)).toBeUndefined();
    store.change("k");
    await settle();
    expect(requests).toHaveLength(2);
  });

  it("ends with its store, not with its caller", async () => {
    const { block, store, mounted, app, requests } = setUp();
    await block.subscribeApp(request(), app);
    mounted[Symbol.dispose]();
    store.change("k");
    await settle();
    expect(requests).toEqual([]);
  });
});

describe("a stream", () => {
  it("gives what changes, and ends with its caller", async () => {
    const { block, store } = setUp();
    const caller = new AbortController();
    const stream = await block.openStream(request(), caller.signal);
    store.change("a");
    expect(await stream.next()).toEqual({ id: stream.id, items: new Map([["a", item]]) });
    const waiting = stream.next();
    caller.abort();
    expect(await waiting).toBeUndefined();
    await block.closeStream(stream);
    await block.closeStream(stream);
    expect(store.subscribers.size).toBe(0);
    expect(block.endStream(stream.id)).toMatch(/does not exist$/);
  });

  it("ends when it is told to, whatever the store is named", async () => {
    const { block, store, lines } = setUp();
    const stream = await block.openStream(request(), signal);
    expect(block.endStream(stream.id)).toBeUndefined();
    expect(lines).toEqual([
      "Unsubscribing using UnsubscribeConfiguration is deprecated. Disconnect from the SubscribeConfiguration RPC instead.",
    ]);
    expect(await stream.next()).toBeUndefined();
    await block.closeStream(stream);
    expect(store.subscribers.size).toBe(0);
  });

  it("stays open without events when the store is told to forget it", async () => {
    const { block, store } = setUp();
    const stream = await block.openStream(request(), signal);
    expect(await block.unsubscribe("store", stream.id)).toBeUndefined();
    store.change("k");
    expect(await Promise.race([stream.next(), settle().then(() => "open")])).toBe("open");
    expect(block.endStream(stream.id)).toBeUndefined();
    await block.closeStream(stream);
  });

  it("is over at once for a caller who left meanwhile", async () => {
    const { block } = setUp();
    const stream = await block.openStream(request(), AbortSignal.abort());
    expect(await stream.next()).toBeUndefined();
  });

  it("ends with its store", async () => {
    const { block, mounted } = setUp();
    const stream = await block.openStream(request(), signal);
    mounted[Symbol.dispose]();
    expect(await stream.next()).toBeUndefined();
    await block.closeStream(stream);
  });
});

it("counts what it asks of stores", async () => {
  const { block, store, metrics } = setUp();
  await block.get(request());
  const stream = await block.openStream(request(), signal);
  await block.closeStream(stream);
  store.failure = new Error("down");
  await failure(block.get(request()));
  await block.unsubscribe("store", "x");
  const text = metrics.render();
  for (const [operation, success] of [
    ["get", "true"],
    ["get", "false"],
    ["subscribe", "true"],
    ["unsubscribe", "true"],
    ["unsubscribe", "false"],
  ]) {
    expect(text).toContain(
      `dapr_component_configuration_count{app_id="app",component="store",namespace="",operation="${operation}",success="${success}"} 1`,
    );
  }
});
