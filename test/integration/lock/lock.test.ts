/** Locks between sidecars, over HTTP and gRPC. */
import { Redis as Client } from "ioredis";
import { describe, expect, it } from "vitest";
import {
  TryLockRequest,
  TryLockResponse,
  UnlockRequest,
  UnlockResponse,
} from "../../../src/kit/proto/dapr/proto/runtime/v1/lock.ts";
import { call, grpcCall, runtimeService } from "../api/calls.ts";
import { hasRedis, launchDaprd, launchRedis, type Sidecar } from "../launch.ts";

const isAvailable = await hasRedis();

const component = (address: string): string => `
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: lk
spec:
  type: lock.redis
  version: v1
  metadata:
  - {name: redisHost, value: "${address}"}
`;

const post = (sidecar: Sidecar, what: string, body: object) =>
  call({
    port: sidecar.httpPort,
    method: "POST",
    path: `/v1.0-alpha1/${what}/lk`,
    body: JSON.stringify(body),
  });

const tryLock = async (sidecar: Sidecar, lockOwner: string, expiryInSeconds = 60) =>
  (await post(sidecar, "lock", { resourceId: "r", lockOwner, expiryInSeconds })).text;

const unlock = async (sidecar: Sidecar, lockOwner: string) =>
  (await post(sidecar, "unlock", { resourceId: "r", lockOwner })).text;

describe.skipIf(!isAvailable)("a lock", () => {
  it("is one for all sidecars of an app, and another for other apps", async () => {
    await using redis = await launchRedis();
    const resources = [component(redis.address)];
    await using first = await launchDaprd({ appId: "app", resources });
    await using second = await launchDaprd({ appId: "app", resources });
    await using other = await launchDaprd({ appId: "other", resources });
    expect(await tryLock(first, "ann", 1)).toBe('{"success":true}');
    expect(await tryLock(second, "bob")).toBe('{"success":false}');
    expect(await tryLock(other, "bob")).toBe('{"success":true}');
    expect(await unlock(second, "bob")).toBe('{"status":2}');
    // It expires; then it is the next one's.
    const retry = { timeout: 5_000, interval: 20 };
    await expect.poll(() => tryLock(second, "bob"), retry).toBe('{"success":true}');
    expect(await unlock(first, "ann")).toBe('{"status":2}');
    expect(await unlock(first, "bob")).toBe('{"status":0}');
    expect(await unlock(first, "bob")).toBe('{"status":1}');
    const lock = { storeName: "lk", resourceId: "r", lockOwner: "cy" };
    const locked = await grpcCall(
      first.grpcPort,
      `${runtimeService}/TryLockAlpha1`,
      TryLockRequest.encode({ ...lock, expiryInSeconds: 60 }),
    );
    expect(TryLockResponse.decode(locked.bytes).success).toBe(true);
    expect(await tryLock(second, "cy")).toBe('{"success":false}');
    const unlocked = await grpcCall(
      second.grpcPort,
      `${runtimeService}/UnlockAlpha1`,
      UnlockRequest.encode(lock),
    );
    expect(UnlockResponse.decode(unlocked.bytes).status).toBe(0);
  });

  it("is refused with the cause while Redis is away, and given when it is back", async () => {
    let redis = await launchRedis();
    await using sidecar = await launchDaprd({
      appId: "app",
      resources: [component(redis.address)],
    });
    try {
      expect(await tryLock(sidecar, "ann")).toBe('{"success":true}');
      const { port } = redis;
      await redis.process.stop();
      const body = { resourceId: "r", lockOwner: "ann", expiryInSeconds: 5 };
      const refused = await post(sidecar, "lock", body);
      expect(refused.status).toBe(500);
      expect(refused.text).toMatch(
        /^\{"errorCode":"ERR_TRY_LOCK","message":"failed to try acquiring lock: .*(?:refused|lost)/,
      );
      expect((await post(sidecar, "unlock", body)).text).toMatch(
        /^\{"errorCode":"ERR_UNLOCK","message":"failed to release lock: .*(?:refused|lost)/,
      );
      redis = await launchRedis({ port });
      const backAt = performance.now();
      const retry = { timeout: 5_000, interval: 10 };
      await expect.poll(() => tryLock(sidecar, "ann"), retry).toBe('{"success":true}');
      expect(performance.now() - backAt).toBeLessThan(2_000);
    } finally {
      await redis[Symbol.asyncDispose]();
    }
  });

  it("goes to one of many who ask two sidecars at once", async () => {
    await using redis = await launchRedis();
    const resources = [component(redis.address)];
    await using first = await launchDaprd({ appId: "app", resources });
    await using second = await launchDaprd({ appId: "app", resources });
    const raw = new Client(redis.port, "127.0.0.1");
    for (let round = 0; round < 10; round++) {
      const owners = Array.from({ length: 30 }, (_, i) => `${round}-${i}`);
      const answers = await Promise.all(
        owners.map((owner, i) => tryLock(i % 2 === 0 ? first : second, owner)),
      );
      expect(answers.filter((text) => text === '{"success":true}')).toHaveLength(1);
      const winner = owners[answers.indexOf('{"success":true}')] as string;
      expect(await raw.get("lock||app||r")).toBe(winner);
      expect(await unlock(second, winner)).toBe('{"status":0}');
    }
    raw.disconnect();
  });
});
