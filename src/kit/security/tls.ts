/**
 * TLS material from an identity and trust anchors, for the transports.
 * @see spec 07 §1.2
 */
import { constants } from "node:crypto";
import type { SecureContextOptions } from "node:tls";
import type { TlsOptions } from "../rpc/transport.ts";
import type { Clock } from "../time/clock.ts";
import type { SpiffeMatcher } from "./spiffe.ts";
import type { X509Svid } from "./svid.ts";
import type { TrustAnchors } from "./trust-anchors.ts";
import { verifyPeer } from "./verify.ts";

/** As the reference offers them; those at the end are for certificates of other authorities. */
const signatureAlgorithms = [
  "rsa_pss_rsae_sha256",
  "ecdsa_secp256r1_sha256",
  "ed25519",
  "rsa_pss_rsae_sha384",
  "rsa_pss_rsae_sha512",
  "ecdsa_secp384r1_sha384",
  "ecdsa_secp521r1_sha512",
  "rsa_pkcs1_sha256",
  "rsa_pkcs1_sha384",
  "rsa_pkcs1_sha512",
].join(":");

export interface TlsSource {
  /** What we show; undefined for clients that show nothing. */
  readonly svid: (() => X509Svid) | undefined;
  readonly anchors: TrustAnchors;
  readonly clock: Clock;
}

/**
 * Options that are read anew at each handshake. The same object is returned until key, certificates or anchors change, so a
 * transport may keep what it made of it.
 */
export class TlsMaterial {
  readonly #source: TlsSource;
  #svid: X509Svid | undefined;
  #anchors = "";
  #context: SecureContextOptions = {};

  constructor(source: TlsSource) {
    this.#source = source;
  }

  context(): SecureContextOptions {
    const { svid, anchors } = this.#source;
    const current = svid?.();
    if (current !== this.#svid || anchors.pem !== this.#anchors) {
      this.#svid = current;
      this.#anchors = anchors.pem;
      this.#context = {
        ...(current && { key: current.keyPem, cert: current.certificatePem }),
        ca: anchors.pem,
        minVersion: "TLSv1.2",
        sigalgs: signatureAlgorithms,
        // A resumed session would outlive the certificate that it began with.
        secureOptions: constants.SSL_OP_NO_TICKET,
      };
    }
    return this.#context;
  }

  /** @param requestPeerCertificate false: anybody may connect, and nobody is known */
  server(requestPeerCertificate: boolean, matcher: SpiffeMatcher): TlsOptions {
    return this.#options(requestPeerCertificate, matcher);
  }

  client(matcher: SpiffeMatcher): TlsOptions {
    return this.#options(false, matcher);
  }

  #options(requestPeerCertificate: boolean, matcher: SpiffeMatcher): TlsOptions {
    const { anchors, clock } = this.#source;
    return {
      context: () => this.context(),
      requestPeerCertificate,
      certificateClock: clock,
      verifyPeer: (chain) =>
        verifyPeer(chain, anchors.certificates, clock.now(), matcher).toString(),
    };
  }
}
