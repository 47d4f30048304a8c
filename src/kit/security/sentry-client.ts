/**
 * Asks sentry for SVIDs.
 * @see spec 07 §3.2, §3.3
 */
import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { Logger } from "../logging/logger.ts";
import {
  CAService,
  SignCertificateRequest,
  SignCertificateResponse,
} from "../proto/dapr/proto/sentry/v1/sentry.ts";
import { code, RpcError } from "../rpc/status.ts";
import type { ClientTransport, DialTarget, Transport } from "../rpc/transport.ts";
import type { Clock } from "../time/clock.ts";
import { createCsr } from "./csr.ts";
import { decodePem, encodeCertificates } from "./pem.ts";
import { readSentryToken } from "./sentry-token.ts";
import { exactId, SpiffeId } from "./spiffe.ts";
import { type JwtSvid, parseJwtSvid, type Svids, type X509Svid } from "./svid.ts";
import { TlsMaterial } from "./tls.ts";
import type { TrustAnchors } from "./trust-anchors.ts";
import { leafId } from "./verify.ts";
import { type Certificate, isPairOf, parseCertificate } from "./x509.ts";

export interface SentryClientOptions {
  /** `host:port`, also with a gRPC scheme. */
  readonly address: string;
  readonly controlPlane: { readonly trustDomain: string; readonly namespace: string };
  readonly anchors: TrustAnchors;
  readonly appId: string;
  /** What the process's namespace is, `default` if it has none. */
  readonly namespace: string;
  readonly jwtAudiences: readonly string[];
  /** Operator and injector use RSA, because API servers do not take Ed25519. */
  readonly keyType: "ed25519" | "rsa";
  readonly isKubernetes: boolean;
  readonly env: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly logger: Logger;
}

/** Ids that only the control plane has. */
const controlPlaneIds: ReadonlySet<string> = new Set([
  "dapr-sentry",
  "dapr-operator",
  "dapr-injector",
  "dapr-placement",
  "dapr-scheduler",
]);

const attempts = 5;
const attemptMs = 3000;
const pauseMs = 50;
/** ms between dials; sentry is found within a second of its start. */
const redialMs = { first: 100, longest: 1000 };
/** A chain and a few tokens. Bytes. */
const maxMessageBytes = 4 * 2 ** 20;

/**
 * Blocks until sentry is reachable and is who it should be, then asks once.
 * @throws {Error} what sentry or the token said; the signal's reason
 */
export async function requestSvids(
  options: SentryClientOptions,
  signal: AbortSignal,
): Promise<Svids> {
  const { controlPlane, anchors, clock, transport } = options;
  const server = SpiffeId.of(controlPlane.trustDomain, controlPlane.namespace, "dapr-sentry");
  const client = transport.createClient({
    target: parseTarget(options.address),
    tls: new TlsMaterial({ svid: undefined, anchors, clock }).client(exactId(server)),
    maxMessageBytes,
  });
  try {
    await connect(client, clock, signal);
    const { token, validator } = await readSentryToken(options).catch((error: Error) => {
      throw new Error(`error obtaining token: ${error.message}`, { cause: error });
    });
    const key = await generateKey(options.keyType);
    const isControlPlane =
      controlPlaneIds.has(options.appId) && options.namespace === controlPlane.namespace;
    const request = SignCertificateRequest.encode({
      id: options.env.get("SENTRY_LOCAL_IDENTITY") || options.appId,
      token,
      tokenValidator: validator,
      namespace: options.namespace,
      trustDomain: isControlPlane ? controlPlane.trustDomain : "",
      certificateSigningRequest: Buffer.from(createCsr(key)),
      jwtAudiences: options.jwtAudiences,
    });
    const reply = await sign(client, request, clock, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new Error(`error from sentry SignCertificate: ${(error as Error).message}`, {
        cause: error,
      });
    });
    return readSvids(SignCertificateResponse.decode(reply), key);
  } finally {
    await client.close();
  }
}

async function connect(client: ClientTransport, clock: Clock, signal: AbortSignal): Promise<void> {
  for (let pause = redialMs.first; ; pause = Math.min(pause * 1.6, redialMs.longest)) {
    signal.throwIfAborted();
    try {
      await client.connect();
      return;
    } catch {
      // Silent, as the reference: unreachable, or not the sentry that is expected.
      await clock.sleep(pause, signal);
    }
  }
}

async function sign(
  client: ClientTransport,
  request: Uint8Array,
  clock: Clock,
  signal: AbortSignal,
): Promise<Buffer> {
  for (let attempt = 1; ; attempt++) {
    try {
      const reply = await client.unary(CAService.methods.signCertificate.path, request, {
        timeoutMs: attemptMs,
        signal,
      });
      return reply.message;
    } catch (error) {
      if (attempt === attempts || !isTransient(error)) throw error;
      await clock.sleep(pauseMs, signal);
      // Sentry may be starting anew: an attempt is worth making only once it is back.
      await connect(client, clock, signal);
    }
  }
}

const transient: ReadonlySet<number> = new Set([
  code.unavailable,
  code.resourceExhausted,
  code.deadlineExceeded,
]);
const isTransient = (error: unknown): boolean =>
  error instanceof RpcError && transient.has(error.code);

const generateKeyPairAsync = promisify(generateKeyPair);

async function generateKey(type: "ed25519" | "rsa"): Promise<KeyObject> {
  if (type === "rsa") {
    return (await generateKeyPairAsync("rsa", { modulusLength: 2048 })).privateKey;
  }
  return (await generateKeyPairAsync("ed25519")).privateKey;
}

/** @throws {Error} for an answer that does not fit the request */
function readSvids(response: SignCertificateResponse, key: KeyObject): Svids {
  const x509 = x509Svid(response.workloadCertificate, key);
  const jwt = response.jwt?.value ? parseJwtSvid(response.jwt.value) : undefined;
  if (jwt !== undefined && !jwt.audience.includes(x509.id.trustDomain)) {
    throw new Error(
      `JWT SVID audience [${jwt.audience.join(" ")}] does not contain trust domain ${x509.id.trustDomain}`,
    );
  }
  const jwtByAudience = new Map<string, JwtSvid>();
  for (const [audience, { value }] of response.perAudienceJwts) {
    const one = parseJwtSvid(value);
    if (one.audience.length !== 1 || one.audience[0] !== audience) {
      throw new Error(
        `JWT SVID audience [${one.audience.join(" ")}] is not the expected audience ${audience}`,
      );
    }
    jwtByAudience.set(audience, one);
  }
  return { x509, jwt, jwtByAudience };
}

/** @param pem leaf first @throws {Error} when the leaf is not for this key or has no id */
export function x509Svid(pem: Uint8Array, key: KeyObject): X509Svid {
  const certificates = decodePem(Buffer.from(pem).toString("latin1"))
    .filter((block) => block.type === "CERTIFICATE")
    .map((block) => block.bytes);
  if (certificates[0] === undefined) throw new Error("no certificate in sentry's answer");
  const leaf: Certificate = parseCertificate(certificates[0]);
  if (!isPairOf(leaf.publicKey, key)) {
    throw new Error("certificate in sentry's answer is for another key");
  }
  return {
    id: leafId(leaf),
    certificates,
    key,
    certificatePem: encodeCertificates(certificates),
    keyPem: key.export({ type: "pkcs8", format: "pem" }).toString(),
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
  };
}

/** @throws {Error} for text that is no address */
export function parseTarget(address: string): DialTarget {
  const text = address.replace(/^(dns|passthrough):\/*/, "");
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[3] ?? 443);
  if (match === null || port > 65_535) {
    throw new Error(`invalid sentry address: ${JSON.stringify(address)}`);
  }
  return { host: (match[1] ?? match[2]) as string, port };
}
