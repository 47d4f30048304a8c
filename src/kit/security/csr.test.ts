import { execFileSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { CsrError, createCsr, readCsr } from "./csr.ts";
import {
  bitString,
  children,
  decodeDer,
  encodeDer,
  integer,
  readBitString,
  sequence,
  tag,
} from "./der.ts";
import { decodePem, encodePem } from "./pem.ts";

const folder = mkdtempSync(join(tmpdir(), "csr-"));
afterAll(() => rmSync(folder, { recursive: true }));

const keys = {
  ed25519: generateKeyPairSync("ed25519").privateKey,
  "P-256": generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
  "P-384": generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey,
  "P-521": generateKeyPairSync("ec", { namedCurve: "P-521" }).privateKey,
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
};

function opensslCsr(key: KeyObject, ...args: string[]): Buffer {
  const file = join(folder, "key.pem");
  writeFileSync(file, key.export({ type: "pkcs8", format: "pem" }));
  return execFileSync("openssl", ["req", "-new", "-key", file, "-subj", "/CN=x", ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
}
const reason = (pem: Uint8Array): string => {
  try {
    readCsr(pem);
  } catch (error) {
    expect(error).toBeInstanceOf(CsrError);
    return (error as Error).message;
  }
  return "accepted";
};
const der = (pem: Uint8Array): Buffer => decodePem(Buffer.from(pem).toString())[0]?.bytes as Buffer;
const asPem = (bytes: Uint8Array, type = "CERTIFICATE REQUEST"): Buffer =>
  Buffer.from(encodePem(type, bytes));

describe("certificate signing requests", () => {
  it.each(Object.entries(keys))("are made for %s keys so that OpenSSL accepts them", (_n, key) => {
    const pem = createCsr(key);
    const text = execFileSync("openssl", ["req", "-noout", "-text", "-verify"], {
      input: pem,
      stdio: ["pipe", "pipe", "pipe"],
    }).toString();
    expect(text).toMatch(/Subject: *\n/);
    expect(readCsr(Buffer.from(pem)).equals(createPublicKey(key))).toBe(true);
  });

  it.each(Object.entries(keys))("of OpenSSL are read for %s keys", (_name, key) => {
    const pem = opensslCsr(key, "-addext", "subjectAltName=DNS:a.example");
    expect(readCsr(pem).equals(createPublicKey(key))).toBe(true);
  });

  it.each(["sha384", "sha512"])("may be signed with %s", (hash) => {
    expect(reason(opensslCsr(keys.rsa, `-${hash}`))).toBe("accepted");
    expect(reason(opensslCsr(keys["P-256"], `-${hash}`))).toBe("accepted");
  });

  it.each(["sha256", "sha384", "sha512"])("may be signed with RSA-PSS and %s", (hash) => {
    const pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"];
    expect(reason(opensslCsr(keys.rsa, `-${hash}`, ...pss))).toBe("accepted");
  });

  it("may carry the old label", () => {
    expect(reason(asPem(der(opensslCsr(keys.ed25519)), "CERTIFICATE"))).toBe("accepted");
    expect(reason(asPem(der(opensslCsr(keys.ed25519)), "NEW CERTIFICATE REQUEST"))).toBe(
      "invalid certificate signing request",
    );
  });

  it("are refused when signed with SHA-1", () => {
    expect(reason(opensslCsr(keys.rsa, "-sha1"))).toBe("invalid signature");
    expect(reason(opensslCsr(keys["P-256"], "-sha1"))).toBe("invalid signature");
  });

  it.each([
    ["rsa", { modulusLength: 1024 }, "unsupported RSA key of 1024 bits"],
    ["ec", { namedCurve: "secp256k1" }, "unsupported elliptic curve secp256k1"],
    ["ec", { namedCurve: "P-224" }, "unsupported elliptic curve secp224r1"],
    ["ed448", undefined, "unsupported public key type ed448"],
  ] as const)("are refused for keys of kind %s %j", (kind, options, expected) => {
    const { privateKey } = generateKeyPairSync(kind as "rsa", options as { modulusLength: number });
    expect(reason(opensslCsr(privateKey))).toBe(
      `failed to parse certificate signing request: x509: ${expected}`,
    );
  });

  it("are refused when anything in them was changed", () => {
    const good = der(opensslCsr(keys["P-256"]));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bad = Buffer.from(good);
        bad.writeUInt8((bad[at] as number) ^ change, at);
        expect(reason(asPem(bad))).not.toBe("accepted");
      }),
      { numRuns: 500 },
    );
  });

  it("are refused when the signature leaves a bit out", () => {
    const refused = new Set<string>();
    // Every other signature ends with a zero bit, which only then may be left out.
    for (let i = 0; i < 8; i++) {
      const parts = children(decodeDer(der(opensslCsr(keys["P-256"]))), tag.sequence);
      const [info, algorithm, signature] = parts;
      const { bytes } = readBitString(signature);
      refused.add(reason(asPem(encodeDer(sequence(info!, algorithm!, bitString(bytes, 1))))));
    }
    expect(refused).not.toContain("accepted");
  });

  it("are refused when the signature is another's", () => {
    const [info, algorithm] = children(decodeDer(der(opensslCsr(keys.ed25519))), tag.sequence);
    const other = children(
      decodeDer(der(opensslCsr(keys.ed25519, "-subj", "/CN=y"))),
      tag.sequence,
    );
    const mixed = encodeDer(sequence(info!, algorithm!, other[2]!));
    expect(reason(asPem(mixed))).toBe("invalid signature");
    const empty = encodeDer(sequence(info!, algorithm!, bitString(Buffer.alloc(0))));
    expect(reason(asPem(empty))).toBe("invalid signature");
  });

  it.each([
    ["", "invalid certificate signing request"],
    ["not pem", "invalid certificate signing request"],
    [encodePem("PRIVATE KEY", Buffer.of(1)), "invalid certificate signing request"],
    [
      encodePem("CERTIFICATE REQUEST", Buffer.alloc(3)),
      "failed to parse certificate signing request: asn1",
    ],
    [
      encodePem("CERTIFICATE REQUEST", Buffer.alloc(0)),
      "failed to parse certificate signing request: asn1",
    ],
    [
      encodePem("CERTIFICATE REQUEST", encodeDer(sequence())),
      "failed to parse certificate signing request: asn1",
    ],
    [
      encodePem(
        "CERTIFICATE REQUEST",
        encodeDer(sequence(sequence(), sequence(), integer(Buffer.of(1)))),
      ),
      "failed to parse certificate signing request: asn1",
    ],
    [
      encodePem("CERTIFICATE REQUEST", Buffer.alloc(70_000)),
      "failed to parse certificate signing request: asn1: more than 65536 bytes",
    ],
  ])("bad input %#", (pem, expected) => {
    expect(reason(Buffer.from(pem)).slice(0, expected.length)).toBe(expected);
  });

  it("say what they are not when they are certificates", () => {
    const certificate = execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=x"],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    expect(reason(certificate)).toMatch(/^failed to parse certificate signing request: /);
  });
});
