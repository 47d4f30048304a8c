/**
 * The JSON answers of Vault's key/value engine, version 2.
 * Source: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { asArray, asString, asStringMap, JsonTypeError } from "../../kit/json/decode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../kit/json/value.ts";

/** `data.data` with its strings; undefined: there is none. @throws {Error} for other values */
export function secretStrings(body: Buffer): ReadonlyMap<string, string> | undefined {
  return decoding(() => {
    const data = member(outer(body), "data", ".data");
    if (data === undefined) return undefined;
    const secret = member(data, "data", ".data.data");
    return secret === undefined ? undefined : asStringMap(secret, ".data.data");
  });
}

/** `data.keys`; folders end with a slash. @throws {Error} */
export function listedKeys(body: Buffer): readonly string[] {
  return decoding(() => {
    const data = member(outer(body), "data", ".data");
    const keys = asArray(data?.get("keys"), ".data.keys", "[]string");
    return keys.map((key) => asString(key, ".data.keys"));
  });
}

/** The JSON text of `data.data`, character by character as the server wrote it; "" when there is none. @throws {Error} */
export function secretText(body: Buffer): string {
  decoding(() => parseJson(body));
  const text = body.toString("utf8");
  const data = memberText(text, "data");
  const secret = data === undefined ? undefined : memberText(data, "data");
  return secret === undefined || secret === "null" ? "" : secret;
}

function outer(body: Buffer): JsonObject {
  const root = parseJson(body);
  if (!isJsonObject(root)) throw new JsonTypeError(root, "", "struct");
  return root;
}

function member(object: JsonObject, name: string, field: string): JsonObject | undefined {
  const value: JsonValue | undefined = object.get(name);
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw new JsonTypeError(value, field, "struct");
  return value;
}

function decoding<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new Error(`couldn't decode response body: ${errorText(cause)}`, { cause });
  }
}

const token = /\s*("(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s"{}[\]:,]+)/y;

/** The text of a member of an object; the text has been parsed before, so that it is well-formed. */
function memberText(text: string, wanted: string): string | undefined {
  let depth = 0;
  let lastString = "";
  let found: string | undefined;
  let start = -1;
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [, word = ""] = match;
    const from = token.lastIndex - word.length;
    if (depth === 1 && start >= 0 && (word === "," || word === "}")) {
      found = text.slice(start, from).trim();
      start = -1;
    }
    if (word === "{" || word === "[") depth++;
    else if (word === "}" || word === "]") depth--;
    else if (depth === 1 && word === ":") {
      if (JSON.parse(lastString) === wanted) start = token.lastIndex;
    } else if (word.startsWith('"')) lastString = word;
    if (depth === 0) break;
  }
  return found;
}
