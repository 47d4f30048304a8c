/**
 * Errors of sockets in the words of Go's net package, which are part of API answers.
 */

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

/** `host:port`, IPv6 in brackets. */
export function joinHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

const reasons = new Map([
  ["ECONNREFUSED", "connection refused"],
  ["ECONNRESET", "connection reset by peer"],
  ["ECONNABORTED", "software caused connection abort"],
  ["EPIPE", "broken pipe"],
  ["ETIMEDOUT", "connection timed out"],
  ["EHOSTUNREACH", "no route to host"],
  ["EHOSTDOWN", "host is down"],
  ["ENETUNREACH", "network is unreachable"],
  ["ENETDOWN", "network is down"],
  ["EADDRNOTAVAIL", "cannot assign requested address"],
  ["EADDRINUSE", "address already in use"],
  ["EACCES", "permission denied"],
  ["EPERM", "operation not permitted"],
  ["EMFILE", "too many open files"],
  ["ENFILE", "too many open files in system"],
  ["EINVAL", "invalid argument"],
  ["ENOENT", "no such file or directory"],
]);

/** `connection refused` for ECONNREFUSED and so on; the library's own text where there is no other. */
function reasonOf(error: SystemError): string {
  return reasons.get(error.code ?? "") ?? error.message;
}

/** `dial tcp 127.0.0.1:3000: connect: connection refused`, for a connection that was not made. */
export function dialError(cause: Error, host: string, port: number): Error {
  // Several addresses of one name were tried; Go reports the first.
  const first = cause instanceof AggregateError ? (cause.errors[0] as SystemError) : cause;
  const error: SystemError = first ?? cause;
  const { code } = error;
  if (code === "ENOTFOUND") return new Error(`dial tcp: lookup ${host}: no such host`, { cause });
  if (code === "EAI_AGAIN") {
    return new Error(`dial tcp: lookup ${host}: Temporary failure in name resolution`, { cause });
  }
  const address = joinHostPort(error.address ?? host, error.port ?? port);
  const isKnown = reasons.has(code ?? "");
  return new Error(`dial tcp ${address}: ${isKnown ? "connect: " : ""}${reasonOf(error)}`, {
    cause,
  });
}

export function dialTimeout(host: string, port: number): Error {
  return new Error(`dial tcp ${joinHostPort(host, port)}: i/o timeout`);
}

/** `read tcp 127.0.0.1:51234->127.0.0.1:3000: read: connection reset by peer`. @param path `local->remote` */
export function readError(cause: Error, path: string): Error {
  return new Error(`read tcp ${path}: read: ${reasonOf(cause)}`, { cause });
}

/** @param path `local->remote` */
export function writeError(cause: Error, path: string): Error {
  return new Error(`write tcp ${path}: write: ${reasonOf(cause)}`, { cause });
}

const unknownAuthority = "x509: certificate signed by unknown authority";
const tlsReasons = new Map([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", unknownAuthority],
  ["SELF_SIGNED_CERT_IN_CHAIN", unknownAuthority],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", unknownAuthority],
  ["UNABLE_TO_GET_ISSUER_CERT", unknownAuthority],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", unknownAuthority],
  ["CERT_UNTRUSTED", unknownAuthority],
  ["CERT_HAS_EXPIRED", "x509: certificate has expired or is not yet valid"],
  ["CERT_NOT_YET_VALID", "x509: certificate has expired or is not yet valid"],
  ["INVALID_PURPOSE", "x509: certificate specifies an incompatible key usage"],
]);

interface AltNameError extends SystemError {
  readonly host?: string;
  readonly cert?: { readonly subjectaltname?: string };
}

/** What went wrong in a TLS handshake, in Go's words where they are known. */
export function handshakeError(cause: Error): Error {
  const { code = "" } = cause as SystemError;
  const trust = tlsReasons.get(code) ?? altNameReason(cause as AltNameError);
  if (trust !== undefined) {
    return new Error(`tls: failed to verify certificate: ${trust}`, { cause });
  }
  // Errors inside OpenSSL carry their reason in the text only.
  const { message } = cause;
  if (message.includes("wrong version number") || message.includes("packet length too long")) {
    return new Error("http: server gave HTTP response to HTTPS client", { cause });
  }
  const alert = /\b(?:ssl|tls)v\d+ alert ([a-z ]+)/.exec(message)?.[1]?.trim();
  if (alert !== undefined) return new Error(`remote error: tls: ${alert}`, { cause });
  // A peer that leaves during the handshake.
  if (code === "ECONNRESET" && (cause as SystemError).syscall === undefined) {
    return new Error("EOF", { cause });
  }
  return cause;
}

function altNameReason(error: AltNameError): string | undefined {
  if (error.code !== "ERR_TLS_CERT_ALTNAME_INVALID") return undefined;
  const host = error.host ?? "";
  const names = (error.cert?.subjectaltname ?? "").split(", ").filter((one) => one !== "");
  const ofKind = (prefix: string): string =>
    names
      .filter((one) => one.startsWith(prefix))
      .map((one) => one.slice(prefix.length))
      .join(", ");
  const isAddress = /^[\d.]+$|:/.test(host);
  const valid = ofKind(isAddress ? "IP Address:" : "DNS:");
  if (valid !== "") return `x509: certificate is valid for ${valid}, not ${host}`;
  return isAddress
    ? `x509: cannot validate certificate for ${host} because it doesn't contain any IP SANs`
    : `x509: certificate is not valid for any names, but wanted to match ${host}`;
}
