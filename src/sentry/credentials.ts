/**
 * Sentry's own key and certificates: read from files, or made when there are none.
 * @see spec 07 §2.3
 */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import type { Platform } from "../kit/lifecycle/platform.ts";
import { createAuthority, type Signer } from "../kit/security/authority.ts";
import { decodePem, encodeCertificates } from "../kit/security/pem.ts";
import { keyComplaint } from "../kit/security/signature.ts";
import { SpiffeId } from "../kit/security/spiffe.ts";
import { verifyChain } from "../kit/security/verify.ts";
import { type Certificate, isPairOf, parseCertificate } from "../kit/security/x509.ts";
import { SentryError, type SentryOptions } from "./options.ts";

/** What sentry signs certificates with. */
export interface X509Credentials {
  readonly issuer: Signer;
  /** The issuer, then what is between it and a root; no self-signed certificate. */
  readonly chain: readonly Certificate[];
  readonly anchors: readonly Certificate[];
}

/** Content of a credentials file; undefined when it is missing. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SentryError(`failed to read ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * @returns undefined when one of the three files is missing
 * @throws {SentryError} for files that do not fit together
 */
export async function loadX509(
  files: SentryOptions["credentials"],
  now: number,
): Promise<X509Credentials | undefined> {
  const [ca, certificate, key] = await Promise.all(
    [files.caFile, files.certificateFile, files.keyFile].map(readIfPresent),
  );
  if (ca === undefined || certificate === undefined || key === undefined) return undefined;
  return checkX509({ ca, certificate, key }, now);
}

/** @throws {SentryError} */
export function checkX509(
  pem: { readonly ca: string; readonly certificate: string; readonly key: string },
  now: number,
): X509Credentials {
  const anchors = readCertificates(pem.ca, "trust anchors");
  if (!anchors.every((anchor) => anchor.isSignedBy(anchor.publicKey))) {
    throw new SentryError("certificate in trust anchor is not self-signed");
  }
  const chain = readCertificates(pem.certificate, "issuer certificate chain");
  for (let i = 0; i + 1 < chain.length; i++) {
    const parent = chain[i + 1] as Certificate;
    const child = chain[i] as Certificate;
    if (!child.issuer.equals(parent.subject) || !child.isSignedBy(parent.publicKey)) {
      throw new SentryError("certificate chain is not valid");
    }
  }
  const last = chain.at(-1) as Certificate;
  if (chain.length > 1 && isSelfSigned(last)) chain.pop();
  const [certificate, ...between] = chain as [Certificate, ...Certificate[]];
  const key = readPrivateKey(pem.key);
  if (!isPairOf(certificate.publicKey, key)) {
    throw new SentryError("issuer key does not match issuer certificate");
  }
  try {
    verifyChain(certificate, between, anchors, now);
  } catch (error) {
    throw new SentryError(
      `issuer chain does not belong to trust anchors: ${(error as Error).message}`,
      { cause: error },
    );
  }
  return {
    issuer: { certificate, key },
    chain: chain.filter((one) => !isSelfSigned(one)),
    anchors,
  };
}

/** A new root and issuer for a year. */
export function generateX509(
  options: { readonly trustDomain: string; readonly namespace: string },
  skewMs: number,
  platform: Platform,
): X509Credentials {
  const now = platform.clock.now();
  const { root, issuer } = createAuthority(
    {
      root: options.trustDomain,
      issuer: SpiffeId.of(options.trustDomain, options.namespace, "dapr-sentry").toString(),
    },
    { notBefore: now - skewMs, notAfter: now + 365 * 24 * 3_600_000 },
    platform.random,
  );
  return { issuer, chain: [issuer.certificate], anchors: [root] };
}

export async function storeX509(
  files: SentryOptions["credentials"],
  credentials: X509Credentials,
): Promise<void> {
  const pem = (certificates: readonly Certificate[]): string =>
    encodeCertificates(certificates.map(({ der }) => der));
  await writeSecret(files.caFile, pem(credentials.anchors));
  await writeSecret(files.certificateFile, pem(credentials.chain));
  await writeSecret(files.keyFile, exportKey(credentials.issuer.key));
}

export const exportKey = (key: KeyObject): string =>
  key.export({ type: "pkcs8", format: "pem" }).toString();

/** Written aside, synced and renamed, so that nobody ever sees half a file; mode 0600. */
export async function writeSecret(path: string, text: string): Promise<void> {
  const aside = `${path}.new`;
  try {
    await rm(aside, { force: true });
    const file = await open(aside, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    throw new SentryError(`failed to write ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

const isSelfSigned = (certificate: Certificate): boolean =>
  certificate.subject.equals(certificate.issuer) && certificate.isSignedBy(certificate.publicKey);

function readCertificates(pem: string, what: string): Certificate[] {
  let certificates: Certificate[];
  try {
    certificates = decodePem(pem)
      .filter((block) => block.type === "CERTIFICATE")
      .map((block) => parseCertificate(block.bytes));
  } catch (error) {
    throw new SentryError(`failed to parse ${what}: ${(error as Error).message}`);
  }
  if (certificates.length === 0) {
    throw new SentryError(`failed to parse ${what}: no certificates found`);
  }
  return certificates;
}

/** Key types by PEM label. */
const labels: ReadonlyMap<string, "pkcs8" | "sec1" | "pkcs1"> = new Map([
  ["PRIVATE KEY", "pkcs8"],
  ["EC PRIVATE KEY", "sec1"],
  ["RSA PRIVATE KEY", "pkcs1"],
]);

/** @throws {SentryError} for what is no private key of an accepted kind */
export function readPrivateKey(pem: string): KeyObject {
  const block = decodePem(pem).find(({ type }) => type !== "EC PARAMETERS");
  if (block === undefined) throw new SentryError("failed to parse private key: no PEM block found");
  const type = labels.get(block.type);
  if (type === undefined) {
    throw new SentryError(`failed to parse private key: unsupported block type ${block.type}`);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: block.bytes, format: "der", type });
  } catch {
    // OpenSSL's words say nothing, and must not carry key bytes.
    throw new SentryError("failed to parse private key: not a valid key");
  }
  const complaint = keyComplaint(key);
  if (complaint !== undefined) throw new SentryError(`failed to parse private key: ${complaint}`);
  return key;
}
