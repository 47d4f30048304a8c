/**
 * Deadlines of calls. Nearly all of them are cancelled before they fire, so they hang on a coarse wheel that costs two
 * pointer writes each; only short ones get a timer of their own.
 */
import type { Clock } from "../../time/clock.ts";

/** Resolution of the wheel. */
const tickMs = 10;
const slotCount = 512;
/** Deadlines below this are exact. */
const exactBelowMs = 100;

/** What a deadline ends. */
export interface Expiring {
  /** Called once, when the time is over. */
  expire(): void;
}

/** A running deadline. */
export interface Deadline {
  /** Idempotent; after it, nothing fires. */
  cancel(): void;
}

class Entry implements Deadline {
  readonly wheel: TimerWheel;
  readonly target: Expiring;
  readonly dueTick: number;
  previous: Entry | null = null;
  next: Entry | null = null;
  isLinked = true;

  constructor(wheel: TimerWheel, target: Expiring, dueTick: number) {
    this.wheel = wheel;
    this.target = target;
    this.dueTick = dueTick;
  }

  cancel(): void {
    if (this.isLinked) this.wheel.remove(this);
  }
}

export class TimerWheel {
  readonly #clock: Clock;
  readonly #slots: (Entry | null)[] = new Array<Entry | null>(slotCount).fill(null);
  #count = 0;
  #tick = 0;
  #interval: Disposable | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Expires target after ms: exactly when short, up to 20 ms late otherwise, never early. */
  start(ms: number, target: Expiring): Deadline {
    if (ms < exactBelowMs) {
      const timer = this.#clock.timer(ms, () => target.expire());
      return { cancel: () => timer[Symbol.dispose]() };
    }
    const now = this.#clock.monotonic();
    if (this.#interval === null) {
      this.#tick = Math.floor(now / tickMs);
      this.#interval = this.#clock.interval(tickMs, () => this.#turn());
    }
    const entry = new Entry(this, target, Math.ceil((now + ms) / tickMs));
    const slot = entry.dueTick % slotCount;
    const first = this.#slots[slot] as Entry | null;
    entry.next = first;
    if (first !== null) first.previous = entry;
    this.#slots[slot] = entry;
    this.#count++;
    return entry;
  }

  /** Takes an entry off the wheel. */
  remove(entry: Entry): void {
    entry.isLinked = false;
    this.#count--;
    if (entry.previous !== null) entry.previous.next = entry.next;
    else this.#slots[entry.dueTick % slotCount] = entry.next;
    if (entry.next !== null) entry.next.previous = entry.previous;
    entry.previous = null;
    entry.next = null;
  }

  #turn(): void {
    if (this.#count === 0) {
      this.#interval?.[Symbol.dispose]();
      this.#interval = null;
      return;
    }
    const now = Math.floor(this.#clock.monotonic() / tickMs);
    const due: Entry[] = [];
    const last = Math.min(now, this.#tick + slotCount);
    for (let tick = this.#tick + 1; tick <= last; tick++) {
      let entry = this.#slots[tick % slotCount] as Entry | null;
      for (; entry !== null; entry = entry.next) if (entry.dueTick <= now) due.push(entry);
    }
    this.#tick = Math.max(this.#tick, now);
    for (const entry of due) {
      if (!entry.isLinked) continue;
      this.remove(entry);
      entry.target.expire();
    }
  }
}
