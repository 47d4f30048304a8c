/**
 * TLS for both roles: contexts are read anew for each handshake, and the peer is verified by its SPIFFE id, not by
 * OpenSSL's rules about host names and certificate bundles.
 */
import { constants, type X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import {
  connect,
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
  TLSSocket,
} from "node:tls";
import type { TlsOptions } from "../transport.ts";

/** ECDHE with AEAD only. */
const ciphers = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

const alpn = ["h2"];

/** Peers send few certificates; a longer chain is refused. */
const maxChain = 16;

/** Makes secure contexts, one per set of material. */
export class Contexts {
  readonly #options: TlsOptions;
  readonly #made = new WeakMap<SecureContextOptions, SecureContext>();

  constructor(options: TlsOptions) {
    this.#options = options;
  }

  /** @throws {Error} when key or certificate are no good */
  next(): SecureContext {
    const material = this.#options.context();
    const known = this.#made.get(material);
    if (known !== undefined) return known;
    const context = createSecureContext({
      ...material,
      // Nobody is trusted by bundle: verifyPeer decides. An empty list also spares loading Node's own.
      ca: [],
      minVersion: "TLSv1.2",
      ciphers,
      // A resumed session would skip the check of the peer's certificate.
      secureOptions: (material.secureOptions ?? 0) | constants.SSL_OP_NO_TICKET,
    });
    this.#made.set(material, context);
    return context;
  }
}

/** What came out of a handshake. */
export interface Handshake {
  readonly socket: TLSSocket;
  readonly identity: string | null;
}

/** The chain that the peer sent, in DER, leaf first. */
function peerChain(socket: TLSSocket): Buffer[] {
  const chain: Buffer[] = [];
  let certificate: X509Certificate | undefined = socket.getPeerX509Certificate();
  while (certificate !== undefined && chain.length < maxChain) {
    chain.push(Buffer.from(certificate.raw));
    const issuer: X509Certificate | undefined = certificate.issuerCertificate;
    // A root that was sent along names itself.
    certificate = issuer?.fingerprint256 === certificate.fingerprint256 ? undefined : issuer;
  }
  return chain;
}

function verify(socket: TLSSocket, options: TlsOptions): string {
  if (socket.alpnProtocol !== "h2") throw new Error("peer does not negotiate h2");
  const chain = peerChain(socket);
  if (chain.length === 0) throw new Error("tls: peer did not provide a certificate");
  return options.verifyPeer(chain);
}

/**
 * Runs the server's side of a handshake. Nothing is read before the peer is verified.
 * @param done called once, with the error or the result; on errors the socket is destroyed
 */
export function acceptTls(
  raw: Socket,
  contexts: Contexts,
  options: TlsOptions,
  done: (error: Error | null, result: Handshake | null) => void,
): void {
  let socket: TLSSocket;
  try {
    socket = new TLSSocket(raw, {
      isServer: true,
      secureContext: contexts.next(),
      requestCert: options.requestPeerCertificate,
      rejectUnauthorized: false,
      ALPNProtocols: alpn,
    });
  } catch (error) {
    raw.destroy();
    done(error as Error, null);
    return;
  }
  settle(raw, socket, "secure", done, () => {
    const chain = options.requestPeerCertificate;
    return chain ? verify(socket, options) : null;
  });
}

/**
 * Runs the client's side of a handshake on a connected socket.
 * @param done called once, with the error or the result; on errors the socket is destroyed
 */
export function connectTls(
  raw: Socket,
  contexts: Contexts,
  options: TlsOptions,
  done: (error: Error | null, result: Handshake | null) => void,
): void {
  let socket: TLSSocket;
  try {
    socket = connect({
      socket: raw,
      ...(options.serverName === undefined ? {} : { servername: options.serverName }),
      secureContext: contexts.next(),
      rejectUnauthorized: false,
      ALPNProtocols: alpn,
      checkServerIdentity: () => undefined,
    });
  } catch (error) {
    raw.destroy();
    done(error as Error, null);
    return;
  }
  settle(raw, socket, "secureConnect", done, () => verify(socket, options));
}

function settle(
  raw: Socket,
  socket: TLSSocket,
  event: "secure" | "secureConnect",
  done: (error: Error | null, result: Handshake | null) => void,
  identify: () => string | null,
): void {
  let isDone = false;
  const fail = (error: Error): void => {
    if (isDone) return;
    isDone = true;
    socket.destroy();
    raw.destroy();
    done(error, null);
  };
  socket.on("error", fail);
  raw.on("error", fail);
  socket.on("close", () => fail(new Error("EOF")));
  socket.once(event, () => {
    if (isDone) return;
    let identity: string | null;
    try {
      identity = identify();
    } catch (error) {
      fail(error as Error);
      return;
    }
    isDone = true;
    done(null, { socket, identity });
  });
}
