/** How many messages a Pulsar broker may send: limited by number, and by what they hold in bytes. */

const maxBytes = 64 * 1024 * 1024;
/** Before anything is known of their size. */
const firstLimit = 64;
/** Weight of the newest message in the mean size. */
const weight = 1 / 16;

export class PulsarWindow {
  readonly #size: number;
  readonly #grant: (permits: number) => void;
  /** Messages that the broker may still send. */
  #granted = 0;
  /** Messages that came and are not settled. */
  #held = 0;
  #meanBytes = 1;
  #isOpen = false;

  constructor(size: number, grant: (permits: number) => void) {
    this.#size = Math.max(size, 1);
    this.#grant = grant;
  }

  open(): void {
    this.#isOpen = true;
    this.#grantMore();
  }

  /** The connection is lost, with what it had delivered. */
  reset(): void {
    this.#isOpen = false;
    this.#granted = 0;
    this.#held = 0;
  }

  /** @param count messages, of so many bytes together */
  received(count: number, bytes: number): void {
    this.#granted -= count;
    this.#held += count;
    const mean = bytes / count;
    this.#meanBytes =
      this.#meanBytes === 1 ? mean : this.#meanBytes + (mean - this.#meanBytes) * weight;
    this.#grantMore();
  }

  settled(count: number): void {
    this.#held -= count;
    this.#grantMore();
  }

  get #limit(): number {
    if (this.#meanBytes === 1) return Math.min(firstLimit, this.#size);
    return Math.min(this.#size, Math.max(Math.floor(maxBytes / this.#meanBytes), 1));
  }

  /** In steps of half the window, so that not every message costs a command. */
  #grantMore(): void {
    if (!this.#isOpen) return;
    const limit = this.#limit;
    const more = limit - this.#held - Math.max(this.#granted, 0);
    if (more <= 0 || (more < limit / 2 && this.#granted > 0)) return;
    this.#granted = Math.max(this.#granted, 0) + more;
    this.#grant(more);
  }
}
