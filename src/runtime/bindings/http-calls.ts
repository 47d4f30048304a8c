/**
 * A call of an output binding over HTTP. Loaded with the first one.
 * @see spec 03 §8.3
 */
import { byteStringFromText } from "../../kit/http/byte-text.ts";
import { asFinite, asObject, asString, asStringMap, members } from "../../kit/json/decode.ts";
import { encodeJson } from "../../kit/json/encode.ts";
import { parseFirstJson } from "../../kit/json/parse.ts";
import { baggageOf, parseBaggage } from "../../kit/tracing/baggage.ts";
import { emittedState, formatTraceparent } from "../../kit/tracing/context.ts";
import type { HttpExchange } from "../api/http-route.ts";
import { type BindingsBlock, responseMetadata } from "./bindings.ts";
import * as errors from "./errors.ts";
import { answerHeaders } from "./headers.ts";

/** What a body holds. */
interface BodyRequest {
  readonly operation: string;
  readonly data: Buffer;
  readonly metadata: Map<string, string>;
}

export async function invoke(block: BindingsBlock, exchange: HttpExchange): Promise<void> {
  const [name] = exchange.params as [string];
  const request = await readRequest(exchange);
  addTrace(exchange, request.metadata);
  try {
    const response = await block.invoke(name, request, exchange.signal);
    setHeaders(exchange, response?.metadata);
    if (response === undefined) exchange.empty(204);
    else exchange.json(200, response.data ?? "");
  } catch (error) {
    setHeaders(exchange, responseMetadata(error));
    throw error;
  }
}

async function readRequest(exchange: HttpExchange): Promise<BodyRequest> {
  try {
    const body = await exchange.readBody();
    const object = asObject(parseFirstJson(body), "", "http.OutputBindingRequest");
    const [operation, data, metadata] =
      object === undefined ? [] : members(object, ["operation", "data", "metadata"]);
    return {
      operation: asString(operation, "OutputBindingRequest.operation"),
      data: Buffer.from(encodeJson(asFinite(data ?? null, "OutputBindingRequest.data"))),
      metadata: new Map(asStringMap(metadata, "OutputBindingRequest.metadata")),
    };
  } catch (cause) {
    throw errors.bodyUnreadable({}, cause);
  }
}

/** Of the request's span, and the caller's baggage. @throws {ApiError} ERR_MALFORMED_REQUEST */
function addTrace(
  { span, headers, rawHeaders }: HttpExchange,
  metadata: Map<string, string>,
): void {
  if (span !== undefined) {
    metadata.set("traceparent", formatTraceparent(span.context));
    const state = emittedState(span.context);
    if (state !== "") metadata.set("tracestate", state);
  }
  if (headers.baggage === undefined) return;
  const baggage = baggageOf(rawHeaders);
  try {
    parseBaggage(baggage);
  } catch (cause) {
    throw errors.baggageInvalid({}, cause);
  }
  metadata.set("baggage", baggage);
}

function setHeaders(
  exchange: HttpExchange,
  metadata: ReadonlyMap<string, string> | undefined,
): void {
  for (const [name, value] of answerHeaders(metadata)) {
    exchange.setHeader(name, byteStringFromText(value));
  }
}
