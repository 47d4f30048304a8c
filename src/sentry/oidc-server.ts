/**
 * OpenID discovery, so that others can check the tokens.
 * @see spec 07 §2.9
 */
import { access, readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type HttpServer, startHttpServer } from "../kit/http/small-server.ts";
import type { HealthTarget } from "../kit/lifecycle/health.ts";
import type { Logger } from "../kit/logging/logger.ts";
import type { Clock } from "../kit/time/clock.ts";
import { type OidcOptions, SentryError } from "./options.ts";

export interface OidcServerOptions {
  readonly oidc: OidcOptions;
  /** `--jwt-issuer`; "": the host of each request. */
  readonly issuer: string;
  readonly algorithm: string;
  /** JSON text; undefined: there is none. */
  readonly jwks: string | undefined;
  readonly health: HealthTarget;
  readonly logger: Logger;
  readonly clock: Clock;
}

const tlsPollMs = 5000;
const closeMs = 5000;

/** Waits for its TLS files, if it has any. @throws {SentryError} the signal's reason */
export async function startOidcServer(
  options: OidcServerOptions,
  signal: AbortSignal,
): Promise<HttpServer> {
  const { oidc, logger, clock } = options;
  logger.info(`Starting OIDC HTTP server on port ${oidc.port}`);
  if (oidc.pathPrefix !== "") {
    logger.info(`Using path prefix ${JSON.stringify(oidc.pathPrefix)} for OIDC HTTP endpoints`);
  }
  if (oidc.allowedHosts.length > 0) {
    logger.info(
      `OIDC server will only accept requests for hosts: [${oidc.allowedHosts.join(" ")}]`,
    );
  }
  const tls = oidc.tls && (await readTlsFiles(oidc.tls, clock, signal));
  const server = await startHttpServer({
    host: oidc.listenAddress,
    port: oidc.port,
    closeMs,
    clock,
    ...(tls && { tls: { ...tls, minVersion: "TLSv1.2" as const } }),
    handle: (request, response) => answer(options, request, response),
  }).catch((error: Error) => {
    throw new SentryError(`failed to start OIDC HTTP server: ${error.message}`, { cause: error });
  });
  const address = `${oidc.listenAddress}:${server.port}`;
  logger.info(`Starting OIDC HTTP server ${tls ? "" : "(insecure) "}on ${address}`);
  options.health.ready();
  return server;
}

export const areTlsFilesThere = (files: NonNullable<OidcOptions["tls"]>): Promise<boolean> =>
  Promise.all([access(files.certificateFile), access(files.keyFile)]).then(
    () => true,
    () => false,
  );

async function readTlsFiles(
  files: NonNullable<OidcOptions["tls"]>,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ cert: string; key: string }> {
  while (!(await areTlsFilesThere(files))) await clock.sleep(tlsPollMs, signal);
  const [cert, key] = await Promise.all([
    readFile(files.certificateFile, "utf8"),
    readFile(files.keyFile, "utf8"),
  ]);
  return { cert, key };
}

function answer(
  options: OidcServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { oidc, jwks } = options;
  const path = (request.url ?? "").split("?", 1)[0];
  const isDiscovery = path === `${oidc.pathPrefix}/.well-known/openid-configuration`;
  if (!isDiscovery && path !== `${oidc.pathPrefix}/jwks.json`) {
    refuse(response, 404, "404 page not found");
    return;
  }
  if (!isAllowed(request, oidc.allowedHosts)) {
    refuse(response, 403, "Forbidden: unauthorized domain");
    return;
  }
  if (request.method !== "GET") {
    refuse(response, 405, "Method not allowed");
    return;
  }
  if (jwks === undefined) {
    const text = isDiscovery ? "OIDC configuration not available" : "JWKS not available";
    refuse(response, 404, text);
    return;
  }
  const body = isDiscovery ? discovery(options, requestHost(request, oidc.allowedHosts)) : jwks;
  response.writeHead(200, {
    "content-type": "application/json",
    "cache-control": "public, max-age=3600",
  });
  response.end(body);
}

/** Plain text with a line feed, as Go writes errors. */
function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  response.end(`${text}\n`);
}

const header = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? "";
};

function isAllowed(request: IncomingMessage, hosts: readonly string[]): boolean {
  if (hosts.length === 0 || hosts.includes("*")) return true;
  const host = header(request, "x-forwarded-host") || header(request, "host");
  return hosts.includes(host) || hosts.includes(withoutPort(host));
}

function withoutPort(host: string): string {
  const match = /^(\[[^\]]*\]|[^:]*):\d*$/.exec(host);
  return match === null ? host : (match[1] as string).replace(/^\[|\]$/g, "");
}

/** A forwarded host counts only where it was compared with a list. */
function requestHost(request: IncomingMessage, hosts: readonly string[]): string {
  const forwarded = header(request, "x-forwarded-host");
  const isCompared = hosts.length > 0 && !hosts.includes("*");
  return isCompared && forwarded !== "" ? forwarded : header(request, "host");
}

function discovery(options: OidcServerOptions, host: string): string {
  const { oidc, algorithm } = options;
  const base = `${oidc.tls === undefined ? "http" : "https"}://${host}`;
  const issuer = options.issuer || base;
  return JSON.stringify({
    issuer,
    jwks_uri: oidc.jwksUri || `${origin(issuer) ?? base}${oidc.pathPrefix}/jwks.json`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: [algorithm],
    scopes_supported: ["openid"],
    claims_supported: ["sub", "iss", "aud", "exp", "iat", "nbf", "use"],
  });
}

/** Scheme and host of an address; undefined for an issuer that is no address. */
function origin(issuer: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i.exec(issuer)?.[0];
}
