/**
 * A pool of connections to MySQL or MariaDB.
 *
 * No call outlasts the timeout of the component, and none its signal: the connection of a call that was given up is
 * closed, and the server is told to give its statement up too.
 * @see spec 04 §8.1
 */
import { connect as dial, isIP, type Socket } from "node:net";
import { type Connection, type ConnectionOptions, createConnection } from "mysql2";
import { type Clock, DeadlineError } from "../../kit/time/clock.ts";
import { ConnectionPool } from "./connection-pool.ts";
import type { MysqlDsn } from "./mysql-dsn.ts";
import { dialErrorText } from "./network-error.ts";
import { PendingCalls } from "./pending-calls.ts";
import { Claim, Lease, type PooledSession } from "./pool-claims.ts";

export type MysqlValue = string | number | null;

export interface MysqlColumn {
  readonly name: string;
  /** Number of the protocol. */
  readonly columnType?: number | undefined;
  /** 63: bytes. */
  readonly characterSet?: number | undefined;
}

export interface MysqlResult {
  /** Columns in the order of the statement. */
  readonly rows: readonly (readonly (string | number | Buffer | null)[])[];
  /** None for statements without rows. */
  readonly columns: readonly MysqlColumn[];
  /** Rows that were inserted, deleted or really changed; 2 for one that was replaced. */
  readonly affected: number;
}

/** What the server refused, in the wording of the reference's driver. */
export class MysqlError extends Error {
  override readonly name = "MysqlError";
  readonly errno: number;

  constructor(cause: DriverError) {
    super(`Error ${cause.errno} (${cause.sqlState}): ${cause.sqlMessage}`, { cause });
    this.errno = cause.errno as number;
  }
}

interface DriverError extends Error {
  readonly errno?: number;
  readonly sqlState?: string;
  readonly sqlMessage?: string;
  readonly code?: string;
}

const deadlock = 1213;
/** A statement that lost a deadlock has done nothing: it is sent again this often. */
const deadlockTries = 4;
const defaultLimits = {
  maxConnections: 16,
  maxIdleMs: 5 * 60_000,
  maxLifetimeMs: 60 * 60_000,
};
/** Busy connections get this long when the pool is closed. */
const closeLimitMs = 5000;
const killLimitMs = 5000;

export interface MysqlInit {
  readonly dsn: MysqlDsn;
  /** PEM of what the server's certificate must be signed by, for tls=custom. */
  readonly ca: string | undefined;
  /** ms */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly limits?: Partial<typeof defaultLimits>;
  /** Values of the server as text where the driver would make them a date or lose digits. */
  readonly keepsText?: boolean;
}

export class MysqlSession implements PooledSession {
  readonly #connection: Connection;
  readonly #kill: () => void;
  readonly #address: string;
  isBroken = false;
  isInTransaction = false;

  constructor(connection: Connection, address: string, kill: () => void) {
    this.#connection = connection;
    this.#address = address;
    this.#kill = kill;
  }

  /** A statement that the server keeps prepared. @throws {MysqlError} */
  execute(sql: string, values: readonly MysqlValue[]): Promise<MysqlResult> {
    return new Promise((resolve, reject) => {
      this.send(sql, values, (error, result) => {
        if (error === undefined) resolve(result as MysqlResult);
        else reject(error);
      });
    });
  }

  /** As {@link execute}, without a promise. */
  send(
    sql: string,
    values: readonly MysqlValue[],
    done: (error: Error | undefined, result: MysqlResult | undefined) => void,
  ): void {
    this.#connection.execute(
      { sql, rowsAsArray: true, values: [...values] },
      (error: DriverError | null, result: unknown, columns: unknown) => {
        if (error !== null) done(this.#explained(error), undefined);
        else done(undefined, resultOf(result, columns));
      },
    );
  }

  /** A statement without values, for what cannot be prepared. @throws {MysqlError} */
  query(sql: string): Promise<MysqlResult> {
    return new Promise((resolve, reject) => {
      this.#connection.query(
        { sql, rowsAsArray: true },
        (error: DriverError | null, result: unknown, columns: unknown) => {
          if (error === null) resolve(resultOf(result, columns));
          else reject(this.#explained(error));
        },
      );
    });
  }

  async begin(): Promise<void> {
    this.isInTransaction = true;
    await this.query("START TRANSACTION");
  }

  async end(how: "COMMIT" | "ROLLBACK"): Promise<void> {
    await this.query(how);
    this.isInTransaction = false;
  }

  close(): void {
    if (this.isBroken) this.#connection.destroy();
    else this.#connection.end(() => {});
  }

  kill(): void {
    this.isBroken = true;
    this.#connection.destroy();
    this.#kill();
  }

  #explained(error: DriverError): Error {
    if (isRefusal(error)) return new MysqlError(error);
    this.isBroken = true;
    return new Error(`connection to MySQL at ${this.#address} was lost`, { cause: error });
  }
}

function resultOf(result: unknown, columns: unknown): MysqlResult {
  if (!Array.isArray(result)) {
    const { affectedRows: affected = 0 } = result as { affectedRows?: number };
    return { rows: [], columns: [], affected };
  }
  // A procedure's results one after the other: the first counts.
  if (Array.isArray(columns) && Array.isArray(columns[0])) return resultOf(result[0], columns[0]);
  return {
    rows: result as MysqlResult["rows"],
    columns: columns as readonly MysqlColumn[],
    affected: result.length,
  };
}

interface PoolCallInit {
  readonly pool: ConnectionPool<MysqlSession>;
  readonly calls: PendingCalls;
  readonly sql: string;
  readonly values: readonly MysqlValue[];
  readonly signal: AbortSignal | undefined;
  readonly triesLeft: number;
  resolve(result: MysqlResult): void;
  reject(error: Error): void;
}

/** A statement that is sent as soon as there is a connection. */
class PoolCall extends Claim<MysqlSession> {
  readonly #init: PoolCallInit;

  constructor(init: PoolCallInit) {
    super(init.pool, init.calls, init.signal);
    this.#init = init;
  }

  protected override onSession(session: MysqlSession): void {
    const { sql, values } = this.#init;
    try {
      session.send(sql, values, (error, result) => this.#onEnd(error, result));
    } catch (error) {
      // The driver throws when it cannot take a value.
      this.#onEnd(error as Error, undefined);
    }
  }

  protected override onFailure(error: Error): void {
    this.#init.reject(error);
  }

  #onEnd(error: Error | undefined, result: MysqlResult | undefined): void {
    if (this.release()) return;
    const init = this.#init;
    if (error === undefined) {
      init.resolve(result as MysqlResult);
      return;
    }
    const isLost = error instanceof MysqlError && error.errno === deadlock;
    if (!isLost || init.triesLeft === 1) init.reject(error);
    else new PoolCall({ ...init, triesLeft: init.triesLeft - 1 }).claim();
  }
}

const isRefusal = (error: DriverError): boolean =>
  error.sqlState !== undefined && error.errno !== undefined && error.sqlMessage !== undefined;

/**
 * The driver names no host to TLS when that is an address; without one Node would check the certificate for
 * `localhost`. It takes the name of the socket below, which it sets itself only for names that it looks up.
 */
function dialAddress(host: string, port: number): Socket {
  const socket = dial(port, host);
  socket.setNoDelay(true).setKeepAlive(true);
  return Object.assign(socket, { _host: host });
}

export class MysqlPool implements AsyncDisposable {
  readonly #init: MysqlInit;
  readonly #address: string;
  readonly #pool: ConnectionPool<MysqlSession>;
  readonly #calls: PendingCalls;
  /** Gives up a connection that is being opened. */
  readonly #dialling = new Set<(reason: Error) => void>();

  constructor(init: MysqlInit) {
    const { dsn, clock, timeoutMs } = init;
    this.#init = init;
    this.#address = dsn.socketPath ?? `${dsn.host}:${dsn.port}`;
    this.#calls = new PendingCalls(clock, timeoutMs);
    this.#pool = new ConnectionPool({
      open: () => this.#open(),
      close: (session) => session.close(),
      ...defaultLimits,
      ...init.limits,
      clock,
    });
  }

  /** A prepared statement on any connection; again when it lost a deadlock. @throws {MysqlError} {Error} */
  execute(sql: string, values: readonly MysqlValue[], signal?: AbortSignal): Promise<MysqlResult> {
    return new Promise((resolve, reject) => {
      new PoolCall({
        pool: this.#pool,
        calls: this.#calls,
        sql,
        values,
        signal,
        triesLeft: deadlockTries,
        resolve,
        reject,
      }).claim();
    });
  }

  /** A transaction that is committed unless work fails. */
  transact(work: (session: MysqlSession) => Promise<void>, signal?: AbortSignal): Promise<void> {
    return this.session(async (session) => {
      await session.begin();
      try {
        await work(session);
      } catch (error) {
        if (!session.isBroken) await session.end("ROLLBACK");
        throw error;
      }
      await session.end("COMMIT");
    }, signal);
  }

  /** Lends a connection for several statements. */
  async session<T>(work: (session: MysqlSession) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const lease = new Lease(this.#pool, this.#calls, signal);
    try {
      const session = await lease.begin();
      return await Promise.race([work(session), lease.failed]);
    } finally {
      lease.end();
    }
  }

  async ping(signal?: AbortSignal): Promise<void> {
    await this.session((session) => session.query("SELECT 1"), signal);
  }

  /** Lets calls in flight end, but not for long. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closing = this.#pool.close(this.#calls.size > 0 ? closeLimitMs : 0);
    for (const giveUp of this.#dialling) giveUp(new Error("closed pool"));
    for (const session of await closing) session.kill();
    this.#calls[Symbol.dispose]();
  }

  async #open(): Promise<MysqlSession> {
    const { dsn } = this.#init;
    const limitMs = dsn.dialTimeoutMs ?? this.#init.timeoutMs;
    const connection = await this.#dial(limitMs);
    const kill = (): void => void this.#killThread(connection.threadId);
    const session = new MysqlSession(connection, this.#address, kill);
    const forget = (): void => {
      session.isBroken = true;
      this.#pool.discard(session);
    };
    connection.on("error", forget);
    connection.on("end", forget);
    return session;
  }

  async #dial(limitMs: number): Promise<Connection> {
    const { tls } = this.#init.dsn;
    if (tls !== "preferred") return await this.#connect(limitMs, tls !== "off");
    try {
      return await this.#connect(limitMs, true);
    } catch (error) {
      if ((error as { cause?: DriverError }).cause?.code !== "HANDSHAKE_NO_SSL_SUPPORT")
        throw error;
      return await this.#connect(limitMs, false);
    }
  }

  async #connect(limitMs: number, withTls: boolean): Promise<Connection> {
    const connection = createConnection(this.#options(withTls));
    const { promise: gaveUp, reject } = Promise.withResolvers<never>();
    // Nobody may be waiting any more when it comes.
    gaveUp.catch(() => {});
    const giveUp = (reason: Error): void => {
      connection.destroy();
      reject(reason);
    };
    const timer = this.#init.clock.timer(limitMs, () => giveUp(new DeadlineError()));
    this.#dialling.add(giveUp);
    // From now on: a connection that breaks must not break the process.
    connection.on("error", () => {});
    const opened = new Promise<void>((resolve, fail) => {
      connection.once("error", fail);
      connection.once("connect", () => resolve());
    }).then(() => this.#setVariables(connection));
    try {
      await Promise.race([opened, gaveUp]);
      return connection;
    } catch (error) {
      connection.destroy();
      throw this.#explained(error as Error);
    } finally {
      timer[Symbol.dispose]();
      this.#dialling.delete(giveUp);
    }
  }

  #setVariables(connection: Connection): Promise<void> {
    const { variables } = this.#init.dsn;
    if (variables.size === 0) return Promise.resolve();
    const list = Array.from(variables, ([name, value]) => `${name} = ${value}`).join(", ");
    return new Promise((resolve, reject) => {
      connection.query(`SET ${list}`, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  #explained(error: DriverError): Error {
    if (isRefusal(error)) return new MysqlError(error);
    return new Error(dialErrorText(error, this.#address), { cause: error });
  }

  #options(withTls: boolean): ConnectionOptions {
    const { dsn, ca } = this.#init;
    const { user, password, database, host, port, socketPath, tls } = dsn;
    const isChecked = tls === "on" || tls === "custom";
    return {
      user,
      password,
      ...(database === "" ? {} : { database }),
      ...(socketPath === undefined ? { host, port } : { socketPath }),
      ...(isChecked && isIP(host) !== 0 ? { stream: () => dialAddress(host, port) } : {}),
      charset: "UTF8MB4_GENERAL_CI",
      jsonStrings: true,
      ...(this.#init.keepsText === true
        ? { dateStrings: true, supportBigNumbers: true, bigNumberStrings: true }
        : {}),
      // Rows that are written as they were count as unchanged.
      flags: ["-FOUND_ROWS"],
      maxPreparedStatements: 100,
      enableKeepAlive: true,
      connectTimeout: 0,
      enableCleartextPlugin: dsn.allowsCleartext,
      ...(withTls
        ? {
            ssl: {
              rejectUnauthorized: isChecked,
              verifyIdentity: isChecked,
              minVersion: "TLSv1.2",
              ...(ca === undefined ? {} : { ca }),
            },
          }
        : {}),
    };
  }

  /** A statement whose client went away would go on; only another connection can stop it. */
  async #killThread(thread: number | null): Promise<void> {
    if (thread === null) return;
    try {
      const connection = await this.#dial(killLimitMs);
      const limit = this.#init.clock.timer(killLimitMs, () => connection.destroy());
      connection.query(`KILL CONNECTION ${Math.trunc(thread)}`, () => {
        limit[Symbol.dispose]();
        connection.destroy();
      });
    } catch {
      // The server is away: then it has given up the statement too.
    }
  }
}
