/** Both ends of a proxied call, for tests: what happens on the wire is what the test says. */
import type { Metadata } from "../../kit/rpc/metadata.ts";
import type { RpcStatus } from "../../kit/rpc/status.ts";
import type { CallOptions, Finish, OutgoingCall, StreamCall } from "../../kit/rpc/transport.ts";

export class Incoming implements StreamCall {
  readonly path = "/pkg.Svc/Do";
  readonly authority = "";
  readonly metadata: Metadata;
  readonly peer = { address: "10.0.0.1", port: 1, identity: null };
  readonly signal = new AbortController().signal;
  timeoutMs = Number.POSITIVE_INFINITY;
  cancelled = false;
  headers: Metadata | undefined;
  readonly sent: string[] = [];
  finished: Finish | undefined;
  isPaused = false;
  takes = true;
  receive: (message: Buffer) => void = () => {};
  halfClose: () => void = () => {};
  cancel: () => void = () => {};
  drain: () => void = () => {};
  constructor(metadata: Metadata) {
    this.metadata = metadata;
  }
  onCancel(callback: () => void): void {
    this.cancel = callback;
  }
  sendHeaders(metadata: Metadata): void {
    this.headers = metadata;
  }
  onMessage(callback: (message: Buffer) => void): void {
    this.receive = callback;
  }
  onHalfClose(callback: () => void): void {
    this.halfClose = callback;
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  send(bytes: Uint8Array): boolean {
    this.sent.push(Buffer.from(bytes).toString());
    return this.takes;
  }
  onDrain(callback: () => void): void {
    this.drain = callback;
  }
  finish(status: Finish = {}): void {
    this.finished ??= status;
  }
}

export class Outgoing implements OutgoingCall {
  readonly path: string;
  readonly options: CallOptions;
  readonly sent: string[] = [];
  takes = true;
  isHalfClosed = false;
  isCanceled = false;
  isPaused = false;
  headers: (metadata: Metadata) => void = () => {};
  receive: (message: Buffer) => void = () => {};
  status: (status: RpcStatus) => void = () => {};
  drain: () => void = () => {};
  constructor(path: string, options: CallOptions) {
    this.path = path;
    this.options = options;
  }
  onHeaders(callback: (metadata: Metadata) => void): void {
    this.headers = callback;
  }
  onMessage(callback: (message: Buffer) => void): void {
    this.receive = callback;
  }
  onStatus(callback: (status: RpcStatus) => void): void {
    this.status = callback;
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  send(message: Uint8Array): boolean {
    this.sent.push(Buffer.from(message).toString());
    return this.takes;
  }
  onDrain(callback: () => void): void {
    this.drain = callback;
  }
  halfClose(): void {
    this.isHalfClosed = true;
  }
  cancel(): void {
    this.isCanceled = true;
  }
}
