/**
 * TLS towards etcd: its certificate must come from the given authority and name the host that was dialled.
 */
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { TlsOptions } from "../../kit/rpc/transport.ts";
import type { Clock } from "../../kit/time/clock.ts";

export interface EtcdTls {
  /** PEM texts. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Longest chain between a certificate and its authority. */
const maxDepth = 8;

const beginCertificate = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** @throws {Error} when key or certificates cannot be read */
export function etcdTls({ ca, cert, key }: EtcdTls, host: string, clock: Clock): TlsOptions {
  const context: SecureContextOptions = { cert, key };
  let roots: X509Certificate[];
  try {
    createSecureContext(context);
    roots = (ca.match(beginCertificate) ?? []).map((pem) => new X509Certificate(pem));
  } catch (cause) {
    throw new Error("tls authentication error: key or certificates cannot be read", { cause });
  }
  if (roots.length === 0) {
    throw new Error("tls authentication error: ca holds no certificate");
  }
  return {
    context: () => context,
    requestPeerCertificate: false,
    verifyPeer(chain) {
      const certificates = chain.map((der) => new X509Certificate(der));
      checkChain(certificates, roots, clock.now());
      const [leaf] = certificates as [X509Certificate];
      const named = isIP(host) ? leaf.checkIP(host) : leaf.checkHost(host);
      if (named === undefined) {
        throw new Error(`tls: failed to verify certificate: x509: it is not valid for ${host}`);
      }
      return "";
    },
  };
}

/** Walks from the leaf to a root. @throws {Error} */
function checkChain(
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  now: number,
): void {
  let [current] = chain as [X509Certificate];
  for (let depth = 0; depth < maxDepth; depth++) {
    if (now < Date.parse(current.validFrom) || now > Date.parse(current.validTo)) {
      throw new Error(
        "tls: failed to verify certificate: x509: certificate has expired or is not yet valid",
      );
    }
    const child = current;
    if (roots.some((root) => root.fingerprint256 === child.fingerprint256)) return;
    const issued = (issuer: X509Certificate): boolean =>
      issuer.ca && child.checkIssued(issuer) && child.verify(issuer.publicKey);
    const root = roots.find(issued);
    const issuer = root ?? chain.find((other) => other !== child && issued(other));
    if (issuer === undefined) break;
    current = issuer;
  }
  throw new Error(
    "tls: failed to verify certificate: x509: certificate signed by unknown authority",
  );
}
