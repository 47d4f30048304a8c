/** PostgreSQL and MariaDB go and come back under load: clear errors meanwhile, service again within two seconds. */
import { describe, expect, it } from "vitest";
import { call } from "../api/calls.ts";
import { launchDaprd } from "../launch.ts";
import { hasMariadb, launchMariadb } from "../servers/mariadb.ts";
import { hasPostgres, launchPostgres } from "../servers/postgres.ts";

const component = (type: string, connectionString: string): string => `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: store
spec:
  type: ${type}
  version: ""
  metadata:
  - {name: connectionString, value: ${JSON.stringify(connectionString)}}
`;

const databases = [
  { type: "state.postgresql", isAvailable: hasPostgres(), launch: launchPostgres },
  { type: "state.mysql", isAvailable: await hasMariadb(), launch: launchMariadb },
];

describe.each(databases)("an outage under $type", ({ type, isAvailable, launch }) => {
  it.skipIf(!isAvailable)("is over soon after its end", { timeout: 60_000 }, async () => {
    await using server = await launch();
    await using sidecar = await launchDaprd({
      appId: "outage",
      resources: [component(type, server.connectionString)],
    });
    const samples: { readonly at: number; readonly outcome: string }[] = [];
    let isOver = false;
    const clients = Array.from({ length: 4 }, async (_, i) => {
      const body = `[{"key":"k${i}","value":1}]`;
      const path = "/v1.0/state/store";
      while (!isOver) {
        const answer = await call({ port: sidecar.httpPort, method: "POST", path, body });
        const outcome = answer.status === 204 ? "ok" : `${answer.status} ${answer.text}`;
        samples.push({ at: performance.now(), outcome });
      }
    });
    const successesSince = (start: number): number =>
      samples.filter(({ at, outcome }) => at > start && outcome === "ok").length;
    await sidecar.process.waitUntil("load", () => successesSince(0) > 50);
    await server.stop();
    const downAt = performance.now();
    const hasFailed = (): boolean => samples.some(({ outcome }) => outcome !== "ok");
    await sidecar.process.waitUntil("failures", hasFailed);
    expect((await call({ port: sidecar.httpPort, path: "/v1.0/healthz" })).status).toBe(204);
    await server.start();
    const upAt = performance.now();
    await sidecar.process.waitUntil("recovery", () => successesSince(upAt) > 50, 20_000);
    isOver = true;
    await Promise.all(clients);
    const failures = samples.filter(({ outcome }) => outcome !== "ok");
    for (const { outcome } of failures) {
      expect(outcome).toMatch(
        /^500 .*ERR_STATE_SAVE.*(?:refused|reset|lost|terminated|57P0|Error \d+)/,
      );
      expect(outcome).not.toContain(server.password);
    }
    expect(Math.max(upAt, ...failures.map(({ at }) => at)) - upAt).toBeLessThan(2_000);
    expect(successesSince(downAt)).toBeGreaterThan(50);
    expect(sidecar.process.exit).toBeUndefined();
  });
});
