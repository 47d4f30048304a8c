/**
 * How an invocation looks between its stations: API, peer, app channel. Everything is a callback and every header list is
 * flat, because a stream, a promise or a map per call costs more than the call.
 * @see spec 02 §1, §6
 */
import type { SpanContext } from "../../kit/tracing/trace.ts";

/**
 * Invocation metadata: name0, value0, name1, value1, ... Names that come from HTTP are spelled canonically (`X-Api-Key`),
 * names that come from gRPC are lower case; values of names in `-bin` are base64. A repeated name is a list.
 */
export type InvokeMetadata = readonly string[];

export interface InvokeRequest {
  /** Normalised (spec 02 §3.2), without query. */
  readonly method: string;
  /** HTTPExtension.Verb; undefined when the caller sent no HTTP extension. */
  readonly verb: number | undefined;
  /** Raw query without `?`, one character per byte. */
  readonly query: string;
  readonly contentType: string;
  /** Type URL of the data's Any, or "". */
  readonly typeUrl: string;
  readonly metadata: InvokeMetadata;
  /** "stream": chunks come through {@link InvokeCall.write}. Bytes must stay valid until the call ends. */
  readonly body: Uint8Array | null | "stream";
  /** Bytes of a streamed body, when they were declared. */
  readonly contentLength: number | undefined;
  /** What the receiver sees as its parent; undefined with tracing off. */
  readonly trace: SpanContext | undefined;
}

/** The first part of an answer. */
export interface InvokeHead {
  /** From 100 up: status of an HTTP app. Below: gRPC code of a gRPC app. */
  readonly status: number;
  /** gRPC apps: the status message. */
  readonly message: string;
  /** gRPC apps: serialised google.protobuf.Any messages. */
  readonly details: readonly Uint8Array[];
  readonly headers: InvokeMetadata;
  readonly trailers: InvokeMetadata;
  readonly contentType: string;
  /** Type URL of the data's Any, or "". */
  readonly typeUrl: string;
}

/** Takes the answer: onHead, any onData, onEnd; or onError, alone unless a policy's timeout cuts the answer off. */
export interface InvokeHandler {
  onHead(head: InvokeHead): void;
  /** false: stop until {@link InvokeCall.resume}. The chunk is only valid until the callback returns. */
  onData(chunk: Uint8Array): boolean;
  /** Also when the body broke off: by then nobody can be told (spec 02 §3.6). */
  onEnd(): void;
  /** The call failed; its text goes into the caller's error. */
  onError(error: Error): void;
  /** The streamed request body may be written again. */
  onDrain(): void;
}

export interface InvokeCall {
  /** Sends a chunk, which may be reused when this returns. false: wait for onDrain. */
  write(chunk: Uint8Array): boolean;
  endBody(): void;
  /** The body cannot be completed; the call ends with onError, unless it has a head already. */
  failBody(error: Error): void;
  resume(): void;
  /** The caller went away: drops everything, no callback follows. */
  abort(): void;
}

/** The way to the app, whatever it speaks. */
export interface AppChannel extends AsyncDisposable {
  /** Access lists match verbs and ignore case for HTTP apps (spec 02 §14). */
  readonly isHttp: boolean;
  invoke(request: InvokeRequest, handler: InvokeHandler): InvokeCall;
  /**
   * Calls a method of the app's callback service; gRPC apps only.
   * @param path full method
   * @throws {RpcError} the app's status
   */
  callback?(
    path: string,
    message: Uint8Array,
    metadata: InvokeMetadata,
    trace: SpanContext | undefined,
    signal?: AbortSignal,
  ): Promise<Buffer>;
}

/** A call that is over before it began; what `invoke` returns after onError. */
export const endedCall: InvokeCall = {
  write: () => true,
  endBody() {},
  failBody() {},
  resume() {},
  abort() {},
};

/** Names of HTTPExtension.Verb by number. */
export const verbNames = [
  "NONE",
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "PATCH",
] as const;

const verbNumbers: ReadonlyMap<string, number> = new Map(verbNames.map((name, i) => [name, i]));

/** The number of an upper-case verb; unknown verbs travel as POST (spec 02 §3.4). */
export function verbNumber(name: string): number {
  return verbNumbers.get(name) ?? 3;
}
