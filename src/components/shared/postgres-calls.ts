/**
 * Calls that a pool of PostgreSQL connections serves: statements, and connections that are lent.
 */
import { DeadlineError } from "../../kit/time/clock.ts";
import type { ConnectionPool, Waiter } from "./connection-pool.ts";
import type { PendingCall, PendingCalls } from "./pending-calls.ts";
import {
  Batch,
  PostgresError,
  type PostgresSession,
  type Step,
  type StepResult,
} from "./postgres-session.ts";

/** What has a place in the queue for connections, a time, and a signal. */
abstract class Claim implements Waiter<PostgresSession>, PendingCall {
  expiresAt = 0;
  protected session: PostgresSession | undefined;
  #isOver = false;
  readonly #pool: ConnectionPool<PostgresSession>;
  readonly #calls: PendingCalls | undefined;
  readonly #signal: AbortSignal | undefined;

  constructor(
    pool: ConnectionPool<PostgresSession>,
    calls: PendingCalls | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.#pool = pool;
    this.#calls = calls;
    this.#signal = signal;
  }

  protected abstract onSession(session: PostgresSession): void;
  protected abstract onFailure(error: Error): void;

  claim(): void {
    const signal = this.#signal;
    if (signal?.aborted) {
      this.fail(signal.reason);
      return;
    }
    // The object itself is the listener: no closure for each call.
    signal?.addEventListener("abort", this);
    this.#calls?.add(this);
    let session: PostgresSession | undefined;
    try {
      session = this.#pool.acquire(this);
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    if (session !== undefined) this.take(session);
  }

  take(session: PostgresSession): void {
    this.session = session;
    this.onSession(session);
  }

  /** Gives up: while waiting, or in the middle of a statement. */
  fail(error: Error): void {
    if (this.#isOver) return;
    const { session } = this;
    if (session !== undefined) {
      this.#pool.discard(session);
      session.kill();
    }
    this.release();
    this.onFailure(
      error instanceof DeadlineError
        ? new Error("timeout: context deadline exceeded", { cause: error })
        : error,
    );
  }

  /** @returns whether it was over already */
  protected release(): boolean {
    if (this.#isOver) return true;
    this.#isOver = true;
    this.#calls?.remove(this);
    this.#signal?.removeEventListener("abort", this);
    const { session } = this;
    if (session === undefined) this.#pool.leave(this);
    else if (session.isBroken) {
      this.#pool.discard(session);
      session.close();
    } else this.#pool.release(session);
    return false;
  }

  handleEvent(): void {
    this.fail(this.#signal?.reason as Error);
  }
}

interface PoolCallInit {
  readonly pool: ConnectionPool<PostgresSession>;
  readonly calls: PendingCalls;
  readonly steps: readonly Step[];
  readonly signal: AbortSignal | undefined;
  readonly isRetry?: boolean;
  resolve(results: readonly StepResult[]): void;
  reject(error: Error): void;
}

/** Statements that are sent as soon as there is a connection. */
export class PoolCall extends Claim {
  readonly #init: PoolCallInit;

  constructor(init: PoolCallInit) {
    super(init.pool, init.calls, init.signal);
    this.#init = init;
  }

  protected override onSession(session: PostgresSession): void {
    new CallBatch(this.#init.steps, this).start(session);
  }

  protected override onFailure(error: Error): void {
    this.#init.reject(error);
  }

  /** The server has answered, or the connection is gone. */
  onEnd(error: Error | undefined, results: readonly StepResult[]): void {
    const init = this.#init;
    const isStale = !init.isRetry && error instanceof PostgresError && staleCodes.has(error.code);
    if (isStale && this.session !== undefined) this.session.isBroken = true;
    if (this.release()) return;
    if (error === undefined) init.resolve(results);
    else if (isStale) new PoolCall({ ...init, isRetry: true }).claim();
    else init.reject(error);
  }
}

/** The server does not know a prepared statement (any more), or its table has changed: nothing was done. */
const staleCodes: ReadonlySet<string> = new Set(["26000", "0A000", "42P05"]);

class CallBatch extends Batch {
  readonly #call: PoolCall;

  constructor(steps: readonly Step[], call: PoolCall) {
    super(steps);
    this.#call = call;
  }

  protected override end(error: Error | undefined, results: readonly StepResult[]): void {
    this.#call.onEnd(error, results);
  }
}

/** A connection that is lent. */
export class Lease extends Claim {
  /** Rejects when the time is over or the signal is aborted. */
  readonly failed: Promise<never>;
  readonly #lent: Promise<PostgresSession>;
  #resolve: (session: PostgresSession) => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor(
    pool: ConnectionPool<PostgresSession>,
    calls: PendingCalls | undefined,
    signal: AbortSignal | undefined,
  ) {
    super(pool, calls, signal);
    this.#lent = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.failed = new Promise((_, reject) => {
      this.#reject = reject;
    });
    // Nobody may be waiting any more when it fails.
    this.failed.catch(() => {});
  }

  begin(): Promise<PostgresSession> {
    this.claim();
    return Promise.race([this.#lent, this.failed]);
  }

  end(): void {
    const { session } = this;
    if (session !== undefined && session.client.getTransactionStatus() !== "I") {
      session.isBroken = true;
    }
    this.release();
  }

  protected override onSession(session: PostgresSession): void {
    this.#resolve(session);
  }

  protected override onFailure(error: Error): void {
    this.#reject(error);
  }
}
