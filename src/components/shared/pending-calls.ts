/**
 * Calls in flight that all have the same time: one timer for all of them, since the oldest is always the first to end.
 */
import { type Clock, DeadlineError } from "../../kit/time/clock.ts";

/** A call that can be given up. */
export interface PendingCall {
  /** Clock.monotonic() at which its time is over; set by {@link PendingCalls.add}. */
  expiresAt: number;
  fail(error: Error): void;
}

export class PendingCalls implements Disposable {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  /** In the order of their ends. */
  readonly #calls = new Set<PendingCall>();
  #timer: Disposable | undefined;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Fails the call with a DeadlineError unless it is removed in time. */
  add(call: PendingCall): void {
    call.expiresAt = this.#clock.monotonic() + this.#timeoutMs;
    this.#calls.add(call);
    // The timer stays when calls come and go: it costs more than they do.
    this.#timer ??= this.#clock.timer(this.#timeoutMs, () => this.#onTimer());
  }

  remove(call: PendingCall): void {
    this.#calls.delete(call);
  }

  #onTimer(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    for (const call of this.#calls) {
      const leftMs = call.expiresAt - now;
      if (leftMs > 0) {
        this.#timer = this.#clock.timer(leftMs, () => this.#onTimer());
        return;
      }
      this.#calls.delete(call);
      call.fail(new DeadlineError());
    }
  }

  /** Fails what is left. */
  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    for (const call of [...this.#calls]) {
      this.#calls.delete(call);
      call.fail(new Error("closed pool"));
    }
  }
}
