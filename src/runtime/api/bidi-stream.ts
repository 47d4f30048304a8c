/**
 * gRPC methods with messages in both directions.
 * @see spec 01 §3
 */
import type { Codec } from "../../kit/proto/codec.ts";
import type { StreamCall } from "../../kit/rpc/transport.ts";
import { CanceledError } from "../../kit/time/clock.ts";
import {
  decodeRequest,
  finishOf,
  OutgoingMessages,
  type ServerStream,
  type StreamContext,
} from "./grpc-method.ts";

/** What the client sends. Only what is asked for is read: the rest waits at the client. */
export interface RequestStream<Request> {
  /**
   * Asked for one at a time.
   * @returns undefined when the client has sent its last message
   * @throws {CanceledError} the call is over @throws {RpcError} Internal, for bytes that are no message
   */
  next(): Promise<Request | undefined>;
}

/**
 * The `handle` of a {@link StreamMethod}. The call ends when the handler's promise does: OK, or what was thrown through
 * ApiError.from.
 */
export function bidiStream<Request, Response, RequestInit, ResponseInit>(init: {
  readonly request: Codec<Request, RequestInit>;
  readonly response: Codec<Response, ResponseInit>;
  /** The handler ends the stream itself when the server stops: its signals are those of the call alone. */
  readonly drains?: boolean;
  readonly handle: (
    requests: RequestStream<Request>,
    stream: ServerStream<ResponseInit>,
    call: StreamCall,
    context: StreamContext,
  ) => Promise<void>;
}): (call: StreamCall, context: StreamContext) => void {
  return (call, context) => {
    const end = init.drains ? never : context.stopping;
    const outgoing = new OutgoingMessages(call, init.response, end);
    const incoming = new IncomingMessages(call, init.request, outgoing.signal);
    init.handle(incoming, outgoing, call, context).then(
      () => call.finish(),
      (error: unknown) => call.finish(finishOf(error)),
    );
  };
}

const never = new AbortController().signal;

class IncomingMessages<Request, Init> implements RequestStream<Request> {
  readonly #call: StreamCall;
  readonly #codec: Codec<Request, Init>;
  readonly #signal: AbortSignal;
  /** More than one only while the transport hands over what it had read already. */
  readonly #waiting: Buffer[] = [];
  #isHalfClosed = false;
  #wake: (() => void) | undefined;

  constructor(call: StreamCall, codec: Codec<Request, Init>, signal: AbortSignal) {
    this.#call = call;
    this.#codec = codec;
    this.#signal = signal;
    call.onMessage((message) => {
      call.pause();
      // The bytes are the transport's again when this callback returns.
      this.#waiting.push(Buffer.from(message));
      this.#resume();
    });
    call.onHalfClose(() => {
      this.#isHalfClosed = true;
      this.#resume();
    });
    signal.addEventListener("abort", () => this.#resume(), { once: true });
  }

  async next(): Promise<Request | undefined> {
    for (;;) {
      if (this.#signal.aborted) throw new CanceledError();
      if (this.#waiting.length === 0) this.#call.resume();
      const message = this.#waiting.shift();
      if (message !== undefined) return decodeRequest(this.#codec, message);
      if (this.#isHalfClosed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #resume(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
