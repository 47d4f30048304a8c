/**
 * Answers that were given, for the same question asked again. Bounded in number and size; the oldest go first.
 */
import type { Clock } from "../../kit/time/clock.ts";
import type { ConversationAnswer } from "./contract.ts";

interface Entry {
  readonly answer: ConversationAnswer;
  readonly size: number;
  /** ms, monotonic. */
  readonly expiresAt: number;
}

const maxEntries = 1000;
/** Characters of questions' and answers' texts. */
const maxSize = 32 * 2 ** 20;

export class AnswerCache {
  readonly #ttlMs: number;
  readonly #clock: Clock;
  /** In the order of their coming, so of their expiry. */
  readonly #entries = new Map<string, Entry>();
  #size = 0;

  constructor(ttlMs: number, clock: Clock) {
    this.#ttlMs = ttlMs;
    this.#clock = clock;
  }

  get(key: string): ConversationAnswer | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt > this.#clock.monotonic()) return entry.answer;
    this.#remove(key, entry);
    return undefined;
  }

  /** @param questionSize characters of what was asked, which stand for its share of the answer's size */
  set(key: string, answer: ConversationAnswer, questionSize: number): void {
    const now = this.#clock.monotonic();
    const size = questionSize + sizeOf(answer);
    const previous = this.#entries.get(key);
    if (previous !== undefined) this.#remove(key, previous);
    if (size > maxSize) return;
    this.#entries.set(key, { answer, size, expiresAt: now + this.#ttlMs });
    this.#size += size;
    for (const [oldest, entry] of this.#entries) {
      const isOver = this.#entries.size > maxEntries || this.#size > maxSize;
      if (!isOver && entry.expiresAt > now) break;
      this.#remove(oldest, entry);
    }
  }

  get count(): number {
    return this.#entries.size;
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#size -= entry.size;
  }
}

function sizeOf({ outputs }: ConversationAnswer): number {
  let size = 100;
  for (const { choices } of outputs) {
    for (const { text, toolCalls } of choices) {
      size += text.length;
      for (const call of toolCalls) size += call.name.length + call.arguments.length + 50;
    }
  }
  return size;
}
