/**
 * Whether a peer's certificates prove a SPIFFE id.
 *
 * Host names, SNI and extended key usages play no role; anchors hold for every trust domain.
 * @see spec 07 §1.2
 */

import { SpiffeId, type SpiffeMatcher } from "./spiffe.ts";
import { type Certificate, keyUsage, parseCertificate } from "./x509.ts";

/** Certificates that do not prove what they should. */
class VerifyError extends Error {
  override readonly name = "VerifyError";
}

/** Chains and presented certificates beyond these are not looked at. */
const maxDepth = 8;
const maxPresented = 16;
/** Signatures that one chain may cost. */
const maxChecks = 100;

/**
 * @param chain DER, leaf first
 * @param anchors trusted certificates
 * @param now ms since 1970
 * @throws {VerifyError} or what the matcher throws
 */
export function verifyPeer(
  chain: readonly Uint8Array[],
  anchors: readonly Certificate[],
  now: number,
  matcher: SpiffeMatcher,
): SpiffeId {
  if (chain.length === 0) throw new VerifyError("x509svid: empty certificates chain");
  if (chain.length > maxPresented) throw new VerifyError("x509svid: too many certificates");
  let leaf: Certificate;
  let intermediates: Certificate[];
  try {
    [leaf, ...intermediates] = chain.map(parseCertificate) as [Certificate, ...Certificate[]];
  } catch (error) {
    throw new VerifyError(`x509svid: could not parse certificate: ${(error as Error).message}`);
  }
  const id = leafId(leaf);
  try {
    verifyChain(leaf, intermediates, anchors, now);
  } catch (error) {
    throw new VerifyError(
      `x509svid: could not verify leaf certificate: ${(error as Error).message}`,
    );
  }
  matcher(id);
  return id;
}

/** The id in a leaf. @throws {VerifyError} */
export function leafId(leaf: Certificate): SpiffeId {
  const { uris } = leaf.altNames;
  const complain = (reason: string): VerifyError =>
    new VerifyError(`x509svid: could not get leaf SPIFFE ID: ${reason}`);
  if (uris.length === 0) throw complain("certificate contains no URI SAN");
  if (uris.length > 1) throw complain("certificate contains more than one URI SAN");
  let id: SpiffeId;
  try {
    id = SpiffeId.parse(uris[0] as string);
  } catch (error) {
    throw complain((error as Error).message);
  }
  if (leaf.basicConstraints?.isCa) {
    throw new VerifyError("x509svid: leaf certificate with CA flag set to true");
  }
  const usage = leaf.keyUsage ?? 0;
  if (usage & keyUsage.keyCertSign) {
    throw new VerifyError("x509svid: leaf certificate with KeyCertSign key usage");
  }
  if (usage & keyUsage.crlSign) {
    throw new VerifyError("x509svid: leaf certificate with KeyCrlSign key usage");
  }
  return id;
}

/**
 * Looks for a path from the leaf to an anchor over the given intermediates, in any order.
 * @throws {VerifyError} with Go's `x509: ...` texts
 */
export function verifyChain(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  anchors: readonly Certificate[],
  now: number,
): void {
  let checks = 0;
  let complaint: string | undefined;
  const isUsable = (certificate: Certificate): boolean => {
    const found = validityComplaint(certificate, now) ?? nameComplaint(leaf, certificate);
    complaint ??= found;
    return found === undefined;
  };
  const isSigned = (child: Certificate, parent: Certificate): boolean =>
    ++checks <= maxChecks && child.isSignedBy(parent.publicKey);
  const search = (path: readonly Certificate[]): boolean => {
    const last = path.at(-1) as Certificate;
    for (const parent of anchors) {
      if (
        parent.subject.equals(last.issuer) &&
        mayIssue(parent, path.length - 1) &&
        isUsable(parent) &&
        isSigned(last, parent)
      ) {
        return true;
      }
    }
    if (path.length > maxDepth) return false;
    for (const parent of intermediates) {
      if (
        parent.subject.equals(last.issuer) &&
        !path.includes(parent) &&
        parent.basicConstraints?.isCa === true &&
        mayIssue(parent, path.length - 1) &&
        isUsable(parent) &&
        isSigned(last, parent) &&
        search([...path, parent])
      ) {
        return true;
      }
    }
    return false;
  };
  if (!isUsable(leaf)) throw new VerifyError(complaint);
  if (anchors.some((anchor) => anchor.der.equals(leaf.der))) return;
  if (search([leaf])) return;
  throw new VerifyError(complaint ?? "x509: certificate signed by unknown authority");
}

/** @param below CA certificates between this one and the leaf */
function mayIssue(parent: Certificate, below: number): boolean {
  const constraints = parent.basicConstraints;
  if (constraints === undefined ? parent.version === 3 : !constraints.isCa) return false;
  if (parent.keyUsage !== undefined && !(parent.keyUsage & keyUsage.keyCertSign)) return false;
  return constraints?.pathLength === undefined || below <= constraints.pathLength;
}

function validityComplaint(certificate: Certificate, now: number): string | undefined {
  const { notBefore, notAfter, unhandled } = certificate;
  if (unhandled.length > 0) return "x509: unhandled critical extension";
  const at = goSeconds(now);
  if (now < notBefore) {
    return `x509: certificate has expired or is not yet valid: current time ${at} is before ${goSeconds(notBefore)}`;
  }
  if (now > notAfter) {
    return `x509: certificate has expired or is not yet valid: current time ${at} is after ${goSeconds(notAfter)}`;
  }
  return undefined;
}

/** Why an authority may not sign for the names of a leaf. */
function nameComplaint(leaf: Certificate, authority: Certificate): string | undefined {
  const limits = authority.nameConstraints;
  if (limits === undefined) return undefined;
  const complain = (kind: string, name: string, reason: string): string =>
    `x509: a root or intermediate certificate is not authorized to sign for this name: ${kind} ${JSON.stringify(name)} is ${reason}`;
  for (const [kind, key] of [
    ["DNS name", "dns"],
    ["URI", "uris"],
  ] as const) {
    for (const name of leaf.altNames[key]) {
      const host = key === "dns" ? name : uriHost(name);
      const excluded = limits.excluded[key].find((domain) => isWithin(host, domain));
      if (excluded !== undefined) {
        return complain(kind, name, `excluded by constraint ${JSON.stringify(excluded)}`);
      }
      const permitted = limits.permitted[key];
      if (permitted.length > 0 && !permitted.some((domain) => isWithin(host, domain))) {
        return complain(kind, name, "not permitted by any constraint");
      }
    }
  }
  return undefined;
}

const uriHost = (uri: string): string => /^[^:]*:\/\/([^/?#]*)/.exec(uri)?.[1] ?? "";

/** Whether a host is a domain or below it; below it only, where the domain begins with a dot. */
function isWithin(host: string, domain: string): boolean {
  if (domain === "") return true;
  const [name, limit] = [host.toLowerCase(), domain.toLowerCase()];
  if (limit.startsWith(".")) return name.endsWith(limit) && name.length > limit.length;
  return name === limit || name.endsWith(`.${limit}`);
}

const goSeconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
