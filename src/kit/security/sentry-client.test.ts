import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Logger } from "../logging/logger.ts";
import {
  type SignCertificateRequest as Request,
  SignCertificateRequest,
  SignCertificateResponse,
  type SignCertificateResponseInit,
  SignCertificateRequest_TokenValidator as validators,
} from "../proto/dapr/proto/sentry/v1/sentry.ts";
import { Metadata } from "../rpc/metadata.ts";
import { code, RpcError } from "../rpc/status.ts";
import type { ClientOptions, ClientTransport, Transport } from "../rpc/transport.ts";
import { systemClock } from "../time/clock.ts";
import { ManualClock } from "../time/manual-clock.ts";
import { createAuthority, createWorkloadCertificate } from "./authority.ts";
import { readCsr } from "./csr.ts";
import { encodeCertificates } from "./pem.ts";
import { startSecurity } from "./security.ts";
import { parseTarget } from "./sentry-client.ts";

const folder = mkdtempSync(join(tmpdir(), "token-"));
afterAll(() => rmSync(folder, { recursive: true }));
const random = { bytes: (length: number) => randomBytes(length) };
const start = Date.UTC(2026, 0, 1);
const life = { notBefore: start - 1000, notAfter: start + 3_600_000 };
const authority = createAuthority(
  { root: "localhost", issuer: "spiffe://localhost/ns/default/dapr-sentry" },
  life,
  random,
);
const anchors = encodeCertificates([authority.root.der]);
const logger: Logger = {
  isEnabled: () => true,
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
};

/** A sentry without a network. */
class FakeSentry implements Transport {
  readonly name = "http2";
  readonly requests: Request[] = [];
  readonly clients: ClientOptions[] = [];
  /** Dials that fail first. */
  unreachable = 0;
  /** What the next calls end with; then they succeed. */
  failures: (RpcError | "hang")[] = [];
  onFailure = (): void => {};
  extra: SignCertificateResponseInit = {};
  keys: string[] = [];
  sign = (request: Request): Buffer =>
    createWorkloadCertificate(
      {
        publicKey: readCsr(request.certificateSigningRequest),
        altNames: {
          dns: [],
          uris: [
            `spiffe://${request.trustDomain || "public"}/ns/${request.namespace}/${request.id}`,
          ],
        },
        ...life,
      },
      authority.issuer,
      random,
    );

  createServer(): never {
    throw new Error("not a server");
  }

  createClient(options: ClientOptions): ClientTransport {
    this.clients.push(options);
    return {
      connect: async () => {
        if (this.unreachable-- > 0) throw new RpcError(code.unavailable, "nobody");
      },
      unary: async (_path, message) => {
        const request = SignCertificateRequest.decode(message);
        this.requests.push(request);
        const failure = this.failures.shift();
        if (failure !== undefined) this.onFailure();
        if (failure instanceof RpcError) throw failure;
        if (failure === "hang")
          throw new RpcError(code.deadlineExceeded, "context deadline exceeded");
        const leaf = this.sign(request);
        const reply = SignCertificateResponse.encode({
          workloadCertificate: Buffer.from(
            encodeCertificates([leaf, authority.issuer.certificate.der]),
          ),
          ...this.extra,
        });
        return { message: reply, headers: new Metadata(), trailers: new Metadata() };
      },
      open: () => {
        throw new Error("not used");
      },
      close: async () => {},
    };
  }
}

async function secure(
  sentry: FakeSentry,
  options: Partial<Parameters<typeof startSecurity>[0]> = {},
  env: Record<string, string> = {},
) {
  const clock = new ManualClock(start);
  const stopping = new AbortController();
  const starting = startSecurity(
    {
      isMtlsEnabled: true,
      mode: "standalone",
      sentryAddress: "127.0.0.1:50001",
      controlPlaneTrustDomain: "localhost",
      controlPlaneNamespace: "default",
      trustAnchors: { pem: anchors },
      appId: "cart",
      namespace: "shop",
      ...options,
    },
    {
      clock,
      env: new Map(Object.entries(env)),
      transport: sentry,
      logger,
      signal: stopping.signal,
      onFault: () => {},
    },
  );
  starting.catch(() => {});
  let isDone = false;
  starting.finally(() => (isDone = true)).catch(() => {});
  // File reads and key generation take real time, pauses do not.
  while (!isDone) {
    await clock.advance(250);
    await systemClock.sleep(1);
  }
  return await starting;
}

describe("identity client", () => {
  it("asks for the app's id with an empty token", async () => {
    const sentry = new FakeSentry();
    await using security = await secure(sentry, { jwtAudiences: ["a", "b"] });
    const [request] = sentry.requests as [Request];
    expect(request.id).toBe("cart");
    expect(request.namespace).toBe("shop");
    expect(request.trustDomain).toBe("");
    expect(request.token).toBe("");
    expect(request.tokenValidator).toBe(validators.UNKNOWN);
    expect(request.jwtAudiences).toEqual(["a", "b"]);
    expect(readCsr(request.certificateSigningRequest).asymmetricKeyType).toBe("ed25519");
    expect(security.identity?.x509.id.toString()).toBe("spiffe://public/ns/shop/cart");
    expect(security.identity?.x509.certificates.length).toBe(2);
    expect(sentry.clients[0]?.target).toEqual({ host: "127.0.0.1", port: 50_001 });
    expect(sentry.clients[0]?.tls?.context()).not.toHaveProperty("key");
  });

  it("sends the trust domain for services of the control plane only", async () => {
    const sentry = new FakeSentry();
    await using _a = await secure(sentry, { appId: "dapr-placement", namespace: "default" });
    await using _b = await secure(sentry, { appId: "dapr-placement", namespace: "shop" });
    expect(sentry.requests.map((request) => request.trustDomain)).toEqual(["localhost", ""]);
  });

  it("takes another id from the environment and other keys where they are needed", async () => {
    const sentry = new FakeSentry();
    await using _ = await secure(sentry, { keyType: "rsa" }, { SENTRY_LOCAL_IDENTITY: "ns-sa" });
    expect(sentry.requests[0]?.id).toBe("ns-sa");
    const key = readCsr(sentry.requests[0]?.certificateSigningRequest as Buffer);
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
  });

  it("expects exactly sentry's id", async () => {
    const sentry = new FakeSentry();
    await using _ = await secure(sentry);
    const present = (id: string): (() => string) => {
      const leaf = createWorkloadCertificate(
        {
          publicKey: generateKeyPairSync("ed25519").publicKey,
          altNames: { dns: [], uris: [id] },
          ...life,
        },
        authority.issuer,
        random,
      );
      const verify = sentry.clients[0]?.tls?.verifyPeer;
      return () => (verify as NonNullable<typeof verify>)([leaf, authority.issuer.certificate.der]);
    };
    expect(present("spiffe://localhost/ns/default/dapr-sentry")()).toBe(
      "spiffe://localhost/ns/default/dapr-sentry",
    );
    for (const other of [
      "spiffe://public/ns/default/dapr-sentry",
      "spiffe://localhost/ns/other/dapr-sentry",
      "spiffe://localhost/ns/default/dapr-sentry/x",
    ]) {
      expect(present(other)).toThrow(`unexpected ID "${other}"`);
    }
  });

  it("waits for a sentry that is not there yet", async () => {
    const sentry = new FakeSentry();
    sentry.unreachable = 20;
    await using security = await secure(sentry);
    expect(security.identity).toBeDefined();
    expect(sentry.requests.length).toBe(1);
  });

  it("tries up to five times on passing failures", async () => {
    const sentry = new FakeSentry();
    const busy = new RpcError(code.unavailable, "busy");
    sentry.failures = [busy, new RpcError(code.resourceExhausted, "full"), "hang", busy];
    await using security = await secure(sentry);
    expect(security.identity).toBeDefined();
    expect(sentry.requests.length).toBe(5);
    const broken = new FakeSentry();
    broken.failures = [busy, busy, busy, busy, busy];
    await expect(secure(broken)).rejects.toThrow(
      "failed to retrieve the initial identity: error from sentry SignCertificate: rpc error: code = Unavailable desc = busy\nno X509 SVID available",
    );
    expect(broken.requests.length).toBe(5);
  });

  it("does not use up its attempts while sentry starts anew", async () => {
    const sentry = new FakeSentry();
    sentry.failures = [new RpcError(code.unavailable, "closing")];
    sentry.onFailure = () => {
      sentry.unreachable = 20;
    };
    await using security = await secure(sentry);
    expect(security.identity).toBeDefined();
    expect(sentry.requests.length).toBe(2);
    expect(sentry.unreachable).toBeLessThan(0);
  });

  it("does not insist when it was refused", async () => {
    const sentry = new FakeSentry();
    sentry.failures = [new RpcError(code.permissionDenied, "invalid request: no")];
    await expect(secure(sentry)).rejects.toThrow(
      "failed to retrieve the initial identity: error from sentry SignCertificate: rpc error: code = PermissionDenied desc = invalid request: no\nno X509 SVID available",
    );
    expect(sentry.requests.length).toBe(1);
  });

  it("sends the token of a file, read once the connection stands", async () => {
    const file = join(folder, "token");
    writeFileSync(file, "abc");
    const sentry = new FakeSentry();
    await using _a = await secure(sentry, {}, { DAPR_SENTRY_TOKEN_FILE: file });
    await using _b = await secure(sentry, { mode: "kubernetes" }, { DAPR_SENTRY_TOKEN_FILE: file });
    expect(sentry.requests.map((request) => [request.token, request.tokenValidator])).toEqual([
      ["abc", validators.JWKS],
      ["abc", validators.KUBERNETES],
    ]);
  });

  it.each([
    ["", "environmental variable DAPR_SENTRY_TOKEN_FILE is set with an empty value"],
    [
      join(folder, "missing"),
      `failed to read token at path '${join(folder, "missing")}': open ${join(folder, "missing")}: no such file or directory`,
    ],
    [join(folder, "empty"), `failed to read token at path '${join(folder, "empty")}': `],
  ])("cannot go on without its token file %j", async (file, reason) => {
    writeFileSync(join(folder, "empty"), "");
    await expect(secure(new FakeSentry(), {}, { DAPR_SENTRY_TOKEN_FILE: file })).rejects.toThrow(
      `failed to retrieve the initial identity: error obtaining token: ${reason}`,
    );
  });

  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = (aud: unknown): { value: string } => ({
    value: `${part({})}.${part({ sub: "spiffe://public/ns/shop/cart", aud, exp: start / 1000 + 3600 })}.x`,
  });

  it("keeps tokens by audience", async () => {
    const sentry = new FakeSentry();
    sentry.extra = {
      jwt: token(["public", "a"]),
      perAudienceJwts: new Map([["b", token(["b"])]]),
    };
    await using security = await secure(sentry);
    expect(security.identity?.jwt("a").audience).toEqual(["public", "a"]);
    expect(security.identity?.jwt("b").audience).toEqual(["b"]);
    expect(() => security.identity?.jwt("c")).toThrow("JWT SVID has different audiences");
  });

  it.each<[SignCertificateResponseInit, string]>([
    [{ jwt: token(["a"]) }, "does not contain trust domain public"],
    [{ jwt: token([]) }, "does not contain trust domain public"],
    [{ jwt: { value: "x" } }, "failed to parse JWT"],
    [{ perAudienceJwts: new Map([["b", token(["c"])]]) }, "is not the expected audience b"],
    [{ perAudienceJwts: new Map([["b", token(["b", "c"])]]) }, "is not the expected audience b"],
    [{ workloadCertificate: Buffer.alloc(0) }, "no certificate in sentry's answer"],
    [
      { workloadCertificate: Buffer.from(encodeCertificates([authority.issuer.certificate.der])) },
      "certificate in sentry's answer is for another key",
    ],
  ])("does not believe answer %#", async (extra, reason) => {
    const sentry = new FakeSentry();
    sentry.extra = extra;
    await expect(secure(sentry)).rejects.toThrow(reason);
  });

  it.each<[Partial<Parameters<typeof startSecurity>[0]>, string]>([
    [{ controlPlaneTrustDomain: "" }, "control plane trust domain is required"],
    [
      { controlPlaneTrustDomain: "A" },
      "invalid control plane trust domain: trust domain characters are limited",
    ],
    [{ trustAnchors: { pem: "" } }, "trust anchors are required"],
    [{ trustAnchors: { file: "" } }, "trust anchors are required"],
    [{ trustAnchors: { pem: "x" } }, "failed to decode trust anchors: no certificates found"],
    [
      { trustAnchors: { pem: encodeCertificates([Buffer.from("x")]) } },
      "failed to decode trust anchors: asn1",
    ],
    [{ sentryAddress: "" }, "invalid sentry address"],
  ])("cannot be made from options %#", async (options, reason) => {
    await expect(secure(new FakeSentry(), options)).rejects.toThrow(reason);
  });

  it("gives up waiting when asked to", async () => {
    const sentry = new FakeSentry();
    sentry.unreachable = Number.POSITIVE_INFINITY;
    const stopping = new AbortController();
    const clock = new ManualClock(start);
    const starting = startSecurity(
      {
        isMtlsEnabled: true,
        mode: "standalone",
        sentryAddress: "s:1",
        controlPlaneTrustDomain: "localhost",
        controlPlaneNamespace: "default",
        trustAnchors: { pem: anchors },
        appId: "a",
        namespace: "b",
      },
      { clock, env: new Map(), transport: sentry, logger, signal: stopping.signal, onFault() {} },
    );
    await clock.advance(10_000);
    const reason = new Error("stop");
    stopping.abort(reason);
    await expect(starting).rejects.toBe(reason);
    expect(clock.pending).toBe(0);
  });
});

describe("security matrix", () => {
  const target = { namespace: "shop", appId: "other" };

  it("is plaintext without mTLS in standalone mode, whatever else is missing", async () => {
    const sentry = new FakeSentry();
    await using security = await secure(sentry, {
      isMtlsEnabled: false,
      trustAnchors: { pem: "" },
      controlPlaneTrustDomain: "",
    });
    expect(security.identity).toBeUndefined();
    expect(security.serverTls()).toBeUndefined();
    expect(security.clientTls(target)).toBeUndefined();
    expect(security.controlPlaneTls("dapr-placement")).toBeUndefined();
    expect(sentry.requests).toEqual([]);
  });

  it("uses an identity towards the control plane only, in Kubernetes without mTLS", async () => {
    await using security = await secure(
      new FakeSentry(),
      { isMtlsEnabled: false, mode: "kubernetes" },
      { DAPR_SENTRY_TOKEN_FILE: writeToken() },
    );
    expect(security.isMtlsEnabled).toBe(false);
    expect(security.identity).toBeDefined();
    expect(security.serverTls()).toBeUndefined();
    expect(security.clientTls(target)).toBeUndefined();
    expect(security.controlPlaneTls("dapr-operator")).toBeDefined();
  });

  it("asks everybody who they are with mTLS", async () => {
    await using security = await secure(new FakeSentry());
    const server = security.serverTls();
    const present = [...(security.identity?.x509.certificates ?? [])];
    expect(server?.requestPeerCertificate).toBe(true);
    expect(server?.verifyPeer(present)).toBe("spiffe://public/ns/shop/cart");
    expect(security.clientTls({ namespace: "shop", appId: "cart" })?.verifyPeer(present)).toBe(
      "spiffe://public/ns/shop/cart",
    );
    expect(() => security.clientTls(target)?.verifyPeer(present)).toThrow("unexpected SPIFFE ID");
    expect(() => security.controlPlaneTls("dapr-scheduler")?.verifyPeer(present)).toThrow(
      "unexpected ID",
    );
    const context = server?.context();
    expect(context?.cert).toBe(security.identity?.x509.certificatePem);
    expect(String(context?.cert).match(/BEGIN/g)?.length).toBe(2);
    expect(server?.context()).toBe(context);
  });
});

function writeToken(): string {
  const file = join(folder, "any");
  writeFileSync(file, "t");
  return file;
}

describe("sentry's address", () => {
  it.each([
    ["127.0.0.1:50001", { host: "127.0.0.1", port: 50_001 }],
    ["dapr-sentry.dapr-system.svc:443", { host: "dapr-sentry.dapr-system.svc", port: 443 }],
    ["sentry", { host: "sentry", port: 443 }],
    ["[::1]:50001", { host: "::1", port: 50_001 }],
    ["dns:///sentry:1", { host: "sentry", port: 1 }],
  ])("reads %s", (text, expected) => {
    expect(parseTarget(text)).toEqual(expected);
  });

  it.each(["", ":1", "a:b", "a:1:2", "a:70000", "[::1"])("refuses %j", (text) => {
    expect(() => parseTarget(text)).toThrow("invalid sentry address");
  });
});
