/**
 * Signs identities.
 * @see spec 07 §2.6
 */
import type { KeyObject } from "node:crypto";
import type { Platform } from "../kit/lifecycle/platform.ts";
import { createWorkloadCertificate } from "../kit/security/authority.ts";
import { encodeCertificates } from "../kit/security/pem.ts";
import { SpiffeId } from "../kit/security/spiffe.ts";
import type { SentryConfiguration } from "./configuration.ts";
import type { X509Credentials } from "./credentials.ts";

export interface Workload {
  readonly trustDomain: string;
  readonly namespace: string;
  readonly appId: string;
  readonly publicKey: KeyObject;
}

export interface IssuedCertificate {
  readonly id: SpiffeId;
  /** Leaf, then issuers; no self-signed certificate. PEM. */
  readonly chainPem: string;
  /** ms since 1970, whole seconds. */
  readonly notAfter: number;
}

export class CertificateAuthority {
  readonly #credentials: X509Credentials;
  readonly #times: SentryConfiguration;
  readonly #sentry: { readonly trustDomain: string; readonly namespace: string };
  readonly #platform: Platform;
  /** All trust anchors, PEM. */
  readonly anchorsPem: string;

  constructor(
    credentials: X509Credentials,
    times: SentryConfiguration,
    sentry: { readonly trustDomain: string; readonly namespace: string },
    platform: Platform,
  ) {
    this.#credentials = credentials;
    this.#times = times;
    this.#sentry = sentry;
    this.#platform = platform;
    this.anchorsPem = encodeCertificates(credentials.anchors.map(({ der }) => der));
  }

  /** @throws {Error} also for names that cannot be part of a SPIFFE id */
  sign(workload: Workload): IssuedCertificate {
    const id = SpiffeId.of(workload.trustDomain, workload.namespace, workload.appId);
    const now = this.#platform.clock.now();
    const notAfter = Math.floor((now + this.#times.workloadTtlMs) / 1000) * 1000;
    const leaf = createWorkloadCertificate(
      {
        publicKey: workload.publicKey,
        altNames: { dns: this.#dnsNames(workload), uris: [id.toString()] },
        notBefore: now - this.#times.clockSkewMs,
        notAfter,
      },
      this.#credentials.issuer,
      this.#platform.random,
    );
    const chain = [leaf, ...this.#credentials.chain.map(({ der }) => der)];
    return { id, chainPem: encodeCertificates(chain), notAfter };
  }

  /** Names under which other programs reach the control plane's web hooks and etcd. */
  #dnsNames({ namespace, appId }: Workload): string[] {
    if (namespace !== this.#sentry.namespace) return [];
    switch (appId) {
      case "dapr-injector":
        return [`dapr-sidecar-injector.${namespace}.svc`];
      case "dapr-operator":
        return [`dapr-webhook.${namespace}.svc`];
      case "dapr-scheduler":
        return [0, 1, 2].map(
          (i) =>
            `dapr-scheduler-server-${i}.dapr-scheduler-server.${namespace}.svc.${this.#sentry.trustDomain}`,
        );
      default:
        return [];
    }
  }
}
