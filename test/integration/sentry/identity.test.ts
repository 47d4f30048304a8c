import { execFileSync } from "node:child_process";
import { generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { code, RpcError } from "../../../src/kit/rpc/status.ts";
import type { ServerTransport, TlsOptions } from "../../../src/kit/rpc/transport.ts";
import { createAuthority, createWorkloadCertificate } from "../../../src/kit/security/authority.ts";
import { encodeCertificates } from "../../../src/kit/security/pem.ts";
import {
  type Security,
  type SecurityOptions,
  startSecurity,
} from "../../../src/kit/security/security.ts";
import { x509Svid } from "../../../src/kit/security/sentry-client.ts";
import { anyId } from "../../../src/kit/security/spiffe.ts";
import { TlsMaterial } from "../../../src/kit/security/tls.ts";
import { staticAnchors } from "../../../src/kit/security/trust-anchors.ts";
import { systemClock } from "../../../src/kit/time/clock.ts";
import { freePorts, Scratch } from "../launch.ts";
import {
  LogLines,
  settledSentry,
  type TestSentry,
  testLogging,
  testPlatform,
  testSentry,
  transport,
} from "./harness.ts";

interface Client extends AsyncDisposable {
  readonly security: Security;
  readonly lines: LogLines;
  readonly faults: Error[];
}

async function secure(
  sentry: { readonly running: { readonly ports: { readonly grpc: number } } },
  options: Partial<SecurityOptions> & Pick<SecurityOptions, "appId" | "trustAnchors">,
  lines = new LogLines(),
): Promise<Client> {
  const platform = testPlatform(lines, systemClock, {});
  const faults: Error[] = [];
  const security = await startSecurity(
    {
      isMtlsEnabled: true,
      mode: "standalone",
      sentryAddress: `127.0.0.1:${sentry.running.ports.grpc}`,
      controlPlaneTrustDomain: "localhost",
      controlPlaneNamespace: "default",
      namespace: "shop",
      ...options,
    },
    {
      clock: systemClock,
      env: platform.env,
      transport: await transport,
      logger: testLogging(platform).logger("test"),
      signal: new AbortController().signal,
      onFault: (error) => faults.push(error),
    },
  );
  return { security, lines, faults, [Symbol.asyncDispose]: () => security[Symbol.asyncDispose]() };
}
const anchorsOf = async (sentry: TestSentry) => ({ pem: await sentry.file("ca.crt") });

interface Echo extends AsyncDisposable {
  readonly port: number;
  readonly callers: (string | null)[];
}
/** A server that remembers who called. */
async function echo(tls: TlsOptions | undefined): Promise<Echo> {
  const callers: (string | null)[] = [];
  const server: ServerTransport = (await transport).createServer({
    maxMessageBytes: 1000,
    maxMetadataBytes: 10_000,
    tls,
  });
  server.unary("/test.Echo/Say", (message, call) => {
    callers.push(call.peer.identity);
    return Buffer.from(message);
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  return { port, callers, [Symbol.asyncDispose]: () => server.close(0) };
}
async function call(port: number, tls: TlsOptions | undefined): Promise<string> {
  const client = (await transport).createClient({
    target: { host: "127.0.0.1", port },
    tls,
    maxMessageBytes: 1000,
    connectTimeoutMs: 3000,
  });
  try {
    const reply = await client.unary("/test.Echo/Say", Buffer.from("hello"), { timeoutMs: 4000 });
    return reply.message.toString();
  } catch (error) {
    expect(error).toBeInstanceOf(RpcError);
    return String((error as RpcError).code);
  } finally {
    await client.close();
  }
}
const refused = String(code.unavailable);

describe("identity over TLS", () => {
  it("lets two apps of different trust domains know each other, and nobody else", async () => {
    await using sentry = await settledSentry();
    const trustAnchors = await anchorsOf(sentry);
    await using cart = await secure(sentry, { appId: "cart", trustAnchors });
    await using shop = await secure(sentry, { appId: "shop", trustAnchors });
    await using placement = await secure(sentry, {
      appId: "dapr-placement",
      namespace: "default",
      trustAnchors,
    });
    expect(cart.lines.count("Fetching initial identity")).toBe(1);
    expect(cart.lines.count("Security is initialized successfully")).toBe(1);
    await using server = await echo(cart.security.serverTls());
    const cartId = { namespace: "shop", appId: "cart" };
    expect(await call(server.port, shop.security.clientTls(cartId))).toBe("hello");
    expect(await call(server.port, placement.security.clientTls(cartId))).toBe("hello");
    expect(server.callers).toEqual([
      "spiffe://public/ns/shop/shop",
      "spiffe://localhost/ns/default/dapr-placement",
    ]);
    // Wrong expectations, no certificate, no TLS, certificates of another authority.
    expect(
      await call(server.port, shop.security.clientTls({ namespace: "shop", appId: "other" })),
    ).toBe(refused);
    expect(
      await call(server.port, shop.security.clientTls({ namespace: "other", appId: "cart" })),
    ).toBe(refused);
    expect(await call(server.port, shop.security.controlPlaneTls("dapr-placement"))).toBe(refused);
    const anchors = staticAnchors(trustAnchors.pem);
    const nobody = new TlsMaterial({ svid: undefined, anchors, clock: systemClock });
    expect(await call(server.port, nobody.client(anyId))).toBe(refused);
    expect(await call(server.port, undefined)).toBe(refused);
    expect(await call(server.port, foreignTls(trustAnchors.pem))).toBe(refused);
    expect(server.callers.length).toBe(2);
    // A server of the control plane is known by its own id only.
    await using placementServer = await echo(placement.security.serverTls());
    const toPlacement = cart.security.controlPlaneTls("dapr-placement");
    expect(await call(placementServer.port, toPlacement)).toBe("hello");
    expect(await call(placementServer.port, cart.security.controlPlaneTls("dapr-scheduler"))).toBe(
      refused,
    );
  });

  /** Somebody with the right id, signed by an authority that only they trust. */
  function foreignTls(anchorsPem: string): TlsOptions {
    const validity = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 60_000 };
    const random = { bytes: (length: number) => randomBytes(length) };
    const { issuer } = createAuthority({ root: "localhost", issuer: "x" }, validity, random);
    const pair = generateKeyPairSync("ed25519");
    const leaf = createWorkloadCertificate(
      {
        publicKey: pair.publicKey,
        altNames: { dns: [], uris: ["spiffe://public/ns/shop/shop"] },
        ...validity,
      },
      issuer,
      random,
    );
    const svid = x509Svid(
      Buffer.from(encodeCertificates([leaf, issuer.certificate.der])),
      pair.privateKey,
    );
    return new TlsMaterial({
      svid: () => svid,
      anchors: staticAnchors(anchorsPem),
      clock: systemClock,
    }).client(anyId);
  }

  it("renews certificates of seconds at half of their life, while calls go on", async () => {
    await using sentry = await settledSentry({
      config: "spec:\n  mtls:\n    workloadCertTTL: 4s\n    allowedClockSkew: 0s\n",
    });
    const trustAnchors = await anchorsOf(sentry);
    await using cart = await secure(sentry, { appId: "cart", trustAnchors });
    await using shop = await secure(sentry, { appId: "shop", trustAnchors });
    await using server = await echo(cart.security.serverTls());
    const cartId = { namespace: "shop", appId: "cart" };
    const first = cart.security.identity?.x509;
    const rotated: number[] = [];
    cart.security.identity?.onRotate((svid) => rotated.push(svid.notBefore));
    const end = performance.now() + 7000;
    while (performance.now() < end) {
      expect(await call(server.port, shop.security.clientTls(cartId))).toBe("hello");
      await systemClock.sleep(200);
    }
    expect(rotated.length).toBeGreaterThanOrEqual(2);
    expect(rotated.length).toBeLessThanOrEqual(4);
    const now = cart.security.identity?.x509;
    expect(now?.keyPem).not.toBe(first?.keyPem);
    expect(first && first.notAfter < Date.now()).toBe(true);
    expect(sentry.lines.count("Successfully renewed workload identity")).toBeGreaterThan(0);
  });

  it("waits for a sentry that starts later, and keeps its identity while sentry is away", async () => {
    const directory = await mkdtemp(join(tmpdir(), "sentry-"));
    const [port] = (await freePorts(1)) as [number];
    const config = "spec:\n  mtls:\n    workloadCertTTL: 2s\n    allowedClockSkew: 0s\n";
    const options = { directory, config, flags: ["--port", String(port)] };
    {
      // Makes the anchors.
      await using _ = await testSentry(options);
    }
    const where = { running: { ports: { grpc: port } } };
    const trustAnchors = { file: join(directory, "ca.crt") };
    const lines = new LogLines();
    const starting = secure(where, { appId: "early", trustAnchors }, lines);
    await lines.waitFor("Fetching initial identity");
    await systemClock.sleep(500);
    expect(lines.count("Security is initialized successfully")).toBe(0);
    let sentry = await testSentry(options);
    await using early = await starting;
    await sentry[Symbol.asyncDispose]();
    const before = early.lines.count("Successfully renewed workload identity");
    await systemClock.sleep(3000);
    expect(early.security.identity?.x509).toBeDefined();
    expect(early.lines.count("Successfully renewed workload identity")).toBe(before);
    expect(early.lines.count("Error renewing identity")).toBe(0);
    sentry = await testSentry(options);
    await early.lines.waitFor("Successfully renewed workload identity", before + 1, 3000);
    await sentry[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  it("follows a file of anchors: waits for it, takes what is added, ends on nonsense", async () => {
    await using sentry = await settledSentry();
    await using other = await settledSentry();
    const folder = await mkdtemp(join(tmpdir(), "anchors-"));
    const file = join(folder, "ca.crt");
    const replace = async (text: string): Promise<void> => {
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    };
    const lines = new LogLines();
    const starting = secure(sentry, { appId: "cart", trustAnchors: { file } }, lines);
    await lines.waitFor(`Trust anchors file '${file}' not found, waiting...`);
    await replace(await sentry.file("ca.crt"));
    await using cart = await starting;
    await lines.waitFor(`Trust anchors file '${file}' found`);
    await lines.waitFor(`Watching trust anchors file '${file}' for changes`);
    await using stranger = await secure(other, {
      appId: "shop",
      trustAnchors: { pem: (await sentry.file("ca.crt")) + (await other.file("ca.crt")) },
    });
    await using server = await echo(cart.security.serverTls());
    const to = stranger.security.clientTls({ namespace: "shop", appId: "cart" });
    expect(await call(server.port, to)).toBe(refused);
    await replace((await sentry.file("ca.crt")) + (await other.file("ca.crt")));
    await lines.waitFor("Trust anchors file changed, reloading trust anchors");
    expect(await call(server.port, to)).toBe("hello");
    await replace("nonsense");
    await expect
      .poll(() => cart.faults.map((error) => error.message), { timeout: 5000 })
      .toEqual([
        `failed to read trust anchors file: '${file}': failed to decode trust anchors: no certificates found`,
      ]);
    await rm(folder, { recursive: true });
  });

  it("has keys of RSA where they are asked for", async () => {
    await using sentry = await settledSentry();
    await using operator = await secure(sentry, {
      appId: "dapr-operator",
      namespace: "default",
      keyType: "rsa",
      trustAnchors: await anchorsOf(sentry),
    });
    const svid = operator.security.identity?.x509;
    expect(svid?.id.toString()).toBe("spiffe://localhost/ns/default/dapr-operator");
    const leaf = new X509Certificate(svid?.certificates[0] as Buffer);
    expect(leaf.publicKey.asymmetricKeyType).toBe("rsa");
    expect(leaf.subjectAltName).toContain("DNS:dapr-webhook.default.svc");
  });

  it.each([
    ["rsa:2048", "rsa:2048"],
    ["rsa:2048", "P-384"],
    ["P-256", "P-256"],
    ["P-521", "ed25519"],
  ])("works below an authority of one's own: root %s, issuer %s", async (rootKey, issuerKey) => {
    using scratch = new Scratch();
    const openssl = (...args: string[]): void =>
      void execFileSync("openssl", args, { cwd: scratch.path, stdio: "ignore" });
    const key = (name: string): string[] =>
      name.startsWith("P-") ? ["ec", "-pkeyopt", `ec_paramgen_curve:${name}`] : [name];
    const directory = scratch.folder("credentials");
    const [ca, certificate] = [join(directory, "ca.crt"), join(directory, "issuer.crt")];
    const ext = scratch.write(
      "ext",
      "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n",
    );
    openssl(
      ...["req", "-x509", "-nodes", "-newkey", ...key(rootKey), "-keyout", "root.key"],
      ...["-out", ca, "-subj", "/O=root"],
    );
    openssl(
      ...["req", "-nodes", "-newkey", ...key(issuerKey), "-subj", "/O=issuer", "-out", "csr"],
      ...["-keyout", join(directory, "issuer.key")],
    );
    openssl(
      ...["x509", "-req", "-in", "csr", "-CA", ca, "-CAkey", "root.key", "-extfile", ext],
      ...["-CAserial", join(scratch.path, "serial"), "-CAcreateserial", "-out", certificate],
    );
    await using sentry = await testSentry({ directory });
    expect(sentry.lines.count("using credentials from store")).toBe(1);
    const trustAnchors = await anchorsOf(sentry);
    await using cart = await secure(sentry, { appId: "cart", trustAnchors });
    await using shop = await secure(sentry, { appId: "shop", keyType: "rsa", trustAnchors });
    await using server = await echo(cart.security.serverTls());
    await using other = await echo(shop.security.serverTls());
    const to = (appId: string) => ({ namespace: "shop", appId });
    expect(await call(server.port, shop.security.clientTls(to("cart")))).toBe("hello");
    expect(await call(other.port, cart.security.clientTls(to("shop")))).toBe("hello");
  });

  it("says what sentry said when it is refused", async () => {
    await using sentry = await settledSentry();
    await expect(
      secure(sentry, { appId: "a.b", trustAnchors: await anchorsOf(sentry) }),
    ).rejects.toThrow(
      "failed to retrieve the initial identity: error from sentry SignCertificate: rpc error: code = PermissionDenied desc = invalid request: parameter app-id cannot contain dots\nno X509 SVID available",
    );
  });
});
