import { describe, expect, it } from "vitest";
import type { PubSub } from "../../components/pubsub/contract.ts";
import { Logging } from "../../kit/logging/logger.ts";
import { Metrics } from "../../kit/metrics/metrics.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { InstalledComponent } from "../resources/category.ts";
import { AppSubscriptions } from "./app-subscriptions.ts";
import { pubsubCategory } from "./category.ts";
import { PubSubBlock } from "./pubsub.ts";
import type { Subscription } from "./subscription.ts";

const of = (
  topic: string,
  origin: Subscription["origin"] = "DECLARATIVE",
  pubsub = "bus",
): Subscription => ({
  name: origin === "DECLARATIVE" ? topic : "",
  pubsub,
  topic,
  metadata: new Map(),
  rules: [{ match: "", path: `/${topic}` }],
  deadLetterTopic: "",
  bulk: undefined,
  origin,
});

function start(options: { declarative?: Subscription[]; programmatic?: Subscription[] } = {}) {
  const clock = new ManualClock();
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line).msg);
  const sink = { isTerminal: false, write, writeLater: write, flush() {} };
  const base = { clock, hostname: "h", version: "v", sink, level: "info" as const, json: true };
  const logger = new Logging(base).logger("test");
  const random = { number: () => 0.5, bytes: () => Buffer.alloc(0), uuid: () => "" };
  const block = new PubSubBlock({
    appId: "a",
    namespace: "default",
    namespaceEnv: "",
    metrics: new Metrics(),
    clock,
    random,
    logging: new Logging(base),
  });
  /** `pubsub/topic` of what is subscribed to at brokers. */
  const active: string[] = [];
  const refused = new Set<string>();
  let asked = 0;
  const subscriptions = new AppSubscriptions({
    block,
    declarative: options.declarative ?? [],
    ask() {
      asked++;
      return Promise.resolve(options.programmatic ?? []);
    },
    consumer: {
      block,
      logger,
      clock,
      policy: (_pubsub, run, signal) => run(signal),
      deliver: () => Promise.resolve("success"),
      deliverBulk: () => Promise.reject(new Error("no batches")),
    },
    clock,
    random,
    logger,
  });
  block.watch(subscriptions);
  const broker = (name: string): PubSub => ({
    features: [],
    publish() {},
    subscribe({ topic }) {
      if (refused.has(topic)) return Promise.reject(new Error("no room"));
      active.push(`${name}/${topic}`);
      return Promise.resolve({
        [Symbol.asyncDispose]() {
          active.splice(active.indexOf(`${name}/${topic}`), 1);
          return Promise.resolve();
        },
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  const category = pubsubCategory(block);
  const install = async (
    name = "bus",
    properties: Record<string, string> = {},
  ): Promise<InstalledComponent> =>
    await category.install(
      {
        name,
        type: "pubsub.x",
        version: "v1",
        properties: new Map(Object.entries(properties)),
        secretNames: new Map(),
        secretStore: "",
      },
      broker(name),
    );
  return { subscriptions, install, active, refused, block, clock, lines, asked: () => asked };
}

describe("AppSubscriptions with brokers that come and go", () => {
  it("starts what belongs to a broker when it comes, and ends it before it goes", async () => {
    const declarative = [of("one"), of("two", "DECLARATIVE", "other")];
    const { subscriptions, install, active } = start({ declarative });
    const bus = await install();
    const other = await install("other");
    expect(active).toEqual([]);
    await subscriptions.start();
    expect(active.sort()).toEqual(["bus/one", "other/two"]);
    await bus.remove();
    expect(active).toEqual(["other/two"]);
    await install();
    expect(active.sort()).toEqual(["bus/one", "other/two"]);
    await subscriptions.stop();
    await other.remove();
    await install("other");
    expect(active).toEqual([]);
    await subscriptions.start();
    expect(active.sort()).toEqual(["bus/one", "other/two"]);
  });

  it("asks the app once the first broker is there", async () => {
    const { subscriptions, install, active, asked } = start({
      programmatic: [of("p", "PROGRAMMATIC")],
    });
    await subscriptions.start();
    expect(asked()).toBe(0);
    await install();
    // Behind what the first broker set going.
    await subscriptions.start();
    expect(active).toEqual(["bus/p"]);
    await install("other");
    expect(asked()).toBe(1);
  });

  it("fails a broker that refuses one subscription, and leaves none", async () => {
    const { subscriptions, install, active, refused, block } = start({
      declarative: [of("one"), of("two")],
    });
    const bus = await install();
    await subscriptions.start();
    await bus.remove();
    refused.add("two");
    await expect(install()).rejects.toThrow(
      "failed to reload pubsub for subscription apps bus: failed to create subscription for bus: failed to subscribe to topic two: no room",
    );
    expect(active).toEqual([]);
    expect(block.find("bus")).toBeUndefined();
  });

  it("goes on trying one that the broker refuses, in the background", async () => {
    const { subscriptions, install, active, refused, clock, lines } = start({
      declarative: [of("bad"), of("good"), of("denied")],
    });
    await install("bus", { subscriptionScopes: "a=bad,good" });
    refused.add("bad");
    await subscriptions.start();
    expect(active).toEqual(["bus/good"]);
    const cause = "failed to subscribe to topic bad: no room";
    const denied = "subscription to topic 'denied' on pubsub 'bus' is not allowed";
    expect(lines).toContain(`Failed to start subscription for pubsub bus, topic bad: ${cause}`);
    expect(lines).toContain(`Failed to start subscription for pubsub bus, topic denied: ${denied}`);
    const both = lines.at(-1)?.replace("failed to subscribe to topics: ", "").trimEnd();
    expect(both?.split("\n").sort()).toEqual([cause, denied].sort());
    await clock.advance(500);
    expect(lines).toContain(
      `Retry failed for subscription pubsub bus, topic bad: ${cause}. Will retry.`,
    );
    refused.clear();
    await clock.advance(749);
    expect(active).toEqual(["bus/good"]);
    await clock.advance(1);
    expect(active).toEqual(["bus/good", "bus/bad"]);
    expect(lines).toContain(
      "Successfully started subscription after retry for pubsub bus, topic bad",
    );
    // The other one is tried for ever, with longer and longer waits.
    await clock.advance(3_600_000);
    expect(active).toEqual(["bus/good", "bus/bad"]);
    const tries = lines.filter((line) => line.includes("topic denied") && line.startsWith("Retry"));
    expect(tries.length).toBeGreaterThan(60);
    await subscriptions.stop();
    expect(active).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it("does not start what the broker does not allow", async () => {
    const { subscriptions, install, active } = start({ declarative: [of("one"), of("two")] });
    const bus = await install();
    await subscriptions.start();
    await bus.remove();
    await install("bus", { subscriptionScopes: "a=two" });
    expect(active).toEqual(["bus/two"]);
  });
});

describe("AppSubscriptions whose resources come and go", () => {
  it("starts and ends one without the others", async () => {
    const { subscriptions, install, active } = start({ declarative: [of("one")] });
    await install();
    await subscriptions.start();
    await subscriptions.declare(of("two"));
    expect(active).toEqual(["bus/one", "bus/two"]);
    await subscriptions.withdraw("one");
    expect(active).toEqual(["bus/two"]);
    expect(subscriptions.all.map(({ topic }) => topic)).toEqual(["two"]);
  });

  it("keeps it for later while the app is not well, or the broker is not there", async () => {
    const { subscriptions, install, active } = start();
    await subscriptions.declare(of("one"));
    await subscriptions.start();
    await subscriptions.declare(of("two"));
    expect(active).toEqual([]);
    await install();
    await subscriptions.start();
    expect(active.sort()).toEqual(["bus/one", "bus/two"]);
  });

  it("tells that the broker refuses it, and goes on", async () => {
    const { subscriptions, install, active, refused } = start();
    await install();
    await subscriptions.start();
    refused.add("bad");
    await expect(subscriptions.declare(of("bad"))).rejects.toThrow(
      "failed to create subscription for bus: failed to subscribe to topic bad: no room",
    );
    await subscriptions.declare(of("good"));
    expect(active).toEqual(["bus/good"]);
  });

  it("runs beside a programmatic one of its topic until the next start", async () => {
    const { subscriptions, install, active } = start({ programmatic: [of("t", "PROGRAMMATIC")] });
    await install();
    await subscriptions.start();
    await subscriptions.declare(of("t"));
    expect(active).toEqual(["bus/t", "bus/t"]);
    await subscriptions.stop();
    await subscriptions.start();
    expect(active).toEqual(["bus/t"]);
  });
});
