/**
 * A pool of connections to PostgreSQL, as all its components use it.
 *
 * No call outlasts the `timeout` of the component, and none its signal: the connection of a call that was given up is
 * closed, never used again. While the server is away calls fail at once with the cause.
 * @see spec 04 §8.1
 */
import { isIP } from "node:net";
import { Client } from "pg";
import { errorText } from "../../kit/errors/api-error.ts";
import { type Clock, DeadlineError } from "../../kit/time/clock.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { dialErrorText } from "./network-error.ts";
import { PendingCalls } from "./pending-calls.ts";
import { Lease } from "./pool-claims.ts";
import { PoolCall } from "./postgres-calls.ts";
import {
  addressOf,
  destroyClient,
  PostgresError,
  PostgresSession,
  type PostgresValue,
  type Statement,
  type Step,
  type StepResult,
} from "./postgres-session.ts";
import { type PostgresSettings, type PostgresTarget, tlsOptions } from "./postgres-settings.ts";

export interface PostgresInit {
  readonly settings: PostgresSettings;
  readonly clock: Clock;
}

/** Busy connections get this long when the pool is closed. */
const closeLimitMs = 5000;

export class PostgresPool implements AsyncDisposable {
  readonly #settings: PostgresSettings;
  readonly #clock: Clock;
  readonly #pool: ConnectionPool<PostgresSession>;
  readonly #calls: PendingCalls;
  /** Connections that are being opened. */
  readonly #dialling = new Set<Client>();

  private constructor(init: PostgresInit) {
    const { settings, clock } = init;
    this.#settings = settings;
    this.#clock = clock;
    this.#calls = new PendingCalls(clock, settings.timeoutMs);
    this.#pool = new ConnectionPool({
      open: () => this.#open(),
      close: (session) => session.close(),
      maxConnections: settings.maxConnections,
      maxIdleMs: settings.maxIdleMs,
      maxLifetimeMs: settings.maxLifetimeMs,
      clock,
    });
  }

  /**
   * Connects and asks for an answer.
   * @throws {Error} `failed to ping the database: ...` with what is wrong, never with a password
   */
  static async open(init: PostgresInit, signal: AbortSignal): Promise<PostgresPool> {
    const pool = new PostgresPool(init);
    try {
      await pool.ping(signal);
      return pool;
    } catch (cause) {
      await pool[Symbol.asyncDispose]();
      throw new Error(`failed to ping the database: ${errorText(cause)}`, { cause });
    }
  }

  /** Open connections; for tests. */
  get size(): number {
    return this.#pool.size;
  }

  /** @throws {PostgresError} for what the server refuses; {Error} for connections, time and the signal's reason */
  async query(
    statement: Statement,
    values: readonly PostgresValue[],
    signal?: AbortSignal,
  ): Promise<StepResult> {
    const [result] = await this.run([{ statement, values }], signal);
    return result as StepResult;
  }

  /** Several statements in one write and one transaction: all, or none. @throws as {@link query} */
  run(steps: readonly Step[], signal?: AbortSignal): Promise<readonly StepResult[]> {
    return new Promise((resolve, reject) => {
      new PoolCall({
        pool: this.#pool,
        calls: this.#calls,
        steps,
        signal,
        resolve,
        reject,
      }).claim();
    });
  }

  /**
   * Runs statements in a transaction that is committed only when check throws nothing. Two exchanges.
   * @throws as {@link query}, or what check throws
   */
  transact(
    steps: readonly Step[],
    check: (results: readonly StepResult[]) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    return this.session(async (session) => {
      try {
        const [, ...results] = await session.run([begin, ...steps]);
        check(results);
      } catch (error) {
        if (!session.isBroken) await session.run([rollback]);
        throw error;
      }
      await session.run([commit]);
    }, signal);
  }

  /**
   * Lends a connection for several exchanges. One that is left in a transaction is closed.
   * @param hasDeadline whether the component's timeout applies to the whole; else only the signal does
   */
  async session<T>(
    work: (session: PostgresSession) => Promise<T>,
    signal?: AbortSignal,
    hasDeadline = true,
  ): Promise<T> {
    const lease = new Lease(this.#pool, hasDeadline ? this.#calls : undefined, signal);
    try {
      const session = await lease.begin();
      return await Promise.race([work(session), lease.failed]);
    } finally {
      lease.end();
    }
  }

  async ping(signal?: AbortSignal): Promise<void> {
    await this.query({ name: "", text: "SELECT 1" }, [], signal);
  }

  /**
   * A connection outside the pool, for LISTEN. The caller handles its `error` and `end` events and ends it.
   * @throws {Error} as {@link open}, without the prefix
   */
  async dedicated(signal: AbortSignal): Promise<Client> {
    return (await this.#open(signal)).client;
  }

  /** Lets calls in flight end, but not for long. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closing = this.#pool.close(this.#calls.size > 0 ? closeLimitMs : 0);
    for (const client of this.#dialling) destroyClient(client);
    for (const session of await closing) session.kill();
    this.#calls[Symbol.dispose]();
  }

  async #open(signal?: AbortSignal): Promise<PostgresSession> {
    const { settings } = this;
    const endsAt = this.#clock.monotonic() + settings.connectTimeoutMs;
    let failure: Error | undefined;
    for (const target of settings.targets) {
      const leftMs = endsAt - this.#clock.monotonic();
      if (leftMs <= 0 && failure !== undefined) break;
      try {
        return await this.#connect(target, leftMs, signal);
      } catch (error) {
        failure = this.#explained(error as Error, target);
        if (signal?.aborted || isFinal(error)) break;
      }
    }
    throw failure as Error;
  }

  get settings(): PostgresSettings {
    return this.#settings;
  }

  async #connect(
    target: PostgresTarget,
    limitMs: number,
    signal?: AbortSignal,
  ): Promise<PostgresSession> {
    const client = new Client(clientOptions(this.#settings, target));
    let given: Error | undefined;
    const giveUp = (reason: Error): void => {
      given ??= reason;
      destroyClient(client);
    };
    const onAbort = (): void => giveUp(signal?.reason as Error);
    const timer = this.#clock.timer(limitMs, () => giveUp(new DeadlineError()));
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#dialling.add(client);
    // From now on: a connection that breaks must not break the process.
    client.on("error", () => {});
    try {
      signal?.throwIfAborted();
      // It listens to what the server says while it connects.
      const session = new PostgresSession(client, target, this.#settings);
      await client.connect();
      const forget = (): void => {
        session.isBroken = true;
        this.#pool.discard(session);
      };
      client.on("error", forget);
      client.on("end", forget);
      await checkRole(session, this.#settings.targetRole);
      return session;
    } catch (error) {
      destroyClient(client);
      throw given ?? error;
    } finally {
      timer[Symbol.dispose]();
      signal?.removeEventListener("abort", onAbort);
      this.#dialling.delete(client);
    }
  }

  #explained(error: Error, target: PostgresTarget): Error {
    const { user, database } = this.#settings;
    const address = addressOf(target);
    const isRefusal = "severity" in error && "code" in error;
    const cause = isRefusal
      ? `server error: ${new PostgresError(error as Error & { code: string }).message}`
      : `dial error: ${dialErrorText(error, address)}`;
    const text = `failed to connect to \`user=${user} database=${database}\`: ${address} (${target.host}): ${cause}`;
    return new Error(text, { cause: error });
  }
}

const bare = (text: string): Step => ({ statement: { name: `dapr_${text}`, text }, values: [] });
const begin = bare("begin");
const commit = bare("commit");
const rollback = bare("rollback");

/** Another way to the same server would be refused too: password, database, privileges. */
const isFinal = (error: unknown): boolean =>
  ["28P01", "3D000", "42501"].includes((error as { code?: string }).code ?? "");

/** @throws {Error} when the server is not of the kind that `target_session_attrs` asks for */
async function checkRole(
  session: PostgresSession,
  role: PostgresSettings["targetRole"],
): Promise<void> {
  if (role === "any") return;
  const byWrites = role === "read-write" || role === "read-only";
  const { rows } = await session.query(
    byWrites ? "SHOW transaction_read_only" : "SELECT pg_is_in_recovery()",
  );
  const isReplica = ["on", "t"].includes(rows[0]?.[0] ?? "");
  const wantsReplica = role === "read-only" || role === "standby";
  if (isReplica !== wantsReplica) throw new Error(`server is not ${role}`);
}

function clientOptions(settings: PostgresSettings, target: PostgresTarget) {
  const { host, address, port, tls } = target;
  const { user, password, database, options, applicationName } = settings;
  return {
    host: address ?? host,
    port,
    user,
    password,
    database,
    keepAlive: true,
    client_encoding: "UTF8",
    ...(options === "" ? {} : { options }),
    ...(applicationName === "" ? {} : { application_name: applicationName }),
    ssl:
      tls === undefined
        ? false
        : { ...tlsOptions(tls, host), ...(isIP(host) === 0 ? { servername: host } : {}) },
  };
}
