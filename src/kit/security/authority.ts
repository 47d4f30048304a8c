/**
 * Certificates of a certificate authority and of what it vouches for, with exactly the extensions of the reference.
 * @see spec 07 §2.3, §2.6; test/golden/certificates.md §2, §3
 */
import type { KeyObject } from "node:crypto";
import { generateKeyPairSync } from "node:crypto";
import {
  type AltNames,
  type Certificate,
  createCertificate,
  emptyName,
  extensions,
  keyId,
  keyUsage,
  organization,
  parseCertificate,
} from "./x509.ts";

export interface Validity {
  /** ms since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Chance, as far as certificates need it. */
export interface SerialSource {
  bytes(length: number): Uint8Array;
}

/** A certificate and what signs in its name. */
export interface Signer {
  readonly certificate: Certificate;
  readonly key: KeyObject;
}

/** A new self-signed root and an issuer below it, Ed25519 both. The root's key is dropped. */
export function createAuthority(
  names: {
    /** Organisation of the root: the trust domain. */
    readonly root: string;
    /** Organisation of the issuer: sentry's SPIFFE id. */
    readonly issuer: string;
  },
  validity: Validity,
  random: SerialSource,
): { readonly root: Certificate; readonly issuer: Signer } {
  const rootKey = generateKeyPairSync("ed25519");
  const issuerKey = generateKeyPairSync("ed25519");
  const rootName = organization(names.root);
  const authority = (subject: Buffer, publicKey: KeyObject, usage: number): Certificate =>
    parseCertificate(
      createCertificate(
        {
          subject,
          issuer: rootName,
          ...validity,
          serial: serial(random),
          publicKey,
          extensions: [
            extensions.keyUsage(usage),
            extensions.authority(),
            extensions.subjectKeyId(keyId(publicKey)),
          ],
        },
        rootKey.privateKey,
      ),
    );
  const rootUsage = keyUsage.digitalSignature | keyUsage.keyCertSign;
  return {
    root: authority(rootName, rootKey.publicKey, rootUsage),
    issuer: {
      certificate: authority(
        organization(names.issuer),
        issuerKey.publicKey,
        rootUsage | keyUsage.crlSign,
      ),
      key: issuerKey.privateKey,
    },
  };
}

/** A workload's certificate: empty subject, names in the alternative names only. @returns DER */
export function createWorkloadCertificate(
  workload: { readonly publicKey: KeyObject; readonly altNames: AltNames } & Validity,
  issuer: Signer,
  random: SerialSource,
): Buffer {
  return createCertificate(
    {
      subject: emptyName,
      issuer: issuer.certificate.subject,
      notBefore: workload.notBefore,
      notAfter: workload.notAfter,
      serial: serial(random),
      publicKey: workload.publicKey,
      extensions: [
        extensions.keyUsage(keyUsage.digitalSignature),
        extensions.serverAndClient(),
        // An issuer without a key id of its own (version 1, or made by hand) gives none to refer to.
        ...(issuer.certificate.subjectKeyId
          ? [extensions.authorityKeyId(issuer.certificate.subjectKeyId)]
          : []),
        extensions.altNames(workload.altNames),
      ],
    },
    issuer.key,
  );
}

/** 128 random bits, never zero. */
function serial(random: SerialSource): Uint8Array {
  const bytes = random.bytes(16);
  return bytes.some((byte) => byte !== 0) ? bytes : Buffer.of(1);
}
