/**
 * pubsub.sqlite: the embedded broker, a file that sidecars of one machine share.
 * @see docs/decisions/0004-embedded-broker.md
 */
import { realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import { errorText } from "../../kit/errors/api-error.ts";
import { encodeJson } from "../../kit/json/encode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import { isJsonObject } from "../../kit/json/value.ts";
import { type DirectoryWatch, watchDirectories } from "../../kit/lifecycle/watch-directories.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { ackOnFailureProperty, consumerIdProperty } from "../shared/broker-properties.ts";
import { Properties } from "../shared/properties.ts";
import { SqliteDatabase } from "../shared/sqlite.ts";
import { LogConsumer } from "../shared/sqlite-consumer.ts";
import { type LoggedMessage, MessageLog } from "../shared/sqlite-log.ts";
import { SqliteTurns } from "../shared/sqlite-turns.ts";
import type {
  BrokerSubscription,
  MessageHandler,
  MessageMetadata,
  PublishRequest,
  PubSub,
  PubSubFeature,
  ReceivedMessage,
  SubscribeRequest,
} from "./contract.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "connectionString",
    kind: "string",
    required: true,
    description: "Path of the file, or a `file:` URI; all sidecars that name it share its topics.",
  },
  { ...consumerIdProperty, description: "Name of the group; else the app id." },
  {
    name: "concurrency",
    kind: "int",
    default: "10",
    description: "Messages of one subscription handled at the same time.",
  },
  {
    name: "retention",
    kind: "duration",
    default: "168h",
    description:
      "Time after which messages that nobody took, and groups that nobody opened, are forgotten.",
  },
  {
    name: "maxFileSize",
    kind: "bytes",
    default: "1Gi",
    description: "Size to which the file grows; then publishing fails.",
  },
  {
    name: "synchronous",
    kind: "string",
    default: "normal",
    description:
      "normal: what is published survives the end of any process; full: the loss of power, too.",
  },
  {
    name: "busyTimeout",
    kind: "duration",
    default: "5s",
    description: "Time to wait for a lock that another process holds.",
  },
  ackOnFailureProperty,
];

export const component = {
  type: "pubsub.sqlite",
  versions: ["v1"],
  summary: "Keeps topics in a SQLite file that sidecars of one machine share.",
  provenAgainst: "SQLite of Node, between processes",
  properties,
  async create({ properties: given, platform, logger, signal }) {
    const values = new Properties(given, properties);
    const synchronous = values.text("synchronous").toLowerCase();
    if (synchronous !== "normal" && synchronous !== "full") {
      throw new Error("invalid value for 'synchronous': must be normal or full");
    }
    const { clock, random, cwd } = platform;
    const database = await SqliteDatabase.open(
      {
        connectionString: values.text("connectionString"),
        cwd,
        busyTimeoutMs: values.durationMs("busyTimeout"),
        disableWal: false,
        clock,
      },
      signal,
    );
    try {
      const { raw } = database;
      raw.exec(`PRAGMA synchronous = ${synchronous}`);
      const log = await database.transact(() => MessageLog.open(raw), "BEGIN IMMEDIATE");
      return new SqlitePubSub({
        database,
        log,
        clock,
        logger,
        consumer: random.uuid(),
        group: values.text("consumerID"),
        concurrency: Math.max(1, values.integer("concurrency")),
        retentionMs: Math.max(60_000, values.durationMs("retention")),
        acksFailures: values.bool("ackOnFailure"),
        maxBytes: Math.max(leastBytes, values.byteSize("maxFileSize")),
      });
    } catch (error) {
      database[Symbol.dispose]();
      throw error;
    }
  },
} satisfies ComponentDefinition<PubSub>;

/** The smallest file that holds the tables. */
const leastBytes = 1024 * 1024;

interface SqlitePubSubInit {
  readonly database: SqliteDatabase;
  readonly log: MessageLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of this instance. */
  readonly consumer: string;
  readonly group: string;
  readonly concurrency: number;
  readonly retentionMs: number;
  readonly acksFailures: boolean;
  readonly maxBytes: number;
}

const beatMs = 2_000;
/** Consumers that were not seen for so long are dead. */
const deadMs = 10_000;
const sweepMs = 5_000;

class SqlitePubSub implements PubSub {
  readonly features: readonly PubSubFeature[] = [];
  readonly #init: SqlitePubSubInit;
  readonly #turns: SqliteTurns;
  readonly #consumers = new Set<LogConsumer>();
  readonly #closing = new AbortController();
  readonly #timers = new DisposableStack();
  #watch: DirectoryWatch | undefined;
  #version: number;
  #isLooking = false;
  #isClosed = false;

  constructor(init: SqlitePubSubInit) {
    this.#init = init;
    this.#turns = new SqliteTurns(init.database);
    this.#version = init.log.version;
    this.#timers.use(init.clock.interval(beatMs, () => this.#beat()));
    this.#timers.use(init.clock.interval(sweepMs, () => this.#sweep()));
  }

  async publish(
    { topic, data, metadata, contentType }: PublishRequest,
    signal?: AbortSignal,
  ): Promise<void> {
    const { log, clock, maxBytes } = this.#init;
    const message = {
      topic,
      data,
      metadata: metadata === undefined ? null : encodeJson(metadata),
      contentType: contentType ?? null,
    };
    const now = clock.now();
    await this.#turns.write(() => {
      signal?.throwIfAborted();
      // Consumers need room too: publishing stops before the disk is full.
      if (log.size + data.length > maxBytes) {
        throw new Error(`the broker's file is full: it holds ${maxBytes} bytes (maxFileSize)`);
      }
      log.publish(message, now);
    });
    for (const consumer of this.#consumers) if (consumer.group.topic === topic) consumer.call();
  }

  async subscribe(
    { topic }: SubscribeRequest,
    handler: MessageHandler,
    signal: AbortSignal,
  ): Promise<BrokerSubscription> {
    const { log, clock, logger, consumer, group: name, concurrency, acksFailures } = this.#init;
    const group = { topic, name };
    this.#openWatch();
    await this.#turns.write(() => log.beat(consumer, [group], clock.now()));
    signal.throwIfAborted();
    const running = new LogConsumer({
      group,
      consumer,
      concurrency,
      acksFailures,
      log,
      turns: this.#turns,
      clock,
      logger,
      handle: (message, ended) => handler(received(topic, message), ended),
      signal: AbortSignal.any([signal, this.#closing.signal]),
    });
    this.#consumers.add(running);
    return {
      [Symbol.asyncDispose]: async () => {
        await running[Symbol.asyncDispose]();
        this.#consumers.delete(running);
      },
    };
  }

  async ping(): Promise<void> {
    void this.#init.log.version;
  }

  /** What is still in our hands is due for others at once. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { database, log, consumer, logger } = this.#init;
    this.#timers.dispose();
    this.#watch?.[Symbol.dispose]();
    this.#closing.abort(new Error("context canceled"));
    await Promise.all([...this.#consumers].map((running) => running[Symbol.asyncDispose]()));
    try {
      await this.#turns.write(() => log.leave(consumer));
    } catch (error) {
      logger.warn(`could not leave the broker's file: ${errorText(error)}`);
    }
    database[Symbol.dispose]();
  }

  /** Other processes write to the file beside the database first. */
  #openWatch(): void {
    if (this.#watch !== undefined) return;
    const { database, logger } = this.#init;
    const place = database.raw.location();
    if (place === null) return;
    const path = realpathSync(place);
    const name = `${basename(path)}-wal`;
    try {
      this.#watch = watchDirectories(
        [dirname(path)],
        (_directory, file) => {
          if (file === undefined || file === name) this.#look();
        },
        (error) => logger.warn(`messages of others are noticed late: ${error.message}`),
      );
    } catch (error) {
      logger.warn(`messages of others are noticed late: ${errorText(error)}`);
    }
  }

  /** Once for all events of a turn. */
  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    setImmediate(() => {
      this.#isLooking = false;
      if (this.#isClosed) return;
      const { version } = this.#init.log;
      if (version === this.#version) return;
      this.#version = version;
      for (const consumer of this.#consumers) consumer.call();
    });
  }

  #beat(): void {
    const { log, consumer, clock } = this.#init;
    if (this.#consumers.size === 0) return;
    const groups = [...this.#consumers].map(({ group }) => group);
    const now = clock.now();
    this.#maintain(() => {
      log.beat(consumer, groups, now);
      return log.forgetDead(now, deadMs);
    });
  }

  #sweep(): void {
    const { log, clock, retentionMs } = this.#init;
    this.#maintain(() => {
      if (log.sweep(clock.now() - retentionMs)) setImmediate(() => this.#sweep());
      return false;
    });
  }

  /** @param work returns whether consumers are to look */
  #maintain(work: () => boolean): void {
    if (this.#isClosed) return;
    this.#turns.write(work).then(
      (isNews) => {
        if (isNews) for (const running of this.#consumers) running.call();
      },
      (error: unknown) => {
        if (!this.#isClosed) this.#init.logger.warn(`broker's file: ${errorText(error)}`);
      },
    );
  }
}

const received = (topic: string, message: LoggedMessage): ReceivedMessage => ({
  topic,
  data: message.data,
  contentType: message.contentType ?? undefined,
  metadata: message.metadata === null ? undefined : metadataOf(message.metadata),
});

function metadataOf(json: string): MessageMetadata {
  const value = parseJson(Buffer.from(json));
  const metadata = new Map<string, string>();
  if (!isJsonObject(value)) return metadata;
  for (const [name, text] of value) if (typeof text === "string") metadata.set(name, text);
  return metadata;
}
