/** The suite for state stores over those that need nothing, and Redis. */
import { afterAll } from "vitest";
import { component as inMemory } from "../../../src/components/state/in-memory.ts";
import { component as redisComponent } from "../../../src/components/state/redis.ts";
import { component as sqlite } from "../../../src/components/state/sqlite.ts";
import { hasRedis, launchRedis, type Redis, Scratch } from "../launch.ts";
import { stateStoreConformance } from "./conformance/state.ts";
import { createStore } from "./state-context.ts";

const scratch = new Scratch();
let redis: Redis | undefined;

afterAll(async () => {
  await redis?.[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

stateStoreConformance({
  name: "in-memory",
  isAvailable: true,
  traits: { bulkOrder: "request", emptyReadsAs: "missing" },
  open: () => createStore(inMemory, {}),
});

stateStoreConformance({
  name: "sqlite",
  isAvailable: true,
  traits: {},
  open: () => createStore(sqlite, { connectionString: `${scratch.path}/state.db` }),
});

stateStoreConformance({
  name: "redis",
  isAvailable: await hasRedis(),
  traits: {
    rollsBack: false,
    showsExpiry: false,
    clearsExpiry: false,
    etagOfMissing: "accepted",
    bulkOrder: "request",
    malformedEtag: { etag: "x", error: /^invalid etag value/ },
  },
  open: async () => {
    redis = await launchRedis();
    return await createStore(redisComponent, { redisHost: redis.address });
  },
});
