/** Redis goes and comes back under load: clear errors meanwhile, service again within two seconds, no restart. */
import { describe, expect, it } from "vitest";
import { SaveStateRequest } from "../../../src/kit/proto/dapr/proto/runtime/v1/state.ts";
import { call, grpcCall, runtimeService } from "../api/calls.ts";
import { hasRedis, launchDaprd, launchRedis } from "../launch.ts";

const withRedis = await hasRedis();

const component = (address: string): string => `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: store
spec:
  type: state.redis
  version: v1
  metadata:
  - {name: redisHost, value: "${address}"}
`;

interface Sample {
  readonly at: number;
  readonly outcome: string;
  readonly ms: number;
}

describe.skipIf(!withRedis)("an outage of Redis", () => {
  it.each([500, 4_000])(
    "of %i ms is over two seconds after its end at the latest",
    async (outageMs) => {
      let redis = await launchRedis();
      try {
        await using sidecar = await launchDaprd({
          appId: "outage",
          resources: [component(redis.address)],
        });
        const { pid } = sidecar.process;
        const save = Buffer.from(
          SaveStateRequest.encode({
            storeName: "store",
            states: [{ key: "g", value: Buffer.from("1") }],
          }),
        );
        const operations: readonly (() => Promise<string>)[] = [
          async () => {
            const body = '[{"key":"a","value":1}]';
            const path = "/v1.0/state/store";
            const { status, text } = await call({
              port: sidecar.httpPort,
              method: "POST",
              path,
              body,
            });
            return status === 204 ? "ok" : `${status} ${/ERR_\w+/.exec(text)?.[0]}`;
          },
          async () => {
            const { status, text } = await call({
              port: sidecar.httpPort,
              path: "/v1.0/state/store/a",
            });
            // The Redis that returns is empty.
            return status === 200 || status === 204
              ? "ok"
              : `${status} ${/ERR_\w+/.exec(text)?.[0]}`;
          },
          async () => {
            const { error } = await grpcCall(sidecar.grpcPort, `${runtimeService}/SaveState`, save);
            return error === null ? "ok" : `gRPC ${error.code}`;
          },
        ];
        const samples: Sample[] = [];
        let isOver = false;
        const load = operations.flatMap((operation) =>
          Array.from({ length: 3 }, async () => {
            while (!isOver) {
              const startedAt = performance.now();
              const outcome = await operation();
              const at = performance.now();
              samples.push({ at, outcome, ms: at - startedAt });
            }
          }),
        );
        await sidecar.process.waitUntil("load", () => samples.length > 100);
        expect(new Set(samples.map(({ outcome }) => outcome))).toEqual(new Set(["ok"]));
        const { port } = redis;
        await redis.process.stop();
        const downAt = performance.now();
        await sidecar.process.waitUntil("outage", () => performance.now() - downAt > outageMs);
        expect((await call({ port: sidecar.httpPort, path: "/v1.0/healthz" })).status).toBe(204);
        redis = await launchRedis({ port });
        const upAt = performance.now();
        // Each of the clients has had its answer again, and then some more.
        await sidecar.process.waitUntil(
          "recovery",
          () => samples.filter(({ at, outcome }) => at > upAt && outcome === "ok").length > 300,
          20_000,
        );
        isOver = true;
        await Promise.all(load);
        const failures = samples.filter(({ outcome }) => outcome !== "ok");
        const lastFailure = Math.max(upAt, ...failures.map(({ at }) => at));
        expect(lastFailure - upAt).toBeLessThan(2_000);
        // A short one is bridged by the client's own attempts.
        if (outageMs > 2_000) expect(failures.length).toBeGreaterThan(0);
        for (const { outcome } of failures) {
          expect(["500 ERR_STATE_SAVE", "500 ERR_STATE_GET", "gRPC 13"]).toContain(outcome);
        }
        // Nobody hung for longer than a bounded number of attempts.
        expect(Math.max(...samples.map(({ ms }) => ms))).toBeLessThan(outageMs + 10_000);
        expect(sidecar.process.pid).toBe(pid);
        expect(sidecar.process.exit).toBeUndefined();
      } finally {
        await redis[Symbol.asyncDispose]();
      }
    },
  );
});
