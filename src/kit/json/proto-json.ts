/**
 * Bodies of handlers that both protocols share.
 * @see spec 01 §2.5, proto JSON
 */
import { errorText } from "../errors/api-error.ts";
import { JsonSyntaxError, parseUniqueJson } from "./parse.ts";
import { isJsonObject } from "./value.ts";

/**
 * An empty body is an empty message; anything else must be exactly one JSON object without repeated members.
 * @throws {JsonSyntaxError}
 */
export function assertProtoJsonBody(bytes: Buffer): void {
  if (bytes.length === 0) return;
  let isMessage: boolean;
  try {
    isMessage = isJsonObject(parseUniqueJson(bytes));
  } catch (cause) {
    throw new JsonSyntaxError(`proto: ${errorText(cause)}`);
  }
  if (isMessage) return;
  const start = bytes.toString("utf8").trimStart().slice(0, 1);
  throw new JsonSyntaxError(`proto: syntax error: unexpected token ${start}`);
}
