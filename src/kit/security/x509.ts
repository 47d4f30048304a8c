/**
 * X.509 certificates, read and written as DER.
 * @see spec 07 §1.2, §2.3, §2.6; RFC 5280
 */
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import {
  bitString,
  boolean,
  children,
  content,
  context,
  contextChildren,
  contextContent,
  contextTag,
  DerError,
  type DerValue,
  decodeDer,
  directoryString,
  encodeDer,
  integer,
  isUniversal,
  octetString,
  oid,
  readBitString,
  readBoolean,
  readOid,
  readSmallInteger,
  readTime,
  sequence,
  set,
  tag,
  time,
} from "./der.ts";
import { isSignatureValid, signatureIdentifier, signBytes } from "./signature.ts";

/** Bits of the key usage extension, by their RFC 5280 numbers. */
export const keyUsage = {
  digitalSignature: 1 << 0,
  keyCertSign: 1 << 5,
  crlSign: 1 << 6,
} as const;

const ids = {
  organization: "2.5.4.10",
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  authorityKeyId: "2.5.29.35",
  extKeyUsage: "2.5.29.37",
  certificatePolicies: "2.5.29.32",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;

/** Critical extensions that do not stand in the way. */
const understood: ReadonlySet<string> = new Set([
  ids.subjectKeyId,
  ids.nameConstraints,
  ids.keyUsage,
  ids.subjectAltName,
  ids.basicConstraints,
  ids.authorityKeyId,
  ids.extKeyUsage,
  ids.certificatePolicies,
]);

export interface AltNames {
  readonly dns: readonly string[];
  readonly uris: readonly string[];
}

/** For which names an authority may sign; each list is of domains, with a leading dot for true subdomains only. */
export interface NameConstraints {
  readonly permitted: AltNames;
  readonly excluded: AltNames;
}

export interface Certificate {
  readonly der: Buffer;
  /** 1, 2 or 3. */
  readonly version: number;
  /** Big-endian, without padding. */
  readonly serial: Buffer;
  /** DER of the names, for comparison. */
  readonly subject: Buffer;
  readonly issuer: Buffer;
  /** ms since 1970; both ends belong to the validity. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: KeyObject;
  /** undefined: the extension is absent and nothing is ruled out. */
  readonly keyUsage: number | undefined;
  readonly basicConstraints:
    | { readonly isCa: boolean; readonly pathLength: number | undefined }
    | undefined;
  readonly altNames: AltNames;
  readonly nameConstraints: NameConstraints | undefined;
  readonly subjectKeyId: Buffer | undefined;
  readonly authorityKeyId: Buffer | undefined;
  /** Critical extensions that nobody here evaluates; such a certificate must not be believed. */
  readonly unhandled: readonly string[];
  /** Whether key made the signature, with an algorithm that is trusted. */
  isSignedBy(key: KeyObject): boolean;
}

/** @throws {DerError} when the bytes are no certificate */
export function parseCertificate(der: Uint8Array): Certificate {
  const bytes = Buffer.from(der);
  const [tbs, algorithm, signature] = children(decodeDer(bytes), tag.sequence, 3);
  const fields = children(tbs, tag.sequence, 6);
  let at = 0;
  let version = 1;
  if (contextTag(fields[0]) === 0) {
    version = readSmallInteger(contextChildren(fields[0] as DerValue)[0]) + 1;
    at = 1;
  }
  const serial = content(fields[at], tag.integer);
  const inner = encodeDer(fields[at + 1] as DerValue);
  if (!inner.equals(encodeDer(algorithm as DerValue))) {
    throw new DerError("x509: inner and outer signature algorithm identifiers don't match");
  }
  const validity = children(fields[at + 3], tag.sequence, 2);
  const extensions = readExtensions(fields.slice(at + 6));
  const signed = encodeDer(tbs as DerValue);
  const signatureBytes = readBitString(signature).bytes;
  const kind = readAlgorithm(algorithm);
  return {
    der: bytes,
    version,
    serial: serial[0] === 0 && serial.length > 1 ? serial.subarray(1) : serial,
    issuer: encodeDer(fields[at + 2] as DerValue),
    notBefore: readTime(validity[0]),
    notAfter: readTime(validity[1]),
    subject: encodeDer(fields[at + 4] as DerValue),
    publicKey: readPublicKey(fields[at + 5]),
    ...interpret(extensions),
    isSignedBy: (key) => isSignatureValid(kind, key, signed, signatureBytes),
  };
}

/** SubjectPublicKeyInfo. @throws {DerError} */
export function readPublicKey(value: DerValue | undefined): KeyObject {
  children(value, tag.sequence, 2);
  try {
    return createPublicKey({ key: encodeDer(value as DerValue), format: "der", type: "spki" });
  } catch (error) {
    throw new DerError(`x509: failed to parse public key: ${(error as Error).message}`);
  }
}

/** AlgorithmIdentifier. @throws {DerError} */
export function readAlgorithm(value: DerValue | undefined): {
  oid: string;
  parameters: Buffer | undefined;
} {
  const [id, parameters] = children(value, tag.sequence, 1);
  return { oid: readOid(id), parameters: parameters && encodeDer(parameters) };
}

interface Extension {
  readonly isCritical: boolean;
  readonly value: Buffer;
}

function readExtensions(rest: readonly DerValue[]): Map<string, Extension> {
  const found = new Map<string, Extension>();
  const wrapper = rest.find((field) => contextTag(field) === 3);
  if (wrapper === undefined) return found;
  for (const extension of children(contextChildren(wrapper)[0], tag.sequence)) {
    const parts = children(extension, tag.sequence, 2);
    const id = readOid(parts[0]);
    const hasFlag = isUniversal(parts[1], tag.boolean);
    if (found.has(id)) throw new DerError("x509: certificate contains duplicate extensions");
    found.set(id, {
      isCritical: hasFlag && readBoolean(parts[1]),
      value: content(parts[hasFlag ? 2 : 1], tag.octetString),
    });
  }
  return found;
}

function interpret(
  extensions: ReadonlyMap<string, Extension>,
): Pick<
  Certificate,
  | "keyUsage"
  | "basicConstraints"
  | "altNames"
  | "nameConstraints"
  | "subjectKeyId"
  | "authorityKeyId"
  | "unhandled"
> {
  const value = (id: string): DerValue | undefined => {
    const extension = extensions.get(id);
    return extension && decodeDer(extension.value);
  };
  const usage = value(ids.keyUsage);
  const constraints = value(ids.basicConstraints);
  const names = value(ids.subjectAltName);
  const nameConstraints = value(ids.nameConstraints);
  const subjectKey = value(ids.subjectKeyId);
  const authorityKey = value(ids.authorityKeyId);
  const authority =
    authorityKey && children(authorityKey, tag.sequence).find((part) => contextTag(part) === 0);
  const limits = nameConstraints && readNameConstraints(nameConstraints);
  const isUnhandled = ([id, { isCritical }]: [string, Extension]): boolean =>
    isCritical && (!understood.has(id) || (id === ids.nameConstraints && limits === "other"));
  return {
    keyUsage: usage && readKeyUsage(usage),
    basicConstraints: constraints && readBasicConstraints(constraints),
    altNames: names ? readAltNames(children(names, tag.sequence)) : { dns: [], uris: [] },
    nameConstraints: limits === "other" ? undefined : limits,
    subjectKeyId: subjectKey && content(subjectKey, tag.octetString),
    authorityKeyId: authority && contextContent(authority),
    unhandled: [...extensions].filter(isUnhandled).map(([id]) => id),
  };
}

/** @returns "other" when kinds of names are limited that nobody here compares */
function readNameConstraints(value: DerValue): NameConstraints | "other" {
  const lists: AltNames[] = [
    { dns: [], uris: [] },
    { dns: [], uris: [] },
  ];
  for (const part of children(value, tag.sequence)) {
    const which = contextTag(part);
    if (which !== 0 && which !== 1) throw new DerError("x509: invalid NameConstraints extension");
    const bases = contextChildren(part).map((subtree) => {
      const [base, ...distances] = children(subtree, tag.sequence, 1);
      if (distances.length > 0) throw new DerError("x509: invalid NameConstraints extension");
      return base as DerValue;
    });
    if (!bases.every((base) => contextTag(base) === 2 || contextTag(base) === 6)) return "other";
    lists[which] = readAltNames(bases);
  }
  return { permitted: lists[0] as AltNames, excluded: lists[1] as AltNames };
}

function readKeyUsage(value: DerValue): number {
  const { bytes } = readBitString(value);
  let bits = 0;
  for (let i = 0; i < 9; i++) {
    if ((bytes[i >> 3] ?? 0) & (0x80 >> (i & 7))) bits |= 1 << i;
  }
  return bits;
}

function readBasicConstraints(value: DerValue): { isCa: boolean; pathLength: number | undefined } {
  const parts = children(value, tag.sequence);
  const isCa = isUniversal(parts[0], tag.boolean) && readBoolean(parts[0]);
  const length = parts.find((part) => isUniversal(part, tag.integer));
  return { isCa, pathLength: length && readSmallInteger(length) };
}

function readAltNames(names: readonly DerValue[]): AltNames {
  const dns: string[] = [];
  const uris: string[] = [];
  for (const name of names) {
    const kind = contextTag(name);
    if (kind !== 2 && kind !== 6) continue;
    const bytes = contextContent(name);
    // IA5String; a byte outside it could make two readers see different names.
    if (bytes.some((byte) => byte > 0x7f)) {
      throw new DerError("x509: cannot parse subject alternative name: not an IA5String");
    }
    (kind === 2 ? dns : uris).push(bytes.toString("latin1"));
  }
  return { dns, uris };
}

/** What a new certificate says. */
export interface CertificateContent {
  /** DER of a name, see {@link organization} and {@link emptyName}. */
  readonly subject: Buffer;
  readonly issuer: Buffer;
  /** ms since 1970; fractions of a second are cut. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Big-endian, positive. */
  readonly serial: Uint8Array;
  readonly publicKey: KeyObject;
  /** In the order in which they appear. */
  readonly extensions: readonly DerValue[];
}

/** @returns DER, signed by key */
export function createCertificate(certificate: CertificateContent, key: KeyObject): Buffer {
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  const tbs = sequence(
    context(0, [integer(Buffer.of(2))]),
    integer(certificate.serial),
    signatureIdentifier(key),
    decodeDer(certificate.issuer),
    sequence(time(certificate.notBefore), time(certificate.notAfter)),
    decodeDer(certificate.subject),
    decodeDer(spki),
    context(3, [sequence(...certificate.extensions)]),
  );
  const { algorithm, signature } = signBytes(key, encodeDer(tbs));
  return encodeDer(sequence(tbs, algorithm, bitString(signature)));
}

export const emptyName: Buffer = encodeDer(sequence());

/** The name `O=text`. */
export const organization = (text: string): Buffer =>
  encodeDer(sequence(set(sequence(oid(ids.organization), directoryString(text)))));

/** 20 bytes that stand for a public key: the start of a SHA-256 over its bits (RFC 7093, method 1). */
export function keyId(publicKey: KeyObject): Buffer {
  const spki = decodeDer(publicKey.export({ type: "spki", format: "der" }));
  const { bytes } = readBitString(children(spki, tag.sequence, 2)[1]);
  return createHash("sha256").update(bytes).digest().subarray(0, 20);
}

const extension = (id: string, isCritical: boolean, value: DerValue): DerValue =>
  isCritical
    ? sequence(oid(id), boolean(true), octetString(encodeDer(value)))
    : sequence(oid(id), octetString(encodeDer(value)));

/** Builders for the extensions that are written here. */
export const extensions = {
  /** @param bits of {@link keyUsage}; at most the first eight */
  keyUsage(bits: number): DerValue {
    let byte = 0;
    let highest = 0;
    for (let i = 0; i < 8; i++) {
      if (bits & (1 << i)) {
        byte |= 0x80 >> i;
        highest = i;
      }
    }
    return extension(ids.keyUsage, true, bitString(Buffer.of(byte), 7 - highest));
  },
  serverAndClient: (): DerValue =>
    extension(ids.extKeyUsage, false, sequence(oid(ids.serverAuth), oid(ids.clientAuth))),
  authority: (): DerValue => extension(ids.basicConstraints, true, sequence(boolean(true))),
  subjectKeyId: (id: Uint8Array): DerValue => extension(ids.subjectKeyId, false, octetString(id)),
  authorityKeyId: (id: Uint8Array): DerValue =>
    extension(ids.authorityKeyId, false, sequence(context(0, id))),
  /** DNS names first; critical, because the subject is empty. */
  altNames: ({ dns, uris }: AltNames): DerValue =>
    extension(
      ids.subjectAltName,
      true,
      sequence(
        ...dns.map((name) => context(2, Buffer.from(name, "latin1"))),
        ...uris.map((uri) => context(6, Buffer.from(uri, "latin1"))),
      ),
    ),
};

/** Whether a private key belongs to a public one. */
export function isPairOf(publicKey: KeyObject, privateKey: KeyObject): boolean {
  return createPublicKey(privateKey).equals(publicKey);
}
