/**
 * HTTP clients for calls to the app and to external endpoints, behind one callback interface: a promise and a stream per
 * call cost more than the call.
 */
import type { SecureContextOptions } from "node:tls";
import type { Clock } from "../time/clock.ts";

export interface HttpRequest {
  readonly method: string;
  /** Path and query as they go on the wire: a byte string, as buildAppPath makes it. */
  readonly path: string;
  /**
   * name0, value0, ...; byte strings, see byte-text.ts. Host, Connection, Content-Length and Transfer-Encoding are the
   * client's business: it leaves out what is given for them.
   */
  readonly headers: readonly string[];
  /**
   * A complete body, which must not change before the answer; null for none; or "stream": chunks come through
   * {@link HttpCall.write}.
   */
  readonly body: Uint8Array | null | "stream";
  /** Declared length of a streamed body; undefined: chunked. */
  readonly contentLength?: number | undefined;
}

/** What comes back, never before send() has returned. After onEnd or onError nothing more is called. Must not throw. */
export interface HttpHandler {
  /** Status 101 counts as a final answer; other 1xx are swallowed. Names as the app wrote them; byte strings. */
  onHead(status: number, headers: readonly string[]): void;
  /** false: stop reading until resume(). The chunk is only valid until the callback returns. */
  onData(chunk: Buffer): boolean;
  /**
   * Also when the app broke off its body early (spec 02 §3.6): `isComplete` tells. May come while paused, when nothing of
   * the body is left.
   */
  onEnd(isComplete: boolean): void;
  /** Before the head only. Go's texts: `dial tcp 127.0.0.1:3000: connect: connection refused`, `EOF`, `read: connection reset by peer`. */
  onError(error: Error): void;
  /** The streamed request body may be written again. */
  onDrain?(): void;
}

export interface HttpCall {
  /** The chunk is copied. false: wait for onDrain. Ignored when the answer came early and ended the call. */
  write(chunk: Uint8Array): boolean;
  endBody(): void;
  resume(): void;
  /** Drops the call and its connection; no callback follows. */
  abort(): void;
}

export interface HttpClient extends AsyncDisposable {
  send(request: HttpRequest, handler: HttpHandler): HttpCall;
}

export interface HttpClientOptions {
  readonly host: string;
  readonly port: number;
  /** h2c: HTTP/2 in clear text by prior knowledge. */
  readonly protocol: "http" | "https" | "h2c";
  /** https only. Without `verify` the certificate is not looked at (the app channel). */
  readonly tls?: {
    readonly context: SecureContextOptions;
    readonly verify: boolean;
    readonly serverName?: string;
  };
  /** Answer headers beyond this many bytes are an error. */
  readonly maxHeaderBytes: number;
  /** TCP and TLS together. Default 5000. */
  readonly connectTimeoutMs?: number;
  /** Connections unused for longer are closed. Default 90000. */
  readonly maxIdleMs?: number;
  readonly clock: Clock;
}
