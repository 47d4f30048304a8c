/** The outbox with Redis as broker, and with Redis or SQLite as store. */
import { describe, expect, it, vi } from "vitest";
import { ExecuteStateTransactionRequest } from "../../../src/kit/proto/dapr/proto/runtime/v1/state.ts";
import { grpcCall, runtimeService } from "../api/calls.ts";
import { hasRedis, launchDaprd, launchRedis, Scratch } from "../launch.ts";
import {
  component,
  RedisView,
  recordingApp,
  redisBus,
  soon,
  storedValue,
  subscription,
  transact,
} from "./outbox-context.ts";

const outbox = { outboxPublishPubsub: "bus", outboxPublishTopic: "changes" };

describe.skipIf(!(await hasRedis()))("an outbox over Redis", () => {
  it("publishes what HTTP and gRPC transactions write, and leaves nothing behind", async () => {
    await using redis = await launchRedis();
    using view = new RedisView(redis.address);
    await using app = await recordingApp();
    await using sidecar = await launchDaprd({
      appId: "orders",
      appPort: app.port,
      resources: [
        redisBus("bus", redis.address),
        component("st", "state.redis", { redisHost: redis.address, ...outbox }),
        subscription("bus", "changes"),
      ],
    });
    expect((await transact(sidecar, "st", [{ key: "a", value: "one" }])).status).toBe(204);
    const { error } = await grpcCall(
      sidecar.grpcPort,
      `${runtimeService}/ExecuteStateTransaction`,
      Buffer.from(
        ExecuteStateTransactionRequest.encode({
          storeName: "st",
          operations: [
            { operationType: "upsert", request: { key: "b", value: Buffer.from("two") } },
            { operationType: "delete", request: { key: "c" } },
          ],
        }),
      ),
    );
    expect(error).toBeNull();
    expect(await view.client.keys("outbox-*")).toHaveLength(2);
    await vi.waitFor(() => expect(app.data.toSorted()).toEqual(["one", "two"]), soon);
    const stream = "defaultorderschangesoutbox";
    await vi.waitFor(async () => {
      expect(await view.client.keys("outbox-*")).toEqual([]);
      expect(await view.unconfirmed(stream, "orders")).toBe(0);
    }, soon);
    expect(await view.events(stream)).toHaveLength(2);
  });

  it("shares the events among the sidecars of an app: each is published once", async () => {
    await using redis = await launchRedis();
    using view = new RedisView(redis.address);
    const resources = [
      redisBus("bus", redis.address).replace("500ms", "30s"),
      component("st", "state.redis", { redisHost: redis.address, ...outbox }),
    ];
    await using one = await launchDaprd({ appId: "orders", resources });
    await using two = await launchDaprd({ appId: "orders", resources });
    const values = Array.from({ length: 60 }, (_, n) => `value ${n}`);
    await Promise.all(
      values.map((value, n) => transact(n % 2 === 0 ? one : two, "st", [{ key: `${n}`, value }])),
    );
    await vi.waitFor(async () => expect(await view.events("changes")).toHaveLength(60), soon);
    expect((await view.events("changes")).toSorted()).toEqual(values.toSorted());
    await vi.waitFor(async () => expect(await view.client.keys("outbox-*")).toEqual([]), soon);
  });

  it("keeps or discards the events of a transaction that the store refused", async () => {
    await using redis = await launchRedis();
    using view = new RedisView(redis.address);
    const memory = (outboxPublishTopic: string, outboxDiscardWhenMissingState: string): string =>
      component(`st-${outboxPublishTopic}`, "state.in-memory", {
        ...outbox,
        outboxPublishTopic,
        outboxDiscardWhenMissingState,
      });
    await using sidecar = await launchDaprd({
      appId: "orders",
      resources: [redisBus("bus", redis.address), memory("kept", ""), memory("discarded", "true")],
    });
    for (const topic of ["kept", "discarded"]) {
      const { status, text } = await transact(sidecar, `st-${topic}`, [
        { key: "a", value: "never" },
        { key: "b", value: "never", etag: "99" },
      ]);
      expect([status, JSON.parse(text).errorCode]).toEqual([500, "ERR_STATE_TRANSACTION"]);
      expect(await storedValue(sidecar, `st-${topic}`, "a")).toBe("");
    }
    const text = "outbox state not found";
    await sidecar.process.waitForLog(
      `discarded with pubsub bus: ${text}, discarding message`,
      20_000,
    );
    await sidecar.process.waitForLog(`kept with pubsub bus: ${text}, rejecting for later`, 20_000);
    const stream = (topic: string): string => `defaultorders${topic}outbox`;
    await vi.waitFor(async () => {
      expect(await view.unconfirmed(stream("discarded"), "orders")).toBe(0);
    }, soon);
    expect(await view.unconfirmed(stream("kept"), "orders")).toBe(2);
    expect(await view.client.exists("kept", "discarded")).toBe(0);
  });

  it("writes nothing while the broker is away, and works again after", async () => {
    using scratch = new Scratch();
    let redis = await launchRedis();
    await using sidecar = await launchDaprd({
      appId: "orders",
      resources: [
        redisBus("bus", redis.address),
        component("st", "state.sqlite", {
          connectionString: `${scratch.path}/state.db`,
          ...outbox,
        }),
      ],
    });
    await redis[Symbol.asyncDispose]();
    const { status, text } = await transact(sidecar, "st", [{ key: "a", value: "never" }]);
    const { errorCode, details } = JSON.parse(text);
    expect([status, errorCode]).toEqual([500, "ERR_PUBLISH_OUTBOX"]);
    expect(details[0]).toMatchObject({
      reason: "DAPR_PUBSUB_OUTBOX",
      metadata: { appID: "orders" },
    });
    expect(await storedValue(sidecar, "st", "a")).toBe("");
    redis = await launchRedis({ port: redis.port });
    try {
      await vi.waitFor(async () => {
        expect((await transact(sidecar, "st", [{ key: "a", value: "now" }])).status).toBe(204);
      }, soon);
      using view = new RedisView(redis.address);
      await vi.waitFor(async () => expect(await view.events("changes")).toContain("now"), soon);
    } finally {
      await redis[Symbol.asyncDispose]();
    }
  });

  it("publishes later when only the final broker was away", async () => {
    await using redis = await launchRedis();
    let final = await launchRedis();
    try {
      await using sidecar = await launchDaprd({
        appId: "orders",
        resources: [
          redisBus("relay", redis.address),
          redisBus("bus", final.address),
          component("st", "state.redis", {
            redisHost: redis.address,
            ...outbox,
            outboxPubsub: "relay",
          }),
        ],
      });
      await final[Symbol.asyncDispose]();
      expect((await transact(sidecar, "st", [{ key: "a", value: "one" }])).status).toBe(204);
      // One round of attempts is over; the broker of the internal topic brings the event again.
      await sidecar.process.waitForLog("rejecting for later processing", 30_000);
      final = await launchRedis({ port: final.port });
      using view = new RedisView(final.address);
      await vi.waitFor(async () => expect(await view.events("changes")).toContain("one"), soon);
    } finally {
      await final[Symbol.asyncDispose]();
    }
  });
});
