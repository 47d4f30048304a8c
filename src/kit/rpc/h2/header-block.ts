/** Header blocks that come in pieces, and what surrounds them in HEADERS frames. */
import { ConnectionError, flag, h2Code, maxFrameBytes } from "./frames.ts";
import { maxBlockBytes, maxContinuations } from "./limits.ts";

/** What a connection ends with when CONTINUATION frames bring more than the limit of metadata. */
export const blockTooLarge = "header block too large";

/** Collects the fragments of HEADERS and CONTINUATION frames. */
export class HeaderBlock {
  /** The stream whose block is under way, or 0. */
  streamId = 0;
  /** Flags of the HEADERS frame. */
  flags = 0;
  #parts: Buffer[] = [];
  #bytes = 0;
  readonly #maxParts: number;
  readonly #maxBytes: number;

  /** @param maxMetadataBytes decoded limit; larger ones allow for longer blocks too */
  constructor(maxMetadataBytes: number) {
    this.#maxParts = 1 + maxContinuations + Math.floor(maxMetadataBytes / maxFrameBytes);
    this.#maxBytes = Math.max(maxBlockBytes, maxMetadataBytes);
  }

  begin(streamId: number, flags: number, source: Buffer, start: number, end: number): void {
    this.streamId = streamId;
    this.flags = flags;
    this.#parts = [Buffer.from(source.subarray(start, end))];
    this.#bytes = end - start;
  }

  /**
   * @returns the whole block after its last part, else null
   * @throws {ConnectionError} without a block under way, or when it gets too large
   */
  add(source: Buffer, start: number, end: number, isLast: boolean): Buffer | null {
    if (this.streamId === 0) {
      throw new ConnectionError(h2Code.protocolError, "CONTINUATION without HEADERS");
    }
    this.#parts.push(Buffer.from(source.subarray(start, end)));
    this.#bytes += end - start;
    if (this.#parts.length > this.#maxParts || this.#bytes > this.#maxBytes) {
      throw new ConnectionError(h2Code.enhanceYourCalm, blockTooLarge);
    }
    if (!isLast) return null;
    const block = Buffer.concat(this.#parts);
    this.clear();
    return block;
  }

  clear(): void {
    this.streamId = 0;
    this.#parts = [];
  }
}

/**
 * Where the fragment in a HEADERS frame is, without padding and priority.
 * @throws {ConnectionError}
 */
export function unpadHeaders(
  flags: number,
  id: number,
  source: Buffer,
  start: number,
  end: number,
): { from: number; to: number } {
  if (id === 0) throw new ConnectionError(h2Code.protocolError, "HEADERS on stream 0");
  let from = start;
  let to = end;
  if ((flags & flag.padded) !== 0) {
    if (from >= end) throw new ConnectionError(h2Code.frameSizeError, "HEADERS cut short");
    to -= source[from++] as number;
  }
  if ((flags & flag.priority) !== 0) {
    if (from + 5 > end) throw new ConnectionError(h2Code.frameSizeError, "HEADERS cut short");
    if ((source.readUInt32BE(from) & 0x7fffffff) === id) {
      throw new ConnectionError(h2Code.protocolError, "stream depends on itself");
    }
    from += 5;
  }
  if (to < from) throw new ConnectionError(h2Code.protocolError, "padding too long");
  return { from, to };
}
