/** The client's end of a connection. */
import type { Socket } from "node:net";
import type { CertificateLife } from "./certificate-life.ts";
import { Connection, type ConnectionLimits } from "./connection.ts";
import type { Shared } from "./frame-writer.ts";
import { ConnectionError, h2Code, h2CodeName, largestWindow, preface, setting } from "./frames.ts";
import { streamWindow } from "./limits.ts";
import type { Stream } from "./stream.ts";

export interface ClientConnectionOptions extends ConnectionLimits {
  readonly authority: string;
  readonly userAgent: string;
  readonly isSecure: boolean;
  /** 0: never. */
  readonly pingAfterMs: number;
  readonly pingTimeoutMs: number;
  readonly maxStreams: number;
  /** 0: kept. */
  readonly maxIdleMs: number;
}

/** What the pool wants to know. */
export interface ConnectionOwner {
  /** The server's settings are there. */
  ready(connection: ClientConnection): void;
  /** No new streams here: GOAWAY, or the end. Once. */
  retired(connection: ClientConnection): void;
  /** The connection is over. Once, after retired. */
  ended(connection: ClientConnection, error: Error | null): void;
  /** A stream has ended. */
  hasRoom(): void;
}

const keepalivePing = Buffer.from("keepaliv", "latin1");

export class ClientConnection extends Connection {
  readonly options: ClientConnectionOptions;
  /** null: no certificates, or nobody watches over them. */
  life: CertificateLife | null = null;
  /** Why the connection was closed on our side: its calls end with Canceled. */
  isClosedByUs = false;
  readonly #owner: ConnectionOwner;
  #nextId = 1;
  #maxStreams: number;
  #isReady = false;
  #isRetired = false;
  #goaway = "";
  #receivedAt: number;
  #pingedAt = 0;
  #idleSince = 0;

  constructor(
    socket: Socket,
    shared: Shared,
    options: ClientConnectionOptions,
    owner: ConnectionOwner,
  ) {
    super(socket, shared, options, false);
    this.options = options;
    this.#owner = owner;
    this.#maxStreams = options.maxStreams;
    this.#receivedAt = shared.clock.monotonic();
  }

  start(): void {
    this.open();
    this.out.reserve(preface.length);
    this.out.bytes(preface, 0, preface.length);
    this.writeSettings([
      [setting.enablePush, 0],
      [setting.initialWindowSize, streamWindow],
      [setting.maxHeaderListSize, this.limits.maxMetadataBytes],
    ]);
  }

  /** May another stream be opened? */
  get hasRoom(): boolean {
    return !this.#isRetired && this.streams.size < this.#maxStreams;
  }

  /** The number for the next stream, whose HEADERS must be written at once. */
  nextStreamId(): number {
    const id = this.#nextId;
    this.#nextId += 2;
    if (this.#nextId > largestWindow) this.#retire();
    return id;
  }

  protected get lastPeerStream(): number {
    return 0;
  }

  protected isIdle(id: number): boolean {
    return (id & 1) === 0 || id >= this.#nextId;
  }

  protected head(id: number): void {
    if (this.isIdle(id)) {
      throw new ConnectionError(h2Code.protocolError, "HEADERS on an idle stream");
    }
    if (!this.control.spend()) {
      throw new ConnectionError(h2Code.enhanceYourCalm, "too many stray frames");
    }
  }

  protected settingsReceived(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#owner.ready(this);
  }

  protected peerMaxStreams(count: number): void {
    this.#maxStreams = Math.min(count, this.options.maxStreams);
  }

  protected pingReceived(): void {}

  protected pingAcknowledged(): void {
    this.#pingedAt = 0;
  }

  protected peerReset(stream: Stream, code: number): void {
    this.release(stream);
    stream.aborted(code, null);
  }

  protected goawayReceived(lastStreamId: number, code: number, debug: string): void {
    this.#goaway = `, received prior goaway: code: ${h2CodeName(code)}, debug data: ${JSON.stringify(debug)}`;
    this.#retire();
    for (const stream of this.streams.all()) {
      if (stream.id <= lastStreamId) continue;
      this.release(stream);
      stream.aborted(h2Code.refusedStream, new Error("the connection is draining"));
    }
    if (this.streams.size === 0) this.close(null);
  }

  #retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    this.#owner.retired(this);
  }

  wroteEnd(): void {
    // The server still has to answer.
  }

  override release(stream: Stream): void {
    if (stream.isClosed) return;
    super.release(stream);
    if (this.isClosed) return;
    if (this.streams.size === 0) {
      this.#idleSince = 0;
      if (this.#isRetired) this.close(null);
    }
    this.#owner.hasRoom();
  }

  /** Go's text for calls that were running when the connection ended. */
  lossText(error: Error | null): string {
    const cause = `error reading from server: ${readError(error)}`;
    if (this.#goaway === "") return cause;
    return `closing transport due to: connection error: desc = ${JSON.stringify(cause)}${this.#goaway}`;
  }

  protected ended(error: Error | null): void {
    this.#retire();
    this.#owner.ended(this, error);
  }

  /** Ends the connection on purpose. */
  shut(): void {
    if (this.isClosed) return;
    this.isClosedByUs = true;
    this.writeGoaway(0, h2Code.noError, "");
    this.close(null);
  }

  /** @returns whether the connection is over */
  #hasLateCertificate({ stage }: CertificateLife): boolean {
    if (stage === "over") {
      this.close(new Error("a certificate of the connection has expired"));
      this.socket.destroy();
    } else if (stage === "late") {
      this.#retire();
      if (this.streams.size === 0) this.shut();
    }
    return this.isClosed;
  }

  /** Timeouts of the connection; called about once a second. */
  check(now: number): void {
    if (this.isClosed) return;
    const { pingAfterMs, pingTimeoutMs, maxIdleMs } = this.options;
    if (this.life !== null && this.#hasLateCertificate(this.life)) return;
    if (this.hasReceived) {
      this.hasReceived = false;
      this.#receivedAt = now;
      this.#pingedAt = 0;
    }
    if (this.#pingedAt > 0) {
      if (now - this.#pingedAt >= pingTimeoutMs) {
        this.close(new Error("keepalive ping failed to receive ACK within timeout"));
        this.socket.destroy();
        return;
      }
    } else if (pingAfterMs > 0 && now - this.#receivedAt >= pingAfterMs) {
      this.#pingedAt = now;
      this.writePing(keepalivePing);
    }
    if (this.streams.size > 0) this.#idleSince = 0;
    else if (this.#idleSince === 0) this.#idleSince = now;
    else if (maxIdleMs > 0 && now - this.#idleSince >= maxIdleMs) this.shut();
  }
}

function readError(error: Error | null): string {
  if (error === null) return "EOF";
  if ((error as NodeJS.ErrnoException).code === "ECONNRESET")
    return "read: connection reset by peer";
  return error.message;
}
