/**
 * A connection to MongoDB: every call ends within the operation timeout, whatever the driver waits for.
 */
import {
  type ClientSession,
  type Collection,
  type Document,
  MongoClient,
  type MongoClientOptions,
  MongoError,
} from "mongodb";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Place } from "../../kit/lifecycle/live-queue.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import { type Clock, DeadlineError } from "../../kit/time/clock.ts";
import { runtimeVersion } from "../../kit/version.ts";
import type { MongoConcerns, MongoSettings } from "./mongo-settings.ts";
import { type PendingCall, PendingCalls } from "./pending-calls.ts";

/** A document as it is stored. */
export interface StateDocument extends Document {
  readonly _id: string;
}

/** What servers without an index option answer (Azure's and others that speak the protocol). */
const notImplemented = 238;

/** ms to say goodbye. */
const closeLimitMs = 5000;

/** ms between attempts of a transaction; a random part of it. */
const retryPauseMs = 50;

export class MongoConnection implements AsyncDisposable {
  readonly collection: Collection<StateDocument>;
  /** Named by the URI or the SRV record. */
  readonly hasReplicaSet: boolean;
  readonly #client: MongoClient;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #timeoutMs: number;
  readonly #health: Health;
  readonly #calls: PendingCalls;

  private constructor(init: {
    readonly client: MongoClient;
    readonly health: Health;
    readonly settings: MongoSettings;
    readonly concerns: MongoConcerns;
    readonly clock: Clock;
    readonly random: Random;
  }) {
    const { client, health, settings, concerns, clock } = init;
    this.#client = client;
    this.#health = health;
    this.#clock = clock;
    this.#random = init.random;
    this.#timeoutMs = settings.operationTimeoutMs;
    this.#calls = new PendingCalls(clock, this.#timeoutMs);
    this.hasReplicaSet = client.options.replicaSet !== undefined;
    this.collection = client.db(settings.database).collection(settings.collection, concerns);
  }

  /** @throws {Error} when there is no server; nothing is left open then */
  static async open(
    init: {
      readonly settings: MongoSettings;
      readonly concerns: MongoConcerns;
      readonly clock: Clock;
      readonly random: Random;
    },
    signal: AbortSignal,
  ): Promise<MongoConnection> {
    const { settings, clock } = init;
    let client: MongoClient;
    try {
      client = new MongoClient(settings.uri, clientOptions(settings));
    } catch (cause) {
      throw new Error(`error in creating mongodb client: ${errorText(cause)}`, { cause });
    }
    const health = watch(client, clock);
    try {
      using limit = clock.deadline(settings.operationTimeoutMs, signal);
      await unlessAborted(client.connect(), limit, health);
      const connection = new MongoConnection({ ...init, client, health });
      await connection.ping(signal);
      return connection;
    } catch (cause) {
      await client.close(true).catch(() => {});
      throw new Error(
        `error in connecting to mongodb, host: ${settings.host} error: ${errorText(cause)}`,
        { cause },
      );
    }
  }

  /** The server's time, as far as it is known. */
  now(): Date {
    return new Date(this.#clock.now() + this.#health.aheadMs);
  }

  /** @throws {DeadlineError}, the signal's reason, or what the call throws */
  run<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) reject(signal.reason);
      else new LimitedCall(this.#calls, this.#health, signal, reject).start(call, resolve);
    });
  }

  async ping(signal?: AbortSignal): Promise<void> {
    await this.run(() => this.#client.db("admin").command({ ping: 1 }), signal);
  }

  /** The server deletes what has expired, within a minute. @returns false when it cannot */
  async createExpiryIndex(signal: AbortSignal): Promise<boolean> {
    try {
      const options = { expireAfterSeconds: 0 };
      await this.run(() => this.collection.createIndex({ _ttl: 1 }, options), signal);
      return true;
    } catch (cause) {
      if (codeOf(cause) === notImplemented) return false;
      throw new Error(`error in creating ttl index: ${errorText(cause)}`, { cause });
    }
  }

  /**
   * Runs the work in a transaction, again when the server says that it may succeed then.
   * @throws what the work throws; nothing is kept then
   */
  async transact(
    work: (session: ClientSession) => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    using limit = this.#clock.deadline(this.#timeoutMs, signal);
    const transaction = async (): Promise<void> => {
      await using session = this.#client.startSession();
      for (;;) {
        try {
          await attempt(session, work, limit);
          return;
        } catch (error) {
          if (!hasLabel(error, "TransientTransactionError") || limit.aborted) throw error;
        }
        await this.#clock.sleep(this.#random.number() * retryPauseMs, limit);
      }
    };
    await unlessAborted(transaction(), limit, this.#health);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    using limit = this.#clock.deadline(closeLimitMs);
    await unlessAborted(this.#client.close(true), limit, this.#health).catch(() => {});
    this.#calls[Symbol.dispose]();
  }
}

/** A call that ends with its time or its signal: less to make than a signal of its own. */
class LimitedCall implements PendingCall {
  expiresAt = 0;
  pending: Place<PendingCall> | undefined = undefined;
  readonly #calls: PendingCalls;
  readonly #health: Health;
  readonly #signal: AbortSignal | undefined;
  readonly #reject: (error: unknown) => void;
  #onAbort: (() => void) | undefined = undefined;

  constructor(
    calls: PendingCalls,
    health: Health,
    signal: AbortSignal | undefined,
    reject: (error: unknown) => void,
  ) {
    this.#calls = calls;
    this.#health = health;
    this.#signal = signal;
    this.#reject = reject;
  }

  start<T>(call: () => Promise<T>, resolve: (value: T) => void): void {
    this.#calls.add(this);
    const signal = this.#signal;
    if (signal !== undefined) {
      // Not this object with handleEvent: see pool-claims.ts.
      this.#onAbort = () => this.fail(signal.reason);
      signal.addEventListener("abort", this.#onAbort);
    }
    // The driver throws some of its complaints at once.
    Promise.try(call).then(
      (value) => {
        this.#leave();
        resolve(value);
      },
      (error: unknown) => this.fail(error),
    );
  }

  /** The call goes on, but nobody waits for it. */
  fail(error: unknown): void {
    this.#leave();
    this.#reject(explained(error, this.#health));
  }

  #leave(): void {
    this.#calls.remove(this);
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}

async function attempt(
  session: ClientSession,
  work: (session: ClientSession) => Promise<void>,
  limit: AbortSignal,
): Promise<void> {
  session.startTransaction({
    readConcern: { level: "snapshot" },
    writeConcern: { w: "majority" },
  });
  try {
    await work(session);
    limit.throwIfAborted();
  } catch (error) {
    await session.abortTransaction().catch(() => {});
    throw error;
  }
  for (;;) {
    try {
      await session.commitTransaction();
      return;
    } catch (error) {
      if (!hasLabel(error, "UnknownTransactionCommitResult") || limit.aborted) throw error;
    }
  }
}

const hasLabel = (error: unknown, label: string): boolean =>
  error instanceof MongoError && error.hasErrorLabel(label);

export const codeOf = (error: unknown): unknown =>
  error instanceof MongoError ? error.code : undefined;

/** What the driver's own looks at the server tell. */
interface Health {
  /** What the server's clock is ahead of ours, in ms: expiries are its business. */
  aheadMs: number;
  /** Why the last look failed. */
  failure: string | undefined;
}

function watch(client: MongoClient, clock: Clock): Health {
  const health: Health = { aheadMs: 0, failure: undefined };
  client.on("serverHeartbeatSucceeded", ({ reply }) => {
    health.failure = undefined;
    const { localTime } = reply;
    if (localTime instanceof Date) health.aheadMs = localTime.getTime() - clock.now();
  });
  client.on("serverHeartbeatFailed", ({ failure }) => {
    health.failure = errorText(failure);
  });
  return health;
}

/** What is over in time has a reason, as far as it is known. */
const explained = (error: unknown, { failure }: Health): unknown =>
  failure === undefined || !(error instanceof DeadlineError)
    ? error
    : new Error(`${error.message}: ${failure}`, { cause: error });

/** The call goes on, but nobody waits for it. */
async function unlessAborted<T>(call: Promise<T>, signal: AbortSignal, health: Health): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(explained(signal.reason, health));
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([call, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** What the URI says goes first. */
function clientOptions({ uri, operationTimeoutMs }: MongoSettings): MongoClientOptions {
  const given = new Set(
    [...uri.matchAll(/[?&]([A-Za-z]+)=/g)].map(([, name]) => name?.toLowerCase()),
  );
  const appName = /[?&]appname=([^&]*)/i.exec(uri)?.[1];
  const reference = `dapr-${runtimeVersion}`;
  // Before the call's own end, so that it tells why.
  const selection = Math.max(1, operationTimeoutMs - Math.min(500, operationTimeoutMs / 10));
  const limits = {
    serverSelectionTimeoutMS: selection,
    connectTimeoutMS: operationTimeoutMs,
    socketTimeoutMS: operationTimeoutMs,
    waitQueueTimeoutMS: operationTimeoutMs,
  };
  const own = Object.entries(limits).filter(([name]) => !given.has(name.toLowerCase()));
  return {
    ...Object.fromEntries(own),
    appName: appName === undefined ? reference : `${reference}:${decodeURIComponent(appName)}`,
  };
}
