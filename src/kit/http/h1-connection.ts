/**
 * One connection of the HTTP/1.1 client: at most one call at a time.
 */
import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { tlsModule } from "./builtin.ts";
import type { H1Call, H1Client } from "./h1-client.ts";
import { feedResult, ResponseParser, type ResponseSink } from "./h1-response.ts";
import {
  dialError,
  dialTimeout,
  handshakeError,
  joinHostPort,
  readError,
  writeError,
} from "./network-error.ts";

const readBufferBytes = 64 * 1024;
/** Bodies up to this size are copied behind their head, to be one write. */
export const joinedBodyBytes = 32 * 1024;
const defaultConnectTimeoutMs = 5000;
const keepAliveProbeMs = 15_000;

interface Ending {
  /** undefined for an orderly end. */
  readonly error: Error | undefined;
  /** The error came from writing: the kernel did not take the request. */
  readonly isWrite: boolean;
}

export class H1Connection implements ResponseSink {
  readonly #client: H1Client;
  readonly #parser: ResponseParser;
  #socket: Socket | undefined;
  #call: H1Call | undefined;
  /** Body bytes that came while the handler was paused. */
  #held: Buffer | undefined;
  #isPaused = false;
  #isConnected = false;
  #isReused = false;
  /** The end of the input, or undefined; it waits for a paused handler. */
  #ending: Ending | undefined;
  #dialTimer: Disposable | undefined;
  /** `local->remote`, for error texts. */
  #addresses = "";
  /** Monotonic time after which an idle connection is not used again. */
  expiresAt = 0;

  constructor(client: H1Client) {
    this.#client = client;
    this.#parser = new ResponseParser(this, client.options.maxHeaderBytes);
  }

  get isUsable(): boolean {
    return this.#ending === undefined && this.#socket?.writable === true;
  }

  dial(): void {
    const { host, port, protocol, clock } = this.#client.options;
    const onread: OnReadOpts = {
      // Touched only as far as it is filled.
      buffer: Buffer.allocUnsafeSlow(readBufferBytes),
      callback: (length, buffer) => this.#onRead(length, buffer as Buffer),
    };
    const tcp = { host, port, noDelay: true, keepAlive: true, onread };
    const isTls = protocol === "https";
    const socket = isTls
      ? // `onread` belongs to the socket that TLS makes; the types don't say so.
        tlsModule().connect({
          ...tcp,
          keepAliveInitialDelay: keepAliveProbeMs,
          ...this.#tls(),
        } as ConnectionOptions)
      : connectTcp({ ...tcp, keepAliveInitialDelay: keepAliveProbeMs });
    this.#socket = socket;
    const timeoutMs = this.#client.options.connectTimeoutMs ?? defaultConnectTimeoutMs;
    this.#dialTimer = clock.timer(timeoutMs, () => this.close(dialTimeout(host, port)));
    socket.on(isTls ? "secureConnect" : "connect", () => this.#onConnect());
    socket.on("error", (error) => this.#onError(error));
    socket.on("end", () => this.#finish(undefined));
    socket.on("close", () => this.#finish(undefined));
    socket.on("drain", () => this.#call?.handler.onDrain?.());
  }

  #tls(): ConnectionOptions {
    const { host, tls } = this.#client.options;
    const name = tls?.serverName ?? host;
    return {
      minVersion: "TLSv1.2",
      ...tls?.context,
      rejectUnauthorized: tls?.verify ?? true,
      // Node refuses addresses as server names; certificates for addresses are checked against `host`.
      ...(isIP(name) === 0 ? { servername: name } : {}),
    };
  }

  /** Writes a request, buffered or the head of a streamed one. */
  start(call: H1Call): void {
    const socket = this.#socket as Socket;
    this.#call = call;
    call.connection = this;
    this.#parser.start(call.request.method === "HEAD");
    const { head } = call;
    const { body } = call.request;
    if (body === null || body === "stream" || body.length === 0) {
      socket.write(head, "latin1");
    } else if (body.length <= joinedBodyBytes) {
      const bytes = Buffer.allocUnsafe(head.length + body.length);
      bytes.write(head, 0, "latin1");
      bytes.set(body, head.length);
      socket.write(bytes);
    } else {
      socket.cork();
      socket.write(head, "latin1");
      socket.write(body);
      socket.uncork();
    }
  }

  writeChunk(chunk: Uint8Array): boolean {
    const size = `${chunk.length.toString(16)}\r\n`;
    const bytes = Buffer.allocUnsafe(size.length + chunk.length + 2);
    bytes.write(size, 0, "latin1");
    bytes.set(chunk, size.length);
    bytes[bytes.length - 2] = 0x0d;
    bytes[bytes.length - 1] = 0x0a;
    return this.#socket?.write(bytes) ?? true;
  }

  writeCopy(chunk: Uint8Array): boolean {
    return this.#socket?.write(Buffer.from(chunk)) ?? true;
  }

  writeLastChunk(): void {
    this.#socket?.write("0\r\n\r\n", "latin1");
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined && !this.#feed(held, held.length)) return;
    if (this.#ending !== undefined) this.#endCall();
    else this.#socket?.resume();
  }

  /** Ends the call with an error, if it is not too late, and the connection with it. */
  close(error: Error): void {
    const call = this.#detach();
    this.#parser.stop();
    this.destroy();
    if (call === undefined) return;
    if (this.#parser.hasHead) call.end(false);
    else call.fail(error);
  }

  /** Ends the connection of a call that nobody wants any more. */
  drop(): void {
    this.#detach();
    this.#parser.stop();
    this.destroy();
  }

  destroy(): void {
    this.#dialTimer?.[Symbol.dispose]();
    this.#client.forget(this);
    this.#ending ??= { error: undefined, isWrite: false };
    this.#socket?.destroy();
  }

  head(status: number, headers: readonly string[]): void {
    this.#call?.handler.onHead(status, headers);
  }

  body(chunk: Buffer): boolean {
    return this.#call === undefined || this.#call.handler.onData(chunk);
  }

  #detach(): H1Call | undefined {
    const call = this.#call;
    this.#call = undefined;
    this.#held = undefined;
    this.#isPaused = false;
    return call;
  }

  #onConnect(): void {
    const { host, port } = this.#client.options;
    const socket = this.#socket as Socket;
    this.#isConnected = true;
    this.#dialTimer?.[Symbol.dispose]();
    const local = joinHostPort(socket.localAddress ?? "", socket.localPort ?? 0);
    this.#addresses = `${local}->${joinHostPort(socket.remoteAddress ?? host, socket.remotePort ?? port)}`;
  }

  /** @returns false to stop reading */
  #onRead(length: number, buffer: Buffer): boolean {
    if (this.#call === undefined) {
      // Nobody asked: the app closes with a 408, or answers twice.
      this.destroy();
      return false;
    }
    return this.#feed(buffer, length);
  }

  /** @returns whether more input may come */
  #feed(bytes: Buffer, length: number): boolean {
    const parser = this.#parser;
    switch (parser.feed(bytes, 0, length)) {
      case feedResult.more:
        return true;
      case feedResult.complete:
        return this.#complete(parser.position < parser.restEnd);
      case feedResult.paused: {
        this.#isPaused = true;
        // The read buffer is used again before the handler goes on.
        const rest = parser.rest.subarray(parser.position, parser.restEnd);
        this.#held = rest.length > 0 ? Buffer.from(rest) : undefined;
        return false;
      }
      case feedResult.failed:
        this.close(broken(parser.error as Error));
        return false;
      default:
        return false;
    }
  }

  #complete(hasSurplus: boolean): boolean {
    const call = this.#detach() as H1Call;
    const parser = this.#parser;
    const socket = this.#socket as Socket;
    const canReuse =
      parser.isPersistent &&
      !hasSurplus &&
      !call.isBodyOpen &&
      socket.writableLength === 0 &&
      this.isUsable;
    if (canReuse) {
      this.#isReused = true;
      this.#client.release(this, parser.keepAliveSeconds);
    } else {
      this.destroy();
    }
    call.end(true);
    return canReuse;
  }

  #onError(error: Error): void {
    if (!this.#isConnected) {
      const { host, port, protocol } = this.#client.options;
      const { code, syscall } = error as NodeJS.ErrnoException;
      const isTls = syscall === undefined || code === "EPROTO";
      const isDial = protocol !== "https" || !isTls;
      this.#finish(isDial ? dialError(error, host, port) : handshakeError(error));
      return;
    }
    const { code, syscall } = error as NodeJS.ErrnoException;
    const isWrite = syscall === "write" || syscall === "writev" || code === "EPIPE";
    const shown = isWrite
      ? broken(writeError(error, this.#addresses))
      : readError(error, this.#addresses);
    this.#finish(shown, isWrite);
  }

  /** The input is over. @param error undefined for an orderly end */
  #finish(error: Error | undefined, isWrite = false): void {
    if (this.#ending !== undefined) return;
    this.#ending = { error, isWrite };
    this.#dialTimer?.[Symbol.dispose]();
    this.#client.forget(this);
    // What was read before is still owed to a handler that paused.
    if (!this.#isPaused) this.#endCall();
  }

  #endCall(): void {
    const parser = this.#parser;
    const { error, isWrite } = this.#ending as Ending;
    const call = this.#detach();
    this.#socket?.destroy();
    if (call === undefined) return;
    if (parser.hasHead) call.end(parser.endsWithConnection && error === undefined);
    else if (parser.isInsideHead) call.fail(broken(error ?? new Error("unexpected EOF")));
    else if (this.#isReused) call.retryOr(error ?? new Error("EOF"), isWrite);
    else call.fail(error ?? new Error("EOF"));
  }
}

const broken = (cause: Error): Error =>
  new Error(`net/http: HTTP/1.x transport connection broken: ${cause.message}`, { cause });
