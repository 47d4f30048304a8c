/** One call on the client: request headers out, response and status in. */

import { STATUS_CODES } from "node:http";
import { Metadata } from "../metadata.ts";
import { code, codeOfHttpStatus, type RpcStatus } from "../status.ts";
import type { CallOptions, OutgoingCall } from "../transport.ts";
import type { ClientConnection } from "./client-connection.ts";
import { h2Code, h2CodeName } from "./frames.ts";
import {
  codeOfReset,
  decodeMessage,
  formatTimeout,
  isGrpcContentType,
  isReserved,
  metadataFault,
} from "./grpc-headers.ts";
import { type HeaderField, kind } from "./header-field.ts";
import { Stream } from "./stream.ts";
import type { Deadline, Expiring } from "./timer-wheel.ts";

const noMetadata: readonly string[] = [];

/** A status without details and trailers. */
export function plainStatus(grpcCode: number, message: string): RpcStatus {
  return { code: grpcCode, message, trailers: new Metadata() };
}

/** The status of a call whose signal was aborted. */
export function abortStatus(signal: AbortSignal): RpcStatus {
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.name === "DeadlineError"
    ? plainStatus(code.deadlineExceeded, "context deadline exceeded")
    : plainStatus(code.canceled, "context canceled");
}

/** One header block of the response. */
class ResponseHead {
  httpStatus = "";
  contentType = "";
  encoding = "";
  grpcStatus = "";
  grpcMessage = "";
  details = "";
  isMalformed = false;
  readonly metadata = new Metadata();

  constructor(fields: readonly HeaderField[]) {
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as HeaderField;
      switch (field.kind) {
        case kind.metadata:
          this.metadata.entries.push(field.name, field.value);
          break;
        case kind.status:
          this.httpStatus = field.value;
          break;
        case kind.contentType:
          this.contentType = field.value;
          break;
        case kind.encoding:
          this.encoding = field.value;
          break;
        case kind.grpcStatus:
          this.grpcStatus = field.value;
          break;
        case kind.grpcMessage:
          this.grpcMessage = field.value;
          break;
        case kind.grpcDetails:
          this.details = field.value;
          break;
        case kind.ignored:
        case kind.contentLength:
        case kind.timeout:
          break;
        default:
          this.isMalformed = true;
      }
    }
  }
}

export class ClientCall extends Stream implements OutgoingCall, Expiring {
  declare readonly connection: ClientConnection;
  #hasHead = false;
  #isDone = false;
  #status: RpcStatus | null = null;
  #isStatusDelivered = false;
  #deadline: Deadline | null = null;
  #signal: AbortSignal | null = null;
  readonly #onAbort = (): void => {
    if (this.#signal !== null) this.#end(abortStatus(this.#signal), h2Code.cancel);
  };
  /** Until they are told. */
  protected headers: Metadata | null = null;
  #onHeaders: ((metadata: Metadata) => void) | null = null;
  #onMessage: ((message: Buffer) => void) | null = null;
  #onStatus: ((status: RpcStatus) => void) | null = null;
  #onDrain: (() => void) | null = null;
  #isPaused = false;

  /** Opens the stream: the request headers are written at once. */
  constructor(connection: ClientConnection, path: string, options: CallOptions | undefined) {
    super(connection, connection.nextStreamId(), connection.limits.maxMessageBytes);
    connection.streams.add(this);
    this.#writeHead(path, options);
    const timeoutMs = options?.timeoutMs;
    if (timeoutMs !== undefined && timeoutMs !== Number.POSITIVE_INFINITY) {
      this.#deadline = connection.shared.wheel.start(timeoutMs, this);
    }
    if (options?.signal !== undefined) {
      this.#signal = options.signal;
      options.signal.addEventListener("abort", this.#onAbort, { once: true });
    }
  }

  #writeHead(path: string, options: CallOptions | undefined): void {
    const { encoder, options: settings } = this.connection;
    encoder.begin();
    encoder.indexed(3);
    encoder.indexed(settings.isSecure ? 7 : 6);
    encoder.field(":path", path, true);
    encoder.field(":authority", settings.authority, true);
    encoder.field("te", "trailers", true);
    encoder.field("content-type", "application/grpc", true);
    encoder.field("user-agent", settings.userAgent, true);
    const timeoutMs = options?.timeoutMs;
    if (timeoutMs !== undefined && timeoutMs !== Number.POSITIVE_INFINITY) {
      encoder.literal("grpc-timeout", formatTimeout(timeoutMs));
    }
    const entries = options?.metadata?.entries ?? noMetadata;
    for (let i = 0; i < entries.length; i += 2) {
      const name = entries[i] as string;
      if (!isReserved(name)) encoder.field(name, entries[i + 1] as string, false);
    }
    this.connection.writeBlock(this.id, false);
  }

  // Callbacks

  onHeaders(callback: (metadata: Metadata) => void): void {
    this.#onHeaders = callback;
    if (this.headers !== null) this.#call(() => this.tellHeaders());
  }

  onMessage(callback: (message: Buffer) => void): void {
    this.#onMessage = callback;
    this.#flow();
  }

  onStatus(callback: (status: RpcStatus) => void): void {
    this.#onStatus = callback;
    if (this.#status !== null && this.#isDone) queueMicrotask(() => this.#tellStatus());
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  /** The response's metadata is there. */
  protected tellHeaders(): void {
    const { headers } = this;
    if (headers === null || this.#onHeaders === null) return;
    this.headers = null;
    this.#onHeaders(headers);
  }

  #tellStatus(): void {
    if (this.#isStatusDelivered || this.#onStatus === null || this.#status === null) return;
    this.#isStatusDelivered = true;
    this.#onStatus(this.#status);
  }

  /** The call is over; once. */
  protected ended(_status: RpcStatus): void {
    this.#tellStatus();
  }

  /** A callback that throws ends this call, not the connection. */
  #call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#end(plainStatus(code.internal, (error as Error).message), h2Code.cancel);
    }
  }

  pause(): void {
    this.#isPaused = true;
    this.isFlowing = false;
  }

  resume(): void {
    this.#isPaused = false;
    this.#flow();
  }

  #flow(): void {
    if (this.#isPaused || this.#onMessage === null || this.isClosed || this.isFlowing) return;
    this.isFlowing = true;
    this.settle();
  }

  // Sending

  send(message: Uint8Array): boolean {
    if (this.#isDone || this.isEnding) return true;
    if (message.length > this.maxMessageBytes) {
      const text = `trying to send message larger than max (${message.length} vs. ${this.maxMessageBytes})`;
      this.refuse(code.resourceExhausted, text);
      return true;
    }
    return this.push(message);
  }

  /** Sends the only message and half-closes. */
  sendOnly(message: Uint8Array): void {
    if (message.length > this.maxMessageBytes) this.send(message);
    else if (!this.#isDone) this.pushOnly(message);
  }

  halfClose(): void {
    if (!this.#isDone) this.endWrites();
  }

  cancel(): void {
    this.#end(plainStatus(code.canceled, "context canceled"), h2Code.cancel);
  }

  protected writeEnd(): void {
    this.connection.writeEmptyEnd(this.id);
  }

  protected drained(): void {
    this.#call(() => this.#onDrain?.());
  }

  // Receiving

  protected deliver(message: Buffer): void {
    this.#call(() => (this.#onMessage as (message: Buffer) => void)(message));
  }

  protected deliverEnd(): void {
    this.#end(
      this.#status ??
        plainStatus(code.internal, "server closed the stream without sending trailers"),
      h2Code.noError,
    );
  }

  protected refuse(grpcCode: number, text: string): void {
    if (grpcCode === code.resourceExhausted) this.connection.limits.onLimit?.("grpc-message");
    this.#end(plainStatus(grpcCode, text), h2Code.cancel);
  }

  override data(
    source: Buffer,
    start: number,
    end: number,
    frameBytes: number,
    endStream: boolean,
  ): void {
    if (this.#hasHead) super.data(source, start, end, frameBytes, endStream);
    else this.connection.resetStream(this, h2Code.protocolError);
  }

  trailingBlock(endStream: boolean): void {
    const { decoder } = this.connection;
    if (decoder.isOverLimit) {
      this.connection.limits.onLimit?.("grpc-metadata");
      this.refuse(code.internal, "peer header list size exceeded limit");
      return;
    }
    const head = new ResponseHead(decoder.fields);
    if (head.isMalformed || (this.#hasHead && (!endStream || head.httpStatus !== ""))) {
      this.connection.resetStream(this, h2Code.protocolError);
      return;
    }
    if (this.#hasHead) {
      this.#trailers(head);
      return;
    }
    // Interim answers say nothing about the call.
    if (head.httpStatus.startsWith("1") && !endStream) return;
    this.#hasHead = true;
    if (!this.#isGrpc(head)) return;
    if (endStream) {
      this.#trailers(head);
      return;
    }
    this.acceptsGzip = head.encoding === "gzip";
    this.headers = head.metadata;
    this.#call(() => this.tellHeaders());
  }

  /** Ends the call when the answer does not come from a gRPC server. */
  #isGrpc(head: ResponseHead): boolean {
    const status = Number(head.httpStatus);
    const isGrpc = isGrpcContentType(head.contentType);
    if (isGrpc && (status === 200 || head.grpcStatus !== "")) return true;
    let text = "";
    if (status !== 200) {
      const name = STATUS_CODES[status] ?? "";
      text = `unexpected HTTP status code received from server: ${status} (${name})`;
    }
    if (!isGrpc) {
      if (text !== "") text += "; ";
      text +=
        head.contentType === ""
          ? "malformed header: missing HTTP content-type"
          : `transport: received unexpected content-type ${JSON.stringify(head.contentType)}`;
    }
    this.#end(plainStatus(codeOfHttpStatus(status), text), h2Code.cancel);
    return false;
  }

  #trailers(head: ResponseHead): void {
    const grpcCode = parseCode(head.grpcStatus);
    if (grpcCode < 0) {
      const text =
        head.grpcStatus === ""
          ? "server closed the stream without sending trailers"
          : `transport: malformed grpc-status: ${JSON.stringify(head.grpcStatus)}`;
      this.#status = plainStatus(code.internal, text);
    } else {
      this.#status = {
        code: grpcCode,
        message: decodeMessage(head.grpcMessage),
        details: head.details === "" ? undefined : Buffer.from(head.details, "base64"),
        trailers: head.metadata,
      };
    }
    this.remoteEnded();
  }

  // Ends

  expire(): void {
    this.#deadline = null;
    this.#end(plainStatus(code.deadlineExceeded, "context deadline exceeded"), h2Code.cancel);
  }

  override outlivesConnection(): boolean {
    return this.isRemoteClosed && !this.#isDone;
  }

  aborted(h2: number | null, reason: Error | null): void {
    let status: RpcStatus;
    if (h2 === null && this.connection.isClosedByUs) {
      status = plainStatus(code.canceled, "grpc: the client connection is closing");
    } else if (h2 === null) {
      status = plainStatus(code.unavailable, this.connection.lossText(reason));
    } else if (reason !== null) {
      status = plainStatus(codeOfReset(h2), reason.message);
    } else {
      const text = `stream terminated by RST_STREAM with error code: ${h2CodeName(h2)}`;
      status = plainStatus(codeOfReset(h2), text);
    }
    this.#end(status, h2Code.noError);
  }

  /** Reports the status, once; a stream that is still open on one side is reset. */
  #end(status: RpcStatus, reset: number): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#status = status;
    this.#deadline?.cancel();
    this.#deadline = null;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    if (!this.isClosed) {
      if (this.isRemoteClosed && this.isLocalClosed) this.connection.release(this);
      else this.connection.resetQuietly(this, reset);
    }
    this.ended(status);
  }
}

/** -1 when it is no number. */
function parseCode(value: string): number {
  if (value === "" || value.length > 9) return -1;
  let parsed = 0;
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    parsed = parsed * 10 + digit;
  }
  return parsed;
}

/** Metadata that cannot be sent ends the call before it starts. */
export function refuseMetadata(metadata: Metadata | undefined): RpcStatus | null {
  if (metadata === undefined) return null;
  const fault = metadataFault(metadata);
  return fault === null ? null : plainStatus(code.internal, fault);
}
