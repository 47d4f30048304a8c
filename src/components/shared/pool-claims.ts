/**
 * Calls that wait for a connection of a pool, use it, and give it up when their time is over or their signal says so.
 */

import type { Place } from "../../kit/lifecycle/live-queue.ts";
import { DeadlineError } from "../../kit/time/clock.ts";
import type { ConnectionPool, Waiter } from "./connection-pool.ts";
import type { PendingCall, PendingCalls } from "./pending-calls.ts";

/** A connection as the pool's callers see it. */
export interface PooledSession {
  /** Must not be used again. */
  isBroken: boolean;
  readonly isInTransaction: boolean;
  /** Says good-bye to the server. */
  close(): void;
  /** Ends it in the middle of a statement, which the server is asked to give up. */
  kill(): void;
}

/** What has a place in the queue for connections, a time, and a signal. */
export abstract class Claim<S extends PooledSession> implements Waiter<S>, PendingCall {
  expiresAt = 0;
  pending: Place<PendingCall> | undefined = undefined;
  waiting: Place<Waiter<S>> | undefined = undefined;
  protected session: S | undefined;
  #isOver = false;
  #onAbort: (() => void) | undefined = undefined;
  readonly #pool: ConnectionPool<S>;
  readonly #calls: PendingCalls | undefined;
  readonly #signal: AbortSignal | undefined;

  constructor(
    pool: ConnectionPool<S>,
    calls: PendingCalls | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.#pool = pool;
    this.#calls = calls;
    this.#signal = signal;
  }

  protected abstract onSession(session: S): void;
  protected abstract onFailure(error: Error): void;

  claim(): void {
    const signal = this.#signal;
    if (signal?.aborted) {
      this.fail(signal.reason);
      return;
    }
    if (signal !== undefined) {
      // A function: Node makes an asynchronous one around an object.
      this.#onAbort = () => this.fail(signal.reason as Error);
      signal.addEventListener("abort", this.#onAbort);
    }
    this.#calls?.add(this);
    let session: S | undefined;
    try {
      session = this.#pool.acquire(this);
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    if (session !== undefined) this.take(session);
  }

  take(session: S): void {
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
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener("abort", this.#onAbort);
    const { session } = this;
    if (session === undefined) this.#pool.leave(this);
    else if (session.isBroken) {
      this.#pool.discard(session);
      session.close();
    } else this.#pool.release(session);
    return false;
  }
}

/** A connection that is lent. */
export class Lease<S extends PooledSession> extends Claim<S> {
  /** Rejects when the time is over or the signal is aborted. */
  readonly failed: Promise<never>;
  readonly #lent: Promise<S>;
  #resolve: (session: S) => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor(
    pool: ConnectionPool<S>,
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

  begin(): Promise<S> {
    this.claim();
    return Promise.race([this.#lent, this.failed]);
  }

  end(): void {
    const { session } = this;
    if (session?.isInTransaction) {
      session.isBroken = true;
    }
    this.release();
  }

  protected override onSession(session: S): void {
    this.#resolve(session);
  }

  protected override onFailure(error: Error): void {
    this.#reject(error);
  }
}
