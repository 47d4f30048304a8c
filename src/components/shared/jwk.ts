/**
 * JSON Web Keys and sets of them.
 * @see RFC 7517, RFC 7518 §6
 */
import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  type webcrypto,
} from "node:crypto";
import { parseJson } from "../../kit/json/parse.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../kit/json/value.ts";
import type { LoadedKey } from "./crypto-key.ts";

/** @throws {Error} which never quotes the key */
export function parseJwk(bytes: Buffer): LoadedKey {
  return toKey(readJson(bytes));
}

/**
 * The keys of a set by their `kid`; of several with the same one the first counts. Keys of kinds that are not known are
 * left out, as RFC 7517 §5 asks.
 * @throws {Error} for anything but a set, or one key
 */
export function parseJwkSet(bytes: Buffer): ReadonlyMap<string, LoadedKey> {
  const root = readJson(bytes);
  if (!isJsonObject(root)) throw new Error("a JSON Web Key set must be an object");
  const members = root.get("keys");
  if (members === undefined && root.has("kty")) return byId([toKey(root)]);
  if (!Array.isArray(members)) throw new Error("a JSON Web Key set must have an array 'keys'");
  const keys: LoadedKey[] = [];
  for (const member of members as readonly JsonValue[]) {
    if (!isJsonObject(member)) throw new Error("a JSON Web Key must be an object");
    if (kinds.has(member.get("kty"))) keys.push(toKey(member));
  }
  return byId(keys);
}

function byId(keys: readonly LoadedKey[]): ReadonlyMap<string, LoadedKey> {
  const found = new Map<string, LoadedKey>();
  for (const key of keys) if (!found.has(key.id)) found.set(key.id, key);
  return found;
}

/** The parser's own errors quote characters of the text, which is secret. */
function readJson(bytes: Buffer): JsonValue {
  try {
    return parseJson(bytes);
  } catch {
    throw new Error("failed to unmarshal JWK: invalid JSON");
  }
}

const kinds: ReadonlySet<unknown> = new Set(["RSA", "EC", "OKP", "oct"]);

/** The members that make up a key; a private one has `d`. */
const parts = ["kty", "crv", "n", "e", "d", "p", "q", "dp", "dq", "qi", "x", "y"] as const;

function toKey(value: JsonValue): LoadedKey {
  if (!isJsonObject(value)) throw new Error("a JSON Web Key must be an object");
  const kind = value.get("kty");
  if (!kinds.has(kind)) throw new Error("invalid key type in JWK");
  return {
    object: kind === "oct" ? symmetric(value) : asymmetric(value),
    id: text(value, "kid") ?? "",
    use: text(value, "use") || undefined,
    operations: operations(value),
    algorithm: text(value, "alg") || undefined,
  };
}

function text(value: JsonObject, name: string): string | undefined {
  const member = value.get(name);
  if (member === undefined || member === null) return undefined;
  if (typeof member !== "string") throw new Error(`the member '${name}' of a JWK must be a string`);
  return member;
}

function operations(value: JsonObject): readonly string[] | undefined {
  const member = value.get("key_ops");
  if (member === undefined || member === null) return undefined;
  const list = Array.isArray(member) ? (member as readonly JsonValue[]) : [];
  if (!Array.isArray(member) || !list.every((item) => typeof item === "string")) {
    throw new Error("the member 'key_ops' of a JWK must be an array of strings");
  }
  return list.length === 0 ? undefined : (list as readonly string[]);
}

function symmetric(value: JsonObject): KeyObject {
  const encoded = text(value, "k")?.replace(/=+$/, "");
  if (!encoded || !/^[A-Za-z0-9_-]+$/.test(encoded) || encoded.length % 4 === 1) {
    throw new Error("the member 'k' of a JWK must be base64url");
  }
  return createSecretKey(encoded, "base64url");
}

function asymmetric(value: JsonObject): KeyObject {
  const key: webcrypto.JsonWebKey = {};
  for (const name of parts) {
    const part = text(value, name);
    if (part !== undefined) key[name] = part;
  }
  try {
    return key.d === undefined
      ? createPublicKey({ key, format: "jwk" })
      : createPrivateKey({ key, format: "jwk" });
  } catch {
    throw new Error(`invalid ${key.kty} key in JWK`);
  }
}
