/**
 * Calls in flight that all have the same time: one timer for all of them, since the oldest is always the first to end.
 */
import { LiveQueue, type Place } from "../../kit/lifecycle/live-queue.ts";
import { type Clock, DeadlineError } from "../../kit/time/clock.ts";

/** A call that can be given up. */
export interface PendingCall {
  /** Clock.monotonic() at which its time is over; set by {@link PendingCalls.add}. */
  expiresAt: number;
  /** Where it stands; set by {@link PendingCalls.add}. */
  pending?: Place<PendingCall> | undefined;
  fail(error: Error): void;
}

export class PendingCalls implements Disposable {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  /** In the order of their ends. */
  readonly #calls = new LiveQueue<PendingCall>();
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
    call.pending = this.#calls.add(call);
    // The timer stays when calls come and go: it costs more than they do.
    this.#timer ??= this.#clock.timer(this.#timeoutMs, () => this.#onTimer());
  }

  remove(call: PendingCall): void {
    if (call.pending !== undefined) this.#calls.leave(call.pending);
  }

  #onTimer(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    for (let place = this.#calls.first; place !== undefined; place = this.#calls.first) {
      const call = place.item;
      const leftMs = call.expiresAt - now;
      if (leftMs > 0) {
        this.#timer = this.#clock.timer(leftMs, () => this.#onTimer());
        return;
      }
      this.#calls.leave(place);
      call.fail(new DeadlineError());
    }
  }

  /** Fails what is left. */
  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    for (let call = this.#calls.shift(); call !== undefined; call = this.#calls.shift()) {
      call.fail(new Error("closed pool"));
    }
  }
}
