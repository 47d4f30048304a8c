/**
 * Certificate signing requests (PKCS#10): made by the identity client, read by sentry, which uses nothing of them but the
 * public key.
 * @see spec 07 §2.5, §3.3; RFC 2986
 */
import type { KeyObject } from "node:crypto";
import { createPublicKey } from "node:crypto";
import {
  bitString,
  children,
  context,
  contextTag,
  DerError,
  type DerValue,
  decodeDer,
  encodeDer,
  integer,
  readBitString,
  readSmallInteger,
  sequence,
  tag,
} from "./der.ts";
import { decodePem, encodePem } from "./pem.ts";
import { isSignatureValid, keyComplaint, signBytes } from "./signature.ts";
import { readAlgorithm, readPublicKey } from "./x509.ts";

/** A request that sentry refuses; the message is what its caller sees. */
export class CsrError extends Error {
  override readonly name = "CsrError";
}

/** @param key private key @returns PEM, subject and attributes empty */
export function createCsr(key: KeyObject): string {
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  const info = sequence(integer(Buffer.of(0)), sequence(), decodeDer(spki), context(0, []));
  const { algorithm, signature } = signBytes(key, encodeDer(info));
  return encodePem(
    "CERTIFICATE REQUEST",
    encodeDer(sequence(info, algorithm, bitString(signature))),
  );
}

/**
 * @param pem type `CERTIFICATE REQUEST`, or `CERTIFICATE` as old clients label it
 * @returns the public key, proven to be held by the caller
 * @throws {CsrError} with sentry's texts
 */
export function readCsr(pem: Uint8Array): KeyObject {
  const [block] = decodePem(Buffer.from(pem).toString("latin1"));
  if (block?.type !== "CERTIFICATE REQUEST" && block?.type !== "CERTIFICATE") {
    throw new CsrError("invalid certificate signing request");
  }
  let request: ReturnType<typeof parse>;
  try {
    request = parse(block.bytes);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new CsrError(`failed to parse certificate signing request: ${error.message}`);
  }
  const { publicKey, algorithm, info, signature } = request;
  if (!isSignatureValid(algorithm, publicKey, info, signature)) {
    throw new CsrError("invalid signature");
  }
  return publicKey;
}

function parse(der: Buffer): {
  publicKey: KeyObject;
  algorithm: ReturnType<typeof readAlgorithm>;
  info: Buffer;
  signature: Buffer;
} {
  const parts = children(decodeDer(der), tag.sequence, 3);
  if (parts.length !== 3) throw new DerError("asn1: structure error: trailing data");
  const [info, algorithm, signature] = parts;
  const [version, subject, spki, attributes] = children(info, tag.sequence, 3);
  if (readSmallInteger(version) !== 0) throw new DerError("x509: unsupported request version");
  children(subject, tag.sequence);
  if (attributes !== undefined && contextTag(attributes) !== 0) {
    throw new DerError("asn1: structure error: tags don't match");
  }
  const publicKey = readPublicKey(spki);
  const complaint = keyComplaint(publicKey);
  if (complaint !== undefined) throw new DerError(`x509: ${complaint}`);
  const { bytes, unused } = readBitString(signature);
  // A signature is made of bytes: one that drops a zero bit is another one.
  if (unused !== 0) throw new DerError("asn1: structure error: a signature of broken bytes");
  return {
    publicKey,
    algorithm: readAlgorithm(algorithm),
    info: encodeDer(info as DerValue),
    signature: bytes,
  };
}
