import { createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { anything, assert, property, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { checkUse, keyFormatOf, parseKey } from "./crypto-key.ts";
import { parseJwk, parseJwkSet } from "./jwk.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const edwards = generateKeyPairSync("ed25519");
const raw = (key: { readonly object: KeyObject }): Buffer => key.object.export() as Buffer;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe("the bytes of a key", () => {
  it("are PEM in each of its forms", () => {
    const pems: [string | Buffer, KeyObject][] = [
      [rsa.privateKey.export({ type: "pkcs8", format: "pem" }), rsa.privateKey],
      [rsa.privateKey.export({ type: "pkcs1", format: "pem" }), rsa.privateKey],
      [rsa.publicKey.export({ type: "spki", format: "pem" }), rsa.publicKey],
      [rsa.publicKey.export({ type: "pkcs1", format: "pem" }), rsa.publicKey],
      [ec.privateKey.export({ type: "sec1", format: "pem" }), ec.privateKey],
      [edwards.privateKey.export({ type: "pkcs8", format: "pem" }), edwards.privateKey],
    ];
    for (const [pem, key] of pems) {
      expect(parseKey(Buffer.from(pem)).object.equals(key)).toBe(true);
      expect(parseKey(Buffer.from(`\n${pem}`), "pem").object.equals(key)).toBe(true);
    }
  });

  it("are JWK of each kind", () => {
    for (const { publicKey, privateKey } of [rsa, ec, edwards]) {
      for (const key of [publicKey, privateKey]) {
        const found = parseKey(json({ ...key.export({ format: "jwk" }), kid: "id" }));
        expect(found.object.equals(key)).toBe(true);
        expect(found.id).toBe("id");
      }
    }
    expect(raw(parseKey(json({ kty: "oct", k: "AQID", kid: "id" })))).toEqual(
      Buffer.from([1, 2, 3]),
    );
  });

  it("are symmetric in base64 of both alphabets, else as they are", () => {
    const bytes = randomBytes(32);
    bytes.set([0xfb, 0xff]);
    const texts = [
      bytes.toString("base64"),
      `${bytes.toString("base64")}\n`,
      bytes.toString("base64").replace("=", ""),
      bytes.toString("base64url"),
      `${bytes.toString("base64url")}=\r\n`,
    ];
    for (const text of texts) expect(raw(parseKey(Buffer.from(text)))).toEqual(bytes);
    for (const text of ["raw key: not base64, 32 bytes!!!", "{234567890123456", "ab*\n"]) {
      expect(raw(parseKey(Buffer.from(text))).toString()).toBe(text);
    }
  });

  it("never show in an error", () => {
    const label = "-----BEGIN PRIVATE KEY-----";
    const cases: [string, "jwk" | "pem" | undefined, string][] = [
      ["not a key", "pem", "failed to parse PEM encoded key: failed to decode PEM data"],
      [
        `${label}\nSECRET\n-----END PRIVATE KEY-----`,
        undefined,
        "failed to parse PEM encoded key: malformed PRIVATE KEY",
      ],
      [
        "-----BEGIN CERTIFICATE-----",
        undefined,
        "failed to parse PEM encoded key: unsupported PEM block type: CERTIFICATE",
      ],
      ['{"kty":"oct","k":"SECRET*"}', undefined, "the member 'k' of a JWK must be base64url"],
      ['{"kty":"RSA","n":"SECRET","e":"AQAB","d":"SECRET"}', undefined, "invalid RSA key in JWK"],
      ['{"kty":"SECRET","k":"SECRET"}', undefined, "invalid key type in JWK"],
      ["{SECRET", undefined, "failed to unmarshal JWK: invalid JSON"],
      ["[1]", "jwk", "a JSON Web Key must be an object"],
    ];
    for (const [text, format, message] of cases) {
      expect(() => parseKey(Buffer.from(text), format)).toThrow(
        new Error(`failed to parse key from secret: ${message}`),
      );
    }
  });

  it("are a key or an error, whatever they are", () => {
    const isSane = (action: () => unknown): void => {
      try {
        action();
      } catch (error) {
        expect((error as Error).message).toMatch(
          /^(failed to parse key from secret: |failed to unmarshal|a JSON|the member|invalid)/,
        );
      }
    };
    assert(property(uint8Array(), (bytes) => isSane(() => parseKey(Buffer.from(bytes)))));
    assert(property(anything(), (value) => isSane(() => parseJwkSet(json(value ?? null)))));
  });

  it("have the format that a content type names", () => {
    expect(keyFormatOf("application/json")).toBe("jwk");
    expect(keyFormatOf("application/x-pem-file")).toBe("pem");
    expect(keyFormatOf("Opaque")).toBeUndefined();
  });
});

describe("a key set", () => {
  const member = (kid: string, more: object = {}): object => ({
    kty: "oct",
    k: "AQID",
    kid,
    ...more,
  });

  it("is known by kid; strange kinds are left out", () => {
    const set = parseJwkSet(
      json({ keys: [member("a"), { kty: "new" }, member("b"), member("a", { k: "BB" })] }),
    );
    expect([...set.keys()]).toEqual(["a", "b"]);
    expect(raw(set.get("a") as never)).toHaveLength(3);
    expect([...parseJwkSet(json(member("only"))).keys()]).toEqual(["only"]);
    expect(parseJwkSet(json({ keys: [] })).size).toBe(0);
  });

  it("must be one", () => {
    for (const wrong of [[], {}, 5, { keys: {} }, { keys: [1] }, { keys: [{ kty: "oct" }] }]) {
      expect(() => parseJwkSet(json(wrong))).toThrow(Error);
    }
  });
});

describe("what a key may be used for", () => {
  const allowed = (
    jwk: object,
    operation: Parameters<typeof checkUse>[1],
    algorithm = "X",
  ): boolean | string => {
    try {
      checkUse(parseJwk(json({ kty: "oct", k: "AQID", ...jwk })), operation, algorithm);
      return true;
    } catch (error) {
      return (error as Error).message;
    }
  };

  it("is everything, unless its owner says otherwise", () => {
    expect(allowed({}, "sign")).toBe(true);
    expect(allowed({ use: "enc" }, "wrapKey")).toBe(true);
    expect(allowed({ use: "enc" }, "sign")).toBe("key cannot perform the 'sign' operation");
    expect(allowed({ use: "sig" }, "verify")).toBe(true);
    expect(allowed({ use: "sig" }, "unwrapKey")).toBe(
      "key cannot perform the 'unwrapKey' operation",
    );
    expect(allowed({ use: "other" }, "sign")).toBe("key cannot perform the 'sign' operation");
    expect(allowed({ key_ops: ["sign"] }, "sign")).toBe(true);
    expect(allowed({ key_ops: ["sign"] }, "encrypt")).toBe(
      "key cannot perform the 'encrypt' operation",
    );
    expect(allowed({ alg: "A256KW" }, "wrapKey", "A256KW")).toBe(true);
    expect(allowed({ alg: "A256KW" }, "wrapKey")).toBe("key cannot be used with algorithm 'X'");
    expect(allowed({ key_ops: "sign" }, "sign")).toMatch(/must be an array/);
    expect(() =>
      checkUse({ object: createSecretKey(Buffer.alloc(1)), id: "" }, "sign", "X"),
    ).not.toThrow();
  });
});
