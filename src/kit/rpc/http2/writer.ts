/**
 * Sends messages on a node:http2 stream and says when the other side falls behind.
 */
import type { Http2Stream } from "node:http2";
import { frame } from "./messages.ts";

/** Above it the sender should wait. */
const highWaterBytes = 64 * 1024;

export class MessageWriter {
  readonly #stream: Http2Stream;
  readonly #onChange: (bytes: number) => void;
  #queuedBytes = 0;
  #blocked = false;
  #closed = false;
  #onDrain: (() => void) | undefined;

  /** @param onChange called with the bytes that were queued, and negative when they went out */
  constructor(stream: Http2Stream, onChange: (bytes: number) => void = () => {}) {
    this.#stream = stream;
    this.#onChange = onChange;
  }

  /** @returns false when the sender should wait for onDrain */
  write(message: Uint8Array): boolean {
    const framed = frame(message);
    this.#queuedBytes += framed.length;
    this.#onChange(framed.length);
    this.#stream.write(framed, () => this.#written(framed.length));
    this.#blocked = this.#queuedBytes > highWaterBytes;
    return !this.#blocked;
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  close(): void {
    this.#closed = true;
  }

  #written(bytes: number): void {
    this.#queuedBytes -= bytes;
    this.#onChange(-bytes);
    if (!this.#blocked || this.#closed || this.#queuedBytes > highWaterBytes / 2) return;
    this.#blocked = false;
    this.#onDrain?.();
  }
}
