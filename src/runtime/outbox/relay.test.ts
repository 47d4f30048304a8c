import { describe, expect, it, vi } from "vitest";
import type { DeleteRequest, GetRequest, StateStore } from "../../components/state/contract.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { Outbox, type OutboxBroker, type OutboxOptions } from "./outbox.ts";
import { Relay } from "./relay.ts";

const start = Date.UTC(2026, 0, 1);
const marker = (n: number): string =>
  `outbox-00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const event = (n: number, more = ""): Buffer =>
  Buffer.from(`{"id":"${marker(n)}","time":"2026-01-01T00:00:00Z","topic":"","data":${n}${more}}`);

/** A store that has keys, and fails as it is told. */
class FakeStore implements StateStore {
  readonly features = [];
  readonly keys = new Set<string>();
  readonly asked: string[] = [];
  getError: Error | undefined;
  deleteError: Error | undefined;

  constructor(...keys: string[]) {
    this.keys = new Set(keys);
  }
  get({ key }: GetRequest) {
    this.asked.push(key);
    if (this.getError) throw this.getError;
    const data = this.keys.has(key) ? Buffer.from('"0"') : undefined;
    return { data, etag: undefined, metadata: undefined };
  }
  set(): void {}
  delete({ key }: DeleteRequest): void {
    if (this.deleteError) throw this.deleteError;
    this.keys.delete(key);
  }
  async [Symbol.asyncDispose](): Promise<void> {}
}

type Handler = (data: Uint8Array, signal: AbortSignal) => Promise<void>;

function setUp(options: { readonly isVolatile?: boolean } = {}) {
  const clock = new ManualClock(start);
  const logs: string[] = [];
  const log = (line: string): void => void logs.push(line);
  const logger = { info: log, warn: log, error: log, debug() {} } as unknown as Logger;
  const published: string[] = [];
  const failures: (Error | undefined)[] = [];
  const subscribeFailures: Error[] = [];
  let handler: Handler | undefined;
  let isDisposed = false;
  const broker: OutboxBroker = {
    payload: () => ["data", '""'],
    time: () => "",
    parseTime: (text) => (text === "" ? undefined : Date.parse(text)),
    trace: () => ({ parent: "", state: "" }),
    isVolatile: () => options.isVolatile ?? false,
    async publish(pubsub, topic, data) {
      const failure = failures.shift();
      if (failure) throw failure;
      published.push(`${pubsub}/${topic} ${Buffer.from(data)}`);
    },
    async subscribe(_pubsub, _topic, given) {
      const failure = subscribeFailures.shift();
      if (failure) throw failure;
      handler = given;
      return {
        async [Symbol.asyncDispose]() {
          isDisposed = true;
        },
      };
    },
  };
  const common: OutboxOptions = {
    appId: "app",
    namespace: "default",
    clock,
    random: { number: () => 0.5, bytes: (n) => Buffer.alloc(n), uuid: () => marker(0).slice(7) },
    logger,
    broker,
    onFull: () => void logs.push("full"),
  };
  const relay = (stores: readonly StateStore[], discardsMissing = false): Relay =>
    new Relay(
      {
        pubsub: "bus",
        topic: "inner",
        store: "st",
        outlets: new Set(
          stores.map((component, i) => ({
            store: `st${i}`,
            component,
            publishPubsub: "final",
            publishTopic: `changes${i}`,
            discardsMissing,
          })),
        ),
      },
      common,
    );
  return {
    ...{ clock, logs, published, failures, subscribeFailures, common, relay },
    deliver: (data: Uint8Array, signal = new AbortController().signal) => handler?.(data, signal),
    isSubscribed: () => handler !== undefined,
    isDisposed: () => isDisposed,
  };
}

/** What became of a promise so far. */
function watch(promise: Promise<unknown> | undefined): { outcome: string } {
  const watched = { outcome: "pending" };
  promise?.then(
    () => {
      watched.outcome = "done";
    },
    (error: Error) => {
      watched.outcome = error.message;
    },
  );
  return watched;
}

const missing =
  "cannot publish outbox message to topic changes0 with pubsub final: outbox state not found";
const failed = (text: string): string => `failed to publish outbox topic to pubsub final: ${text}`;

describe("an event", () => {
  it("goes on after a second, and its marker goes away", async () => {
    const { clock, published, relay, deliver } = setUp();
    const store = new FakeStore(marker(1));
    await relay([store]).start();
    const handled = watch(deliver(event(1, ',"n":1.50')));
    await clock.advance(999);
    expect(store.asked).toEqual([]);
    await clock.advance(1);
    expect(handled.outcome).toBe("done");
    expect(published).toEqual([
      `final/changes0 {"data":1,"id":"${marker(1)}","n":1.5,"pubsubname":"final","time":"2026-01-01T00:00:00Z","topic":"changes0"}`,
    ]);
    expect([...store.keys]).toEqual([]);
  });

  it("keeps a number that is no double as it is written", async () => {
    const { clock, published, relay, deliver } = setUp();
    await relay([new FakeStore(marker(1))]).start();
    watch(deliver(event(1, ',"n":1e400')));
    await clock.advance(1_000);
    expect(published[0]).toContain('"n":1e400');
  });

  it("that has waited already does not wait again", async () => {
    const { clock, published, relay, deliver } = setUp();
    await relay([new FakeStore(marker(1), marker(2))]).start();
    await clock.advance(1_500);
    watch(deliver(event(1)));
    await clock.advance(499);
    expect(published).toHaveLength(0);
    await clock.advance(1);
    expect(published).toHaveLength(1);
    watch(deliver(event(2)));
    await clock.advance(0);
    expect(published).toHaveLength(2);
  });

  it("waits for its marker", async () => {
    const { clock, published, relay, deliver } = setUp();
    const store = new FakeStore();
    await relay([store]).start();
    const handled = watch(deliver(event(1)));
    await clock.advance(5_000);
    store.keys.add(marker(1));
    expect([store.asked.length, published.length]).toEqual([3, 0]);
    await clock.advance(1_000);
    expect([handled.outcome, published.length]).toEqual(["done", 1]);
  });

  it("without a marker is rejected after ten seconds", async () => {
    const { clock, published, logs, relay, deliver } = setUp();
    const store = new FakeStore();
    await relay([store]).start();
    const handled = watch(deliver(event(1)));
    await clock.advance(10_999);
    expect(handled.outcome).toBe("pending");
    await clock.advance(1);
    expect(handled.outcome).toBe(missing);
    expect(logs).toEqual([`${failed(missing)}, rejecting for later processing`]);
    // At 0, 0.5, 2, 5, 8 and 10 s.
    expect([store.asked.length, published.length]).toEqual([6, 0]);
  });

  it("without a marker is discarded if the store says so", async () => {
    const { clock, published, logs, relay, deliver } = setUp();
    await relay([new FakeStore()], true).start();
    const handled = watch(deliver(event(1)));
    await clock.advance(11_000);
    expect(handled.outcome).toBe("done");
    expect(logs).toEqual([`${failed(missing)}, discarding message`]);
    expect(published).toEqual([]);
  });

  it("is never discarded because the store cannot be asked", async () => {
    const { clock, logs, relay, deliver } = setUp();
    const store = new FakeStore();
    store.getError = new Error("down");
    await relay([store], true).start();
    const handled = watch(deliver(event(1)));
    await clock.advance(11_000);
    expect(handled.outcome).toContain("cannot get outbox state: down");
    expect(logs[0]).toContain(", rejecting for later processing");
  });

  it("is rejected while its store is not loaded", async () => {
    const { clock, relay, deliver } = setUp();
    await relay([], true).start();
    const handled = watch(deliver(event(1)));
    await clock.advance(11_000);
    expect(handled.outcome).toBe("cannot get outbox state: state store st not found");
  });

  it("is published by the store that has its marker", async () => {
    const { clock, published, relay, deliver } = setUp();
    const [one, two] = [new FakeStore(), new FakeStore(marker(1))];
    one.getError = new Error("down");
    await relay([one, two]).start();
    watch(deliver(event(1)));
    await clock.advance(1_000);
    expect(published[0]).toMatch(/^final\/changes1 /);
    expect(two.keys.size).toBe(0);
  });

  it("is published in the end when the broker is away for a moment", async () => {
    const { clock, published, failures, relay, deliver } = setUp();
    failures.push(new Error("away"), new Error("away"));
    await relay([new FakeStore(marker(1))]).start();
    const handled = watch(deliver(event(1)));
    await clock.advance(2_999);
    expect(published).toHaveLength(0);
    await clock.advance(1);
    expect([handled.outcome, published.length]).toEqual(["done", 1]);
  });

  it("is rejected when the broker stays away, with its marker kept", async () => {
    const { clock, failures, relay, deliver } = setUp();
    failures.push(...Array.from({ length: 6 }, () => new Error("away")));
    const store = new FakeStore(marker(1));
    await relay([store], true).start();
    const handled = watch(deliver(event(1)));
    await clock.advance(11_000);
    expect(handled.outcome).toMatch(/changes0 with pubsub final: away$/);
    expect(store.keys.size).toBe(1);
  });

  it("comes again when its marker cannot be deleted", async () => {
    const { clock, published, relay, deliver } = setUp();
    const store = new FakeStore(marker(1));
    store.deleteError = new Error("read-only");
    await relay([store]).start();
    const handled = watch(deliver(event(1)));
    await clock.advance(11_000);
    expect([handled.outcome, published.length]).toEqual(["read-only", 1]);
  });

  it("ends with its handling", async () => {
    const { clock, relay, deliver } = setUp();
    await relay([new FakeStore()]).start();
    const abort = new AbortController();
    const handled = watch(deliver(event(1), abort.signal));
    abort.abort(new Error("over"));
    await clock.advance(0);
    expect(handled.outcome).toBe("over");
  });

  it.each([
    "no JSON",
    "[]",
    "null",
    "1",
    "{}",
    '{"id":1}',
    '{"id":"outbox-unknown"}',
    '{"id":"app||private"}',
    `{"id":"app||${marker(1)}"}`,
    `{"id":"${marker(1)}||x"}`,
  ])("like %s is none, and no key of the store is touched", async (text) => {
    const { clock, logs, relay, deliver } = setUp();
    const store = new FakeStore("app||private");
    await relay([store]).start();
    const handled = watch(deliver(Buffer.from(text)));
    await clock.advance(0);
    expect(handled.outcome).toBe("done");
    expect(logs).toEqual([
      "a message of outbox topic inner in pubsub bus is no event, discarding it",
    ]);
    expect([store.asked.length, store.keys.size]).toEqual([0, 1]);
  });
});

describe("a subscription", () => {
  it("that fails is tried again in the background, with one warning", async () => {
    const { clock, logs, subscribeFailures, relay, isSubscribed } = setUp();
    subscribeFailures.push(new Error("not loaded"), new Error("not loaded"));
    const one = relay([new FakeStore()]);
    await one.start();
    await one.start();
    expect(logs).toEqual(["could not subscribe to internal outbox topic: not loaded"]);
    await clock.advance(1_249);
    expect(isSubscribed()).toBe(false);
    await clock.advance(1);
    expect([isSubscribed(), logs.length]).toEqual([true, 1]);
  });

  it("ends with the relay: waiting is cut short, what can be published is", async () => {
    const { clock, published, relay, deliver, isDisposed } = setUp();
    const one = relay([new FakeStore(marker(1))]);
    await one.start();
    const [found, lost] = [watch(deliver(event(1))), watch(deliver(event(2)))];
    await clock.advance(10);
    await one.close();
    await clock.advance(0);
    expect([found.outcome, lost.outcome, isDisposed()]).toEqual(["done", missing, true]);
    expect(published).toHaveLength(1);
  });

  it("is not tried any more after the end", async () => {
    const { clock, subscribeFailures, relay, isSubscribed } = setUp();
    subscribeFailures.push(new Error("not loaded"));
    const one = relay([new FakeStore()]);
    await one.start();
    await one.close();
    await clock.advance(60_000);
    expect(isSubscribed()).toBe(false);
  });
});

describe("events that no broker keeps", () => {
  it("are held until the start, then published", async () => {
    const { clock, published, relay, isSubscribed } = setUp({ isVolatile: true });
    const one = relay([new FakeStore(marker(1), marker(2))]);
    one.settled([event(1), event(2)]);
    await clock.advance(60_000);
    expect(published).toEqual([]);
    await one.start();
    await clock.advance(1_000);
    expect(published).toHaveLength(2);
    expect(isSubscribed()).toBe(false);
  });

  it("are tried until they are published", async () => {
    const { clock, published, failures, relay } = setUp({ isVolatile: true });
    failures.push(...Array.from({ length: 20 }, () => new Error("away")));
    const one = relay([new FakeStore(marker(1))]);
    await one.start();
    one.settled([event(1)]);
    await clock.advance(60_000);
    expect(published).toHaveLength(1);
  });

  it("are given up when their transaction was not committed", async () => {
    const { clock, logs, relay } = setUp({ isVolatile: true });
    const one = relay([new FakeStore()]);
    await one.start();
    one.settled([event(1)]);
    await clock.advance(60_000);
    expect(logs).toEqual([`${failed(missing)}, rejecting for later processing`]);
  });

  it("are published at the end without a wait, and lost with a word otherwise", async () => {
    const { clock, published, failures, logs, relay } = setUp({ isVolatile: true });
    const one = relay([new FakeStore(marker(1), marker(2))]);
    await one.start();
    one.settled([event(1), event(2)]);
    await clock.advance(10);
    failures.push(undefined, new Error("away"));
    await one.close();
    expect(published).toHaveLength(1);
    expect(logs.join()).toContain("is lost");
  });

  it.each([
    [10_000, 1],
    [64, 1024 * 1024],
  ])("are not too many: with %i of %i bytes transactions are refused", async (count, bytes) => {
    const { published, logs, relay } = setUp({ isVolatile: true });
    const one = relay([new FakeStore()]);
    const padding = `,"x":"${"x".repeat(bytes)}"`;
    one.settled(Array.from({ length: count }, () => event(1, padding)));
    await expect(one.publish([event(1)], undefined)).rejects.toMatchObject({
      errorCode: "ERR_PUBLISH_OUTBOX",
      message: `error while publishing outbox message: ${count} events wait to be published`,
    });
    expect(logs).toEqual(["full"]);
    await one.publish([], undefined);
    expect(published).toEqual([]);
    await one.close();
  });
});

describe("the outbox of a store", () => {
  const properties = { outboxPublishPubsub: "final", outboxPublishTopic: "changes" };
  const upsert = {
    kind: "upsert" as const,
    request: {
      key: "app||k",
      value: { kind: "json" as const, value: "v" },
      etag: undefined,
      concurrency: "",
      consistency: "",
      metadata: new Map(),
    },
  };

  it.each<Record<string, string>>([
    {},
    { outboxPublishPubsub: "final" },
    { outboxPublishTopic: "changes" },
    { outboxpublishpubsub: "final", outboxpublishtopic: "changes" },
    { ...properties, outboxPublishTopic: "" },
  ])("needs both names as they are written, not %j", (given) => {
    const outbox = new Outbox(setUp().common);
    expect(outbox.open("st", new FakeStore(), new Map(Object.entries(given)))).toBeUndefined();
  });

  it.each([
    [{}, "final"],
    [{ outboxPubsub: "relay" }, "relay"],
  ])("publishes before the commit to the internal topic: %j", async (more, pubsub) => {
    const { published, common } = setUp();
    await using outbox = new Outbox(common);
    const map = new Map(Object.entries({ ...properties, ...more }));
    const opened = outbox.open("st", new FakeStore(), map);
    const prepared = await opened?.prepare([upsert], undefined);
    await prepared?.publish(undefined);
    expect(prepared?.operations).toHaveLength(2);
    expect(published[0]).toMatch(new RegExp(`^${pubsub}/defaultappchangesoutbox {.*"id":"outbox-`));
  });

  it("says which app could not publish, and why", async () => {
    const { failures, common } = setUp();
    await using outbox = new Outbox(common);
    const opened = outbox.open("st", new FakeStore(), new Map(Object.entries(properties)));
    const prepared = await opened?.prepare([upsert], undefined);
    failures.push(new Error("down"));
    const error = await prepared?.publish(undefined).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      errorCode: "ERR_PUBLISH_OUTBOX",
      details: [
        {
          reason: "DAPR_PUBSUB_OUTBOX",
          metadata: new Map([
            ["appID", "app"],
            ["error", "down"],
          ]),
        },
      ],
    });
  });

  it("is subscribed to with the start, or when it comes later", async () => {
    const { clock, common, isSubscribed } = setUp();
    await using outbox = new Outbox(common);
    await outbox.start();
    expect(isSubscribed()).toBe(false);
    outbox.open("st", new FakeStore(), new Map(Object.entries(properties)));
    await vi.waitFor(() => expect(isSubscribed()).toBe(true));
    await clock.advance(0);
  });

  it("is found again by its events after a reload", async () => {
    const { clock, common, deliver, published } = setUp();
    await using outbox = new Outbox(common);
    const map = new Map(Object.entries(properties));
    const before = outbox.open("st", new FakeStore(), map);
    await outbox.start();
    const handled = watch(deliver(event(1)));
    before?.[Symbol.dispose]();
    await clock.advance(1_200);
    outbox.open("st", new FakeStore(marker(1)), map);
    await clock.advance(3_000);
    expect([handled.outcome, published.length]).toEqual(["done", 1]);
  });
});
