/**
 * The tables of the embedded broker, and the statements on them. Nothing here waits.
 * @see docs/decisions/0004-embedded-broker.md
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";

export interface LoggedMessage {
  readonly id: number;
  readonly data: Uint8Array;
  /** JSON, or null. */
  readonly metadata: string | null;
  readonly contentType: string | null;
  /** This one included. */
  readonly attempts: number;
}

export interface NewMessage {
  readonly topic: string;
  readonly data: Uint8Array;
  readonly metadata: string | null;
  readonly contentType: string | null;
}

/** A group of a topic. */
export interface LogGroup {
  readonly topic: string;
  readonly name: string;
}

const layoutVersion = 1;

const layout = `
  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    data BLOB NOT NULL,
    metadata TEXT,
    content_type TEXT,
    published_at INTEGER NOT NULL
  );
  CREATE INDEX messages_by_topic ON messages (topic, id);
  CREATE INDEX messages_by_time ON messages (published_at);
  CREATE TABLE groups (
    topic TEXT NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (topic, name)
  ) WITHOUT ROWID;
  CREATE TABLE deliveries (
    topic TEXT NOT NULL,
    name TEXT NOT NULL,
    message INTEGER NOT NULL,
    consumer TEXT,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (topic, name, message)
  ) WITHOUT ROWID;
  CREATE INDEX deliveries_by_message ON deliveries (message);
  CREATE INDEX deliveries_by_consumer ON deliveries (consumer) WHERE consumer IS NOT NULL;
  CREATE TABLE consumers (id TEXT PRIMARY KEY, seen_at INTEGER NOT NULL) WITHOUT ROWID;
  PRAGMA user_version = ${layoutVersion};
`;

/** A message that failed never waits for longer: one that seems to has seen the clock go back. */
export const longestRedeliveryMs = 30_000;

/** Rows of one sweep of a kind; what is left is for the next. */
const sweepRows = 1000;

interface Row {
  readonly [column: string]: unknown;
}

export class MessageLog {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** To be called in a transaction. @throws {Error} the file is of another kind, or of a later version */
  static open(database: DatabaseSync): MessageLog {
    const log = new MessageLog(database);
    const version = Number(log.#get("PRAGMA user_version")?.user_version);
    if (version > layoutVersion) {
      throw new Error(`the file has layout ${version}; this version knows ${layoutVersion}`);
    }
    if (version === 0) {
      const tables = log.#get("SELECT count(*) AS tables FROM sqlite_schema");
      if (Number(tables?.tables) > 0) throw new Error("the file holds something else");
      database.exec(layout);
    }
    return log;
  }

  publish({ topic, data, metadata, contentType }: NewMessage, now: number): void {
    this.#run(
      "INSERT INTO messages (topic, data, metadata, content_type, published_at) VALUES (?, ?, ?, ?, ?)",
      topic,
      data,
      metadata,
      contentType,
      now,
    );
  }

  /** A new group begins with all that is there. */
  openGroup({ topic, name }: LogGroup, now: number): void {
    this.#run(
      `INSERT INTO groups (topic, name, position, seen_at) VALUES (?1, ?2, 0, ?3)
       ON CONFLICT (topic, name) DO UPDATE SET seen_at = ?3`,
      topic,
      name,
      now,
    );
  }

  /** What is due, then what is new, `limit` together. */
  take(group: LogGroup, consumer: string, limit: number, now: number): LoggedMessage[] {
    const { topic, name } = group;
    const due = this.#all(
      `SELECT d.message AS id, d.attempts + 1 AS attempts, m.data, m.metadata, m.content_type
       FROM deliveries d JOIN messages m ON m.id = d.message
       WHERE d.topic = ? AND d.name = ? AND d.consumer IS NULL
         AND (d.due_at <= ? OR d.due_at > ?) ORDER BY d.message LIMIT ?`,
      topic,
      name,
      now,
      now + longestRedeliveryMs,
      limit,
    );
    for (const { id } of due) {
      this.#run(
        "UPDATE deliveries SET consumer = ?, attempts = attempts + 1 WHERE topic = ? AND name = ? AND message = ?",
        consumer,
        topic,
        name,
        id,
      );
    }
    const fresh =
      due.length === limit
        ? []
        : this.#all(
            `SELECT id, 1 AS attempts, data, metadata, content_type FROM messages
             WHERE topic = ?1 AND id > (SELECT position FROM groups WHERE topic = ?1 AND name = ?2) ORDER BY id LIMIT ?3`,
            topic,
            name,
            limit - due.length,
          );
    for (const { id } of fresh) {
      this.#run(
        "INSERT INTO deliveries (topic, name, message, consumer, attempts, due_at) VALUES (?, ?, ?, ?, 1, 0)",
        topic,
        name,
        id,
        consumer,
      );
    }
    const last = fresh.at(-1);
    if (last !== undefined) {
      this.#run(
        "UPDATE groups SET position = ? WHERE topic = ? AND name = ?",
        last.id,
        topic,
        name,
      );
    }
    return [...due, ...fresh].map((row) => ({
      id: Number(row.id),
      data: row.data as Uint8Array,
      metadata: row.metadata as string | null,
      contentType: row.content_type as string | null,
      attempts: Number(row.attempts),
    }));
  }

  /** When the next message that failed is due; undefined: none waits. */
  nextDue({ topic, name }: LogGroup): number | undefined {
    const row = this.#get(
      "SELECT min(due_at) AS due FROM deliveries WHERE topic = ? AND name = ? AND consumer IS NULL",
      topic,
      name,
    );
    return row?.due === null || row === undefined ? undefined : Number(row.due);
  }

  /** Only what the consumer still holds: somebody else may have it by now. */
  confirm({ topic, name }: LogGroup, consumer: string, id: number): void {
    this.#run(
      "DELETE FROM deliveries WHERE topic = ? AND name = ? AND message = ? AND consumer = ?",
      topic,
      name,
      id,
      consumer,
    );
  }

  /** For any consumer of the group, from then on. */
  giveBack({ topic, name }: LogGroup, consumer: string, id: number, dueAt: number): void {
    this.#run(
      "UPDATE deliveries SET consumer = NULL, due_at = ? WHERE topic = ? AND name = ? AND message = ? AND consumer = ?",
      dueAt,
      topic,
      name,
      id,
      consumer,
    );
  }

  /** The consumer lives, and so do its groups. */
  beat(consumer: string, groups: readonly LogGroup[], now: number): void {
    this.#run(
      `INSERT INTO consumers (id, seen_at) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET seen_at = ?2`,
      consumer,
      now,
    );
    for (const group of groups) this.openGroup(group, now);
  }

  /** What it held is due at once. */
  leave(consumer: string): void {
    this.#run("UPDATE deliveries SET consumer = NULL, due_at = 0 WHERE consumer = ?", consumer);
    this.#run("DELETE FROM consumers WHERE id = ?", consumer);
  }

  /**
   * A consumer that was seen in the future lived before the clock went back.
   * @returns whether something is due that was not
   */
  forgetDead(now: number, deadMs: number): boolean {
    const dead = this.#all(
      "SELECT id FROM consumers WHERE seen_at < ? OR seen_at > ?",
      now - deadMs,
      now + deadMs,
    );
    for (const { id } of dead) this.leave(id as string);
    // Held by somebody who never said that they live: the process ended between the two.
    const orphans = this.#run(
      `UPDATE deliveries SET consumer = NULL, due_at = 0
       WHERE consumer IS NOT NULL AND consumer NOT IN (SELECT id FROM consumers)`,
    );
    return dead.length > 0 || orphans > 0;
  }

  /** Removes what nobody waits for any more. @returns whether there is more of it */
  sweep(oldest: number): boolean {
    this.#run("DELETE FROM groups WHERE seen_at < ?", oldest);
    this.#run(
      `DELETE FROM deliveries WHERE NOT EXISTS
       (SELECT 1 FROM groups g WHERE g.topic = deliveries.topic AND g.name = deliveries.name)`,
    );
    let taken = 0;
    for (const { topic, position } of this.#all(
      "SELECT topic, min(position) AS position FROM groups GROUP BY topic",
    )) {
      taken += this.#run(
        `DELETE FROM messages WHERE id IN (
           SELECT m.id FROM messages m WHERE m.topic = ? AND m.id <= ?
             AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message = m.id) LIMIT ?)`,
        topic,
        position,
        sweepRows - taken,
      );
      if (taken === sweepRows) break;
    }
    const old = this.#all(
      `SELECT id FROM messages WHERE published_at < ? ORDER BY id LIMIT ${sweepRows}`,
      oldest,
    );
    for (const { id } of old) {
      this.#run("DELETE FROM deliveries WHERE message = ?", id);
      this.#run("DELETE FROM messages WHERE id = ?", id);
    }
    return taken === sweepRows || old.length === sweepRows;
  }

  /** Bytes that hold something. */
  get size(): number {
    const count = (name: string): number => Number(this.#get(`PRAGMA ${name}`)?.[name]);
    return (count("page_count") - count("freelist_count")) * count("page_size");
  }

  /** Changes when another connection has written. */
  get version(): number {
    return Number(this.#get("PRAGMA data_version")?.data_version);
  }

  #statement(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  #run(sql: string, ...values: readonly unknown[]): number {
    return Number(this.#statement(sql).run(...(values as never[])).changes);
  }

  #get(sql: string, ...values: readonly unknown[]): Row | undefined {
    return this.#statement(sql).get(...(values as never[])) as Row | undefined;
  }

  #all(sql: string, ...values: readonly unknown[]): Row[] {
    return this.#statement(sql).all(...(values as never[])) as Row[];
  }
}
