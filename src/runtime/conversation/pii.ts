/**
 * Takes what may identify a person out of texts. One pass over the text, in time that grows with its length only; large
 * texts are worked on in slices, so that other requests go on meanwhile.
 * @see spec 01 §10.4
 */
import type { Clock } from "../../kit/time/clock.ts";
import { createEntities, type Entity } from "./pii-entities.ts";
import { keptLinks, type LinkFinder } from "./pii-links.ts";

/** Characters between two looks at the clock. */
const stride = 512;
/** ms of work in one go. */
const sliceMs = 8;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** For the texts of one request: they share the time of a slice. */
export class PiiScrubber {
  readonly #clock: Clock;
  #sliceStart: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async scrub(text: string): Promise<string> {
    const run = new Run(text);
    for (let isDone = false; !isDone; ) {
      isDone = run.advance(stride);
      if (this.#isSliceOver()) {
        await nextTurn();
        this.#sliceStart = this.#clock.monotonic();
      }
    }
    return run.result();
  }

  #isSliceOver(): boolean {
    const now = this.#clock.monotonic();
    this.#sliceStart ??= now;
    return now - this.#sliceStart >= sliceMs;
  }
}

/** A match that has not been written yet, because a link might follow that begins within it. */
interface Pending {
  readonly start: number;
  end: number;
  readonly replacement: string;
}

class Run {
  readonly #text: string;
  readonly #entities: readonly Entity[];
  readonly #links: LinkFinder;
  #at = 0;
  #output = "";
  /** Everything before this is written. */
  #written = 0;
  #pending: Pending | undefined;
  /** End of the farthest match so far; -1: none. */
  #coveredTo = -1;

  constructor(text: string) {
    this.#text = text;
    this.#entities = createEntities(text);
    this.#links = keptLinks(text);
  }

  /** @returns whether the end was reached */
  advance(count: number): boolean {
    const end = Math.min(this.#text.length, this.#at + count);
    while (this.#at < end) {
      const code = this.#text.charCodeAt(this.#at);
      const linkEnd = this.#links.endAt(this.#at, code);
      if (linkEnd > this.#at) this.#keep(linkEnd);
      else {
        this.#match(code);
        this.#at++;
      }
    }
    return this.#at >= this.#text.length;
  }

  result(): string {
    this.#flush();
    return this.#output + this.#text.slice(this.#written);
  }

  /** A link stays as it is; a match that reached into it ends before it. */
  #keep(linkEnd: number): void {
    if (this.#pending !== undefined && this.#pending.end > this.#at) this.#pending.end = this.#at;
    this.#flush();
    this.#coveredTo = -1;
    this.#at = linkEnd;
  }

  #match(code: number): void {
    const at = this.#at;
    let longest = -1;
    let replacement = "";
    for (const entity of this.#entities) {
      if (!entity.mayStart(code) || at < entity.next) continue;
      const end = entity.endAt(at);
      if (end <= at) continue;
      entity.next = end;
      // Of equal ones the later entity counts.
      if (end < longest) continue;
      longest = end;
      replacement = entity.replacement;
    }
    if (longest <= at) return;
    let start = at;
    if (at <= this.#coveredTo) {
      if (longest <= this.#coveredTo) return;
      // Quirk: spec 01 §10.4. What follows a match directly is cut as well, and one character stays between.
      start = this.#coveredTo + 1;
    }
    this.#flush();
    this.#coveredTo = longest;
    this.#pending = { start, end: longest, replacement };
  }

  #flush(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    const { start, end, replacement } = pending;
    this.#output += this.#text.slice(this.#written, start) + replacement;
    this.#written = Math.max(start, end);
  }
}
