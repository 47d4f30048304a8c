/** The embedded broker: one file, several sidecars. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { component } from "../../../src/components/pubsub/sqlite.ts";
import { UnreadableError } from "../../../src/kit/errors/unreadable-error.ts";
import { Scratch } from "../launch.ts";
import { pubSubConformance } from "./conformance/pubsub.ts";
import { numbers, publish, receive, soon } from "./pubsub-context.ts";
import { createStore, RecordedLog } from "./state-context.ts";

const scratch = new Scratch();
afterAll(() => scratch[Symbol.dispose]());
const file = join(scratch.path, "bus.db");

const open = (
  consumerID: string,
  properties: Readonly<Record<string, string>> = {},
  logger = new RecordedLog(),
) => createStore(component, { connectionString: file, consumerID, ...properties }, { logger });

pubSubConformance({
  name: "sqlite",
  isAvailable: true,
  traits: {
    keepsMetadata: true,
    isDurable: true,
    serial: { concurrency: "1" },
    concurrency: 10,
    isShared: true,
    sharesGroups: true,
    oddTopics: [" ", "ü😀", "a b/c", "'; DROP TABLE messages", "{tag}", "__proto__", "%2F"],
  },
  open,
  // There is no server: what would be lost with one is lost with all instances.
  restart: async () => {},
});

const rows = (sql: string): readonly unknown[] => {
  using database = new DatabaseSync(file, { readOnly: true });
  return database.prepare(sql).all();
};

describe("the file of the embedded broker", () => {
  it("keeps what was published before anybody was there", async () => {
    const topic = "before";
    {
      await using publisher = await open("publisher");
      for (const text of numbers(20)) await publish(publisher, topic, text);
    }
    await using broker = await open("late");
    await using received = await receive(broker, topic);
    await expect.poll(() => received.texts.toSorted((a, b) => +a - +b), soon).toEqual(numbers(20));
  });

  it("offers at once what a sidecar had in its hands when it left", async () => {
    const topic = "left";
    await using second = await open("left-group");
    const first = await open("left-group");
    const never = Promise.withResolvers<void>();
    const held = await receive(first, topic, (_message, signal) => {
      signal.addEventListener("abort", () => never.reject(new Error("given up")));
      return never.promise;
    });
    await publish(second, topic, "held");
    await expect.poll(() => held.texts, soon).toEqual(["held"]);
    await using received = await receive(second, topic);
    await first[Symbol.asyncDispose]();
    await expect.poll(() => received.texts, soon).toEqual(["held"]);
  });

  it("takes over from a consumer that was not seen for long", async () => {
    const topic = "dead";
    await using broker = await open("dead-group");
    await using received = await receive(broker, topic);
    {
      using database = new DatabaseSync(file);
      database.exec("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE");
      database.exec(`INSERT INTO consumers VALUES ('gone', ${Date.now() - 60_000})`);
      database.exec(
        `INSERT INTO messages (topic, data, published_at) VALUES ('${topic}', CAST('orphan' AS BLOB), ${Date.now()})`,
      );
      database.exec(
        `INSERT INTO deliveries SELECT '${topic}', 'dead-group', max(id), 'gone', 1, 0 FROM messages`,
      );
      database.exec(
        `UPDATE groups SET position = (SELECT max(id) FROM messages) WHERE name = 'dead-group'`,
      );
      database.exec("COMMIT");
    }
    await expect.poll(() => received.texts, soon).toEqual(["orphan"]);
  });

  it("does not let a message that fails hold up the others, and spaces its attempts", async () => {
    const topic = "failing";
    await using broker = await open("failing-group");
    const at: number[] = [];
    await using received = await receive(broker, topic, async ({ data }) => {
      if (Buffer.from(data).toString() !== "bad") return;
      at.push(performance.now());
      throw new Error("no");
    });
    await publish(broker, topic, "bad");
    for (const text of numbers(50)) await publish(broker, topic, text);
    await expect.poll(() => new Set(received.texts).size, soon).toBe(51);
    await expect.poll(() => at.length, soon).toBeGreaterThanOrEqual(3);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(400);
    expect((at[2] ?? 0) - (at[1] ?? 0)).toBeGreaterThan(900);
  });

  it("gives up what nobody can read", async () => {
    const topic = "unreadable";
    await using broker = await open("unreadable-group");
    await using received = await receive(broker, topic, async () => {
      throw new UnreadableError("gibberish");
    });
    await publish(broker, topic, "x");
    await expect.poll(() => received.texts, soon).toEqual(["x"]);
    await expect
      .poll(() => rows("SELECT * FROM deliveries WHERE topic = 'unreadable'"), soon)
      .toEqual([]);
  });

  it("removes what all groups have taken", async () => {
    const topic = "swept";
    await using broker = await open("swept-group");
    await using received = await receive(broker, topic);
    for (const text of numbers(100)) await publish(broker, topic, text);
    await expect.poll(() => received.texts.length, soon).toBe(100);
    await expect
      .poll(() => rows("SELECT id FROM messages WHERE topic = 'swept'"), soon)
      .toEqual([]);
  });

  it("keeps a message while its confirmation cannot be written, and then confirms it", async () => {
    const topic = "locked";
    const logger = new RecordedLog();
    await using broker = await open("locked-group", { busyTimeout: "100ms" }, logger);
    const gate = Promise.withResolvers<void>();
    await using received = await receive(broker, topic, () => gate.promise);
    await publish(broker, topic, "x");
    await expect.poll(() => received.texts, soon).toEqual(["x"]);
    {
      using database = new DatabaseSync(file);
      database.exec("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE");
      gate.resolve();
      await expect
        .poll(() => logger.lines.some((line) => line.includes("could not confirm")), soon)
        .toBe(true);
      await expect(publish(broker, topic, "y")).rejects.toThrow("locked");
      database.exec("ROLLBACK");
    }
    await expect
      .poll(() => rows("SELECT * FROM deliveries WHERE topic = 'locked'"), soon)
      .toEqual([]);
    expect(received.texts).toEqual(["x"]);
  });

  it("removes what was taken from one topic, however many groups another one has", async () => {
    {
      using database = new DatabaseSync(file);
      database.exec("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE");
      for (let group = 0; group < 200; group++) {
        database.exec(`INSERT INTO groups VALUES ('aa-many', 'g${group}', 0, ${Date.now()})`);
      }
      for (let i = 0; i < 20; i++) {
        database.exec(
          `INSERT INTO messages (topic, data, published_at) VALUES ('aa-many', X'00', ${Date.now()})`,
        );
      }
      database.exec("COMMIT");
    }
    const topic = "zz-taken";
    await using broker = await open("zz-group");
    await using received = await receive(broker, topic);
    for (const text of numbers(50)) await publish(broker, topic, text);
    await expect.poll(() => received.texts.length, soon).toBe(50);
    await expect
      .poll(() => rows("SELECT id FROM messages WHERE topic = 'zz-taken'"), soon)
      .toEqual([]);
    expect(rows("SELECT id FROM messages WHERE topic = 'aa-many'")).toHaveLength(20);
  });

  it("refuses to grow beyond its size, and works again when there is room", async () => {
    const path = join(scratch.path, "small.db");
    await using broker = await createStore(component, {
      connectionString: path,
      consumerID: "g",
      maxFileSize: "1Mi",
    });
    const big = Buffer.alloc(200_000, 1);
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 20; i++) await publish(broker, "t", big);
    };
    await expect(fill()).rejects.toThrow(/full/);
    await using received = await receive(broker, "t");
    await expect.poll(() => received.texts.length, soon).toBeGreaterThan(0);
    await expect
      .poll(
        () =>
          publish(broker, "t", big).then(
            () => "published",
            () => "refused",
          ),
        { timeout: 30_000, interval: 200 },
      )
      .toBe("published");
  });

  it("says what is wrong with a file", async () => {
    const garbage = join(scratch.path, "garbage.db");
    writeFileSync(garbage, "this is no database, but long enough to be taken for one".repeat(20));
    await expect(createStore(component, { connectionString: garbage })).rejects.toThrow(
      /not a database/,
    );
    const other = join(scratch.path, "other.db");
    new DatabaseSync(other).exec("CREATE TABLE mine (a)");
    await expect(createStore(component, { connectionString: other })).rejects.toThrow(
      "the file holds something else",
    );
    const later = join(scratch.path, "later.db");
    new DatabaseSync(later).exec("PRAGMA user_version = 9");
    await expect(createStore(component, { connectionString: later })).rejects.toThrow("layout 9");
    await expect(
      createStore(component, { connectionString: file, synchronous: "perhaps" }),
    ).rejects.toThrow("must be normal or full");
    await expect(createStore(component, {})).rejects.toThrow("missing connection string");
  });
});
