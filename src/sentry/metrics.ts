/**
 * What sentry counts.
 * @see spec 07 §2.7, spec 08 §10.5
 */
import type { Metrics, ValueSeries } from "../kit/metrics/metrics.ts";

export interface SentryMetrics {
  readonly requestReceived: ValueSeries;
  readonly success: ValueSeries;
  readonly signFailed: ValueSeries;
  readonly serverCertificateFailed: ValueSeries;
  readonly issuerChanged: ValueSeries;
  /** Seconds since 1970. */
  readonly issuerExpiry: ValueSeries;
}

export function sentryMetrics(metrics: Metrics): SentryMetrics {
  return {
    requestReceived: metrics
      .counter(
        "dapr_sentry_cert_sign_request_received_total",
        "The number of certificate signing requests received.",
      )
      .with(),
    success: metrics
      .counter("dapr_sentry_cert_sign_success_total", "The number of certificates issued.")
      .with(),
    signFailed: metrics
      .counter(
        "dapr_sentry_cert_sign_failure_total",
        "The number of errors that occurred when signing a request.",
        ["reason"],
      )
      .with("sign"),
    serverCertificateFailed: metrics
      .counter(
        "dapr_sentry_servercert_issue_failed_total",
        "The number of times that sentry's own certificate could not be issued.",
        ["reason"],
      )
      .with(""),
    issuerChanged: metrics
      .counter(
        "dapr_sentry_issuercert_changed_total",
        "The number of times that the issuer certificate was replaced.",
      )
      .with(),
    issuerExpiry: metrics
      .gauge(
        "dapr_sentry_issuercert_expiry_timestamp",
        "When the issuer certificate expires, in seconds since 1970.",
      )
      .with(),
  };
}
