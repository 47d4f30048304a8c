/**
 * An event of an input binding on its way to the app.
 * @see spec 03 §8.2
 */
import type { BindingEvent, BindingMetadata } from "../../components/bindings/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import { cleanPath } from "../../kit/http/path-clean.ts";
import { encodeJson } from "../../kit/json/encode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import {
  BindingEventRequest,
  BindingEventResponse,
} from "../../kit/proto/dapr/proto/runtime/v1/appcallback.ts";
import { RpcError } from "../../kit/rpc/status.ts";
import { parseTraceBinary, parseTraceparent } from "../../kit/tracing/context.ts";
import type { Span, SpanContext, Tracer } from "../../kit/tracing/trace.ts";
import { callApp } from "../app/call.ts";
import type { AppChannel } from "../app/contract.ts";
import { flatMetadata } from "../app/flat-metadata.ts";
import type { BindingsBlock, InputBinding } from "./bindings.ts";

/** Runs each attempt of a delivery; undefined: there is one attempt. */
export type DeliveryPolicy = <T>(
  run: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
) => Promise<T>;

/** The app did not take the event. */
export class AppRefusalError extends Error {
  override readonly name = "AppRefusalError";
  /** Of the app's answer, for the matching of retries. */
  readonly httpStatus: number | undefined;
  readonly grpcCode: number | undefined;

  constructor(
    message: string,
    status: { readonly http?: number; readonly grpc?: number } = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.httpStatus = status.http;
    this.grpcCode = status.grpc;
  }
}

export interface DeliveryContext {
  readonly app: AppChannel;
  readonly block: BindingsBlock;
  readonly tracer: Tracer;
  readonly logger: Logger;
  readonly policy: DeliveryPolicy | undefined;
}

/** @returns what the app answered, for the binding @throws {AppRefusalError} */
export async function deliver(
  input: InputBinding,
  event: BindingEvent,
  context: DeliveryContext,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const { app, policy } = context;
  const span = startSpan(input, event.metadata, context);
  const attempt = (limit: AbortSignal): Promise<Buffer | undefined> =>
    app.isHttp
      ? overHttp(input, event, context, span, limit)
      : overGrpc(input, event, context, span, limit);
  try {
    return await (policy === undefined ? attempt(signal) : policy(attempt, signal));
  } catch (error) {
    span?.setError(errorText(error));
    throw error;
  } finally {
    span?.end();
  }
}

const onBindingEvent = "/dapr.proto.runtime.v1.AppCallback/OnBindingEvent";

function startSpan(
  { name }: InputBinding,
  metadata: BindingMetadata,
  { tracer, app }: DeliveryContext,
): Span | undefined {
  if (!tracer.enabled) return undefined;
  const span = tracer.start(`bindings/${name}`, "client", parentOf(metadata));
  if (span.recording) {
    span.setAttribute("db.name", name);
    span.setAttribute("rpc.service", "Dapr");
    span.setAttribute("db.system", "bindings");
    span.setAttribute("db.connection_string", app.isHttp ? `POST /${name}` : onBindingEvent);
  }
  return span;
}

function parentOf(metadata: BindingMetadata): SpanContext | null {
  const binary = metadata.get("grpc-trace-bin");
  if (binary !== undefined) {
    const parent =
      parseTraceBinary(Buffer.from(binary, "latin1")) ??
      parseTraceBinary(Buffer.from(binary, "base64"));
    if (parent !== null) return parent;
  }
  return parseTraceparent(metadata.get("traceparent") ?? "", metadata.get("tracestate") ?? "");
}

async function overHttp(
  { route }: InputBinding,
  { data, metadata }: BindingEvent,
  { app, policy }: DeliveryContext,
  span: Span | undefined,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  let answer: Awaited<ReturnType<typeof callApp>>;
  try {
    answer = await callApp(
      app,
      {
        verb: "POST",
        path: cleanPath(`/${route}`).slice(1),
        contentType: "application/json",
        metadata: flatMetadata(metadata),
        body: data,
        trace: span?.context,
      },
      signal,
    );
  } catch (cause) {
    throw invokeError(cause);
  }
  const { status, body } = answer;
  // Quirk: spec 03 §8.2. Under a policy only 200 will do.
  const isTaken = policy === undefined ? status >= 200 && status < 300 : status === 200;
  if (!isTaken) {
    throw new AppRefusalError(
      `fails to send binding event to http app channel, status code: ${status} body: ${body.toString("utf8")}`,
      { http: status },
    );
  }
  return body.length === 0 ? undefined : body;
}

const invokeError = (cause: unknown): AppRefusalError =>
  new AppRefusalError(
    `error invoking app: ${errorText(cause)}`,
    cause instanceof RpcError ? { grpc: cause.code } : {},
    cause,
  );

async function overGrpc(
  { name }: InputBinding,
  { data, metadata }: BindingEvent,
  { app, block, logger }: DeliveryContext,
  span: Span | undefined,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  if (app.callback === undefined) throw new AppRefusalError("the app has no gRPC channel");
  const request = BindingEventRequest.encode({ name, data, metadata });
  let response: ReturnType<typeof BindingEventResponse.decode>;
  try {
    const reply = await app.callback(onBindingEvent, request, [], span?.context, signal);
    response = BindingEventResponse.decode(reply);
  } catch (cause) {
    throw invokeError(cause);
  }
  const { to, concurrency } = response;
  const answer = Buffer.from(response.data);
  if (to.length > 0) {
    try {
      await passOn(block, to, answer, concurrency === parallel, signal);
    } catch (error) {
      logger.error(`error executing app response: ${errorText(error)}`);
    }
  }
  return answer.length === 0 ? undefined : answer;
}

/** BindingEventResponse.BindingEventConcurrency.PARALLEL */
const parallel = 1;

/** In order, up to the first error, or all at once. @throws the first error */
async function passOn(
  block: BindingsBlock,
  to: readonly string[],
  answer: Buffer,
  isParallel: boolean,
  signal: AbortSignal,
): Promise<void> {
  const data = normalJson(answer);
  const send = (name: string) =>
    block.run(name, { operation: "create", data, metadata: new Map() }, signal);
  if (!isParallel) {
    for (const name of to) await send(name);
    return;
  }
  const results = await Promise.allSettled(to.map(send));
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

function normalJson(bytes: Buffer): Buffer {
  try {
    return Buffer.from(encodeJson(parseJson(bytes)));
  } catch {
    return Buffer.from("null");
  }
}
