import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { request } from "undici";
import { describe, expect, it } from "vitest";
import { SignCertificateRequest_TokenValidator as validators } from "../../../src/kit/proto/dapr/proto/sentry/v1/sentry.ts";
import { createCsr } from "../../../src/kit/security/csr.ts";
import { freePort, launchSentry, root, runToEnd, Scratch, statusOf } from "../launch.ts";
import { settledSentry } from "./harness.ts";

const program = join(root, "bin/sentry");
const csr = (): Buffer => Buffer.from(createCsr(generateKeyPairSync("ed25519").privateKey));

describe("the program", () => {
  it("serves until it is told to stop, and says so", async () => {
    await using sentry = await launchSentry();
    expect(await statusOf(sentry.healthPort, "/healthz")).toBe(200);
    const { process } = sentry;
    expect(process.log).toMatch(
      /level=info msg="Starting Dapr Sentry certificate authority -- version 1\.18\.3 -- commit .*scope=dapr\.sentry/,
    );
    expect(process.log).toContain('msg="Log level set to: info"');
    const { code } = await process.stop();
    expect(code).toBe(0);
    expect(process.log).toMatch(
      /msg="Received signal 'terminated'; beginning shutdown".* scope=dapr\.signals/,
    );
    expect(process.stdout.trimEnd().split("\n").at(-1)).toContain("Sentry shut down gracefully");
  });

  it("shows TLS 1.2 and 1.3 with h2, no request for a certificate and no root", async () => {
    await using sentry = await launchSentry();
    const show = (...args: string[]): string =>
      execFileSync(
        "openssl",
        ["s_client", "-connect", sentry.address, "-alpn", "h2", "-showcerts", ...args],
        { input: "", stdio: ["pipe", "pipe", "ignore"] },
      ).toString();
    for (const [flag, version] of [
      ["-tls1_2", "TLSv1.2"],
      ["-tls1_3", "TLSv1.3"],
    ] as const) {
      const text = show(flag);
      expect(text).toContain("ALPN protocol: h2");
      expect(text).toMatch(new RegExp(`New, ${version}|Protocol *: ${version}`));
      expect(text).toContain("No client certificate CA names sent");
      expect(text.match(/-----BEGIN CERTIFICATE-----/g)?.length).toBe(2);
      expect(text).toContain("issuer=O = spiffe://localhost/ns/default/dapr-sentry");
    }
    expect(() => show("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")).toThrow();
  });

  it.each<[string, readonly string[], number, string]>([
    ["a bad mode", ["--mode", "x"], 1, 'level=fatal msg="Invalid options: invalid mode: x"'],
    [
      "an issuer without tokens",
      ["--jwt-issuer", "x"],
      1,
      "Invalid options: jwt-issuer cannot be set when jwt-enabled is false",
    ],
    ["a bad level", ["--log-level", "x"], 1, "invalid value for --log-level: x"],
    ["a bad metrics port", ["--metrics-port", "x"], 1, "failed to parse metrics port: "],
    [
      "a missing configuration",
      ["--config", "/no/file"],
      1,
      "loading default config. couldn't find config name",
    ],
    ["an unknown flag", ["--nope"], 2, "unknown flag: --nope"],
    ["help", ["--help"], 0, "--issuer-credentials"],
    ["Kubernetes", ["--mode=kubernetes"], 2, "Kubernetes"],
    ["a log file that cannot be", ["--log-file", "/no/dir/log"], 1, "failed to open log file"],
  ])("ends with %s", async (_name, flags, status, text) => {
    const env = { NAMESPACE: "dapr-system" };
    const { exit, log } = await runToEnd(program, flags, { env });
    expect(log).toContain(text);
    expect(exit?.code).toBe(status);
  });
});

describe("validator jwks", () => {
  it("gives identities to those whose token names them", async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "one" }] });
    await using sentry = await settledSentry({
      config: `spec:\n  mtls:\n    tokenValidators:\n    - name: jwks\n      options:\n        source: '${jwks}'\n`,
    });
    expect(
      sentry.lines.count(
        "Adding validator 'jwks' with Sentry ID: spiffe://localhost/ns/default/dapr-sentry",
      ),
    ).toBe(1);
    expect(sentry.lines.count("Using validator 'jwks'")).toBe(1);
    const token = await new SignJWT()
      .setProtectedHeader({ alg: "ES256", kid: "one" })
      .setSubject("spiffe://public/ns/shop/cart")
      .setAudience("spiffe://localhost/ns/default/dapr-sentry")
      .setExpirationTime("1m")
      .sign(privateKey);
    const asked = { id: "cart", namespace: "shop", certificateSigningRequest: csr() };
    const withToken = { ...asked, token, tokenValidator: validators.JWKS };
    const reply = await sentry.sign(withToken);
    expect(reply.workloadCertificate.length).toBeGreaterThan(0);
    expect(await sentry.refusal({ ...withToken, id: "shop" })).toBe(
      'PermissionDenied: token validation failed: "sub" not satisfied: values do not match',
    );
    expect(await sentry.refusal(asked)).toBe(
      "InvalidArgument: a validator name must be specified in this environment",
    );
    expect(await sentry.refusal({ ...asked, tokenValidator: validators.INSECURE })).toBe(
      "InvalidArgument: the requested validator is not enabled",
    );
    expect(await sentry.refusal({ ...asked, tokenValidator: validators.JWKS })).toBe(
      "PermissionDenied: the request does not contain a token",
    );
  });

  it("is fatal when its keys cannot be had", async () => {
    using scratch = new Scratch();
    const source = "http://127.0.0.1:1/keys";
    const config = scratch.write(
      "config.yaml",
      `spec:\n  mtls:\n    tokenValidators:\n    - name: jwks\n      options:\n        source: ${source}\n`,
    );
    const { exit, log } = await runToEnd(program, [
      ...["--config", config, "--issuer-credentials", scratch.folder("credentials")],
      ...["--healthz-port", `${await freePort()}`, "--enable-metrics=false"],
    ]);
    expect(log).toContain(`failed to fetch JWKS from ${source}`);
    expect(exit?.code).toBe(1);
  });
});

describe("tokens and discovery", () => {
  it("let others check a token with what the OIDC server publishes", async () => {
    const port = await freePort();
    await using sentry = await settledSentry({
      flags: [
        ...[
          "--jwt-enabled",
          "--jwt-ttl",
          "2h",
          "--oidc-enabled",
          "--oidc-server-tls-enabled=false",
        ],
        ...["--jwt-issuer", `http://127.0.0.1:${port}`, "--oidc-server-listen-port", `${port}`],
        ...["--oidc-server-listen-address", "127.0.0.1"],
      ],
    });
    expect(sentry.running.ports.oidc).toBe(port);
    const reply = await sentry.sign({
      id: "shop",
      namespace: "default",
      jwtAudiences: ["one", "two"],
      certificateSigningRequest: csr(),
    });
    const issuer = `http://127.0.0.1:${port}`;
    const found = await request(`${issuer}/.well-known/openid-configuration`);
    const discovery = (await found.body.json()) as { issuer: string; jwks_uri: string };
    expect(discovery.issuer).toBe(issuer);
    const keys = createRemoteJWKSet(new URL(discovery.jwks_uri));
    const base = await jwtVerify(reply.jwt?.value ?? "", keys, { issuer, audience: "public" });
    expect(base.payload.aud).toEqual(["public", "one", "two"]);
    expect(base.payload.sub).toBe("spiffe://public/ns/default/shop");
    expect([...reply.perAudienceJwts.keys()].sort()).toEqual(["one", "public", "two"]);
    for (const [audience, { value }] of reply.perAudienceJwts) {
      expect((await jwtVerify(value, keys, { issuer })).payload.aud).toEqual([audience]);
    }
  });

  it("are off when only one of both is on", async () => {
    await using sentry = await settledSentry({
      flags: ["--oidc-enabled", "--oidc-server-tls-enabled=false"],
    });
    expect(sentry.lines.count("OIDC HTTP server is disabled")).toBe(1);
    expect(sentry.running.ports.oidc).toBe(0);
  });

  it("wait for TLS files without holding up the rest", async () => {
    using scratch = new Scratch();
    const [certificate, key] = [join(scratch.path, "tls.crt"), join(scratch.path, "tls.key")];
    const port = await freePort();
    await using sentry = await settledSentry({
      flags: [
        ...["--jwt-enabled", "--oidc-enabled", "--oidc-server-listen-port", `${port}`],
        ...["--oidc-server-tls-cert-file", certificate, "--oidc-server-tls-key-file", key],
      ],
    });
    const healthz = sentry.running.ports.healthz;
    expect(await statusOf(healthz, "/healthz")).toBe(503);
    await sentry.sign({ id: "a", namespace: "b", certificateSigningRequest: csr() });
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=localhost"],
        ...["-keyout", key, "-out", certificate],
      ],
      { stdio: "ignore" },
    );
    await sentry.lines.waitFor("Starting OIDC HTTP server on localhost:", 1);
    expect(await statusOf(healthz, "/healthz")).toBe(200);
  });

  it("fail on the next start when a key id is wanted that the made keys do not have", async () => {
    await expect(
      settledSentry({ flags: ["--jwt-enabled", "--jwt-key-id", "mine"] }),
    ).rejects.toThrow('JWKS doesn\'t contain a key with user-provided key ID "mine"');
  });
});
