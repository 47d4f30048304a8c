/**
 * Posts spans to an OTLP collector over HTTP.
 * @see spec 08 §9.1, https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
import type { Clock } from "../../time/clock.ts";
import type { FinishedSpan, Resource, SpanExporter } from "../finished-span.ts";
import type { OtlpSettings } from "../settings.ts";
import type { HttpPost } from "./http-post.ts";
import { checkReply, encodeSpans, readHeaders } from "./otlp-messages.ts";
import { RetryableError, withRetries } from "./retry.ts";

export interface OtlpHttpOptions {
  readonly otel: OtlpSettings;
  readonly resource: Resource;
  readonly clock: Clock;
  readonly post: HttpPost;
}

const defaultTimeoutMs = 10_000;

/** For one request. */
export const requestTimeoutMs = ({ timeoutMs = 0 }: OtlpSettings): number =>
  timeoutMs > 0 ? timeoutMs : defaultTimeoutMs;

const retryable = new Set([429, 502, 503, 504]);

export class OtlpHttpExporter implements SpanExporter {
  readonly #options: OtlpHttpOptions;
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor(options: OtlpHttpOptions) {
    const { endpointAddress, isSecure, headers } = options.otel;
    this.#options = options;
    this.#url = `${isSecure ? "https" : "http"}://${endpointAddress}/v1/traces`;
    this.#headers = {
      ...Object.fromEntries(readHeaders(headers)),
      "content-type": "application/x-protobuf",
    };
  }

  async export(spans: readonly FinishedSpan[], signal: AbortSignal): Promise<void> {
    const { clock, resource } = this.#options;
    const body = encodeSpans(spans, resource);
    await withRetries(clock, signal, () => this.#send(body, signal));
  }

  async #send(body: Buffer, signal: AbortSignal): Promise<void> {
    const { clock, otel, post } = this.#options;
    using deadline = clock.deadline(requestTimeoutMs(otel), signal);
    const request = { url: this.#url, headers: this.#headers, body, signal: deadline };
    const { status, body: reply, retryAfter } = await post(request);
    if (status >= 200 && status < 300) {
      checkReply(reply);
      return;
    }
    const text = `failed to send to ${this.#url}: status ${status}`;
    if (!retryable.has(status)) throw new Error(text);
    throw new RetryableError(
      text,
      /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined,
    );
  }

  async close(): Promise<void> {}
}
