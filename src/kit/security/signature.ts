/**
 * Signatures on certificates and requests: which algorithms are trusted, and which one a key makes.
 *
 * SHA-1, MD5, small keys and other curves are refused.
 * @see spec 07 §2.5, §2.6
 */
import { constants, type KeyObject, sign, type VerifyKeyObjectInput, verify } from "node:crypto";
import { asNull, context, type DerValue, encodeDer, integer, oid, sequence } from "./der.ts";

type KeyKind = "ed25519" | "rsa" | "ec";

interface Algorithm {
  readonly oid: string;
  readonly key: KeyKind;
  /** null: the key type implies it. */
  readonly hash: "sha256" | "sha384" | "sha512" | null;
  /** RSA algorithms carry a NULL parameter. */
  readonly hasNull: boolean;
}

const algorithms: readonly Algorithm[] = [
  { oid: "1.3.101.112", key: "ed25519", hash: null, hasNull: false },
  { oid: "1.2.840.113549.1.1.11", key: "rsa", hash: "sha256", hasNull: true },
  { oid: "1.2.840.113549.1.1.12", key: "rsa", hash: "sha384", hasNull: true },
  { oid: "1.2.840.113549.1.1.13", key: "rsa", hash: "sha512", hasNull: true },
  { oid: "1.2.840.10045.4.3.2", key: "ec", hash: "sha256", hasNull: false },
  { oid: "1.2.840.10045.4.3.3", key: "ec", hash: "sha384", hasNull: false },
  { oid: "1.2.840.10045.4.3.4", key: "ec", hash: "sha512", hasNull: false },
];
const byOid: ReadonlyMap<string, Algorithm> = new Map(algorithms.map((a) => [a.oid, a]));

const rsaPss = "1.2.840.113549.1.1.10";
const nullValue = Buffer.of(5, 0);

/** RSA-PSS names its hash, its mask and its salt length in parameters; these are the three that exist in practice. */
const pssHashes = [
  { hash: "sha256", oid: "2.16.840.1.101.3.4.2.1", saltLength: 32 },
  { hash: "sha384", oid: "2.16.840.1.101.3.4.2.2", saltLength: 48 },
  { hash: "sha512", oid: "2.16.840.1.101.3.4.2.3", saltLength: 64 },
] as const;

/** Hash of each curve that is accepted. */
const curves: ReadonlyMap<string, "sha256" | "sha384" | "sha512"> = new Map([
  ["prime256v1", "sha256"],
  ["secp384r1", "sha384"],
  ["secp521r1", "sha512"],
]);

/** Why a public key is not accepted; undefined when it is. */
export function keyComplaint(key: KeyObject): string | undefined {
  const details = key.asymmetricKeyDetails;
  switch (key.asymmetricKeyType) {
    case "ed25519":
      return undefined;
    case "rsa": {
      const bits = details?.modulusLength ?? 0;
      return bits >= 2048 && bits <= 8192 ? undefined : `unsupported RSA key of ${bits} bits`;
    }
    case "ec": {
      const curve = details?.namedCurve ?? "";
      return curves.has(curve) ? undefined : `unsupported elliptic curve ${curve}`;
    }
    default:
      return `unsupported public key type ${key.asymmetricKeyType}`;
  }
}

/** AlgorithmIdentifier and signature that a private key makes over bytes. @throws {Error} for keys that are not accepted */
export function signBytes(
  key: KeyObject,
  bytes: Uint8Array,
): { algorithm: DerValue; signature: Buffer } {
  const complaint = keyComplaint(key);
  if (complaint !== undefined) throw new Error(complaint);
  const algorithm = signingAlgorithm(key);
  return { algorithm: identifier(algorithm), signature: sign(algorithm.hash, bytes, key) };
}

/** What {@link signBytes} will name, for the part of a certificate that is itself signed. */
export const signatureIdentifier = (key: KeyObject): DerValue => identifier(signingAlgorithm(key));

function signingAlgorithm(key: KeyObject): Algorithm {
  const kind = key.asymmetricKeyType;
  const hash =
    kind === "ec"
      ? curves.get(key.asymmetricKeyDetails?.namedCurve ?? "")
      : kind === "rsa"
        ? "sha256"
        : null;
  const found = algorithms.find((a) => a.key === kind && a.hash === hash);
  if (found === undefined) throw new Error(`unsupported key type ${kind}`);
  return found;
}

function identifier(algorithm: Algorithm): DerValue {
  return algorithm.hasNull ? sequence(oid(algorithm.oid), asNull) : sequence(oid(algorithm.oid));
}

/**
 * Whether a signature is good and of a kind that is trusted.
 * @param algorithm the AlgorithmIdentifier in DER
 */
export function isSignatureValid(
  algorithm: { readonly oid: string; readonly parameters: Buffer | undefined },
  key: KeyObject,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  const input = verification(algorithm, key);
  if (input === undefined) return false;
  try {
    return verify(input.hash, bytes, input.key, signature);
  } catch {
    return false;
  }
}

function verification(
  algorithm: { readonly oid: string; readonly parameters: Buffer | undefined },
  key: KeyObject,
): { hash: string | null; key: VerifyKeyObjectInput } | undefined {
  if (keyComplaint(key) !== undefined) return undefined;
  if (algorithm.oid === rsaPss) {
    const pss = pssHash(algorithm.parameters);
    if (pss === undefined || key.asymmetricKeyType !== "rsa") return undefined;
    return {
      hash: pss.hash,
      key: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: pss.saltLength },
    };
  }
  const known = byOid.get(algorithm.oid);
  if (known === undefined || known.key !== key.asymmetricKeyType) return undefined;
  const { parameters } = algorithm;
  if (parameters !== undefined && !(known.hasNull && parameters.equals(nullValue))) {
    return undefined;
  }
  return { hash: known.hash, key: { key } };
}

/** The whole parameters are compared with the three that are accepted, so nothing in them goes unread. */
function pssHash(parameters: Buffer | undefined): (typeof pssHashes)[number] | undefined {
  if (parameters === undefined) return undefined;
  return pssHashes.find((pss) => pssParameters(pss).some((form) => form.equals(parameters)));
}

function pssParameters(pss: (typeof pssHashes)[number]): Buffer[] {
  const salt = integer(Buffer.of(pss.saltLength));
  const mgf1 = oid("1.2.840.113549.1.1.8");
  // With and without the NULL of the hash: both occur.
  return [sequence(oid(pss.oid), asNull), sequence(oid(pss.oid))].map((hash) =>
    encodeDer(sequence(context(0, [hash]), context(1, [sequence(mgf1, hash)]), context(2, [salt]))),
  );
}
