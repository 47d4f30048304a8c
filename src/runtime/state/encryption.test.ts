import { randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encryptionKey, ValueEncryption } from "./encryption.ts";

const random = { number: Math.random, bytes: randomBytes, uuid: randomUUID };
const k1 = encryptionKey("k1", "7f1d0a5be3c94b2f8a6e1c3d5f7092ab4c6e8f1021324354657687980a1b2c3d");
const k2 = encryptionKey("k2", "00112233445566778899aabbccddeeff");
const both = new ValueEncryption({ store: "enc", primary: k1, secondary: k2, random });

describe("records", () => {
  it.each([
    [
      "primary",
      "AQIDBAUGBwgJCgsMj08pj65TfNLOAXF39icAqTWdXEQmjVvSyNYi7rNzgEe4OA==||k1",
      '{"from":"primary"}',
    ],
    [
      "secondary",
      "/+7dzLuqmYh3ZlVEdxyZWhzIG5mQe9qJXGd8rDPmVkOIX0Ilxfai/E6eLyM=||k2",
      '"from secondary"',
    ],
    ["with bars in the value", "AAAAAAAAAAAAAAADms3MX5bSQJFh+1+GZJzlj1ABsIuVYg==||k1", '"a||b"'],
    [
      "of the reference",
      "4qDKjv6K2zJ06xQXL5jxYz/REaSnpPXaUcZHJog5wp2YxbrtpNk=||mainkey",
      "top secret",
    ],
  ])("%s are decrypted", (_, record, plain) => {
    const main = new ValueEncryption({
      store: "s",
      primary: { ...k1, name: "mainkey" },
      secondary: undefined,
      random,
    });
    const encryption = record.endsWith("mainkey") ? main : both;
    expect(encryption.decrypt(Buffer.from(record)).toString()).toBe(plain);
  });

  it.each([
    [
      "no name",
      "AAAA||",
      "could not decrypt data for state store enc: encryption key name not found on record",
    ],
    [
      "no separator",
      "AAAA",
      "could not decrypt data for state store enc: encryption key name not found on record",
    ],
    [
      "an unknown key",
      "AAAA||other",
      "could not decrypt data for state store enc: encryption key other not found",
    ],
    [
      "too few bytes",
      "AAAA||k1",
      "could not decrypt data for state store enc: ciphertext too short",
    ],
    ["bad base64", "!!notbase64||k1", "illegal base64 data at input byte 0"],
    [
      "a wrong tag",
      "AAAAAAAAAAAAAAACYW2PmpX2I1C+lHn0h7+CvzeBzyKVt7obthjq||k1",
      "cipher: message authentication failed",
    ],
    [
      "a key of another record",
      "/+7dzLuqmYh3ZlVEdxyZWhzIG5mQe9qJXGd8rDPmVkOIX0Ilxfai/E6eLyM=||k1",
      "cipher: message authentication failed",
    ],
  ])("with %s are refused", (_, record, message) => {
    expect(() => both.decrypt(Buffer.from(record))).toThrow(message);
  });

  it("are made with the primary key, differ each time, and are read back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const record = both.encrypt(bytes);
        expect(record.toString()).toMatch(/^[A-Za-z0-9+/]+=*\|\|k1$/);
        expect(both.decrypt(record)).toEqual(Buffer.from(bytes));
        expect(both.encrypt(bytes)).not.toEqual(record);
      }),
    );
  });

  it("that are empty stay empty", () => {
    expect(both.decrypt(Buffer.alloc(0))).toHaveLength(0);
  });

  it("never fail otherwise than with an error", () => {
    fc.assert(
      fc.property(fc.string(), (record) => {
        try {
          both.decrypt(Buffer.from(record));
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});

it.each([
  ["abcd", "crypto/aes: invalid key size 2"],
  ["", "crypto/aes: invalid key size 0"],
  ["abc", "encoding/hex: odd length hex string"],
  ["zz", "encoding/hex: invalid byte: U+007A 'z'"],
])("key %j is refused", (hex, message) => {
  expect(() => encryptionKey("k", hex)).toThrow(message);
});
