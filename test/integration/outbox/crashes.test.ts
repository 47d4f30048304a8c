/**
 * Sidecars that end in the middle of a transaction with an outbox: what was committed is published, what was not is not.
 * PostgreSQL keeps the state, Redis the events.
 */
import { setTimeout } from "node:timers/promises";
import { Client as Postgres } from "pg";
import { describe, expect, it, vi } from "vitest";
import { hasRedis, launchDaprd, launchRedis, type Redis, type Sidecar } from "../launch.ts";
import {
  hasPostgres,
  launchPostgres,
  type Postgres as PostgresServer,
} from "../servers/postgres.ts";
import { component, RedisView, redisBus, soon, transact } from "./outbox-context.ts";

const stream = "defaultorderschangesoutbox";

interface Backends extends AsyncDisposable {
  readonly redis: Redis;
  readonly view: RedisView;
  readonly sql: Postgres;
  /** A sidecar of the app. */
  launch(): Promise<Sidecar>;
  /** Values of the app's keys. */
  committed(): Promise<string[]>;
  markers(): Promise<number>;
}

async function launchBackends(): Promise<Backends> {
  await using stack = new AsyncDisposableStack();
  const redis = stack.use(await launchRedis());
  const postgres: PostgresServer = stack.use(await launchPostgres());
  const view = stack.use(new RedisView(redis.address));
  const { port, user, password } = postgres;
  const sql = new Postgres({ host: "127.0.0.1", port, user, password, database: "postgres" });
  await sql.connect();
  stack.defer(() => sql.end());
  const resources = [
    redisBus("bus", redis.address),
    component("st", "state.postgresql", {
      connectionString: postgres.connectionString,
      outboxPublishPubsub: "bus",
      outboxPublishTopic: "changes",
      outboxDiscardWhenMissingState: "true",
    }),
  ];
  const owned = stack.move();
  return {
    ...{ redis, view, sql },
    launch: () => launchDaprd({ appId: "orders", resources }),
    async committed() {
      const { rows } = await sql.query("SELECT value FROM state WHERE key LIKE 'orders||%'");
      return rows.map(({ value }) => value as string);
    },
    async markers() {
      const { rows } = await sql.query("SELECT count(*) FROM state WHERE key LIKE 'outbox-%'");
      return Number(rows[0].count);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function kill({ process }: Sidecar): Promise<void> {
  process.signal("SIGKILL");
  await process.exited;
}

/** Nothing of the internal topic is left to be done. */
const settled = ({ view }: Backends): Promise<void> =>
  vi.waitFor(
    async () => {
      const [group] = (await view.client.xinfo("GROUPS", stream)) as unknown[][];
      const facts = new Map(
        Array.from({ length: 6 }, (_, i) => [group?.[2 * i], group?.[2 * i + 1]]),
      );
      expect([facts.get("pending"), facts.get("lag")]).toEqual([0, 0]);
    },
    { ...soon, timeout: 60_000 },
  );

/** Between the transactions of one client. */
const paceMs = 10;

describe.skipIf(!(await hasRedis()) || !hasPostgres())("a sidecar that is killed", () => {
  it("between publish and commit has published nothing in the end", async () => {
    await using backends = await launchBackends();
    const { sql, view } = backends;
    const killed = await backends.launch();
    await using _killed = killed;
    // The commit waits for this lock.
    await sql.query("BEGIN; LOCK TABLE state IN ACCESS EXCLUSIVE MODE");
    const answer = transact(killed, "st", [{ key: "a", value: "never" }]).catch(() => undefined);
    await vi.waitFor(async () => expect(await view.events(stream)).toEqual(["never"]), soon);
    await kill(killed);
    expect(await answer).toBeUndefined();
    // The server has the statement and would go on with it when the lock is gone.
    await sql.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
    );
    await sql.query("COMMIT");
    await using _next = await backends.launch();
    await settled(backends);
    expect(await backends.committed()).toEqual([]);
    expect(await backends.markers()).toBe(0);
    expect(await view.events("changes")).toEqual([]);
  });

  it("between commit and the final publish loses no event", async () => {
    await using backends = await launchBackends();
    const { view } = backends;
    const killed = await backends.launch();
    await using _killed = killed;
    const writes = Array.from({ length: 5 }, (_, n) => ({ key: `${n}`, value: `value ${n}` }));
    expect((await transact(killed, "st", writes)).status).toBe(204);
    await kill(killed);
    expect([await backends.markers(), await view.events("changes")]).toEqual([5, []]);
    await using _next = await backends.launch();
    await settled(backends);
    expect((await view.events("changes")).toSorted()).toEqual(writes.map(({ value }) => value));
    expect(await backends.markers()).toBe(0);
  });

  it("at any moment of a load publishes exactly what it has committed", {
    timeout: 150_000,
  }, async () => {
    await using backends = await launchBackends();
    const { view } = backends;
    const answered: string[] = [];
    for (let round = 0; round < 3; round++) {
      const sidecar = await backends.launch();
      await using _sidecar = sidecar;
      let count = 0;
      const load = Array.from({ length: 8 }, async (_, client) => {
        for (let n = 0; ; n++) {
          const value = `${round} ${client} ${n}`;
          try {
            const { status } = await transact(sidecar, "st", [{ key: value, value }]);
            if (status !== 204) return;
          } catch {
            return;
          }
          answered.push(value);
          count++;
          // All of it has to be published in the end, on a slow machine too.
          await setTimeout(paceMs);
        }
      });
      // Longer than an event rests, so that some are on their way through every step.
      await vi.waitFor(
        async () => expect((await view.events("changes")).length).toBeGreaterThan(0),
        soon,
      );
      await vi.waitFor(() => expect(count).toBeGreaterThan(50 + 37 * round), soon);
      await kill(sidecar);
      await Promise.all(load);
    }
    await using _last = await backends.launch();
    await settled(backends);
    const committed = new Set(await backends.committed());
    expect(answered.filter((value) => !committed.has(value))).toEqual([]);
    const published = new Set(await view.events("changes"));
    expect([...published].toSorted()).toEqual([...committed].toSorted());
    expect(await backends.markers()).toBe(0);
  });
});
