/** The server's end of a connection: accepts streams, polices the client, goes away in two steps. */
import type { Socket } from "node:net";
import type { Peer } from "../transport.ts";
import type { CertificateLife } from "./certificate-life.ts";
import { Connection, type ConnectionLimits } from "./connection.ts";
import type { Shared } from "./frame-writer.ts";
import {
  ConnectionError,
  flag,
  frameHeaderBytes,
  frameType,
  h2Code,
  maxFrameBytes,
  setting,
} from "./frames.ts";
import { blockTooLarge } from "./header-block.ts";
import {
  type Budget,
  handshakeMs,
  maxQueuedConnectionBytes,
  maxQueuedStreamBytes,
  maxStallMs,
  resetBudget,
  streamWindow,
} from "./limits.ts";
import { RequestHead, readRequestHead } from "./request-head.ts";
import type { Stream } from "./stream.ts";

export interface ServerConnectionOptions extends ConnectionLimits {
  readonly maxConcurrentStreams: number;
  readonly minPingIntervalMs: number;
  readonly pingAfterMs: number;
  readonly pingTimeoutMs: number;
  readonly maxIdleMs: number;
}

/**
 * Makes the stream of a request, or null when it has answered or reset the request itself.
 * The head is only valid during the call.
 */
export type AcceptStream = (
  connection: ServerConnection,
  id: number,
  head: RequestHead,
  endStream: boolean,
) => Stream | null;

/** Strikes of a client that pings too often before it has to go. */
const maxPingStrikes = 2;
const drainPing = Buffer.from("drain\0\0\0", "latin1");
const keepalivePing = Buffer.from("keepaliv", "latin1");
const largestStreamId = 2 ** 31 - 1;

export class ServerConnection extends Connection {
  readonly peer: Peer;
  /** null: no certificates, or nobody watches over them. */
  life: CertificateLife | null = null;
  /** Streams whose handler still runs, including those the client has reset. */
  running = 0;
  /** Bytes of the header block and trailers of an ordinary answer; 0 until both are in the table. */
  #headIndex = 0;
  #okIndex = 0;
  readonly #options: ServerConnectionOptions;
  readonly #accept: AcceptStream;
  readonly #onEnd: (connection: ServerConnection) => void;
  readonly #resetsLeft: Budget;
  /** The head of the request being accepted. */
  readonly #head = new RequestHead();
  #held: (() => void)[] = [];
  readonly #release = {
    turnEnded: (): void => {
      while (this.#held.length > 0 && !this.isFull) (this.#held.shift() as () => void)();
    },
  };
  #heads: { sendDueHead(): void }[] = [];
  /** The last stream that was handled, and the last one that was seen. */
  #lastStream = 0;
  #highestStream = 0;
  /** Streams above this one are ignored; lowered by the second step of going away. */
  #acceptUpTo = largestStreamId;
  #isLeaving = false;

  #pingStrikes = 0;
  #lastPingAt = Number.NEGATIVE_INFINITY;

  readonly #openedAt: number;
  #receivedAt: number;
  #pingedAt = 0;
  #idleSince: number;
  #leavingAt = 0;
  /** The header block that was under way at the last check. */
  #slowBlock = 0;
  #blockSince = 0;
  #congestedSince = 0;

  constructor(
    socket: Socket,
    shared: Shared,
    options: ServerConnectionOptions,
    peer: Peer,
    accept: AcceptStream,
    onEnd: (connection: ServerConnection) => void,
  ) {
    super(socket, shared, options, true);
    this.peer = peer;
    this.#options = options;
    this.#accept = accept;
    this.#onEnd = onEnd;
    this.#resetsLeft = resetBudget(shared.clock);
    const now = shared.clock.monotonic();
    this.#openedAt = now;
    this.#receivedAt = now;
    this.#idleSince = now;
  }

  start(): void {
    this.open();
    this.writeSettings([
      [setting.maxConcurrentStreams, this.#options.maxConcurrentStreams],
      [setting.initialWindowSize, streamWindow],
      [setting.maxHeaderListSize, this.#options.maxMetadataBytes],
    ]);
  }

  get isIdleNow(): boolean {
    return this.running === 0 && this.streams.size === 0;
  }

  /** A call has response metadata that leaves with this turn's write. */
  headDue(call: { sendDueHead(): void }): void {
    this.#heads.push(call);
    this.flushSoon();
  }

  protected override beforeFlush(): void {
    if (this.#heads.length === 0) return;
    const heads = this.#heads;
    this.#heads = [];
    for (const call of heads) call.sendDueHead();
  }

  protected get lastPeerStream(): number {
    return this.#lastStream;
  }

  protected isIdle(id: number): boolean {
    return (id & 1) === 0 || id > this.#highestStream;
  }

  protected head(id: number, endStream: boolean): void {
    if ((id & 1) === 0) throw new ConnectionError(h2Code.protocolError, "even stream number");
    if (id <= this.#highestStream) {
      throw new ConnectionError(h2Code.streamClosed, "HEADERS on a closed stream");
    }
    // Beyond the number of the last GOAWAY: the client sends it again elsewhere.
    this.#highestStream = id;
    if (id > this.#acceptUpTo) {
      this.rememberReset(id);
      return;
    }
    this.#lastStream = id;
    if (this.decoder.isOverLimit) {
      this.limits.onLimit?.("grpc-metadata");
      this.#refuse(id, h2Code.enhanceYourCalm);
      return;
    }
    if (
      this.running >= this.#options.maxConcurrentStreams ||
      this.streams.size >= this.#options.maxConcurrentStreams
    ) {
      this.limits.onLimit?.("streams");
      this.#refuse(id, h2Code.refusedStream);
      return;
    }
    const head = this.#head;
    const isWellFormed = readRequestHead(this.decoder.fields, head);
    if (!isWellFormed || (endStream && head.contentLength > 0)) {
      this.#refuse(id, h2Code.protocolError);
      return;
    }
    this.#accept(this, id, head, endStream);
  }

  #refuse(id: number, code: number): void {
    this.#spendReset();
    this.rememberReset(id);
    this.writeReset(id, code);
  }

  #spendReset(): void {
    if (!this.#resetsLeft.spend()) {
      throw new ConnectionError(h2Code.enhanceYourCalm, "too many resets");
    }
  }

  protected peerReset(stream: Stream, code: number): void {
    this.release(stream);
    stream.aborted(code, null);
    this.#spendReset();
    this.checkIdle();
  }

  /** A call has run to its end. */
  completed(): void {
    this.#resetsLeft.earn(2);
  }

  wroteEnd(stream: Stream): void {
    if (!stream.isRemoteClosed) {
      // The answer is complete; the client need not send the rest.
      this.rememberReset(stream.id);
      this.writeReset(stream.id, h2Code.noError);
    }
    this.release(stream);
    this.checkIdle();
  }

  /** So much waits for the client that no further handler starts. */
  get isFull(): boolean {
    return this.queuedBytes >= maxQueuedConnectionBytes;
  }

  /** Starts a handler once the client has read enough. */
  hold(start: () => void): void {
    this.#held.push(start);
  }

  override unqueued(bytes: number): void {
    super.unqueued(bytes);
    if (this.#held.length > 0 && !this.isFull) this.shared.turnEnd.add(this.#release);
  }

  /** Starts the idle clock, or ends a connection that is going away. */
  checkIdle(): void {
    if (this.streams.size > 0) return;
    this.#idleSince = 0;
    if (this.#isLeaving && this.#acceptUpTo !== largestStreamId) this.close(null);
  }

  // Answers

  /** Message and OK in one go; the caller has checked windows and size. False: use the long way. */
  writeReply(stream: Stream, message: Uint8Array): boolean {
    if (this.#okIndex === 0) return false;
    const { out } = this;
    const { length } = message;
    const { id } = stream;
    out.reserve(3 * frameHeaderBytes + 8 + length);
    out.header(2, frameType.headers, flag.endHeaders, id);
    out.slab[out.at++] = 0x88;
    out.slab[out.at++] = this.#headIndex;
    out.header(length + 5, frameType.data, 0, id);
    out.slab[out.at++] = 0;
    out.uint32(length);
    out.bytes(message, 0, length);
    out.header(1, frameType.headers, flag.endHeaders | flag.endStream, id);
    out.slab[out.at++] = this.#okIndex;
    this.hasSent = true;
    this.sendWindow -= length + 5;
    this.control.earn(4);
    this.flushSoon();
    return true;
  }

  /** Looks up where the table holds the parts of an ordinary answer. */
  learnIndexes(): void {
    const head = this.encoder.indexOf("content-type", "application/grpc");
    const ok = this.encoder.indexOf("grpc-status", "0");
    if (head === 0 || ok === 0) return;
    this.#headIndex = 0x80 | head;
    this.#okIndex = 0x80 | ok;
  }

  protected override tableChanged(): void {
    this.#headIndex = 0;
    this.#okIndex = 0;
  }

  // Pings and going away

  protected pingReceived(): void {
    const now = this.shared.clock.monotonic();
    const since = now - this.#lastPingAt;
    this.#lastPingAt = now;
    // Clients measure the bandwidth with pings while data flows.
    if (this.hasSent) {
      this.hasSent = false;
      this.#pingStrikes = 0;
      return;
    }
    if (since < this.#options.minPingIntervalMs && ++this.#pingStrikes > maxPingStrikes) {
      throw new ConnectionError(h2Code.enhanceYourCalm, "too_many_pings");
    }
  }

  protected pingAcknowledged(payload: Buffer): void {
    if (payload.equals(drainPing)) this.#leaveNow();
    this.#pingedAt = 0;
  }

  protected goawayReceived(): void {
    // The client opens no more streams; running ones go on.
  }

  protected settingsReceived(): void {}

  protected peerMaxStreams(): void {}

  /** GOAWAY in two steps: streams that are on their way while the client learns of it are still served. */
  leave(): void {
    if (this.isClosed || this.#isLeaving) return;
    this.#isLeaving = true;
    this.#leavingAt = this.shared.clock.monotonic();
    this.writeGoaway(largestStreamId, h2Code.noError, "graceful_stop");
    this.writePing(drainPing);
    if (!this.reader.hasPreface) this.#leaveNow();
  }

  #leaveNow(): void {
    if (!this.#isLeaving || this.#acceptUpTo !== largestStreamId || this.isClosed) return;
    this.#acceptUpTo = this.#lastStream;
    this.writeGoaway(this.#lastStream, h2Code.noError, "graceful_stop");
    this.checkIdle();
  }

  override fail(error: Error): void {
    if (error instanceof ConnectionError && error.code === h2Code.enhanceYourCalm) {
      const isBlock = error.message === blockTooLarge;
      this.limits.onLimit?.(isBlock ? "grpc-metadata" : "control-frames");
    }
    super.fail(error);
  }

  /** Ends all calls now. */
  cut(): void {
    if (!this.isClosed) this.writeGoaway(this.#lastStream, h2Code.noError, "graceful_stop");
    this.close(null);
    this.socket.destroy();
  }

  protected ended(): void {
    this.socket.once("close", () => this.#onEnd(this));
    if (this.socket.destroyed) this.#onEnd(this);
  }

  /** Timeouts of the connection; called about once a second. */
  check(now: number): void {
    if (this.isClosed) return;
    if (this.hasReceived) {
      this.hasReceived = false;
      this.#receivedAt = now;
      this.#pingedAt = 0;
    }
    if (!this.reader.hasPreface && now - this.#openedAt > handshakeMs) {
      this.close(new Error("no HTTP/2 preface in time"));
      return;
    }
    const stage = this.life?.stage;
    if (stage === "over") {
      this.cut();
      return;
    }
    if (stage === "late") this.leave();
    this.#checkBlock(now);
    this.#checkReader(now);
    if (this.isClosed) return;
    if (this.#isLeaving && now - this.#leavingAt > 1000) this.#leaveNow();
    if (this.isClosed || !this.reader.hasPreface) return;
    this.#checkAlive(now);
  }

  #checkBlock(now: number): void {
    const { blockStream } = this;
    if (blockStream === 0 || blockStream !== this.#slowBlock) {
      this.#slowBlock = blockStream;
      this.#blockSince = now;
    } else if (now - this.#blockSince > handshakeMs) {
      this.fail(new ConnectionError(h2Code.enhanceYourCalm, "headers too slow"));
    }
  }

  /** Full queues that stand still: the stream is reset; a socket that takes nothing is closed. */
  #checkReader(now: number): void {
    if (!this.out.isCongested) this.#congestedSince = 0;
    else if (this.#congestedSince === 0) this.#congestedSince = now;
    else if (now - this.#congestedSince > maxStallMs) {
      this.limits.onLimit?.("slow-reader");
      this.close(new Error("the client does not read"));
      this.socket.destroy();
      return;
    }
    const { isFull } = this;
    for (const stream of this.sending) {
      if (!isFull && stream.queuedBytes < maxQueuedStreamBytes) continue;
      if (stream.stalledAt === 0) stream.stalledAt = now;
      else if (now - stream.stalledAt > maxStallMs) {
        this.limits.onLimit?.("slow-reader");
        this.resetStream(stream, h2Code.cancel);
      }
    }
  }

  #checkAlive(now: number): void {
    const { pingAfterMs, pingTimeoutMs, maxIdleMs } = this.#options;
    if (this.#pingedAt > 0) {
      if (now - this.#pingedAt >= pingTimeoutMs) {
        this.close(new Error("keepalive ping not answered"));
        this.socket.destroy();
        return;
      }
    } else if (now - this.#receivedAt >= pingAfterMs) {
      this.#pingedAt = now;
      this.writePing(keepalivePing);
    }
    if (!this.isIdleNow) this.#idleSince = 0;
    else if (this.#idleSince === 0) this.#idleSince = now;
    else if (now - this.#idleSince >= maxIdleMs) this.leave();
  }
}

/** Does a message fit into one frame? */
export function fitsFrame(messageBytes: number): boolean {
  return messageBytes + 5 <= maxFrameBytes;
}
