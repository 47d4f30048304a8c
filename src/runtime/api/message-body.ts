/**
 * Bodies that are messages of the gRPC API, in proto3 JSON.
 * @see spec 01 §2.5
 */
import { bodyMalformed, bodyUnreadable } from "../../kit/errors/body-errors.ts";
import type { Codec } from "../../kit/proto/codec.ts";
import type { HttpExchange } from "./http-route.ts";

const nothing = Buffer.alloc(0);

/** No body is an empty message. @throws {ApiError} ERR_BODY_READ, ERR_MALFORMED_REQUEST */
export async function readMessage<T, Init>(
  exchange: HttpExchange,
  codec: Codec<T, Init>,
): Promise<T> {
  if (exchange.contentLength === 0) return codec.decode(nothing);
  let body: Buffer;
  try {
    body = await exchange.readBody();
  } catch (cause) {
    throw bodyUnreadable({}, cause);
  }
  if (body.length === 0) return codec.decode(nothing);
  // Loaded on first use: knows all messages.
  const { fromJson } = await import("../../kit/proto/json.ts");
  try {
    return fromJson(codec, body);
  } catch (cause) {
    throw bodyMalformed({}, cause);
  }
}
