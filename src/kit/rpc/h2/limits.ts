/**
 * Limits against peers that cost more than they pay (rapid reset, floods of control frames, slow readers).
 * Each budget refills with time and with useful work, so that busy honest peers never reach its end.
 */
import type { Clock } from "../../time/clock.ts";

/** CONTINUATION frames and bytes of one header block, unless the metadata limit is larger. */
export const maxContinuations = 8;
export const maxBlockBytes = 64 * 1024;

/** Bytes queued towards a slow reader before its source is paused. */
export const maxQueuedStreamBytes = 1024 * 1024;
export const maxQueuedConnectionBytes = 8 * 1024 * 1024;
/** Time that a full queue may stand still. */
export const maxStallMs = 30_000;

/** Received but not consumed; beyond it the connection's window is not refilled. Bytes. */
export const maxWaitingBytes = 16 * 1024 * 1024;
/** In messages that are not complete, over all streams of a connection, at least. Bytes. */
export const maxPartialBytes = 64 * 1024 * 1024;

/** TLS handshake and preface together; also a header block that does not end. */
export const handshakeMs = 10_000;

/** Connections of one server; beyond it the oldest idle one goes. */
export const maxConnections = 10_000;

/** What we announce as windows. Bytes. */
export const streamWindow = 512 * 1024;
export const connectionWindow = 4 * 1024 * 1024;

/** A bucket of tokens. */
export class Budget {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  constructor(clock: Clock, capacity: number, perSecond: number) {
    this.#clock = clock;
    this.#capacity = capacity;
    this.#perSecond = perSecond;
    this.#tokens = capacity;
    this.#at = clock.monotonic();
  }

  /** Useful work was done. */
  earn(tokens: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + tokens);
  }

  /** @returns false when the budget is spent */
  spend(): boolean {
    if (--this.#tokens >= 0) return true;
    const now = this.#clock.monotonic();
    const refill = ((now - this.#at) * this.#perSecond) / 1000;
    this.#at = now;
    this.#tokens = Math.min(this.#capacity, this.#tokens + refill);
    return this.#tokens >= 0;
  }
}

/** SETTINGS, PING, PRIORITY, WINDOW_UPDATE, empty DATA, frames of closed streams. */
export function controlBudget(clock: Clock): Budget {
  return new Budget(clock, 2000, 2000);
}

/** Streams that the peer resets before they were answered. */
export function resetBudget(clock: Clock): Budget {
  return new Budget(clock, 1000, 200);
}
