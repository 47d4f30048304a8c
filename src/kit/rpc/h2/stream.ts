/**
 * One HTTP/2 stream with gRPC messages on it: flow control in both directions, the inbox of a paused receiver and the
 * queue of a slow reader. The same for both roles.
 */
import { gunzip } from "node:zlib";
import { MessageReader, type MessageSink, prefixBytes } from "../framing.ts";
import { code } from "../status.ts";
import type { Connection } from "./connection.ts";
import { flag, h2Code, largestWindow, maxFrameBytes } from "./frames.ts";
import { maxQueuedConnectionBytes, maxQueuedStreamBytes, streamWindow } from "./limits.ts";

interface Waiting {
  readonly message: Buffer;
  readonly isCompressed: boolean;
}

export abstract class Stream implements MessageSink {
  readonly connection: Connection;
  readonly id: number;
  readonly maxMessageBytes: number;

  /** The peer sent END_STREAM. */
  isRemoteClosed = false;
  /** END_STREAM is written. */
  isLocalClosed = false;
  /** Both, or reset; nothing is read or written any more. */
  isClosed = false;

  /** What we may still send; negative after the peer lowered its initial window. */
  sendWindow: number;
  /** The receiver is set and wants messages. */
  protected isFlowing = false;
  /** grpc-encoding of the peer's messages is gzip. */
  protected acceptsGzip = false;
  /** content-length of the peer's message, or -1. */
  protected contentLength = -1;

  #recvWindow = streamWindow;
  /** Consumed, but not yet given back to the peer. */
  #unacknowledged = 0;
  /** Received, but not consumed. */
  #withheld = 0;
  #partial = 0;
  #reader: MessageReader | null = null;
  #inbox: Waiting[] | null = null;
  #isInflating = false;
  #isEndDelivered = false;

  #queue: Uint8Array[] | null = null;
  /** Bytes of the first chunk that are already sent. */
  #queueOffset = 0;
  queuedBytes = 0;
  /** Nothing follows after the queue; the stream ends with what {@link writeEnd} writes. */
  protected isEnding = false;
  /** send() returned false. */
  wantsDrain = false;
  /** When a full queue was first seen standing still, 0 when it moves. */
  stalledAt = 0;

  constructor(connection: Connection, id: number, maxMessageBytes: number) {
    this.connection = connection;
    this.id = id;
    this.maxMessageBytes = maxMessageBytes;
    this.sendWindow = connection.peerInitialWindow;
  }

  /** A complete message, in order, only while flowing. */
  protected abstract deliver(message: Buffer): void;
  /** The peer sent everything; once, after the last message. */
  protected abstract deliverEnd(): void;
  /** The peer's messages cannot be taken; ends the call with this status. */
  protected abstract refuse(grpcCode: number, text: string): void;
  /** The stream is over without an orderly end. `h2` is the peer's code, or null when the connection broke. */
  abstract aborted(h2: number | null, reason: Error | null): void;
  /** Writes the last frame (trailers, or an empty DATA frame with END_STREAM). */
  protected abstract writeEnd(): void;
  /** The peer's side is complete; what waits for a paused receiver outlives the connection. */
  outlivesConnection(): boolean {
    return false;
  }

  /** The queue is short again. */
  protected abstract drained(): void;
  /** A second header block: trailers. The fields are in the connection's decoder. */
  abstract trailingBlock(endStream: boolean): void;

  // Receiving

  /** The payload of a DATA frame; frameBytes counts padding too. */
  data(source: Buffer, start: number, end: number, frameBytes: number, endStream: boolean): void {
    if (!this.account(frameBytes, end - start, endStream)) return;
    this.#withheld += frameBytes;
    this.connection.waitingBytes += frameBytes;
    if (end > start) this.read(source, start, end);
    if (this.isClosed) return;
    this.settle();
  }

  /** Flow control and content-length; false when the stream was reset for them. */
  protected account(frameBytes: number, dataBytes: number, endStream: boolean): boolean {
    this.#recvWindow -= frameBytes;
    if (this.#recvWindow < 0) {
      this.connection.resetStream(this, h2Code.flowControlError);
      return false;
    }
    if (this.contentLength >= 0) {
      this.contentLength -= dataBytes;
      if (this.contentLength < 0 || (endStream && this.contentLength > 0)) {
        this.connection.resetStream(this, h2Code.protocolError);
        return false;
      }
    }
    if (endStream) this.isRemoteClosed = true;
    return true;
  }

  /** The peer ended its side with trailers. */
  remoteEnded(): void {
    if (this.contentLength > 0) {
      this.connection.resetStream(this, h2Code.protocolError);
      return;
    }
    this.isRemoteClosed = true;
    this.settle();
  }

  /** True until the first data that needs a reader. */
  protected get isFresh(): boolean {
    return this.#reader === null;
  }

  protected read(source: Buffer, start: number, end: number): void {
    this.#reader ??= new MessageReader(this, this.maxMessageBytes);
    this.#reader.push(source, start, end);
  }

  message(message: Buffer, isCompressed: boolean): void {
    if (this.isClosed) return;
    if (this.isFlowing && !isCompressed && !this.#isInflating && this.#inboxIsEmpty) {
      this.deliver(message);
      return;
    }
    this.#inbox ??= [];
    // A copy: the slice would pin the whole read buffer.
    this.#inbox.push({ message: Buffer.from(message), isCompressed });
  }

  tooLong(length: number): void {
    this.refuse(
      code.resourceExhausted,
      `grpc: received message larger than max (${length} vs. ${this.maxMessageBytes})`,
    );
  }

  badFlag(flag: number): void {
    this.refuse(code.internal, `grpc: received unexpected payload format ${flag}`);
  }

  get #inboxIsEmpty(): boolean {
    return this.#inbox === null || this.#inbox.length === 0;
  }

  /** Delivers what can be delivered, then gives back window for what was consumed. */
  protected settle(): void {
    while (this.isFlowing && !this.#isInflating && !this.isClosed && !this.#inboxIsEmpty) {
      const waiting = (this.#inbox as Waiting[]).shift() as Waiting;
      if (waiting.isCompressed) this.#inflate(waiting.message);
      else this.deliver(waiting.message);
    }
    if (this.isClosed) return;
    if (!this.#inboxIsEmpty || this.#isInflating) return;
    if (this.isRemoteClosed && !this.#isEndDelivered) {
      this.#isEndDelivered = true;
      this.#release();
      if ((this.#reader?.partialBytes ?? 0) > 0) this.refuse(code.internal, "unexpected EOF");
      else this.deliverEnd();
      return;
    }
    if (this.isFlowing) this.#consume();
    this.#countPartial();
  }

  #inflate(message: Buffer): void {
    if (!this.acceptsGzip) {
      this.refuse(code.internal, "grpc: compressed flag set with identity or empty encoding");
      return;
    }
    this.#isInflating = true;
    gunzip(message, { maxOutputLength: Math.max(1, this.maxMessageBytes) }, (error, result) => {
      this.#isInflating = false;
      if (this.isClosed) return;
      if (error === null && result.length <= this.maxMessageBytes) {
        this.deliver(result);
        this.settle();
      } else if (
        error === null ||
        (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE"
      ) {
        this.refuse(
          code.resourceExhausted,
          `grpc: received message after decompression larger than max ${this.maxMessageBytes}`,
        );
      } else {
        this.refuse(
          code.internal,
          `grpc: failed to decompress the received message: ${error.message}`,
        );
      }
    });
  }

  #consume(): void {
    this.#unacknowledged += this.#withheld;
    this.#release();
    if (this.isRemoteClosed || this.#unacknowledged < streamWindow / 2) return;
    this.connection.windowUpdate(this.id, this.#unacknowledged);
    this.#recvWindow += this.#unacknowledged;
    this.#unacknowledged = 0;
  }

  #release(): void {
    this.connection.consumed(this.#withheld);
    this.#withheld = 0;
  }

  /** Bytes in incomplete messages are limited over all streams of the connection. */
  #countPartial(): void {
    const partial = this.#reader?.partialBytes ?? 0;
    if (partial === this.#partial) return;
    const isOver = this.connection.countPartial(partial - this.#partial);
    this.#partial = partial;
    if (isOver && !this.isClosed) {
      this.refuse(
        code.resourceExhausted,
        "too many bytes in unfinished messages on this connection",
      );
    }
  }

  // Sending

  /** Queues or writes one message; false: wait for {@link drained}. */
  protected push(message: Uint8Array): boolean {
    if (this.isClosed || this.isEnding) return false;
    const { connection } = this;
    const bytes = message.length + prefixBytes;
    if (
      this.queuedBytes === 0 &&
      bytes <= maxFrameBytes &&
      bytes <= this.sendWindow &&
      bytes <= connection.sendWindow &&
      !connection.out.isCongested
    ) {
      connection.writeMessage(this, message, 0);
      return true;
    }
    return this.#enqueue(message, bytes);
  }

  /** The only message of our side, with END_STREAM in the same frame when it fits. */
  protected pushOnly(message: Uint8Array): void {
    const { connection } = this;
    const bytes = message.length + prefixBytes;
    if (
      bytes <= maxFrameBytes &&
      bytes <= this.sendWindow &&
      bytes <= connection.sendWindow &&
      !connection.out.isCongested
    ) {
      this.isEnding = true;
      this.isLocalClosed = true;
      connection.writeMessage(this, message, flag.endStream);
      connection.wroteEnd(this);
      return;
    }
    this.#enqueue(message, bytes);
    this.endWrites();
  }

  #enqueue(message: Uint8Array, bytes: number): boolean {
    const prefix = Buffer.allocUnsafe(prefixBytes);
    prefix[0] = 0;
    prefix.writeUInt32BE(message.length, 1);
    this.#queue ??= [];
    this.#queue.push(prefix);
    if (message.length > 0) this.#queue.push(message);
    return this.#queued(bytes);
  }

  /** Queues bytes that are no gRPC message. */
  protected pushRaw(bytes: Uint8Array): void {
    this.#queue ??= [];
    this.#queue.push(bytes);
    this.#queued(bytes.length);
  }

  #queued(bytes: number): boolean {
    const { connection } = this;
    this.queuedBytes += bytes;
    connection.queued(this, bytes);
    if (
      this.queuedBytes < maxQueuedStreamBytes &&
      connection.queuedBytes < maxQueuedConnectionBytes
    ) {
      return true;
    }
    this.wantsDrain = true;
    connection.wantDrain(this);
    return false;
  }

  /** Ends our side once the queue is empty. */
  protected endWrites(): void {
    if (this.isEnding || this.isClosed) return;
    this.isEnding = true;
    if (this.queuedBytes === 0) this.#finishWrites();
  }

  #finishWrites(): void {
    this.writeEnd();
    this.isLocalClosed = true;
    this.connection.wroteEnd(this);
  }

  /** Writes one frame of the queue; false when window or socket do not allow it, or nothing is left. */
  step(): boolean {
    const { connection } = this;
    if (this.isClosed || this.queuedBytes === 0) return false;
    const bytes = Math.min(this.queuedBytes, this.sendWindow, connection.sendWindow, maxFrameBytes);
    if (bytes <= 0) return false;
    connection.writeData(this, bytes);
    this.queuedBytes -= bytes;
    connection.unqueued(bytes);
    this.stalledAt = 0;
    if (this.queuedBytes === 0) {
      connection.sending.delete(this);
      this.#queue = null;
      this.#queueOffset = 0;
      if (this.isEnding) this.#finishWrites();
    }
    return true;
  }

  /** Copies the next bytes of the queue into the connection's slab. */
  copyQueued(bytes: number): void {
    const queue = this.#queue as Uint8Array[];
    const { out } = this.connection;
    let left = bytes;
    let done = 0;
    while (left > 0) {
      const chunk = queue[done] as Uint8Array;
      const end = Math.min(chunk.length, this.#queueOffset + left);
      out.bytes(chunk, this.#queueOffset, end);
      left -= end - this.#queueOffset;
      this.#queueOffset = end;
      if (end === chunk.length) {
        done++;
        this.#queueOffset = 0;
      }
    }
    if (done > 0) queue.splice(0, done);
  }

  /** The peer opened our window. False when it overflows. */
  openWindow(bytes: number): boolean {
    this.sendWindow += bytes;
    return this.sendWindow <= largestWindow;
  }

  /** Tells the sender when the queues are short enough; true when it was told. */
  tellDrained(): boolean {
    const isShort =
      this.queuedBytes <= maxQueuedStreamBytes / 2 &&
      this.connection.queuedBytes <= maxQueuedConnectionBytes / 2;
    if (!isShort || this.isClosed) return this.isClosed;
    this.wantsDrain = false;
    this.drained();
    return true;
  }

  /** Gives back everything the connection accounts for; called once by the connection. */
  dispose(): void {
    this.isClosed = true;
    this.#release();
    if (this.#partial > 0) this.connection.countPartial(-this.#partial);
    this.#partial = 0;
    this.#inbox = null;
    this.#reader = null;
    if (this.queuedBytes > 0) this.connection.unqueued(this.queuedBytes);
    this.queuedBytes = 0;
    this.#queue = null;
  }
}
