/**
 * Puts the small pieces of one turn together: other sidecars cut bodies into 2 KiB, and an app would get each of them as a
 * write of its own.
 */

const capacity = 64 * 1024;

export class Gather {
  readonly #take: (bytes: Uint8Array) => void;
  /** Used again after each turn; only bodies of several pieces need one. */
  #buffer: Buffer | undefined;
  #first: Buffer | undefined;
  #length = 0;
  #isScheduled = false;

  /** @param take called at the end of the turn at the latest; the bytes are only valid until it returns */
  constructor(take: (bytes: Uint8Array) => void) {
    this.#take = take;
  }

  /** The bytes are copied. */
  add(bytes: Uint8Array): void {
    if (this.#length + bytes.length > capacity) this.flush();
    if (bytes.length > capacity) {
      this.#take(bytes);
      return;
    }
    if (this.#length === 0) this.#first = Buffer.from(bytes);
    else {
      this.#buffer ??= Buffer.allocUnsafe(capacity);
      if (this.#first !== undefined) this.#buffer.set(this.#first, 0);
      this.#first = undefined;
      this.#buffer.set(bytes, this.#length);
    }
    this.#length += bytes.length;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  flush(): void {
    if (this.#length === 0) return;
    const bytes = this.#first ?? this.#buffer?.subarray(0, this.#length);
    this.clear();
    if (bytes !== undefined) this.#take(bytes);
  }

  /** Forgets what nobody wants any more. */
  clear(): void {
    this.#first = undefined;
    this.#length = 0;
  }
}
