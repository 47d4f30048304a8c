/**
 * HTTP clients for calls to the app and to external endpoints, behind one callback interface: a promise and a stream per
 * call cost more than the call.
 */
import type { SecureContextOptions } from "node:tls";

export interface HttpRequest {
  readonly method: string;
  /** Path and query as they go on the wire. */
  readonly path: string;
  /** name0, value0, ...; Host, Connection, Content-Length and Transfer-Encoding are the client's business. */
  readonly headers: readonly string[];
  /** A complete body, null for none, or "stream": chunks come through {@link HttpCall.write}. */
  readonly body: Uint8Array | null | "stream";
  /** Declared length of a streamed body; undefined: chunked. */
  readonly contentLength?: number | undefined;
}

/** What comes back. After onEnd or onError nothing more is called. */
export interface HttpHandler {
  /** Status 101 counts as a final answer; other 1xx are swallowed. */
  onHead(status: number, headers: readonly string[]): void;
  /** false: stop reading until resume(). The chunk is only valid until the callback returns. */
  onData(chunk: Buffer): boolean;
  /** Also when the app broke off its body early (spec 02 §3.6): `isComplete` tells. */
  onEnd(isComplete: boolean): void;
  /** Before the head only. Go's texts: `dial tcp 127.0.0.1:3000: connect: connection refused`, `EOF`, `read: connection reset by peer`. */
  onError(error: Error): void;
  /** The streamed request body may be written again. */
  onDrain?(): void;
}

export interface HttpCall {
  /** false: wait for onDrain. */
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
  readonly connectTimeoutMs?: number;
}
