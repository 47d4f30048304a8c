/** Messages of a Pulsar consumer that failed: after a pause the broker is asked to send them again. */
import type { MessageIdData } from "../../kit/proto/pulsar/api.ts";
import type { Clock } from "../../kit/time/clock.ts";

interface Refusal {
  readonly id: MessageIdData;
  /** Clock.monotonic() */
  readonly dueAt: number;
}

const mostAtOnce = 1_000;
/** Beyond that, handled messages of batches may come again with those that failed. */
const mostRemembered = 10_000;

export class PulsarRefusals implements Disposable {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #ask: (ids: MessageIdData[]) => void;
  /** In the order in which they are due. */
  #refused: Refusal[] = [];
  /** Batches of which some messages failed -> indexes of those that did not. */
  readonly #done = new Map<string, Set<number>>();
  #timer: Disposable | undefined;

  constructor(clock: Clock, delayMs: number, ask: (ids: MessageIdData[]) => void) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#ask = ask;
  }

  add(id: MessageIdData, done?: Set<number>): void {
    if (done !== undefined && done.size > 0) {
      if (this.#done.size >= mostRemembered) this.#done.clear();
      this.#done.set(keyOf(id), done);
    }
    this.#refused.push({ id, dueAt: this.#clock.monotonic() + this.#delayMs });
    this.#arm();
  }

  /** Messages of the batch that are done; a new set when none is known. */
  doneOf(id: MessageIdData): Set<number> {
    return new Set(this.#done.get(keyOf(id)));
  }

  forget(id: MessageIdData): void {
    if (this.#done.size > 0) this.#done.delete(keyOf(id));
  }

  /** The broker sends everything again. */
  clear(): void {
    this.#refused = [];
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  [Symbol.dispose](): void {
    this.clear();
    this.#done.clear();
  }

  #arm(): void {
    const [first] = this.#refused;
    if (first === undefined || this.#timer !== undefined) return;
    const leftMs = Math.max(first.dueAt - this.#clock.monotonic(), 0);
    this.#timer = this.#clock.timer(leftMs, () => {
      this.#timer = undefined;
      const now = this.#clock.monotonic();
      const count = this.#refused.findIndex(({ dueAt }) => dueAt > now);
      const due = this.#refused.splice(0, count < 0 ? this.#refused.length : count);
      for (let at = 0; at < due.length; at += mostAtOnce) {
        this.#ask(due.slice(at, at + mostAtOnce).map(({ id }) => id));
      }
      this.#arm();
    });
  }
}

const keyOf = ({ ledgerId, entryId }: MessageIdData): string => `${ledgerId}:${entryId}`;
