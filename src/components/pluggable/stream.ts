/**
 * A stream on which a component sends events and is told what became of each.
 * @see spec 04 §9
 */
import { codeName } from "../../kit/rpc/status.ts";
import type { OutgoingCall } from "../../kit/rpc/transport.ts";

export interface EventStreamInit {
  readonly call: OutgoingCall;
  /** Events in hand at once; more stay with the component. */
  readonly concurrency: number;
  /** @returns the answer to send, or undefined: none. Must not throw. */
  handle(message: Buffer): Promise<Uint8Array | undefined>;
  /** The component ended the stream, or the connection broke. */
  onFailure(text: string): void;
}

export class EventStream implements AsyncDisposable {
  readonly #init: EventStreamInit;
  #inHand = 0;
  #isEnding = false;
  #isOver = false;
  #onIdle: (() => void) | undefined;

  constructor(init: EventStreamInit) {
    this.#init = init;
    const { call } = init;
    call.onMessage((message) => this.#onMessage(message));
    call.onStatus((status) => {
      this.#isOver = true;
      if (this.#isEnding) return;
      const reason =
        status.code === 0
          ? "EOF"
          : `rpc error: code = ${codeName(status.code)} desc = ${status.message}`;
      init.onFailure(reason);
    });
  }

  /** Takes no further events; the component keeps them. */
  pause(): void {
    this.#isEnding = true;
    this.#init.call.pause();
  }

  /** Lets the events in hand be answered, then leaves. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.pause();
    if (this.#inHand > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    if (!this.#isOver) this.#init.call.cancel();
  }

  #onMessage(message: Buffer): void {
    this.#inHand++;
    if (this.#inHand >= this.#init.concurrency) this.#init.call.pause();
    void this.#work(message);
  }

  async #work(message: Buffer): Promise<void> {
    const answer = await this.#init.handle(message);
    if (answer !== undefined && !this.#isOver) this.#init.call.send(answer);
    this.#inHand--;
    if (!this.#isEnding) this.#init.call.resume();
    else if (this.#inHand === 0) this.#onIdle?.();
  }
}
