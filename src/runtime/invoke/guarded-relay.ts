/**
 * A proxied call under policies. Only its first message is kept, so a call with more of them cannot be tried again.
 * @see spec 02 §5, §15.2
 */
import { Metadata } from "../../kit/rpc/metadata.ts";
import { code, RpcError, type RpcStatus } from "../../kit/rpc/status.ts";
import { type OutgoingCall, retain, type StreamCall } from "../../kit/rpc/transport.ts";
import { Execution, type Policy } from "../resiliency/policy.ts";
import { type CallRelay, type RelayBackend, statusOfError } from "./relay.ts";
import { isConnectionFailure } from "./retry.ts";

export class GuardedRelay implements CallRelay {
  readonly retriesConnect = true;
  readonly #call: StreamCall;
  readonly #policy: Policy;
  readonly #execution: Execution;
  /** The policy covers the opening alone. */
  readonly #isStreaming: boolean;
  readonly #onEnd: ((status: RpcStatus) => void) | undefined;
  readonly #trailers = new Metadata();
  #backend: RelayBackend | undefined;
  #out: OutgoingCall | undefined;
  #attempts = 0;
  #isOpened = false;
  #isHeadSent = false;
  #kept: Buffer | undefined;
  #hasHalfClosed = false;
  #timer: Disposable | undefined;
  #isOver = false;

  constructor(
    call: StreamCall,
    policy: Policy,
    isStreaming: boolean,
    onEnd: ((status: RpcStatus) => void) | undefined,
  ) {
    this.#call = call;
    this.#policy = policy;
    this.#execution = new Execution(policy);
    this.#isStreaming = isStreaming;
    this.#onEnd = onEnd;
    call.onCancel(() => {
      this.#execution.abandoned();
      this.#cancelAttempt();
      this.#end({ code: code.canceled, message: "context canceled", trailers: new Metadata() });
    });
  }

  run(backend: RelayBackend): void {
    this.#backend = backend;
    const number = ++this.#attempts;
    try {
      this.#execution.admit();
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    this.#startTimer(number);
    this.#connect(backend, number).then(
      () => this.#connected(backend, number),
      (error: Error) => {
        if (number === this.#attempts) this.#failAttempt(statusOfError(error), undefined);
      },
    );
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#execution.abandoned();
    this.#cancelAttempt();
    this.#finish(statusOfError(error));
  }

  #startTimer(number: number): void {
    const { timeoutMs, context } = this.#policy;
    if (timeoutMs === undefined) return;
    this.#timer = context.clock.timer(timeoutMs, () => {
      if (number !== this.#attempts) return;
      const late = this.#execution.timedOut();
      this.#cancelAttempt();
      const error = new RpcError(code.deadlineExceeded, late.message);
      this.#failAttempt(statusOfError(error), undefined);
    });
  }

  async #connect(backend: RelayBackend, number: number): Promise<void> {
    try {
      await backend.connect();
    } catch (error) {
      if (!isConnectionFailure(error as Error) || number !== this.#attempts) throw error;
      backend.reconnect();
      await backend.connect();
    }
  }

  #connected(backend: RelayBackend, number: number): void {
    if (this.#isOver || number !== this.#attempts) return;
    if (this.#isStreaming) {
      this.#stopTimer();
      this.#execution.succeeded();
    }
    this.#open(backend, number);
  }

  #open(backend: RelayBackend, number: number): void {
    const call = this.#call;
    const out = backend.open();
    this.#out = out;
    let head: Metadata | undefined;
    out.onHeaders((metadata) => {
      head = metadata;
    });
    out.onMessage((message) => {
      if (this.#isOver || number !== this.#attempts) return;
      if (!this.#isHeadSent) {
        this.#isHeadSent = true;
        if (head !== undefined) call.sendHeaders(head);
      }
      if (!call.send(retain(message))) out.pause();
    });
    out.onStatus((status) => {
      if (!this.#isOver && number === this.#attempts) this.#answered(status);
    });
    out.onDrain(() => call.resume());
    if (this.#isOpened) {
      if (this.#kept !== undefined) out.send(this.#kept);
      if (this.#hasHalfClosed) out.halfClose();
      return;
    }
    this.#isOpened = true;
    call.onDrain(() => this.#out?.resume());
    call.onHalfClose(() => {
      this.#hasHalfClosed = true;
      this.#out?.halfClose();
    });
    call.onMessage((message) => this.#forward(retain(message)));
  }

  #forward(message: Buffer): void {
    if (this.#isOver) return;
    if (this.#execution.canRetry && !this.#isStreaming) {
      if (this.#kept !== undefined) {
        this.fail(
          new RpcError(
            code.failedPrecondition,
            "cannot use resiliency policies with retries on streaming RPCs",
          ),
        );
        return;
      }
      this.#kept = message;
    }
    if (this.#out !== undefined && !this.#out.send(message)) this.#call.pause();
  }

  #answered(status: RpcStatus): void {
    for (let i = 0; i < status.trailers.entries.length; i += 2) {
      const [name, value] = status.trailers.entries.slice(i, i + 2) as [string, string];
      this.#trailers.add(name, value);
    }
    if (this.#isStreaming) this.#finish(status);
    else if (status.code === code.ok) {
      this.#execution.succeeded();
      this.#finish(status);
    } else this.#failAttempt(status, status.code);
  }

  #failAttempt(status: RpcStatus, matched: number | undefined): void {
    if (this.#isOver) return;
    this.#stopTimer();
    this.#out = undefined;
    const number = ++this.#attempts;
    const waitMs = this.#execution.failed(undefined, matched);
    const backend = this.#backend;
    if (waitMs === undefined || backend === undefined) {
      this.#finish(status);
      return;
    }
    this.#timer = this.#policy.context.clock.timer(waitMs, () => {
      if (number === this.#attempts) this.run(backend);
    });
  }

  #cancelAttempt(): void {
    const out = this.#out;
    this.#out = undefined;
    // What it says from now on is not listened to.
    this.#attempts++;
    out?.cancel();
  }

  #stopTimer(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  /** Quirk: spec 02 §5. Trailers of all attempts reach the client. */
  #finish({ code: statusCode, message, details }: RpcStatus): void {
    if (this.#isOver) return;
    const trailers = this.#trailers;
    // Some servers send a text with OK, which the reference does not pass on.
    if (statusCode === code.ok) this.#call.finish({ trailers });
    else this.#call.finish({ code: statusCode, message, details, trailers });
    this.#end({ code: statusCode, message, details, trailers });
  }

  #end(status: RpcStatus): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopTimer();
    this.#kept = undefined;
    this.#backend?.onStatus(status);
    this.#onEnd?.(status);
  }
}
