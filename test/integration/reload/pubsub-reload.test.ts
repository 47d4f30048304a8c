/** What reads from brokers while those are replaced: streams and the outbox. */
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { hasRedis, launchDaprd, launchRedis, type Sidecar } from "../launch.ts";
import {
  component,
  recordingApp,
  redisBus,
  subscription,
  transact,
} from "../outbox/outbox-context.ts";
import { EventStream, publish } from "../pubsub/surroundings.ts";

const isRedisHere = await hasRedis();
const soon = { timeout: 30_000, interval: 20 };

/** Puts it in place of the first resource and waits for the component. */
async function replace({ process, resourcesPath }: Sidecar, text: string, done: string) {
  const before = process.stdout.split(done).length;
  writeFileSync(join(resourcesPath, ".part"), text);
  renameSync(join(resourcesPath, ".part"), join(resourcesPath, "0.yaml"));
  await process.waitUntil(done, () => process.stdout.split(done).length > before, 60_000);
}

const memoryBus = (name: string, allowedTopics: string): string =>
  component(name, "pubsub.in-memory", { allowedTopics });

describe("a broker that is replaced", () => {
  it("ends its own streams, and leaves those of others alone", async () => {
    await using sidecar = await launchDaprd({
      appId: "streaming",
      resources: [memoryBus("other", "t"), memoryBus("bus", "t")],
    });
    const { grpcPort, httpPort } = sidecar;
    const got: string[] = [];
    using stream = new EventStream(grpcPort, "t", (_topic, text) => void got.push(text));
    await stream.opened();
    await replace(sidecar, memoryBus("other", "t,u"), "Component updated: other (");
    expect((await publish(httpPort, "t", "one")).status).toBe(204);
    await vi.waitFor(() => expect(got).toEqual(["one"]), soon);
    expect(stream.status).toBeUndefined();

    writeFileSync(join(sidecar.resourcesPath, "1.yaml"), memoryBus("bus", "t,u"));
    await vi.waitFor(
      () => expect(stream.status).toMatchObject({ code: 2, details: "stream closed" }),
      soon,
    );
    await sidecar.process.waitForLog("Component updated: bus (", 60_000);
    using again = new EventStream(grpcPort, "t", (_topic, text) => void got.push(text));
    await again.opened();
    expect((await publish(httpPort, "t", "two")).status).toBe(204);
    await vi.waitFor(() => expect(got).toEqual(["one", "two"]), soon);
  }, 120_000);

  it.skipIf(!isRedisHere)(
    "goes on relaying the events of an outbox",
    async () => {
      await using redis = await launchRedis();
      await using app = await recordingApp();
      await using sidecar = await launchDaprd({
        appId: "orders",
        appPort: app.port,
        resources: [
          redisBus("bus", redis.address),
          component("st", "state.redis", {
            redisHost: redis.address,
            outboxPublishPubsub: "bus",
            outboxPublishTopic: "changes",
          }),
          subscription("bus", "changes"),
        ],
      });
      expect((await transact(sidecar, "st", [{ key: "a", value: "one" }])).status).toBe(204);
      await vi.waitFor(() => expect(app.data).toContain("one"), soon);
      const slower = redisBus("bus", redis.address).replace('"500ms"', '"600ms"');
      await replace(sidecar, slower, "Component updated: bus (");
      expect((await transact(sidecar, "st", [{ key: "b", value: "two" }])).status).toBe(204);
      // Twice where its confirmation fell into the change.
      await vi.waitFor(() => expect(new Set(app.data)).toEqual(new Set(["one", "two"])), soon);
    },
    120_000,
  );
});
