/**
 * Calls over HTTP; loaded with the first one, for few sidecars have a crypto provider.
 * @see spec 01 §2.4, §9.1
 */
import { isTruthy } from "../../kit/flags/flags.ts";
import { textFromByteString } from "../../kit/http/byte-text.ts";
import { CanceledError } from "../../kit/time/clock.ts";
import { BodyTooLargeError, type HttpExchange } from "../api/http-route.ts";
import type { CryptoBlock, Output } from "./crypto.ts";
import * as errors from "./errors.ts";

export async function encrypt(block: CryptoBlock, exchange: HttpExchange): Promise<void> {
  const provider = block.provider(exchange.params[0] ?? "");
  const options = {
    keyName: required(exchange, "dapr-key-name"),
    algorithm: required(exchange, "dapr-key-wrap-algorithm"),
    cipher: header(exchange, "dapr-data-encryption-cipher"),
    decryptionKeyName: header(exchange, "dapr-decryption-key-name"),
    omitsKeyName: isTruthy(header(exchange, "dapr-omit-decryption-key-name")),
  };
  await answer(exchange, await block.encrypt(provider, options, body(exchange), exchange.signal));
}

export async function decrypt(block: CryptoBlock, exchange: HttpExchange): Promise<void> {
  const provider = block.provider(exchange.params[0] ?? "");
  const keyName = header(exchange, "dapr-key-name");
  const input = await readable(exchange);
  await answer(exchange, await block.decrypt(provider, keyName, input, exchange.signal));
}

function header(exchange: HttpExchange, name: string): string {
  const value = exchange.headers[name];
  return typeof value === "string" ? textFromByteString(value) : "";
}

function required(exchange: HttpExchange, name: string): string {
  const value = header(exchange, name);
  if (value === "") throw errors.badRequest({ why: `missing header '${name}'` });
  return value;
}

async function* body(exchange: HttpExchange): AsyncGenerator<Buffer, void, void> {
  yield await exchange.readBody();
}

/** A document that is too long is not a document with a bad header: the error is that of reading. */
async function readable(exchange: HttpExchange): Promise<AsyncIterable<Buffer>> {
  try {
    const bytes = await exchange.readBody();
    return (async function* () {
      yield bytes;
    })();
  } catch (error) {
    if (error instanceof BodyTooLargeError) throw error;
    throw errors.operationFailed({}, error);
  }
}

/** The status is sent when the whole result is there. */
async function answer(exchange: HttpExchange, output: Output): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of output) {
    if (exchange.signal.aborted) throw new CanceledError();
    pieces.push(piece);
  }
  exchange.send(200, "application/octet-stream", Buffer.concat(pieces));
}
