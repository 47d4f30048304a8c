/**
 * The length-prefixed messages of gRPC: one byte that says whether it is compressed, four bytes length, the bytes.
 */
import { gunzipSync, inflateSync } from "node:zlib";
import { code, type GrpcCode } from "../status.ts";

const prefixBytes = 5;

/** One message as it goes on the wire; copies, so the caller may reuse its buffer. */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(prefixBytes + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, prefixBytes);
  return framed;
}

export interface MessageSink {
  message(message: Buffer): void;
  /** The other side sent its last message. */
  end(): void;
  /** Nothing follows. */
  fail(code: GrpcCode, text: string): void;
}

export interface MessageReaderOptions {
  readonly maxMessageBytes: number;
  /** The value of grpc-encoding. */
  readonly encoding: string | undefined;
}

/** Cuts a byte stream into messages, however it was split. Starts paused. */
export class MessageReader {
  readonly #options: MessageReaderOptions;
  readonly #sink: MessageSink;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Flag and length of the message that is being read. */
  #prefix: { compressed: boolean; length: number } | undefined;
  #paused = true;
  #ended = false;
  #done = false;
  #running = false;

  constructor(options: MessageReaderOptions, sink: MessageSink) {
    this.#options = options;
    this.#sink = sink;
  }

  /** True while more input would only be stored. */
  get isPaused(): boolean {
    return this.#paused;
  }

  push(chunk: Buffer): void {
    if (this.#done || chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#run();
  }

  end(): void {
    this.#ended = true;
    this.#run();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#run();
  }

  /** Drops everything; nothing is delivered any more. */
  stop(): void {
    this.#done = true;
    this.#chunks = [];
    this.#bytes = 0;
  }

  #run(): void {
    // A callback may push, pause and resume: the outer loop goes on.
    if (this.#running) return;
    this.#running = true;
    while (!this.#done && !this.#paused && this.#step());
    this.#running = false;
  }

  /** @returns false when there is nothing to do until more input comes */
  #step(): boolean {
    if (this.#prefix === undefined) {
      if (this.#bytes < prefixBytes) {
        if (this.#ended) this.#finish();
        return false;
      }
      return this.#readPrefix();
    }
    if (this.#bytes < this.#prefix.length) {
      if (this.#ended) this.#finish();
      return false;
    }
    const { compressed, length } = this.#prefix;
    this.#prefix = undefined;
    const body = this.#take(length);
    const message = compressed ? this.#decompress(body) : body;
    if (message !== undefined) this.#sink.message(message);
    return true;
  }

  #readPrefix(): boolean {
    const prefix = this.#take(prefixBytes);
    const flag = prefix[0] as number;
    const length = prefix.readUInt32BE(1);
    const max = this.#options.maxMessageBytes;
    if (flag > 1) {
      this.#fail(code.internal, `grpc: received unexpected payload format ${flag}`);
    } else if (length > max) {
      this.#fail(
        code.resourceExhausted,
        `grpc: received message larger than max (${length} vs. ${max})`,
      );
    } else {
      this.#prefix = { compressed: flag === 1, length };
    }
    return true;
  }

  #decompress(body: Buffer): Buffer | undefined {
    const { encoding, maxMessageBytes } = this.#options;
    if (encoding === undefined || encoding === "identity") {
      this.#fail(code.internal, "grpc: compressed flag set with identity or empty encoding");
      return undefined;
    }
    if (encoding !== "gzip" && encoding !== "deflate") {
      this.#fail(
        code.unimplemented,
        `grpc: Decompressor is not installed for grpc-encoding ${JSON.stringify(encoding)}`,
      );
      return undefined;
    }
    try {
      const limit = { maxOutputLength: Math.max(maxMessageBytes, 1) };
      const message = encoding === "gzip" ? gunzipSync(body, limit) : inflateSync(body, limit);
      if (message.length <= maxMessageBytes) return message;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") {
        this.#fail(
          code.internal,
          `grpc: failed to decompress the received message: ${(error as Error).message}`,
        );
        return undefined;
      }
    }
    this.#fail(
      code.resourceExhausted,
      `grpc: received message after decompression larger than max ${maxMessageBytes}`,
    );
    return undefined;
  }

  #finish(): void {
    if (this.#bytes > 0 || this.#prefix !== undefined) {
      this.#fail(code.internal, "unexpected EOF");
      return;
    }
    this.#done = true;
    this.#sink.end();
  }

  #fail(grpcCode: GrpcCode, text: string): void {
    this.stop();
    this.#sink.fail(grpcCode, text);
  }

  #take(length: number): Buffer {
    this.#bytes -= length;
    const first = this.#chunks[0];
    if (first === undefined || length === 0) return Buffer.alloc(0);
    if (first.length > length) {
      this.#chunks[0] = first.subarray(length);
      return first.subarray(0, length);
    }
    if (first.length === length) {
      this.#chunks.shift();
      return first;
    }
    return this.#gather(length);
  }

  #gather(length: number): Buffer {
    const whole = Buffer.allocUnsafe(length);
    let filled = 0;
    let used = 0;
    while (filled < length) {
      const chunk = this.#chunks[used] as Buffer;
      const wanted = Math.min(chunk.length, length - filled);
      whole.set(chunk.subarray(0, wanted), filled);
      filled += wanted;
      if (wanted === chunk.length) used++;
      else this.#chunks[used] = chunk.subarray(wanted);
    }
    this.#chunks.splice(0, used);
    return whole;
  }
}
