/** A streaming call that was opened before its connection is ready: it remembers what to do. */

import type { Metadata } from "../metadata.ts";
import { code, type RpcStatus } from "../status.ts";
import type { OutgoingCall } from "../transport.ts";
import { plainStatus } from "./client-call.ts";
import { maxQueuedStreamBytes } from "./limits.ts";

export class PendingCall implements OutgoingCall {
  #call: OutgoingCall | null = null;
  #status: RpcStatus | null = null;
  readonly #onGiveUp: () => void;
  #onHeaders: ((metadata: Metadata) => void) | null = null;
  #onMessage: ((message: Buffer) => void) | null = null;
  #onStatus: ((status: RpcStatus) => void) | null = null;
  #onDrain: (() => void) | null = null;
  #isPaused = false;
  #messages: Uint8Array[] = [];
  #bytes = 0;
  #isHalfClosed = false;
  #wantsDrain = false;

  /** @param onGiveUp the call ended before it had a connection */
  constructor(onGiveUp: () => void) {
    this.#onGiveUp = onGiveUp;
  }

  /** The real call takes over. */
  connected(call: OutgoingCall): void {
    if (this.#status !== null) {
      call.cancel();
      return;
    }
    this.#call = call;
    if (this.#onHeaders !== null) call.onHeaders(this.#onHeaders);
    if (this.#isPaused) call.pause();
    if (this.#onMessage !== null) call.onMessage(this.#onMessage);
    if (this.#onDrain !== null) call.onDrain(this.#onDrain);
    if (this.#onStatus !== null) call.onStatus(this.#onStatus);
    const messages = this.#messages;
    this.#messages = [];
    let hasRoom = true;
    for (const message of messages) hasRoom = call.send(message);
    if (this.#isHalfClosed) call.halfClose();
    else if (this.#wantsDrain && hasRoom) this.#onDrain?.();
  }

  /** The call ends without ever having been sent. */
  fail(status: RpcStatus): void {
    if (this.#status !== null || this.#call !== null) return;
    this.#status = status;
    this.#messages = [];
    this.#onStatus?.(status);
  }

  onHeaders(callback: (metadata: Metadata) => void): void {
    this.#onHeaders = callback;
    this.#call?.onHeaders(callback);
  }

  onMessage(callback: (message: Buffer) => void): void {
    this.#onMessage = callback;
    this.#call?.onMessage(callback);
  }

  onStatus(callback: (status: RpcStatus) => void): void {
    this.#onStatus = callback;
    const status = this.#status;
    if (this.#call !== null) this.#call.onStatus(callback);
    else if (status !== null) queueMicrotask(() => callback(status));
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
    this.#call?.onDrain(callback);
  }

  pause(): void {
    this.#isPaused = true;
    this.#call?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#call?.resume();
  }

  send(message: Uint8Array): boolean {
    if (this.#call !== null) return this.#call.send(message);
    if (this.#status !== null || this.#isHalfClosed) return true;
    this.#messages.push(message);
    this.#bytes += message.length;
    if (this.#bytes < maxQueuedStreamBytes) return true;
    this.#wantsDrain = true;
    return false;
  }

  halfClose(): void {
    this.#isHalfClosed = true;
    this.#call?.halfClose();
  }

  cancel(): void {
    if (this.#call !== null) {
      this.#call.cancel();
      return;
    }
    this.#onGiveUp();
    this.fail(plainStatus(code.canceled, "context canceled"));
  }
}
