/**
 * One HTTP/2 connection (RFC 9113), the part that is the same for both roles: frames in, frames out, settings, windows,
 * pings. The roles add what header blocks mean.
 */
import type { Socket } from "node:net";
import type { RpcLimit } from "../transport.ts";
import { FrameWriter, type Shared } from "./frame-writer.ts";
import {
  ConnectionError,
  FrameReader,
  type FrameSink,
  flag,
  frameHeaderBytes,
  frameType,
  h2Code,
  initialWindow,
  largestWindow,
  setting,
} from "./frames.ts";
import { HeaderBlock, unpadHeaders } from "./header-block.ts";
import { HpackDecoder, HpackError } from "./hpack-decoder.ts";
import { connectionWindow, maxPartialBytes, maxStallMs, maxWaitingBytes } from "./limits.ts";
import { readSettings } from "./settings.ts";
import type { Stream } from "./stream.ts";
import { StreamTable } from "./stream-table.ts";

/** HEADERS with END_HEADERS alone of these are the ordinary case. */
const plainHead = flag.endHeaders | flag.padded | flag.priority;

export interface ConnectionLimits {
  readonly maxMessageBytes: number;
  /** Decoded header list. Bytes. */
  readonly maxMetadataBytes: number;
  readonly onLimit?: ((limit: RpcLimit) => void) | undefined;
}

/** Streams that we reset are remembered for frames that were on their way. */
const maxRememberedResets = 512;

export abstract class Connection extends FrameWriter implements FrameSink {
  readonly limits: ConnectionLimits;
  readonly decoder: HpackDecoder;
  readonly streams = new StreamTable();
  /** Streams with a queue. */
  readonly sending = new Set<Stream>();
  queuedBytes = 0;
  waitingBytes = 0;

  peerInitialWindow = initialWindow;
  /** No frames are read or written any more. */
  isClosed = false;
  /** Something arrived since the owner looked; the owner resets it. */
  hasReceived = true;
  /** The stream whose header block is under way, or 0. */
  get blockStream(): number {
    return this.#pending.streamId;
  }

  protected readonly reader: FrameReader;
  #recvWindow = connectionWindow;
  #unacknowledged = 0;
  #partialBytes = 0;
  readonly #maxPartialBytes: number;
  #hasSettings = false;
  readonly #waitingForDrain = new Set<Stream>();
  readonly #resets = new Set<number>();

  readonly #pending: HeaderBlock;

  constructor(socket: Socket, shared: Shared, limits: ConnectionLimits, expectsPreface: boolean) {
    super(socket, shared);
    this.limits = limits;
    this.decoder = new HpackDecoder({ maxListBytes: limits.maxMetadataBytes });
    this.#pending = new HeaderBlock(limits.maxMetadataBytes);
    this.reader = new FrameReader(this, expectsPreface);
    this.#maxPartialBytes = Math.max(maxPartialBytes, 16 * limits.maxMessageBytes);
  }

  /** The decoder holds the fields of a new header block. */
  protected abstract head(streamId: number, endStream: boolean): void;
  /** The peer reset a stream that is open. */
  protected abstract peerReset(stream: Stream, code: number): void;
  protected abstract goawayReceived(lastStreamId: number, code: number, debug: string): void;
  protected abstract pingReceived(): void;
  protected abstract pingAcknowledged(payload: Buffer): void;
  protected abstract settingsReceived(): void;
  protected abstract peerMaxStreams(count: number): void;
  /** No such stream was ever opened. */
  protected abstract isIdle(streamId: number): boolean;
  /** Our side of a stream has ended. */
  abstract wroteEnd(stream: Stream): void;
  /** Called once when the connection is over; error is null after an orderly end. */
  protected abstract ended(error: Error | null): void;
  /** The last stream of the peer that we have handled, for GOAWAY. */
  protected abstract readonly lastPeerStream: number;

  /** Takes over the socket. */
  protected open(): void {
    const { socket } = this;
    socket.on("data", (chunk: Buffer) => this.#received(chunk));
    socket.on("drain", () => this.#drained());
    socket.on("error", (error) => this.close(error));
    socket.on("end", () => this.close(null));
    socket.on("close", () => this.close(null));
  }

  // Reading

  #received(chunk: Buffer): void {
    if (this.isClosed) return;
    this.hasReceived = true;
    this.isReading = true;
    try {
      this.reader.push(chunk);
    } catch (error) {
      this.fail(error as Error);
    }
    this.beforeFlush();
    this.isReading = false;
    this.out.flush();
    if (this.out.isClogged) this.socket.pause();
  }

  #drained(): void {
    if (this.isClosed) return;
    if (this.socket.isPaused()) this.socket.resume();
    this.pump();
    this.flushSoon();
  }

  frame(type: number, flags: number, id: number, source: Buffer, start: number, end: number): void {
    if (this.isClosed) return;
    const inside = this.#pending.streamId;
    if (inside !== 0 && (type !== frameType.continuation || id !== inside)) {
      throw new ConnectionError(h2Code.protocolError, "frame inside a header block");
    }
    if (!this.#hasSettings) {
      if (type !== frameType.settings || (flags & flag.ack) !== 0) {
        throw new ConnectionError(h2Code.protocolError, "first frame is not SETTINGS");
      }
      this.#hasSettings = true;
    }
    switch (type) {
      case frameType.data:
        this.#data(flags, id, source, start, end);
        return;
      case frameType.headers:
        this.#headers(flags, id, source, start, end);
        return;
      case frameType.windowUpdate:
        this.#windowUpdate(id, source, start, end);
        return;
      case frameType.continuation:
        this.#continuation(flags, source, start, end);
        return;
      case frameType.rstStream:
        this.#rstStream(id, source, start, end);
        return;
      case frameType.settings:
        this.#settings(flags, id, source, start, end);
        return;
      case frameType.ping:
        this.#ping(flags, id, source, start, end);
        return;
      case frameType.goaway:
        this.#goaway(id, source, start, end);
        return;
      case frameType.priority:
        this.#priority(id, source, start, end);
        return;
      case frameType.pushPromise:
        throw new ConnectionError(h2Code.protocolError, "PUSH_PROMISE is disabled");
      default:
        this.#spendControl();
    }
  }

  #spendControl(): void {
    if (!this.control.spend()) {
      throw new ConnectionError(h2Code.enhanceYourCalm, "too many control frames");
    }
  }

  #data(flags: number, id: number, source: Buffer, start: number, end: number): void {
    if (id === 0) throw new ConnectionError(h2Code.protocolError, "DATA on stream 0");
    const frameBytes = end - start;
    let from = start;
    let to = end;
    if ((flags & flag.padded) !== 0) {
      if (from >= to) throw new ConnectionError(h2Code.frameSizeError, "DATA without padding");
      to -= source[from++] as number;
      if (to < from) throw new ConnectionError(h2Code.protocolError, "padding too long");
    }
    this.#recvWindow -= frameBytes;
    if (this.#recvWindow < 0) {
      throw new ConnectionError(h2Code.flowControlError, "connection window exceeded");
    }
    this.#unacknowledged += frameBytes;
    if (this.#unacknowledged >= connectionWindow / 2) this.#refill();
    const endStream = (flags & flag.endStream) !== 0;
    if (from === to && !endStream) this.#spendControl();
    const stream = this.streams.get(id);
    if (stream === undefined) this.#strayFrame(id);
    else if (stream.isRemoteClosed) this.resetStream(stream, h2Code.streamClosed);
    else stream.data(source, from, to, frameBytes, endStream);
  }

  /** Gives the window back unless too much waits for paused receivers. */
  #refill(): void {
    if (this.waitingBytes > maxWaitingBytes) return;
    this.windowUpdate(0, this.#unacknowledged);
    this.#recvWindow += this.#unacknowledged;
    this.#unacknowledged = 0;
  }

  /** A frame for a stream that is not open. */
  #strayFrame(id: number): void {
    if (this.isIdle(id)) throw new ConnectionError(h2Code.protocolError, "frame on an idle stream");
    if (this.#resets.has(id)) return;
    this.#spendControl();
    this.writeReset(id, h2Code.streamClosed);
  }

  #headers(flags: number, id: number, source: Buffer, start: number, end: number): void {
    if ((flags & plainHead) === flag.endHeaders && id !== 0) {
      this.#block(id, flags, source, start, end);
      return;
    }
    const { from, to } = unpadHeaders(flags, id, source, start, end);
    if ((flags & flag.endHeaders) !== 0) this.#block(id, flags, source, from, to);
    else this.#pending.begin(id, flags, source, from, to);
  }

  #continuation(flags: number, source: Buffer, start: number, end: number): void {
    const pending = this.#pending;
    const { streamId } = pending;
    const block = pending.add(source, start, end, (flags & flag.endHeaders) !== 0);
    if (block !== null) this.#block(streamId, pending.flags, block, 0, block.length);
  }

  #block(id: number, flags: number, source: Buffer, start: number, end: number): void {
    try {
      this.decoder.decode(source, start, end);
    } catch (error) {
      if (!(error instanceof HpackError)) throw error;
      throw new ConnectionError(h2Code.compressionError, error.message);
    }
    const endStream = (flags & flag.endStream) !== 0;
    const stream = this.streams.get(id);
    if (stream === undefined) {
      if (this.#resets.size > 0 && this.#resets.has(id)) return;
      this.head(id, endStream);
    } else if (stream.isRemoteClosed) {
      this.resetStream(stream, h2Code.streamClosed);
    } else {
      stream.trailingBlock(endStream);
    }
  }

  #windowUpdate(id: number, source: Buffer, start: number, end: number): void {
    if (end - start !== 4) throw new ConnectionError(h2Code.frameSizeError, "WINDOW_UPDATE");
    this.#spendControl();
    const bytes = source.readUInt32BE(start) & 0x7fffffff;
    if (id === 0) {
      if (bytes === 0) throw new ConnectionError(h2Code.protocolError, "window update of 0");
      this.sendWindow += bytes;
      if (this.sendWindow > largestWindow) {
        throw new ConnectionError(h2Code.flowControlError, "window too large");
      }
      this.pump();
      return;
    }
    const stream = this.streams.get(id);
    if (stream === undefined) {
      if (this.isIdle(id)) throw new ConnectionError(h2Code.protocolError, "frame on idle stream");
    } else if (bytes === 0) {
      this.resetStream(stream, h2Code.protocolError);
    } else if (!stream.openWindow(bytes)) {
      this.resetStream(stream, h2Code.flowControlError);
    } else if (stream.queuedBytes > 0) {
      this.#pumpStream(stream);
    }
  }

  #rstStream(id: number, source: Buffer, start: number, end: number): void {
    if (end - start !== 4) throw new ConnectionError(h2Code.frameSizeError, "RST_STREAM");
    if (id === 0 || this.isIdle(id)) {
      throw new ConnectionError(h2Code.protocolError, "RST_STREAM on an idle stream");
    }
    const stream = this.streams.get(id);
    if (stream === undefined) this.#spendControl();
    else this.peerReset(stream, source.readUInt32BE(start));
  }

  #priority(id: number, source: Buffer, start: number, end: number): void {
    if (id === 0) throw new ConnectionError(h2Code.protocolError, "PRIORITY on stream 0");
    this.#spendControl();
    if (end - start !== 5) {
      this.#strayReset(id, h2Code.frameSizeError);
    } else if ((source.readUInt32BE(start) & 0x7fffffff) === id) {
      this.#strayReset(id, h2Code.protocolError);
    }
  }

  #strayReset(id: number, code: number): void {
    const stream = this.streams.get(id);
    if (stream !== undefined) this.resetStream(stream, code);
    else if (this.isIdle(id)) throw new ConnectionError(code, "PRIORITY");
    else this.writeReset(id, code);
  }

  #settings(flags: number, id: number, source: Buffer, start: number, end: number): void {
    this.#spendControl();
    const settings = readSettings(flags, id, source, start, end);
    if (settings === null) return;
    for (const [name, value] of settings) this.#setting(name, value);
    this.out.reserve(frameHeaderBytes);
    this.out.header(0, frameType.settings, flag.ack, 0);
    this.flushSoon();
    this.settingsReceived();
    this.pump();
  }

  #setting(name: number, value: number): void {
    if (name === setting.headerTableSize) {
      this.encoder.setTableLimit(value);
      this.tableChanged();
    } else if (name === setting.maxConcurrentStreams) {
      this.peerMaxStreams(value);
    } else if (name === setting.initialWindowSize) {
      const change = value - this.peerInitialWindow;
      this.peerInitialWindow = value;
      for (const stream of this.streams.all()) {
        if (!stream.openWindow(change)) {
          throw new ConnectionError(h2Code.flowControlError, "window too large");
        }
      }
    }
  }

  /** The encoder's table may have lost entries. */
  protected tableChanged(): void {}

  #ping(flags: number, id: number, source: Buffer, start: number, end: number): void {
    if (id !== 0) throw new ConnectionError(h2Code.protocolError, "PING on a stream");
    if (end - start !== 8) throw new ConnectionError(h2Code.frameSizeError, "PING");
    this.#spendControl();
    if ((flags & flag.ack) !== 0) {
      this.pingAcknowledged(source.subarray(start, end));
      return;
    }
    this.out.reserve(frameHeaderBytes + 8);
    this.out.header(8, frameType.ping, flag.ack, 0);
    this.out.bytes(source, start, end);
    this.flushSoon();
    this.pingReceived();
  }

  #goaway(id: number, source: Buffer, start: number, end: number): void {
    if (id !== 0) throw new ConnectionError(h2Code.protocolError, "GOAWAY on a stream");
    if (end - start < 8) throw new ConnectionError(h2Code.frameSizeError, "GOAWAY");
    this.#spendControl();
    const debug = source.toString("utf8", start + 8, Math.min(end, start + 8 + 256));
    this.goawayReceived(
      source.readUInt32BE(start) & 0x7fffffff,
      source.readUInt32BE(start + 4),
      debug,
    );
  }

  // Queues

  queued(stream: Stream, bytes: number): void {
    this.queuedBytes += bytes;
    this.sending.add(stream);
    while (!this.out.isCongested && stream.step());
  }

  unqueued(bytes: number): void {
    this.queuedBytes -= bytes;
  }

  wantDrain(stream: Stream): void {
    this.#waitingForDrain.add(stream);
  }

  #pumpStream(stream: Stream): void {
    while (!this.out.isCongested && stream.step());
    this.#tellDrained();
  }

  /** Writes queued data as far as windows and socket allow, one frame per stream and round. */
  pump(): void {
    let hasMoved = this.sending.size > 0;
    while (hasMoved) {
      hasMoved = false;
      for (const stream of this.sending) {
        if (this.out.isCongested || this.sendWindow <= 0) {
          hasMoved = false;
          break;
        }
        if (stream.step()) hasMoved = true;
      }
    }
    this.#tellDrained();
  }

  #tellDrained(): void {
    if (this.#waitingForDrain.size === 0) return;
    for (const stream of this.#waitingForDrain) {
      // Told streams may send again and come back; those wait for the next turn.
      if (stream.wantsDrain && stream.tellDrained() && !stream.wantsDrain) {
        this.#waitingForDrain.delete(stream);
      }
    }
  }

  /** Received bytes have reached the application. */
  consumed(bytes: number): void {
    if (bytes === 0) return;
    this.waitingBytes -= bytes;
    if (this.#unacknowledged >= connectionWindow / 2 && !this.isClosed) this.#refill();
  }

  /** True when there are too many bytes in unfinished messages. */
  countPartial(change: number): boolean {
    this.#partialBytes += change;
    return this.#partialBytes > this.#maxPartialBytes;
  }

  // Ends

  /** Takes a stream out; its owner knows why. */
  release(stream: Stream): void {
    if (stream.isClosed) return;
    this.streams.delete(stream.id);
    if (this.sending.size > 0) this.sending.delete(stream);
    if (this.#waitingForDrain.size > 0) this.#waitingForDrain.delete(stream);
    stream.dispose();
  }

  /** Resets a stream for the peer's mistake. */
  resetStream(stream: Stream, code: number): void {
    this.resetQuietly(stream, code);
    stream.aborted(code, null);
  }

  /** Resets a stream and forgets it; the owner knows why. */
  resetQuietly(stream: Stream, code: number): void {
    if (stream.isClosed) return;
    this.rememberReset(stream.id);
    this.writeReset(stream.id, code);
    this.release(stream);
  }

  /** Frames that are still on their way for this stream are ignored. */
  rememberReset(id: number): void {
    this.#resets.add(id);
    if (this.#resets.size <= maxRememberedResets) return;
    for (const oldest of this.#resets) {
      this.#resets.delete(oldest);
      break;
    }
  }

  /** Ends the connection because of an error of the peer's or our own. */
  fail(error: Error): void {
    if (this.isClosed) return;
    const code = error instanceof ConnectionError ? error.code : h2Code.internalError;
    this.writeGoaway(this.lastPeerStream, code, error.message);
    this.close(error);
  }

  /** Ends everything; what is written still leaves. Idempotent. */
  close(error: Error | null): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.out.flush();
    const streams = this.streams.all();
    this.streams.clear();
    this.sending.clear();
    this.#waitingForDrain.clear();
    this.#pending.clear();
    for (const stream of streams) {
      if (stream.isClosed || stream.outlivesConnection()) continue;
      stream.dispose();
      stream.aborted(null, error);
    }
    // Unread input would turn our last frames into a TCP reset.
    const { socket } = this;
    socket.resume();
    socket.destroySoon();
    if (!socket.destroyed) {
      const lingerMs = error === null ? maxStallMs : 1000;
      const timer = this.shared.clock.timer(lingerMs, () => socket.destroy());
      socket.once("close", () => timer[Symbol.dispose]());
    }
    this.ended(error);
  }
}
