/** Subscriptions over gRPC: what comes, how they end, and what is left of them. */
import { Redis as Client } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  UnsubscribeConfigurationRequest,
  UnsubscribeConfigurationResponse,
} from "../../../src/kit/proto/dapr/proto/runtime/v1/configuration.ts";
import { call, grpcCall, runtimeService } from "../api/calls.ts";
import { hasRedis, launchDaprd, launchRedis, type Redis, type Sidecar } from "../launch.ts";
import { redisComponent, Stream, wait } from "./sidecar.ts";

const isAvailable = await hasRedis();

describe.skipIf(!isAvailable)("a stream", () => {
  let redis: Redis;
  let raw: Client;
  let sidecar: Sidecar;
  const launch = () => launchDaprd({ appId: "app", resources: [redisComponent(redis.address)] });
  beforeAll(async () => {
    redis = await launchRedis();
    raw = new Client(redis.port, "127.0.0.1");
    sidecar = await launch();
  });
  afterAll(async () => {
    await sidecar[Symbol.asyncDispose]();
    raw.disconnect();
    await redis[Symbol.asyncDispose]();
  });
  const connections = async (): Promise<number> =>
    String(await raw.client("LIST"))
      .trim()
      .split("\n").length - 1;
  const unsubscribe = async (id: string, storeName = "conf") => {
    const bytes = UnsubscribeConfigurationRequest.encode({ storeName, id });
    const method = `${runtimeService}/UnsubscribeConfiguration`;
    return UnsubscribeConfigurationResponse.decode(
      (await grpcCall(sidecar.grpcPort, method, bytes)).bytes,
    );
  };

  it.each(["", "Alpha1"])("says its id, then what changes (%s)", async (suffix) => {
    using stream = new Stream(sidecar.grpcPort, ["b", "a"], suffix);
    const id = await stream.id();
    await raw.set("a", "1||v");
    await stream.until("a=1");
    await raw.set("c", "not asked for");
    await raw.del("a");
    await stream.until("a=");
    expect(stream.messages.map((message) => message.id)).toEqual([id, id, id]);
    expect(stream.messages[1]?.items.get("a")?.version).toBe("v");
  });

  it("ends with OK when it is unsubscribed, whatever the store is called", async () => {
    using stream = new Stream(sidecar.grpcPort, ["a"]);
    const id = await stream.id();
    expect(await unsubscribe(id, "anything")).toMatchObject({ ok: true, message: "" });
    expect((await stream.ended()).code).toBe(0);
    expect(await unsubscribe(id)).toMatchObject({
      ok: false,
      message: `failed to unsubscribe to configuration request ${id}: subscription does not exist`,
    });
    await sidecar.process.waitForLog("Unsubscribing using UnsubscribeConfiguration is deprecated.");
  });

  it("stays open without events after an HTTP unsubscribe", async () => {
    using stream = new Stream(sidecar.grpcPort, ["h"]);
    using other = new Stream(sidecar.grpcPort, ["h"]);
    const id = await stream.id();
    await other.id();
    const path = `/v1.0/configuration/conf/${id}/unsubscribe`;
    expect((await call({ port: sidecar.httpPort, path })).text).toBe('{"ok":true}\n');
    expect((await call({ port: sidecar.httpPort, path })).text).toBe(
      `{"message":"failed to unsubscribe to configuration request ${id}: subscription with id ${id} does not exist"}\n`,
    );
    await raw.set("h", "1");
    await other.until("h=1");
    expect([stream.told, stream.status]).toEqual([[], undefined]);
    expect((await unsubscribe(id)).ok).toBe(true);
    expect((await stream.ended()).code).toBe(0);
  });

  it("leaves nothing at Redis when its client is killed, 50 times", async () => {
    await expect.poll(connections, wait).toBe(1);
    for (let i = 0; i < 50; i++) {
      const stream = new Stream(sidecar.grpcPort, i % 2 === 0 ? [] : [`k${i}`, "k"]);
      await stream.id();
      stream[Symbol.dispose]();
    }
    await expect.poll(connections, wait).toBe(1);
    expect(await raw.call("PUBSUB", "NUMPAT")).toBe(0);
  });

  it("goes to many clients over one connection", async () => {
    const streams = Array.from({ length: 200 }, () => new Stream(sidecar.grpcPort, ["m"]));
    await Promise.all(streams.map((stream) => stream.id()));
    expect(await connections()).toBe(2);
    await raw.set("m", "1");
    await Promise.all(streams.map((stream) => stream.until("m=1")));
    for (const stream of streams) stream[Symbol.dispose]();
    await expect.poll(connections, wait).toBe(1);
  });

  it("survives lost connections to Redis", async () => {
    using stream = new Stream(sidecar.grpcPort, ["l"]);
    await stream.id();
    for (let i = 0; i < 50; i++) {
      await raw.call("CLIENT", "KILL", "TYPE", "pubsub");
      await raw.set("l", `${i}`);
      await stream.until(`l=${i}`);
    }
    await expect.poll(connections, wait).toBe(2);
  });

  it("ends with OK when the sidecar stops", async () => {
    await using own = await launch();
    using stream = new Stream(own.grpcPort, ["a"]);
    await stream.id();
    const startedAt = performance.now();
    expect(await own.process.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect((await stream.ended()).code).toBe(0);
  });

  it("names sorted keys when it cannot be opened", async () => {
    await using other = await launchRedis();
    await using own = await launchDaprd({
      appId: "app",
      resources: [redisComponent(other.address)],
    });
    await other.process.stop();
    using stream = new Stream(own.grpcPort, ["b", "a", "Z"]);
    const { code, details } = await stream.ended();
    expect(code).toBe(3);
    expect(details).toMatch(/^failed to subscribe \[Z a b\] from Configuration store conf: /);
  });
});
