import { generateKeyPairSync, randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createAuthority, createWorkloadCertificate } from "../../security/authority.ts";
import { encodePem } from "../../security/pem.ts";
import { anyId } from "../../security/spiffe.ts";
import { verifyPeer } from "../../security/verify.ts";
import { parseCertificate } from "../../security/x509.ts";
import { ManualClock } from "../../time/manual-clock.ts";
import { code } from "../status.ts";
import type { ClientTransport, ServerTransport, TlsOptions } from "../transport.ts";
import { h2Transport } from "./transport.ts";

const random = { bytes: (length: number) => randomBytes(length) };
const second = 1000;
let clock: ManualClock;
let tlsOf: (app: string, lifeSeconds: number, isWatched?: boolean) => TlsOptions;

beforeEach(() => {
  clock = new ManualClock(Date.parse("2026-01-01T00:00:00Z"));
  const now = clock.now();
  const authority = createAuthority(
    { root: "td", issuer: "spiffe://td/ns/default/sentry" },
    { notBefore: now - second, notAfter: now + 3600 * second },
    random,
  );
  tlsOf = (app, lifeSeconds, isWatched = true) => {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const der = createWorkloadCertificate(
      {
        publicKey: pair.publicKey,
        altNames: { dns: [], uris: [`spiffe://public/ns/default/${app}`] },
        notBefore: now - second,
        notAfter: now + lifeSeconds * second,
      },
      authority.issuer,
      random,
    );
    const { certificate } = authority.issuer;
    const material = {
      key: pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
      cert: encodePem("CERTIFICATE", der) + encodePem("CERTIFICATE", certificate.der),
    };
    return {
      context: () => material,
      requestPeerCertificate: true,
      ...(isWatched && { certificateClock: clock }),
      verifyPeer: (chain) =>
        verifyPeer(chain, [parseCertificate(authority.root.der)], now, anyId).toString(),
    };
  };
});

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const limits = { maxMessageBytes: 1 << 20, maxMetadataBytes: 65_536 };

async function connect(serverTls: TlsOptions, clientTls: TlsOptions) {
  const ports = new Set<number>();
  const server: ServerTransport = h2Transport.createServer({ ...limits, clock, tls: serverTls });
  server.unary("/t.T/Peer", (_message, call) => {
    ports.add(call.peer.port);
    return Buffer.alloc(0);
  });
  server.stream("/t.T/Hang", (call) => {
    ports.add(call.peer.port);
    call.onMessage((message) => void call.send(Buffer.from(message)));
  });
  const target = await server.listen({ host: "127.0.0.1", port: 0 });
  const client: ClientTransport = h2Transport.createClient({
    ...limits,
    clock,
    target,
    tls: clientTls,
  });
  open.push(
    () => server.close(0),
    () => client.close(),
  );
  const stream = client.open("/t.T/Hang");
  let status: number | undefined;
  stream.onStatus((ended) => {
    status = ended.code;
  });
  const echo = (text: string): Promise<string> =>
    new Promise((resolve) => {
      stream.onMessage((message) => resolve(message.toString()));
      stream.send(Buffer.from(text));
    });
  expect(await echo("first")).toBe("first");
  return { client, ports, echo, status: () => status };
}

/** In steps of the connections' checks, with time for frames in between. */
async function pass(seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    await clock.advance(second);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

test.each([
  ["the server's certificate, seen by the client", 20, 3000, false, true],
  ["the client's own certificate", 3000, 20, false, true],
  ["the client's certificate, seen by the server", 3000, 20, true, false],
  ["the server's own certificate", 20, 3000, true, false],
])(
  "a connection ends with %s",
  async (_name, serverLife, clientLife, isServerWatching, isClientWatching) => {
    const { client, ports, echo, status } = await connect(
      tlsOf("server", serverLife, isServerWatching),
      tlsOf("client", clientLife, isClientWatching),
    );
    await client.unary("/t.T/Peer", Buffer.alloc(0));
    await pass(17);
    await client.unary("/t.T/Peer", Buffer.alloc(0));
    expect(ports.size).toBe(1);

    // Shortly before the end new calls go elsewhere, and running ones go on.
    await pass(2);
    await client.unary("/t.T/Peer", Buffer.alloc(0));
    expect(ports.size).toBe(2);
    expect(await echo("still")).toBe("still");
    expect(status()).toBeUndefined();

    await pass(2);
    await expect.poll(status).toBe(code.unavailable);
  },
);

test("without a clock for certificates connections stay", async () => {
  const { client, ports, echo, status } = await connect(
    tlsOf("server", 20, false),
    tlsOf("client", 20, false),
  );
  await pass(25);
  await client.unary("/t.T/Peer", Buffer.alloc(0));
  expect([await echo("still"), ports.size, status()]).toEqual(["still", 1, undefined]);
});
