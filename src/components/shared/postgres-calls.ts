/**
 * Statements that a pool of PostgreSQL connections serves.
 */
import type { ConnectionPool } from "./connection-pool.ts";
import type { PendingCalls } from "./pending-calls.ts";
import { Claim } from "./pool-claims.ts";
import {
  Batch,
  PostgresError,
  type PostgresSession,
  type Step,
  type StepResult,
} from "./postgres-session.ts";

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
export class PoolCall extends Claim<PostgresSession> {
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
