import { execFileSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { mkdtemp, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SignCertificateRequest_TokenValidator as validators } from "../../../src/kit/proto/dapr/proto/sentry/v1/sentry.ts";
import { createCsr } from "../../../src/kit/security/csr.ts";
import { decodePem } from "../../../src/kit/security/pem.ts";
import { settledSentry, type TestSentry, testSentry } from "./harness.ts";

const keys: Readonly<Record<string, () => KeyObject>> = {
  ed25519: () => generateKeyPairSync("ed25519").privateKey,
  ec: () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
  p384: () => generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey,
  p521: () => generateKeyPairSync("ec", { namedCurve: "P-521" }).privateKey,
  rsa: () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
};
const csr = (key: KeyObject = keys.ed25519!()): Buffer => Buffer.from(createCsr(key));

/** What OpenSSL reads, without run-to-run values. */
function facts(pem: string) {
  const text = execFileSync("openssl", ["x509", "-noout", "-text", "-nameopt", "RFC2253"], {
    input: pem,
  }).toString();
  const one = (pattern: RegExp): string => pattern.exec(text)?.[1]?.trim() ?? "";
  const minutes = (date: string): number => Math.round((Date.parse(date) - Date.now()) / 60_000);
  const extensions = [
    ...text.matchAll(/^ {12}X509v3 ([^:]+): ?(critical)?\s*\n((?: {16}.*\n?)+)/gm),
  ].map(([, name, critical, value]) => [
    `${name}${critical ? " (critical)" : ""}`,
    (value as string)
      .trim()
      .replace(/\s*\n\s*/g, " ")
      .replace(/([0-9A-F]{2}:){7,}[0-9A-F]{2}/g, "<id>"),
  ]);
  return {
    subject: one(/Subject:(.*)/),
    issuer: one(/Issuer:(.*)/),
    key: one(/Public Key Algorithm: (.*)/),
    signature: one(/Signature Algorithm: (.*)/),
    validFromMinutes: minutes(one(/Not Before: (.*)/)),
    validToMinutes: minutes(one(/Not After : (.*)/)),
    isSerialLong: one(/Serial Number:\s*([0-9a-f: ]+)/).replace(/[^0-9a-f]/g, "").length > 16,
    extensions,
  };
}
const pems = (bytes: Uint8Array): string[] =>
  Buffer.from(bytes)
    .toString()
    .match(/-----BEGIN[\s\S]*?-----END [A-Z ]+-----\n/g) ?? [];

const leafFacts = (names: string, key: string) => ({
  subject: "",
  issuer: "O=spiffe://localhost/ns/default/dapr-sentry",
  key,
  signature: "ED25519",
  validFromMinutes: -15,
  validToMinutes: 1440,
  isSerialLong: true,
  extensions: [
    ["Key Usage (critical)", "Digital Signature"],
    ["Extended Key Usage", "TLS Web Server Authentication, TLS Web Client Authentication"],
    ["Authority Key Identifier", "<id>"],
    ["Subject Alternative Name (critical)", names],
  ],
});
const issuerFacts = {
  subject: "O=spiffe://localhost/ns/default/dapr-sentry",
  issuer: "O=localhost",
  key: "ED25519",
  signature: "ED25519",
  validFromMinutes: -15,
  validToMinutes: 525_600,
  isSerialLong: true,
  extensions: [
    ["Key Usage (critical)", "Digital Signature, Certificate Sign, CRL Sign"],
    ["Basic Constraints (critical)", "CA:TRUE"],
    ["Subject Key Identifier", "<id>"],
  ],
};
const rootFacts = {
  ...issuerFacts,
  subject: "O=localhost",
  extensions: [
    ["Key Usage (critical)", "Digital Signature, Certificate Sign"],
    ...issuerFacts.extensions.slice(1),
  ],
};

describe("sentry in an empty directory", () => {
  let sentry: TestSentry;
  beforeAll(async () => {
    sentry = await testSentry();
  });
  afterAll(() => sentry[Symbol.asyncDispose]());

  it("writes an authority for a year, readable by its owner only", async () => {
    for (const name of ["ca.crt", "issuer.crt", "issuer.key"]) {
      expect((await stat(join(sentry.directory, name))).mode & 0o777).toBe(0o600);
    }
    expect(facts(await sentry.file("ca.crt"))).toEqual(rootFacts);
    expect(facts(await sentry.file("issuer.crt"))).toEqual(issuerFacts);
    const [key, ...more] = decodePem(await sentry.file("issuer.key"));
    expect(more).toEqual([]);
    expect(key?.type).toBe("PRIVATE KEY");
    expect(key?.bytes.length).toBe(48);
    for (const line of [
      "Using local file system for trust bundle storage",
      "Root and issuer certs not found: generating self signed CA",
      "Generating self-signed CA certs and persisting to store",
      "Self-signed certs and JWT root key generated and persisted successfully",
      "CA certificate key pair ready",
      "Adding validator 'insecure'",
      "Using validator 'insecure'",
      `Running gRPC server on port ${sentry.running.ports.grpc}`,
      "OIDC HTTP server is disabled",
      `Starting watch on filesystem directories: [${sentry.directory}]`,
    ]) {
      expect(sentry.lines.count(line), line).toBe(1);
    }
  });
});

describe("sentry without configuration", () => {
  let sentry: TestSentry;
  beforeAll(async () => {
    sentry = await settledSentry();
  });
  afterAll(async () => {
    await sentry[Symbol.asyncDispose]();
    expect(sentry.lines.count("Shutting down gRPC server")).toBe(1);
    expect(sentry.lines.count("Healthz server is shutting down")).toBe(1);
  });

  it.each([
    ["ed25519", "ED25519"],
    ["ec", "id-ecPublicKey"],
    ["p384", "id-ecPublicKey"],
    ["p521", "id-ecPublicKey"],
    ["rsa", "rsaEncryption"],
  ])("signs requests with a key of kind %s", async (kind, name) => {
    const key = keys[kind]!();
    const reply = await sentry.sign({
      id: "shop",
      namespace: "default",
      certificateSigningRequest: csr(key),
    });
    const chain = pems(reply.workloadCertificate);
    expect(chain.map(facts)).toEqual([
      leafFacts("URI:spiffe://public/ns/default/shop", name),
      issuerFacts,
    ]);
    expect(new X509Certificate(chain[0] as string).publicKey.equals(createPublicKey(key))).toBe(
      true,
    );
    expect(reply.trustChainCertificates.length).toBe(1);
    expect(pems(reply.trustChainCertificates[0] as Buffer).map(facts)).toEqual([rootFacts]);
    expect(Number(reply.validUntil?.seconds) * 1000).toBe(
      Date.parse(new X509Certificate(chain[0] as string).validTo),
    );
    expect(reply.jwt).toBeUndefined();
    expect(reply.perAudienceJwts.size).toBe(0);
    execFileSync(
      "openssl",
      [
        "verify",
        "-CAfile",
        join(sentry.directory, "ca.crt"),
        "-untrusted",
        join(sentry.directory, "issuer.crt"),
      ],
      {
        input: chain[0],
      },
    );
  });

  const scheduler = [0, 1, 2]
    .map((i) => `DNS:dapr-scheduler-server-${i}.dapr-scheduler-server.default.svc.localhost`)
    .join(", ");
  it.each([
    ["web", "team-a", "acme.example", "URI:spiffe://acme.example/ns/team-a/web"],
    [
      "dapr-scheduler",
      "default",
      "",
      `${scheduler}, URI:spiffe://public/ns/default/dapr-scheduler`,
    ],
    [
      "dapr-scheduler",
      "default",
      "localhost",
      `${scheduler}, URI:spiffe://localhost/ns/default/dapr-scheduler`,
    ],
    [
      "dapr-injector",
      "default",
      "",
      "DNS:dapr-sidecar-injector.default.svc, URI:spiffe://public/ns/default/dapr-injector",
    ],
    [
      "dapr-operator",
      "default",
      "",
      "DNS:dapr-webhook.default.svc, URI:spiffe://public/ns/default/dapr-operator",
    ],
    ["dapr-operator", "elsewhere", "", "URI:spiffe://public/ns/elsewhere/dapr-operator"],
    ["dapr-placement", "default", "localhost", "URI:spiffe://localhost/ns/default/dapr-placement"],
  ])("gives %s in %s of trust domain '%s' its names", async (id, namespace, trustDomain, names) => {
    const reply = await sentry.sign({
      id,
      namespace,
      trustDomain,
      certificateSigningRequest: csr(),
    });
    expect(facts(pems(reply.workloadCertificate)[0] as string)).toEqual(
      leafFacts(names, "ED25519"),
    );
  });

  it("ignores the names that a request asks for", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "csr-")), "key.pem");
    await writeFile(file, keys.ed25519!().export({ type: "pkcs8", format: "pem" }));
    const request = execFileSync("openssl", [
      ...["req", "-new", "-key", file, "-subj", "/CN=evil"],
      ...["-addext", "subjectAltName=DNS:evil.example,URI:spiffe://public/ns/a/evil"],
    ]);
    const reply = await sentry.sign({
      id: "shop",
      namespace: "prod",
      certificateSigningRequest: request,
    });
    expect(facts(pems(reply.workloadCertificate)[0] as string)).toEqual(
      leafFacts("URI:spiffe://public/ns/prod/shop", "ED25519"),
    );
  });

  const good = { id: "a", namespace: "d", certificateSigningRequest: csr() };
  const pem = (body: string): Buffer =>
    Buffer.from(
      `-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----\n`,
    );
  it.each([
    [{ ...good, id: "" }, "PermissionDenied: invalid request: parameter app-id cannot be empty"],
    [{ ...good, namespace: "" }, "PermissionDenied: invalid request: namespace is required"],
    [
      { ...good, id: "a.b" },
      "PermissionDenied: invalid request: parameter app-id cannot contain dots",
    ],
    [
      { ...good, id: "x".repeat(65) },
      "PermissionDenied: invalid request: app ID must be 64 characters or less",
    ],
    [
      { ...good, certificateSigningRequest: Buffer.alloc(0) },
      "PermissionDenied: invalid request: CSR is required",
    ],
    [
      {},
      "PermissionDenied: invalid request: parameter app-id cannot be empty\nCSR is required\nnamespace is required",
    ],
    [
      { ...good, trustDomain: "Upper" },
      "PermissionDenied: trust domain characters are limited to lowercase letters, numbers, dots, dashes, and underscores",
    ],
    [
      { ...good, certificateSigningRequest: Buffer.from("not pem") },
      "InvalidArgument: invalid certificate signing request",
    ],
    [
      { ...good, certificateSigningRequest: pem("AAAA") },
      "InvalidArgument: failed to parse certificate signing request: asn1: ",
    ],
    [
      { ...good, tokenValidator: validators.JWKS },
      "InvalidArgument: the requested validator is not enabled",
    ],
    [
      { ...good, tokenValidator: validators.KUBERNETES, token: "t" },
      "InvalidArgument: the requested validator is not enabled",
    ],
    [{ ...good, tokenValidator: 99 }, "InvalidArgument: the requested validator is not enabled"],
    [{ ...good, id: "a/b" }, "Internal: failed to sign certificate"],
    [{ ...good, namespace: "a b" }, "Internal: failed to sign certificate"],
    [{ ...good, namespace: ".." }, "Internal: failed to sign certificate"],
  ])("refuses bad request %#", async (request, expected) => {
    const answer = await sentry.refusal(request);
    expect(answer.slice(0, expected.length)).toBe(expected);
    // The next good request works.
    await sentry.sign({ ...good, tokenValidator: validators.INSECURE });
  });

  it("refuses a request whose signature was made by another key", async () => {
    const der = Buffer.from(decodePem(csr().toString())[0]?.bytes as Buffer);
    der.writeUInt8((der.at(-1) as number) ^ 1, der.length - 1);
    expect(
      await sentry.refusal({
        ...good,
        certificateSigningRequest: pem(der.toString("base64")),
      }),
    ).toBe("InvalidArgument: invalid signature");
  });
});
