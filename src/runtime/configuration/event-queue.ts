/**
 * Events of one subscription that its subscriber has not taken yet. Some wait as they came; while there are more, only
 * the latest of each key is kept.
 */
import type { ConfigurationEvent } from "../../components/configuration/contract.ts";

/** Events that wait as they came. */
export const maxPlain = 100;
/** Keys whose latest event waits beyond those; the oldest is dropped for one more. */
export const maxFolded = 10_000;

export class EventQueue {
  #plain: ConfigurationEvent[] = [];
  readonly #folded = new Map<string, ConfigurationEvent>();
  #wake: (() => void) | undefined;
  #isClosed = false;

  push(event: ConfigurationEvent): void {
    if (this.#isClosed) return;
    if (this.#plain.length < maxPlain && this.#folded.size === 0) this.#plain.push(event);
    else this.#fold(event);
    this.#wake?.();
  }

  /** For one reader. @returns undefined after {@link close} */
  async next(): Promise<ConfigurationEvent | undefined> {
    for (;;) {
      if (this.#isClosed) return undefined;
      const event = this.#take();
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  /** What waits is dropped. */
  close(): void {
    this.#isClosed = true;
    this.#plain = [];
    this.#folded.clear();
    this.#wake?.();
  }

  #take(): ConfigurationEvent | undefined {
    const plain = this.#plain.shift();
    if (plain !== undefined) return plain;
    const [first] = this.#folded;
    if (first === undefined) return undefined;
    this.#folded.delete(first[0]);
    return first[1];
  }

  #fold(event: ConfigurationEvent): void {
    const name = [...event.items.keys()].join("\u0000");
    if (!this.#folded.has(name) && this.#folded.size >= maxFolded) {
      const [oldest] = this.#folded.keys();
      this.#folded.delete(oldest as string);
    }
    this.#folded.set(name, event);
  }
}
