/**
 * ECDSA over digests. Node.js signs messages only, so what lies around the multiplication of points is done here; OpenSSL
 * multiplies when secrets are involved, and secrets are blinded before they meet arithmetic that takes varying time.
 * @see RFC 7518 §3.4, FIPS 186-5 §6.4
 */
import { createECDH, createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import { typeMismatch } from "./crypto-key-ciphers.ts";

interface Curve {
  /** OpenSSL's name. */
  readonly name: string;
  /** Of a coordinate and of R and S. */
  readonly bytes: number;
  readonly p: bigint;
  readonly n: bigint;
  readonly g: Point;
}

/** Affine; undefined is the point at infinity. */
type Point = readonly [x: bigint, y: bigint] | undefined;

const p256 = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const p384 = 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n;
const p521 = 2n ** 521n - 1n;

/** The curve of an algorithm, by the size of its hash (RFC 7518 §3.4). Orders: SEC 2. */
const curves: ReadonlyMap<string, () => Curve> = new Map([
  [
    "256",
    curve(
      "prime256v1",
      32,
      p256,
      "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    ),
  ],
  [
    "384",
    curve(
      "secp384r1",
      48,
      p384,
      "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    ),
  ],
  [
    "512",
    curve(
      "secp521r1",
      66,
      p521,
      "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    ),
  ],
]);

/** The base point is the public key of the private key 1. */
function curve(name: string, bytes: number, p: bigint, order: string): () => Curve {
  let made: Curve | undefined;
  return () => {
    made ??= { name, bytes, p, n: BigInt(`0x${order}`), g: multiplyBase(name, bytes, 1n) };
    return made;
  };
}

function curveOf(key: KeyObject, size: string): Curve {
  const found = curves.get(size)?.();
  if (found === undefined || key.asymmetricKeyDetails?.namedCurve !== found.name) {
    throw typeMismatch();
  }
  return found;
}

const toNumber = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex") || "0"}`);

const toBytes = (value: bigint, length: number): Buffer =>
  Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex");

const modulo = (value: bigint, m: bigint): bigint => ((value % m) + m) % m;

function inverse(value: bigint, m: bigint): bigint {
  let [r0, r1, t0, t1] = [m, modulo(value, m), 0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1, t0, t1] = [r1, r0 - q * r1, t1, t0 - q * t1];
  }
  return modulo(t0, m);
}

/** k·G, by OpenSSL. */
function multiplyBase(name: string, bytes: number, k: bigint): Point {
  const ecdh = createECDH(name);
  ecdh.setPrivateKey(toBytes(k, bytes));
  const point = ecdh.getPublicKey();
  return [toNumber(point.subarray(1, 1 + bytes)), toNumber(point.subarray(1 + bytes))];
}

/** From 1 to n - 1, all with the same chance. */
function randomScalar({ bytes, n }: Curve): bigint {
  const bits = n.toString(2).length;
  for (;;) {
    const value = toNumber(randomBytes(bytes)) & ((1n << BigInt(bits)) - 1n);
    if (value > 0n && value < n) return value;
  }
}

/** The digest's leftmost bits, as many as the order has. */
function reduced(digest: Uint8Array, { n }: Curve): bigint {
  const excess = 8 * digest.length - n.toString(2).length;
  const value = toNumber(digest);
  return modulo(excess > 0 ? value >> BigInt(excess) : value, n);
}

/** @returns R and S one after the other @throws {Error} `key type mismatch` */
export function signEcdsa(key: KeyObject, size: string, digest: Uint8Array): Buffer {
  const on = curveOf(key, size);
  const { name, bytes, n } = on;
  const d = toNumber(Buffer.from(key.export({ format: "jwk" }).d ?? "", "base64url"));
  const z = reduced(digest, on);
  for (;;) {
    const k = randomScalar(on);
    const r = modulo((multiplyBase(name, bytes, k) as [bigint, bigint])[0], n);
    const blind = randomScalar(on);
    const sum = modulo(blind * z + modulo(blind * d, n) * r, n);
    const s = modulo(inverse(modulo(k * blind, n), n) * sum, n);
    if (r !== 0n && s !== 0n) return Buffer.concat([toBytes(r, bytes), toBytes(s, bytes)]);
  }
}

/** Everything here is public. @throws {Error} `key type mismatch` */
export function verifyEcdsa(
  key: KeyObject,
  size: string,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const on = curveOf(key, size);
  const { bytes, n } = on;
  if (signature.length !== 2 * bytes) return false;
  const r = toNumber(signature.subarray(0, bytes));
  const s = toNumber(signature.subarray(bytes));
  if (r <= 0n || r >= n || s <= 0n || s >= n) return false;
  const jwk = (key.type === "private" ? createPublicKey(key) : key).export({ format: "jwk" });
  const q: Point = [
    toNumber(Buffer.from(jwk.x ?? "", "base64url")),
    toNumber(Buffer.from(jwk.y ?? "", "base64url")),
  ];
  const w = inverse(s, n);
  const u1 = modulo(reduced(digest, on) * w, n);
  const u2 = modulo(r * w, n);
  const sum = add(multiply(on.g, u1, on), multiply(q, u2, on), on);
  return sum !== undefined && modulo(sum[0], n) === r;
}

function add(left: Point, right: Point, { p }: Curve): Point {
  if (left === undefined) return right;
  if (right === undefined) return left;
  const [x1, y1] = left;
  const [x2, y2] = right;
  let slope: bigint;
  if (x1 !== x2) slope = modulo((y2 - y1) * inverse(x2 - x1, p), p);
  else if (modulo(y1 + y2, p) === 0n) return undefined;
  // a = -3 on all three curves.
  else slope = modulo((3n * x1 * x1 - 3n) * inverse(2n * y1, p), p);
  const x = modulo(slope * slope - x1 - x2, p);
  return [x, modulo(slope * (x1 - x) - y1, p)];
}

function multiply(point: Point, factor: bigint, on: Curve): Point {
  let sum: Point;
  for (let base = point, rest = factor; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = add(sum, base, on);
    base = add(base, base, on);
  }
  return sum;
}
