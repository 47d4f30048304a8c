/** The suite for message brokers over the one that needs nothing, and Redis. */
import { component as inMemory } from "../../../src/components/pubsub/in-memory.ts";
import { component as redisComponent } from "../../../src/components/pubsub/redis.ts";
import { hasRedis, launchRedis, type Redis, Scratch } from "../launch.ts";
import { pubSubConformance } from "./conformance/pubsub.ts";
import { createStore } from "./state-context.ts";

const oddTopics = [" ", "ü😀", "a b/c", "'; DROP", "{tag}", "__proto__", "%2F", "x".repeat(200)];

pubSubConformance({
  name: "in-memory",
  isAvailable: true,
  traits: {
    keepsMetadata: true,
    isDurable: false,
    serial: {},
    concurrency: 1,
    isShared: false,
    sharesGroups: false,
    wildcard: { pattern: "/a*", matching: "/ab", other: "/b", reports: "pattern" },
    oddTopics,
  },
  open: () => createStore(inMemory, {}),
});

const scratch = new Scratch();
/** A server that keeps its data. */
const flags = ["--dir", scratch.path, "--appendonly", "yes", "--appendfsync", "always"];
let redis: Redis | undefined;

pubSubConformance({
  name: "redis",
  isAvailable: await hasRedis(),
  traits: {
    keepsMetadata: true,
    isDurable: true,
    serial: { concurrency: "1" },
    concurrency: 10,
    isShared: true,
    sharesGroups: true,
    oddTopics,
  },
  async open(consumerID, properties) {
    redis ??= await launchRedis({ flags });
    return await createStore(redisComponent, {
      redisHost: redis.address,
      consumerID,
      processingTimeout: "1s",
      redeliverInterval: "100",
      ...properties,
    });
  },
  async restart() {
    if (redis === undefined) return;
    const { port } = redis;
    await redis.process.stop();
    redis = await launchRedis({ port, flags });
  },
  async close() {
    await redis?.[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  },
});
