/** The outbox with a broker that keeps nothing: its events are held by the sidecar. */
import { Client as Postgres } from "pg";
import { describe, expect, it, vi } from "vitest";
import { freePort, launchDaprd, statusOf } from "../launch.ts";
import { hasPostgres, launchPostgres } from "../servers/postgres.ts";
import { component, recordingApp, soon, subscription, transact } from "./outbox-context.ts";

const outbox = { outboxPublishPubsub: "bus", outboxPublishTopic: "changes" };
const bus = component("bus", "pubsub.in-memory", {});

describe("an outbox over the in-memory broker", () => {
  it("takes a transaction with more events than the broker has room for", async () => {
    await using app = await recordingApp();
    await using sidecar = await launchDaprd({
      appId: "orders",
      appPort: app.port,
      resources: [
        bus,
        component("st", "state.in-memory", outbox),
        subscription("bus", "changes"),
        // A subscriber of the internal topic, too.
        subscription("bus", "defaultorderschangesoutbox"),
      ],
    });
    const values = Array.from({ length: 300 }, (_, n) => `value ${n}`);
    const startedAt = performance.now();
    const { status } = await transact(
      sidecar,
      "st",
      values.map((value) => ({ key: value, value })),
    );
    expect(status).toBe(204);
    await vi.waitFor(() => expect(app.data).toHaveLength(300), soon);
    expect(performance.now() - startedAt).toBeGreaterThan(1_000);
    // Several are under way at once: which arrives first is nobody's promise.
    expect(app.data.toSorted()).toEqual(values.toSorted());
    await vi.waitFor(() => expect(app.internal.toSorted()).toEqual(values.toSorted()), soon);
  });

  it("publishes what waits before the sidecar stops", async () => {
    await using app = await recordingApp();
    await using sidecar = await launchDaprd({
      appId: "orders",
      appPort: app.port,
      resources: [bus, component("st", "state.in-memory", outbox), subscription("bus", "changes")],
    });
    expect((await transact(sidecar, "st", [{ key: "a", value: "one" }])).status).toBe(204);
    expect((await sidecar.process.stop()).code).toBe(0);
    expect(app.data).toEqual(["one"]);
  });

  it("holds events until there is an app", async () => {
    const appPort = await freePort();
    await using sidecar = await launchDaprd({
      appId: "orders",
      appPort,
      readyStatus: 0,
      resources: [bus, component("st", "state.in-memory", outbox), subscription("bus", "changes")],
    });
    const { process, httpPort } = sidecar;
    await process.waitUntil(
      "outbound",
      async () => (await statusOf(httpPort, "/v1.0/healthz/outbound")) === 204,
    );
    expect((await transact(sidecar, "st", [{ key: "a", value: "one" }])).status).toBe(204);
    await using app = await recordingApp(appPort);
    await vi.waitFor(() => expect(app.data).toEqual(["one"]), soon);
  });

  it.skipIf(!hasPostgres())("leaves no marker in a database", async () => {
    await using postgres = await launchPostgres();
    await using app = await recordingApp();
    const { port, user, password, connectionString } = postgres;
    await using sidecar = await launchDaprd({
      appId: "orders",
      appPort: app.port,
      resources: [
        bus,
        component("st", "state.postgresql", { connectionString, ...outbox }),
        subscription("bus", "changes"),
      ],
    });
    const writes = Array.from({ length: 20 }, (_, n) => ({ key: `${n}`, value: `value ${n}` }));
    expect((await transact(sidecar, "st", writes)).status).toBe(204);
    const sql = new Postgres({ host: "127.0.0.1", port, user, password, database: "postgres" });
    await sql.connect();
    try {
      await vi.waitFor(() => expect(app.data).toHaveLength(20), soon);
      await vi.waitFor(async () => {
        const { rows } = await sql.query("SELECT key FROM state WHERE key LIKE 'outbox-%'");
        expect(rows).toEqual([]);
      }, soon);
    } finally {
      await sql.end();
    }
  });
});
