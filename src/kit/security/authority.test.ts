import { execFileSync } from "node:child_process";
import { generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createAuthority, createWorkloadCertificate } from "./authority.ts";
import { encodePem } from "./pem.ts";
import { organization, parseCertificate } from "./x509.ts";

const random = { bytes: (length: number) => randomBytes(length) };
const now = Date.UTC(2026, 10, 22, 12, 0, 0, 700);
const minute = 60_000;
const validity = { notBefore: now - 15 * minute, notAfter: now + 365 * 24 * 60 * minute };
const names = { root: "localhost", issuer: "spiffe://localhost/ns/default/dapr-sentry" };

const openssl = (der: Buffer, ...args: string[]): string =>
  execFileSync("openssl", args, {
    input: encodePem("CERTIFICATE", der),
    stdio: ["pipe", "pipe", "pipe"],
  }).toString();

/** Extensions as OpenSSL reads them, in their order; key ids of 20 bytes as `<id>`. */
function extensionsOf(der: Buffer): [string, string][] {
  const text = openssl(der, "x509", "-noout", "-text");
  return [...text.matchAll(/^ {12}X509v3 ([^:]+): ?(critical)?\s*\n((?: {16}.*\n?)+)/gm)].map(
    ([, name, critical, value]) => [
      `${name}${critical ? " (critical)" : ""}`,
      (value as string)
        .trim()
        .replace(/\s*\n\s*/g, " ")
        .replace(/([0-9A-F]{2}:){19}[0-9A-F]{2}/g, "<id>"),
    ],
  );
}

describe("authority", () => {
  const { root, issuer } = createAuthority(names, validity, random);

  it("makes a root and an issuer with the reference's extensions", () => {
    expect(extensionsOf(root.der)).toEqual([
      ["Key Usage (critical)", "Digital Signature, Certificate Sign"],
      ["Basic Constraints (critical)", "CA:TRUE"],
      ["Subject Key Identifier", "<id>"],
    ]);
    expect(extensionsOf(issuer.certificate.der)).toEqual([
      ["Key Usage (critical)", "Digital Signature, Certificate Sign, CRL Sign"],
      ["Basic Constraints (critical)", "CA:TRUE"],
      ["Subject Key Identifier", "<id>"],
    ]);
  });

  it("agrees with OpenSSL and Node about names, keys, times and signatures", () => {
    const rootBySsl = new X509Certificate(root.der);
    const issuerBySsl = new X509Certificate(issuer.certificate.der);
    expect(rootBySsl.subject).toBe("O=localhost");
    expect(rootBySsl.issuer).toBe("O=localhost");
    expect(issuerBySsl.subject).toBe(`O=${names.issuer}`);
    expect(issuerBySsl.verify(rootBySsl.publicKey)).toBe(true);
    expect(issuerBySsl.checkIssued(rootBySsl)).toBe(true);
    expect(rootBySsl.verify(rootBySsl.publicKey)).toBe(true);
    expect(rootBySsl.verify(issuerBySsl.publicKey)).toBe(false);
    expect(issuer.certificate.isSignedBy(root.publicKey)).toBe(true);
    expect(issuer.certificate.isSignedBy(issuer.certificate.publicKey)).toBe(false);
    expect(issuerBySsl.checkPrivateKey(issuer.key)).toBe(true);
    expect(Date.parse(rootBySsl.validFrom)).toBe(Math.floor(validity.notBefore / 1000) * 1000);
    expect(root.notAfter).toBe(Date.parse(rootBySsl.validTo));
    expect(root.serial.toString("hex").toUpperCase()).toBe(rootBySsl.serialNumber);
    expect(root.serial.length).toBeGreaterThan(8);
    expect(openssl(root.der, "x509", "-noout", "-text")).toMatch(/Signature Algorithm: ED25519/);
  });

  it.each(["ed25519", "ec", "rsa"] as const)(
    "makes a workload certificate for a %s key",
    (kind) => {
      const { publicKey } =
        kind === "ed25519"
          ? generateKeyPairSync("ed25519")
          : kind === "ec"
            ? generateKeyPairSync("ec", { namedCurve: "P-256" })
            : generateKeyPairSync("rsa", { modulusLength: 2048 });
      const der = createWorkloadCertificate(
        {
          publicKey,
          altNames: {
            dns: ["dapr-webhook.default.svc"],
            uris: ["spiffe://public/ns/default/dapr-operator"],
          },
          notBefore: now,
          notAfter: now + minute,
        },
        issuer,
        random,
      );
      expect(extensionsOf(der)).toEqual([
        ["Key Usage (critical)", "Digital Signature"],
        ["Extended Key Usage", "TLS Web Server Authentication, TLS Web Client Authentication"],
        ["Authority Key Identifier", "<id>"],
        [
          "Subject Alternative Name (critical)",
          "DNS:dapr-webhook.default.svc, URI:spiffe://public/ns/default/dapr-operator",
        ],
      ]);
      const bySsl = new X509Certificate(der);
      expect(bySsl.subject).toBeUndefined();
      expect(bySsl.verify(new X509Certificate(issuer.certificate.der).publicKey)).toBe(true);
      expect(bySsl.publicKey.export({ type: "spki", format: "pem" })).toBe(
        publicKey.export({ type: "spki", format: "pem" }),
      );
      expect(parseCertificate(der).authorityKeyId).toEqual(issuer.certificate.subjectKeyId);
    },
  );

  it.each([
    ["ec", "P-256", "ecdsa-with-SHA256"],
    ["ec", "P-384", "ecdsa-with-SHA384"],
    ["ec", "P-521", "ecdsa-with-SHA512"],
    ["rsa", "", "sha256WithRSAEncryption"],
  ] as const)("signs with an issuer key of kind %s %s", (kind, namedCurve, algorithm) => {
    const pair =
      kind === "ec"
        ? generateKeyPairSync("ec", { namedCurve })
        : generateKeyPairSync("rsa", { modulusLength: 2048 });
    const der = createWorkloadCertificate(
      {
        publicKey: generateKeyPairSync("ed25519").publicKey,
        altNames: { dns: [], uris: ["spiffe://a/ns/b/c"] },
        ...validity,
      },
      { certificate: issuer.certificate, key: pair.privateKey },
      random,
    );
    expect(openssl(der, "x509", "-noout", "-text")).toContain(`Signature Algorithm: ${algorithm}`);
    expect(new X509Certificate(der).verify(pair.publicKey)).toBe(true);
    expect(parseCertificate(der).isSignedBy(pair.publicKey)).toBe(true);
  });

  it("writes years from 2050 on and names outside PrintableString as the standard asks", () => {
    const late = createAuthority(
      { root: "corp_example", issuer: "spiffe://corp_example/ns/a/dapr-sentry" },
      { notBefore: now, notAfter: Date.UTC(2051, 0, 1) },
      random,
    );
    const text = execFileSync("openssl", ["asn1parse"], {
      input: encodePem("CERTIFICATE", late.root.der),
    }).toString();
    expect(text).toContain("GENERALIZEDTIME   :20510101000000Z");
    expect(text).toContain("UTF8STRING        :corp_example");
    const plain = execFileSync("openssl", ["asn1parse"], {
      input: encodePem("CERTIFICATE", root.der),
    }).toString();
    expect(plain).toContain("PRINTABLESTRING   :localhost");
    expect(late.root.notAfter).toBe(Date.UTC(2051, 0, 1));
    expect(late.root.subject).toEqual(organization("corp_example"));
  });

  it("never uses serial number zero", () => {
    const zero = createAuthority(names, validity, { bytes: (length) => Buffer.alloc(length) });
    expect(zero.root.serial).toEqual(Buffer.of(1));
  });
});
