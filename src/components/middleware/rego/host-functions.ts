/**
 * The functions of Rego that need keys and digests, which the interpreter leaves to its host.
 * @see https://www.openpolicyagent.org/docs/policy-reference/builtins (Tokens, Crypto)
 */
import {
  constants,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
  type webcrypto,
} from "node:crypto";
import type { Clock } from "../../../kit/time/clock.ts";
import { deprecatedFunctions } from "./deprecated-functions.ts";

/** By name. How many parameters one has says how many arguments Rego hands over; what throws is undefined there. */
export type HostFunctions = ReadonlyMap<string, (...args: never[]) => unknown>;

type Json = Readonly<Record<string, unknown>>;

interface Token {
  readonly header: Json;
  readonly payload: Json;
  readonly signed: string;
  readonly signature: Buffer;
}

const algorithm = /^(?:(HS|RS|PS|ES)(256|384|512)|EdDSA)$/;
const families = ["HS", "RS", "PS", "ES"] as const;
const sizes = ["256", "384", "512"] as const;

export function hostFunctions(clock: Clock): HostFunctions {
  const functions: [string, (...args: never[]) => unknown][] = [
    ["io.jwt.decode", decode],
    ["io.jwt.decode_verify", (token: string, wanted: Json) => decodeVerify(token, wanted, clock)],
    ["io.jwt.verify_eddsa", (token: string, keys: string) => isSigned(token, "EdDSA", keys)],
    ["io.jwt.encode_sign", encodeSign],
    ["io.jwt.encode_sign_raw", encodeSignRaw],
    ["crypto.hmac.equal", (a: string, b: string) => isEqual(Buffer.from(a), Buffer.from(b))],
  ];
  for (const family of families) {
    for (const size of sizes) {
      const name = `${family}${size}`;
      functions.push([
        `io.jwt.verify_${name.toLowerCase()}`,
        (token: string, keys: string) => isSigned(token, name, keys),
      ]);
    }
  }
  for (const hash of ["md5", "sha1", "sha256"]) {
    functions.push([
      `crypto.${hash}`,
      (text: string) => createHash(hash).update(text).digest("hex"),
    ]);
  }
  for (const hash of ["md5", "sha1", "sha256", "sha512"]) {
    functions.push([
      `crypto.hmac.${hash}`,
      (text: string, key: string) => createHmac(hash, key).update(text).digest("hex"),
    ]);
  }
  return new Map([...functions, ...deprecatedFunctions]);
}

/** @returns header, payload, signature in hexadecimal digits. The signature is not looked at. */
function decode(token: string): [Json, Json, string] {
  const { header, payload, signature } = readToken(token);
  return [header, payload, signature.toString("hex")];
}

function readToken(token: string): Token {
  const parts = token.split(".");
  const [header = "", payload = "", signature = ""] = parts;
  if (parts.length !== 3) throw new Error("a token has three parts");
  return {
    header: readObject(header),
    payload: readObject(payload),
    signed: `${header}.${payload}`,
    signature: bytesOf(signature),
  };
}

function readObject(part: string): Json {
  const value: unknown = JSON.parse(bytesOf(part).toString());
  if (!isObject(value)) throw new Error("not an object");
  return value;
}

/** @throws {Error} for what Node.js would pass over */
function bytesOf(part: string): Buffer {
  if (!/^[\w-]*=*$/.test(part)) throw new Error("not base64url");
  return Buffer.from(part, "base64url");
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isSigned(text: string, name: string, keys: string): boolean {
  const token = readToken(text);
  return verifyingKeys(keys, name, token.header.kid).some((key) => fits(token, name, key));
}

/** @param keys PEM (certificates or public keys), a JSON Web Key or a set of them; for HS the secret itself */
function verifyingKeys(keys: string, name: string, id: unknown): KeyObject[] {
  if (name.startsWith("HS")) return [createSecretKey(Buffer.from(keys))];
  if (!keys.trimStart().startsWith("{")) {
    const blocks = keys.match(/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g) ?? [];
    if (blocks.length === 0) throw new Error("neither PEM nor JSON");
    return blocks.map((pem) => createPublicKey(pem));
  }
  const parsed = JSON.parse(keys) as { readonly keys?: readonly Json[] } & Json;
  const all = parsed.keys ?? [parsed];
  const named = all.filter(({ kid }) => kid !== undefined && kid === id);
  return (named.length > 0 ? named : all).map((key) =>
    createPublicKey({ key: key as webcrypto.JsonWebKey, format: "jwk" }),
  );
}

function fits({ signed, signature }: Token, name: string, key: KeyObject): boolean {
  const { hash, options } = methodOf(name);
  const data = Buffer.from(signed);
  if (name.startsWith("HS")) {
    return isEqual(
      createHmac(hash as string, key)
        .update(data)
        .digest(),
      signature,
    );
  }
  if (key.asymmetricKeyType !== keyTypeOf(name)) return false;
  return verify(hash, data, { key, ...options }, signature);
}

function keyTypeOf(name: string): string {
  if (name === "EdDSA") return "ed25519";
  return name.startsWith("ES") ? "ec" : "rsa";
}

interface Method {
  /** null: the key's own. */
  readonly hash: string | null;
  readonly options: {
    readonly padding?: number;
    readonly saltLength?: number;
    readonly dsaEncoding?: "ieee-p1363";
  };
}

/** @see RFC 7518 §3 */
function methodOf(name: string): Method {
  const match = algorithm.exec(name);
  if (match === null) throw new Error(`unknown algorithm: ${name}`);
  const [, family, size] = match;
  if (family === undefined) return { hash: null, options: {} };
  const hash = `sha${size}`;
  if (family === "ES") return { hash, options: { dsaEncoding: "ieee-p1363" } };
  if (family !== "PS") return { hash, options: {} };
  return {
    hash,
    options: {
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    },
  };
}

const isEqual = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

const constraints = new Set(["cert", "secret", "alg", "iss", "aud", "time"]);
const invalid = [false, {}, {}] as const;

/** @returns whether the token is good, its header and its payload; both empty where it is not */
function decodeVerify(text: string, wanted: Json, clock: Clock): readonly unknown[] {
  for (const name of Object.keys(wanted)) {
    if (!constraints.has(name)) throw new Error(`unknown constraint: ${name}`);
  }
  const { cert, secret, alg, time } = wanted;
  if ((cert === undefined) === (secret === undefined)) throw new Error("one of cert and secret");
  const { header, payload } = readToken(text);
  const name = header.alg;
  if (typeof name !== "string" || (alg !== undefined && alg !== name)) return invalid;
  // A public key that serves as a secret would let everybody sign.
  if (!algorithm.test(name) || name.startsWith("HS") !== (secret !== undefined)) return invalid;
  if (!isSigned(text, name, String(secret ?? cert))) return invalid;
  const seconds = time === undefined ? clock.now() / 1000 : Number(time) / 1e9;
  const isGood = isMeant(payload, wanted) && isCurrent(payload, seconds);
  return isGood ? [true, header, payload] : invalid;
}

function isMeant(payload: Json, { iss, aud }: Json): boolean {
  if (iss !== undefined && payload.iss !== iss) return false;
  const meant = payload.aud;
  if (aud === undefined) return meant === undefined;
  return Array.isArray(meant) ? meant.includes(aud) : meant === aud;
}

function isCurrent({ exp, nbf }: Json, seconds: number): boolean {
  if (exp !== undefined && !(typeof exp === "number" && seconds < exp)) return false;
  return nbf === undefined || (typeof nbf === "number" && seconds >= nbf);
}

/** @param key a JSON Web Key */
function encodeSign(header: Json, payload: Json, key: Json): string {
  return signed(JSON.stringify(header), JSON.stringify(payload), key);
}

/** As encode_sign, with texts in place of objects. */
function encodeSignRaw(header: string, payload: string, key: string): string {
  return signed(header, payload, JSON.parse(key) as Json);
}

function signed(header: string, payload: string, jwk: Json): string {
  const name = (JSON.parse(header) as Json).alg;
  const { hash, options } = methodOf(String(name));
  const data = `${Buffer.from(header).toString("base64url")}.${Buffer.from(payload).toString("base64url")}`;
  const isShared = String(name).startsWith("HS");
  const signature = isShared
    ? createHmac(hash as string, bytesOf(String(jwk.k)))
        .update(data)
        .digest()
    : sign(hash, Buffer.from(data), {
        key: createPrivateKey({ key: jwk as webcrypto.JsonWebKey, format: "jwk" }),
        ...options,
      });
  return `${data}.${signature.toString("base64url")}`;
}
