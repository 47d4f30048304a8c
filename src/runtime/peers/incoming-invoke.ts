/**
 * The callee's side of one CallLocalStream: messages in, a call of the app, messages out.
 * @see spec 02 §8.2
 */
import { code, RpcError } from "../../kit/rpc/status.ts";
import type { StreamCall } from "../../kit/rpc/transport.ts";
import {
  type AppChannel,
  endedCall,
  type InvokeCall,
  type InvokeHandler,
  type InvokeHead,
} from "../app/contract.ts";
import { exactValue } from "../app/headers.ts";
import { type Admitted, admit, appFailure, noApp, type PeerServerOptions } from "./admission.ts";
import { Gather } from "./gather.ts";
import {
  type Frame,
  maxPayloadBytes,
  type Payload,
  type PeerRequest,
  type PeerWriter,
  ProtocolError,
  readRequestFrame,
} from "./protocol.ts";

type Body =
  /** Nothing of the body is there yet and its length is not declared: it may be empty. */
  "undecided" | "streaming" | "complete";

export class IncomingInvoke implements InvokeHandler {
  readonly #options: PeerServerOptions;
  readonly #writer: PeerWriter;
  readonly #call: StreamCall;
  readonly #received = new Gather((bytes) => {
    if (!this.#isOver && !this.#running.write(bytes)) this.#call.pause();
  });
  #app: AppChannel | undefined;
  #admitted: Admitted | undefined;
  #running: InvokeCall = endedCall;
  #body: Body = "undecided";
  #receiveSeq = 0;
  #sendSeq = 0;
  /** Waits for the first data, to travel in one message with it. */
  #head: InvokeHead | undefined;
  #status = 0;
  #isSse = false;
  #isOver = false;

  constructor(options: PeerServerOptions, writer: PeerWriter, call: StreamCall) {
    this.#options = options;
    this.#writer = writer;
    this.#call = call;
  }

  start(): void {
    const call = this.#call;
    this.#app = this.#options.app();
    if (this.#app === undefined) {
      this.#fail(noApp());
      return;
    }
    call.onCancel(() => {
      if (this.#isOver) return;
      this.#running.abort();
      this.#close(code.ok, "context canceled");
    });
    call.onDrain(() => this.#running.resume());
    call.onHalfClose(() => this.#onHalfClose());
    call.onMessage((message) => this.#onMessage(message));
  }

  #onMessage(message: Buffer): void {
    if (this.#isOver) return;
    try {
      const frame = readRequestFrame(message);
      if (this.#admitted === undefined) this.#onLeading(frame);
      else this.#onFollowing(frame);
    } catch (cause) {
      if (cause instanceof ProtocolError && this.#body !== "undecided") {
        this.#received.flush();
        this.#running.failBody(cause);
      } else if (cause instanceof ProtocolError) this.#fail(appFailure(cause));
      else if (cause instanceof RpcError) this.#fail(cause);
      else {
        const text = `grpc: error unmarshalling request: ${(cause as Error).message}`;
        this.#running.abort();
        this.#fail(new RpcError(code.internal, text, { cause }));
      }
    }
  }

  /** @throws {RpcError} when the call is not admitted */
  #onLeading({ head: incoming, payload }: Frame<PeerRequest>): void {
    if (incoming?.message === undefined || incoming.metadata.length === 0) {
      throw new RpcError(
        code.invalidArgument,
        "parsing InternalInvokeRequest error: request does not contain the required fields in the leading chunk",
      );
    }
    const app = this.#app as AppChannel;
    this.#admitted = admit(this.#options, app, this.#call, incoming);
    const { metadata } = incoming;
    this.#isSse =
      app.isHttp && exactValue(metadata, "Accept")?.trim().toLowerCase() === eventStream;
    const declared = declaredLength(metadata);
    if (payload !== undefined && payload.data.length > 0 && payload.data.length === declared) {
      this.#body = "complete";
      this.#take(payload);
      this.#invoke(Buffer.from(payload.data), declared);
    } else if (declared !== undefined || (payload?.data.length ?? 0) > 0) {
      this.#startStreaming(declared);
      if (payload !== undefined) this.#write(payload);
    } else if (payload !== undefined) this.#take(payload);
  }

  /** @throws {ProtocolError} */
  #onFollowing({ head, payload }: Frame<PeerRequest>): void {
    if (head !== undefined && (head.message !== undefined || head.metadata.length > 0)) {
      throw new ProtocolError("request metadata found in non-leading chunk");
    }
    if (payload === undefined) return;
    if (this.#body === "undecided" && payload.data.length > 0) this.#startStreaming(undefined);
    this.#write(payload);
  }

  #startStreaming(declared: number | undefined): void {
    this.#body = "streaming";
    this.#invoke("stream", declared);
  }

  /** Data that is out of sequence is still delivered, as the reference does. @throws {ProtocolError} */
  #write(payload: Payload): void {
    if (payload.data.length > 0 && this.#body === "streaming") this.#received.add(payload.data);
    this.#take(payload);
  }

  #take({ seq }: Payload): void {
    if (seq !== this.#receiveSeq) {
      throw new ProtocolError(
        `invalid sequence number received: ${seq} (expected: ${this.#receiveSeq})`,
      );
    }
    this.#receiveSeq++;
  }

  #onHalfClose(): void {
    if (this.#isOver) return;
    if (this.#admitted === undefined) this.#fail(new RpcError(code.unknown, "EOF"));
    else if (this.#body === "undecided") {
      this.#body = "complete";
      this.#invoke(null, undefined);
    } else if (this.#body === "streaming") {
      this.#body = "complete";
      this.#received.flush();
      this.#running.endBody();
    }
  }

  #invoke(body: Buffer | "stream" | null, contentLength: number | undefined): void {
    const { request } = this.#admitted as Admitted;
    const running = (this.#app as AppChannel).invoke({ ...request, body, contentLength }, this);
    if (!this.#isOver) this.#running = running;
  }

  onHead(head: InvokeHead): void {
    this.#status = head.status;
    if (!this.#isSse) {
      this.#head = head;
      queueMicrotask(this.#flushHead);
      return;
    }
    if (head.status < 200 || head.status > 299) {
      this.#running.abort();
      this.#fail(appFailure(new Error("no response received from stream")));
      return;
    }
    // The status of an event stream travels as gRPC's OK, and nothing travels without an event.
    this.#head = { ...head, status: code.ok, contentType: "", typeUrl: "" };
  }

  onData(chunk: Uint8Array): boolean {
    if (this.#isOver) return true;
    let isWritable = true;
    for (let start = 0; start < chunk.length; start += maxPayloadBytes) {
      const data = chunk.subarray(start, start + maxPayloadBytes);
      isWritable = this.#call.send(this.#frame(data));
    }
    return isWritable;
  }

  #frame(data: Uint8Array): Buffer {
    const head = this.#head;
    this.#sendSeq++;
    if (head === undefined) return this.#writer.payloadFrame(data, this.#sendSeq - 1);
    this.#head = undefined;
    return this.#writer.responseFrame(head, data);
  }

  readonly #flushHead = (): void => {
    if (this.#head === undefined || this.#isOver) return;
    this.#call.send(this.#writer.responseFrame(this.#head, undefined));
    this.#head = undefined;
  };

  onEnd(): void {
    if (this.#isOver) return;
    if (!this.#isSse) this.#flushHead();
    this.#close(this.#status, undefined);
    this.#call.finish();
  }

  onError(error: Error): void {
    if (!this.#isOver) this.#fail(appFailure(error));
  }

  onDrain(): void {
    this.#call.resume();
  }

  #fail(error: RpcError): void {
    this.#close(code.ok, error.desc);
    this.#call.finish({ code: error.code, message: error.desc, details: error.details });
  }

  /** Quirk: spec 08 §10.4: a failed stream is counted with status 0. */
  #close(status: number, failure: string | undefined): void {
    this.#isOver = true;
    this.#received.clear();
    const admitted = this.#admitted;
    if (admitted === undefined) return;
    admitted.finish(status);
    const { span } = admitted;
    if (!span?.recording) return;
    if (failure !== undefined) span.setError(failure);
    span.end();
  }
}

const eventStream = "text/event-stream";

/** Content-Length of an HTTP-origin call; undefined when absent, 0 or nonsense. */
function declaredLength(metadata: readonly string[]): number | undefined {
  const text = exactValue(metadata, "Content-Length") ?? exactValue(metadata, "content-length");
  if (text === undefined || !/^[0-9]{1,15}$/.test(text)) return undefined;
  return Number(text) || undefined;
}
