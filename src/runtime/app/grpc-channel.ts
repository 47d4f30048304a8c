/**
 * Invocation of a gRPC app through AppCallback/OnInvoke.
 * @see spec 02 §6.4, §7.3, §11
 */
import { textFromByteString } from "../../kit/http/byte-text.ts";
import {
  InvokeRequest as InvokeRequestMessage,
  InvokeResponse,
} from "../../kit/proto/dapr/proto/common/v1/common.ts";
import { Metadata } from "../../kit/rpc/metadata.ts";
import { code, RpcError, type RpcStatus } from "../../kit/rpc/status.ts";
import type { ClientTransport } from "../../kit/rpc/transport.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { SpanContext } from "../../kit/tracing/trace.ts";
import type { GrpcMethodMetrics, GrpcMetrics } from "../api/grpc-metrics.ts";
import type { Concurrency } from "./concurrency.ts";
import {
  type AppChannel,
  endedCall,
  type InvokeCall,
  type InvokeHandler,
  type InvokeMetadata,
  type InvokeRequest,
} from "./contract.ts";
import { grpcMetadata, type HeaderNames } from "./headers.ts";
import { unhealthyError } from "./http-channel.ts";
import { splitDetails } from "./status-details.ts";

const onInvokePath = "/dapr.proto.runtime.v1.AppCallback/OnInvoke";

export interface GrpcChannelOptions {
  /** The app's connection; also used for calls other than invocations. Disposed with the channel. */
  readonly client: ClientTransport;
  readonly names: HeaderNames;
  readonly clock: Clock;
  /** Sent as dapr-api-token; "" for none. */
  readonly appToken: string;
  /** Bytes of one message. */
  readonly maxMessageBytes: number;
  /** Calls fail while it returns false; undefined: always healthy. */
  readonly isHealthy: (() => boolean) | undefined;
  /** undefined: unlimited. */
  readonly concurrency: Concurrency | undefined;
  /** undefined: metrics are off. */
  readonly metrics: GrpcMetrics | undefined;
}

export class GrpcChannel implements AppChannel {
  readonly isHttp = false;
  readonly #options: GrpcChannelOptions;
  readonly #series: GrpcMethodMetrics | undefined;

  constructor(options: GrpcChannelOptions) {
    this.#options = options;
    this.#series = options.metrics?.method(onInvokePath);
  }

  invoke(request: InvokeRequest, handler: InvokeHandler): InvokeCall {
    if (this.#options.isHealthy?.() === false) {
      handler.onError(unhealthyError());
      return endedCall;
    }
    const call = new ChannelCall(this.#options, this.#series, request, handler);
    if (request.body !== "stream") call.begin(request.body ?? noBytes);
    return call;
  }

  async callback(
    path: string,
    message: Uint8Array,
    metadata: InvokeMetadata,
    trace: SpanContext | undefined,
    signal?: AbortSignal,
  ): Promise<Buffer> {
    const { client, clock, concurrency, isHealthy, metrics, names, appToken } = this.#options;
    if (isHealthy?.() === false) throw unhealthyError();
    if (concurrency !== undefined) await slot(concurrency, signal);
    const startedAt = clock.monotonic();
    const series = metrics?.method(path);
    const sent = grpcMetadata(names, metadata, trace);
    if (trace === undefined) for (const key of traceKeys) sent.delete(key);
    if (appToken !== "") sent.set("dapr-api-token", appToken);
    try {
      const { message: reply } = await client.unary(path, message, { metadata: sent, signal });
      series?.finish(code.ok, clock.monotonic() - startedAt, reply.length, message.length);
      return reply;
    } catch (error) {
      const status = error instanceof RpcError ? error.code : code.unknown;
      series?.finish(status, clock.monotonic() - startedAt, 0, message.length);
      throw error;
    } finally {
      concurrency?.release();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#options.client.close();
  }
}

/** Waits for the app to have room. */
function slot(concurrency: Concurrency, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      wait?.[Symbol.dispose]();
      reject(signal?.reason);
    };
    const wait = concurrency.acquire(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, reject);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

const noBytes = Buffer.alloc(0);
const traceKeys = ["traceparent", "tracestate", "grpc-trace-bin"];

/** A unary call of the app: the body is gathered, the answer comes in one piece. */
class ChannelCall implements InvokeCall {
  readonly #options: GrpcChannelOptions;
  readonly #series: GrpcMethodMetrics | undefined;
  readonly #request: InvokeRequest;
  readonly #handler: InvokeHandler;
  #chunks: Buffer[] = [];
  #length = 0;
  #wait: Disposable | undefined;
  #isOver = false;

  constructor(
    options: GrpcChannelOptions,
    series: GrpcMethodMetrics | undefined,
    request: InvokeRequest,
    handler: InvokeHandler,
  ) {
    this.#options = options;
    this.#series = series;
    this.#request = request;
    this.#handler = handler;
  }

  begin(body: Uint8Array): void {
    const { concurrency } = this.#options;
    if (concurrency === undefined) this.#send(body);
    else {
      this.#wait = concurrency.acquire(
        () => {
          this.#wait = undefined;
          this.#send(body);
        },
        (error) => this.failBody(error),
      );
    }
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return true;
    this.#length += chunk.length;
    const { maxMessageBytes } = this.#options;
    if (this.#length > maxMessageBytes) {
      this.#answer({
        code: code.resourceExhausted,
        message: `trying to send message larger than max (${this.#length} vs. ${maxMessageBytes})`,
        trailers: new Metadata(),
      });
      return true;
    }
    this.#chunks.push(Buffer.from(chunk));
    return true;
  }

  endBody(): void {
    if (this.#isOver) return;
    const body = Buffer.concat(this.#chunks, this.#length);
    this.#chunks = [];
    this.begin(body);
  }

  failBody(error: Error): void {
    if (this.#isOver) return;
    this.#close();
    this.#handler.onError(error);
  }

  resume(): void {}

  /** Quirk: spec 02 §6.4: the app is not told that its caller left; it keeps its slot until it has answered. */
  abort(): void {
    this.#close();
  }

  #send(body: Uint8Array): void {
    const { client, clock, concurrency } = this.#options;
    const message = this.#message(body);
    const startedAt = clock.monotonic();
    let headers = new Metadata();
    let reply: Buffer = noBytes;
    const out = client.open(onInvokePath, { metadata: this.#metadata() });
    out.onHeaders((received) => {
      headers = received;
    });
    out.onMessage((received) => {
      reply = Buffer.from(received);
    });
    out.onStatus((status) => {
      concurrency?.release();
      const latencyMs = clock.monotonic() - startedAt;
      this.#series?.finish(status.code, latencyMs, reply.length, message.length);
      this.#answer(status, headers, reply);
    });
    out.send(message);
    out.halfClose();
  }

  #message(body: Uint8Array): Buffer {
    const { method, verb, query, contentType, typeUrl } = this.#request;
    return InvokeRequestMessage.encode({
      method,
      data: { typeUrl, value: body },
      contentType,
      httpExtension:
        verb === undefined ? undefined : { verb, querystring: textFromByteString(query) },
    });
  }

  #metadata(): Metadata {
    const { names, appToken } = this.#options;
    const { metadata, trace } = this.#request;
    const sent = grpcMetadata(names, metadata, trace);
    if (appToken !== "") sent.set("dapr-api-token", appToken);
    return sent;
  }

  /** Any status is an answer, also that the app cannot be reached (spec 02 §7.3). */
  #answer(status: RpcStatus, headers = new Metadata(), reply: Buffer = noBytes): void {
    if (this.#isOver) return;
    this.#close();
    let { code: answered, message } = status;
    let response: InvokeResponse = { data: undefined, contentType: "" };
    if (answered === code.ok) {
      try {
        response = InvokeResponse.decode(reply);
      } catch (error) {
        answered = code.internal;
        message = `grpc: failed to unmarshal the received message: ${(error as Error).message}`;
      }
    }
    this.#handler.onHead({
      status: answered,
      message,
      details: splitDetails(status.details),
      headers: headers.entries,
      trailers: status.trailers.entries,
      contentType: response.contentType,
      typeUrl: response.data?.typeUrl ?? "",
    });
    const value = response.data?.value;
    if (value !== undefined && value.length > 0) this.#handler.onData(value);
    this.#handler.onEnd();
  }

  #close(): void {
    this.#isOver = true;
    this.#chunks = [];
    this.#wait?.[Symbol.dispose]();
    this.#wait = undefined;
  }
}
