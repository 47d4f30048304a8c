/**
 * Sends spans to an OTLP collector over gRPC.
 * @see spec 08 §9.1, https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 */
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { getCACertificates } from "node:tls";
import { TraceServiceService } from "../../proto/opentelemetry/proto/collector/trace/v1/trace_service.ts";
import { Metadata } from "../../rpc/metadata.ts";
import { code, RpcError } from "../../rpc/status.ts";
import type { ClientTransport, TlsOptions, Transport } from "../../rpc/transport.ts";
import { verifyChain } from "../../security/verify.ts";
import { type Certificate, parseCertificate } from "../../security/x509.ts";
import type { Clock } from "../../time/clock.ts";
import type { FinishedSpan, Resource, SpanExporter } from "../finished-span.ts";
import type { OtlpSettings } from "../settings.ts";
import { requestTimeoutMs } from "./otlp.ts";
import { checkReply, encodeSpans, readHeaders } from "./otlp-messages.ts";
import { RetryableError, withRetries } from "./retry.ts";

export interface OtlpGrpcOptions {
  readonly otel: OtlpSettings;
  readonly resource: Resource;
  readonly clock: Clock;
  readonly transport: Transport;
  /** Trusted roots in PEM; the system's when absent. */
  readonly anchors?: readonly string[];
}

const retryable = new Set<number>([
  code.canceled,
  code.deadlineExceeded,
  code.aborted,
  code.outOfRange,
  code.unavailable,
  code.dataLoss,
]);

/** Answers are a few bytes. */
const maxMessageBytes = 4 * 1024 * 1024;

export class OtlpGrpcExporter implements SpanExporter {
  readonly #options: OtlpGrpcOptions;
  readonly #client: ClientTransport;
  readonly #metadata: Metadata;

  constructor(options: OtlpGrpcOptions) {
    const { otel, transport } = options;
    const target = splitEndpoint(otel.endpointAddress);
    this.#options = options;
    this.#metadata = Metadata.from(Object.fromEntries(readHeaders(otel.headers)));
    this.#client = transport.createClient({
      target,
      maxMessageBytes,
      tls: otel.isSecure ? publicTls(target.host, options) : undefined,
      connectTimeoutMs: requestTimeoutMs(otel),
    });
  }

  async export(spans: readonly FinishedSpan[], signal: AbortSignal): Promise<void> {
    const { clock, resource } = this.#options;
    const message = encodeSpans(spans, resource);
    await withRetries(clock, signal, () => this.#send(message, signal));
  }

  async #send(message: Buffer, signal: AbortSignal): Promise<void> {
    const timeoutMs = requestTimeoutMs(this.#options.otel);
    const { path } = TraceServiceService.methods.export;
    try {
      const options = { metadata: this.#metadata, timeoutMs, signal };
      const reply = await this.#client.unary(path, message, options);
      checkReply(reply.message);
    } catch (error) {
      if (error instanceof RpcError && retryable.has(error.code)) {
        throw new RetryableError(error.message);
      }
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

/** `host:port`, `[v6]:port` or `host` alone, for which gRPC takes port 443. */
export function splitEndpoint(endpoint: string): { host: string; port: number } {
  const found = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(endpoint);
  if (found === null) throw new Error(`invalid Otel endpoint ${JSON.stringify(endpoint)}`);
  return { host: found[1] ?? found[2]!, port: Number(found[3] ?? 443) };
}

/** The usual rules of the web: a chain to a trusted root, and the host's name in the certificate. */
function publicTls(host: string, options: OtlpGrpcOptions): TlsOptions {
  const material = options.anchors === undefined ? {} : { ca: [...options.anchors] };
  let anchors: Certificate[] | undefined;
  return {
    context: () => material,
    requestPeerCertificate: false,
    ...(isIP(host) === 0 && { serverName: host }),
    verifyPeer(chain) {
      anchors ??= (options.anchors ?? getCACertificates()).map((pem) =>
        parseCertificate(new X509Certificate(pem).raw),
      );
      const [leaf, ...intermediates] = chain.map(parseCertificate);
      if (leaf === undefined) throw new Error("tls: the collector sent no certificate");
      verifyChain(leaf, intermediates, anchors, options.clock.now());
      const certificate = new X509Certificate(leaf.der);
      const isNamed = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host);
      if (isNamed === undefined) throw new Error(`x509: certificate is not valid for ${host}`);
      return "";
    },
  };
}
