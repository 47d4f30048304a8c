/** The algorithms of crypto providers, against published vectors and jose. */
import { createHash, createSecretKey, generateKeyPairSync, randomBytes } from "node:crypto";
import * as jose from "jose";
import { describe, expect, it } from "vitest";
import type { LoadedKey } from "../shared/crypto-key.ts";
import type { OpenRequest } from "./contract.ts";
import { keyNotFound, LocalCrypto } from "./local-crypto.ts";

const keys = new Map<string, LoadedKey>();
const provider = new LocalCrypto({
  async getKey(name) {
    const key = keys.get(name);
    if (key === undefined) throw keyNotFound();
    return key;
  },
  async [Symbol.asyncDispose]() {},
});

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

function secret(bytes: Uint8Array): string {
  const keyName = `secret-${keys.size}`;
  keys.set(keyName, { object: createSecretKey(bytes), id: "" });
  return keyName;
}

function pair(made: { publicKey: LoadedKey["object"]; privateKey: LoadedKey["object"] }) {
  const name = `pair-${keys.size}`;
  keys.set(name, { object: made.privateKey, id: "" });
  keys.set(`${name}-public`, { object: made.publicKey, id: "" });
  return { ...made, name, publicName: `${name}-public` };
}

const rsa = pair(generateKeyPairSync("rsa", { modulusLength: 2048 }));
const flip = (bytes: Uint8Array): Buffer => {
  const changed = Buffer.from(bytes);
  changed[0] = (changed[0] ?? 0) ^ 1;
  return changed;
};

describe("published vectors", () => {
  const sunscreen = Buffer.from(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const chachaKey = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  const associatedData = hex("50515253c0c1c2c3c4c5c6c7");

  it.each([
    [
      "A128KW",
      "000102030405060708090A0B0C0D0E0F",
      "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5",
    ],
    [
      "A192KW",
      "000102030405060708090A0B0C0D0E0F1011121314151617",
      "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D",
    ],
    [
      "A256KW",
      "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
      "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7",
    ],
  ])("%s as in RFC 3394 §4", async (algorithm, key, expected) => {
    const request = { algorithm, keyName: secret(hex(key)) };
    const data = hex("00112233445566778899AABBCCDDEEFF");
    const wrapped = await provider.wrapKey({ ...request, data });
    expect(wrapped).toEqual({ data: hex(expected) });
    expect(await provider.unwrapKey({ ...request, data: wrapped.data })).toEqual(data);
    await expect(provider.unwrapKey({ ...request, data: flip(wrapped.data) })).rejects.toThrow(
      "failed to decrypt data: message authentication failed",
    );
  });

  it.each([
    [
      "C20P",
      "070000004041424344454647",
      "d31a8d34648e60db7b86afbc53ef7ec2",
      "1ae10b594f09e26a7e902ecbd0600691",
    ],
    [
      "XC20P",
      "404142434445464748494a4b4c4d4e4f5051525354555657",
      "bd6d179d3e83d43b9576579493c0e939",
      "c0875924c1c7987947deafd8780acf49",
    ],
  ])("%s as in RFC 8439 §2.8.2 and the draft for XChaCha", async (algorithm, nonce, start, tag) => {
    const request = { algorithm, keyName: secret(chachaKey), nonce: hex(nonce), associatedData };
    const sealed = await provider.encrypt({ ...request, data: sunscreen });
    expect(sealed.data.toString("hex", 0, 16)).toBe(start);
    expect(sealed.tag?.toString("hex")).toBe(tag);
    expect(await provider.decrypt({ ...request, data: sealed.data, tag: hex(tag) })).toEqual(
      sunscreen,
    );
  });

  it.each([
    ["A128CBC", "2b7e151628aed2a6abf7158809cf4f3c", "7649abac8119b246cee98e9b12e9197d"],
    [
      "A192CBC",
      "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
      "4f021db243bc633d7178183a9fa071e8",
    ],
    [
      "A256CBC",
      "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      "f58c4c04d6e5f1ba779eabfb5f7bfbd6",
    ],
  ])("%s and %s-NOPAD as in SP 800-38A F.2", async (algorithm, key, expected) => {
    const keyName = secret(hex(key));
    const nonce = hex("000102030405060708090a0b0c0d0e0f");
    const data = hex("6bc1bee22e409f96e93d7e117393172a");
    const bare = { algorithm: `${algorithm}-NOPAD`, keyName, nonce };
    expect((await provider.encrypt({ ...bare, data })).data.toString("hex")).toBe(expected);
    expect(await provider.decrypt({ ...bare, data: hex(expected) })).toEqual(data);
    const padded = { algorithm, keyName, nonce };
    const sealed = (await provider.encrypt({ ...padded, data })).data;
    expect(sealed.subarray(0, 16).toString("hex")).toBe(expected);
    expect(sealed).toHaveLength(32);
    expect(await provider.decrypt({ ...padded, data: sealed })).toEqual(data);
    await expect(provider.encrypt({ ...bare, data: Buffer.alloc(15) })).rejects.toThrow(
      "failed to encrypt data: invalid plaintext length",
    );
    await expect(provider.wrapKey({ ...bare, data })).rejects.toThrow(
      "failed to encrypt data: unsupported algorithm",
    );
  });
});

describe("content encryption that jose opens and seals", () => {
  it.each([
    ["A128GCM", 16],
    ["A192GCM", 24],
    ["A256GCM", 32],
    ["A128CBC-HS256", 32],
    ["A192CBC-HS384", 48],
    ["A256CBC-HS512", 64],
  ])("%s", async (algorithm, length) => {
    const key = randomBytes(length);
    const keyName = secret(key);
    const plaintext = randomBytes(99);
    const jwe = await new jose.FlattenedEncrypt(plaintext)
      .setProtectedHeader({ alg: "dir", enc: algorithm })
      .encrypt(key);
    const part = (text: string | undefined): Buffer => Buffer.from(text ?? "", "base64url");
    const request: OpenRequest = {
      algorithm,
      keyName,
      data: part(jwe.ciphertext),
      nonce: part(jwe.iv),
      tag: part(jwe.tag),
      associatedData: Buffer.from(jwe.protected ?? ""),
    };
    expect(await provider.decrypt(request)).toEqual(plaintext);
    const { tag: _, ...seal } = { ...request, data: plaintext };
    const sealed = await provider.encrypt(seal);
    const answer = {
      ...jwe,
      ciphertext: sealed.data.toString("base64url"),
      tag: sealed.tag?.toString("base64url") ?? "",
    };
    expect(Buffer.from((await jose.flattenedDecrypt(answer, key)).plaintext)).toEqual(plaintext);
    const failed = "failed to decrypt data: message authentication failed";
    for (const wrong of [
      { data: flip(request.data) },
      { tag: flip(request.tag as Buffer) },
      { associatedData: Buffer.from("other") },
      { nonce: flip(request.nonce as Buffer) },
    ]) {
      await expect(provider.decrypt({ ...request, ...wrong })).rejects.toThrow(failed);
    }
    await expect(provider.decrypt({ ...request, tag: Buffer.alloc(4) })).rejects.toThrow(
      "invalid tag",
    );
    await expect(provider.decrypt({ ...request, nonce: undefined })).rejects.toThrow(
      "invalid nonce",
    );
    await expect(
      provider.encrypt({ ...seal, keyName: secret(randomBytes(length - 1)) }),
    ).rejects.toThrow("key type mismatch");
  });
});

describe("key wrapping with RSA", () => {
  it.each(["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"])(
    "%s wraps what jose unwraps, and the other way round",
    async (algorithm) => {
      const jwe = await new jose.FlattenedEncrypt(Buffer.from("text"))
        .setProtectedHeader({ alg: algorithm, enc: "A256GCM" })
        .encrypt(rsa.publicKey);
      const data = Buffer.from(jwe.encrypted_key ?? "", "base64url");
      const contentKey = await provider.unwrapKey({ algorithm, keyName: rsa.name, data });
      expect(contentKey).toHaveLength(32);
      const again = await provider.wrapKey({
        algorithm,
        keyName: rsa.publicName,
        data: contentKey,
      });
      const answer = { ...jwe, encrypted_key: again.data.toString("base64url") };
      expect(
        Buffer.from((await jose.flattenedDecrypt(answer, rsa.privateKey)).plaintext).toString(),
      ).toBe("text");
      const label = { algorithm, keyName: rsa.name, associatedData: Buffer.from("label") };
      const labelled = (await provider.encrypt({ ...label, data: contentKey })).data;
      expect(await provider.decrypt({ ...label, data: labelled })).toEqual(contentKey);
      await expect(
        provider.decrypt({ algorithm, keyName: rsa.name, data: labelled }),
      ).rejects.toThrow("failed to decrypt data: decryption error");
    },
  );

  it("RSA1_5 comes back", async () => {
    const request = { algorithm: "RSA1_5", keyName: rsa.name };
    const { data } = await provider.wrapKey({ ...request, data: Buffer.from("key") });
    expect(await provider.unwrapKey({ ...request, data })).toEqual(Buffer.from("key"));
  });

  it("refuses keys of the wrong kind, long texts and unknown algorithms", async () => {
    const data = Buffer.alloc(32);
    const algorithm = "RSA-OAEP-256";
    const failure = (init: object): Promise<unknown> =>
      provider.encrypt({ algorithm, keyName: rsa.name, data, ...init });
    await expect(failure({ keyName: secret(data) })).rejects.toThrow("key type mismatch");
    await expect(failure({ data: Buffer.alloc(300) })).rejects.toThrow("invalid plaintext length");
    await expect(failure({ algorithm: "NOPE" })).rejects.toThrow(
      "failed to encrypt data: unsupported algorithm",
    );
    await expect(failure({ algorithm: "A256KW" })).rejects.toThrow("key type mismatch");
    await expect(failure({ keyName: "none" })).rejects.toThrow(
      "failed to retrieve the key: key not found",
    );
    await expect(provider.decrypt({ algorithm, keyName: rsa.publicName, data })).rejects.toThrow(
      "key type mismatch",
    );
  });
});

describe("signatures that jose checks and makes", () => {
  const ec = (namedCurve: string) => pair(generateKeyPairSync("ec", { namedCurve }));
  const oddRsa = pair(generateKeyPairSync("rsa", { modulusLength: 2049 }));
  const edwards = pair(generateKeyPairSync("ed25519"));
  const cases: [string, ReturnType<typeof pair>][] = [
    ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"].map((name): [string, typeof rsa] => [
      name,
      rsa,
    ]),
    ["PS256", oddRsa],
    ["RS256", oddRsa],
    ["ES256", ec("P-256")],
    ["ES384", ec("P-384")],
    ["ES512", ec("P-521")],
    ["EdDSA", edwards],
  ];

  it.each(cases)("%s", async (algorithm, key) => {
    for (let round = 0; round < 5; round++) {
      const payload = randomBytes(20);
      const jws = await new jose.FlattenedSign(payload)
        .setProtectedHeader({ alg: algorithm })
        .sign(key.privateKey);
      const message = Buffer.from(`${jws.protected}.${jws.payload}`);
      const size = algorithm.slice(2);
      const digest =
        algorithm === "EdDSA" ? message : createHash(`sha${size}`).update(message).digest();
      const signature = Buffer.from(jws.signature, "base64url");
      const request = { algorithm, digest, keyName: key.publicName };
      expect(await provider.verify({ ...request, signature })).toBe(true);
      expect(await provider.verify({ ...request, signature: flip(signature) })).toBe(false);
      expect(await provider.verify({ ...request, digest: flip(digest), signature })).toBe(false);
      expect(await provider.verify({ ...request, signature: signature.subarray(1) })).toBe(false);
      const own = await provider.sign({ ...request, keyName: key.name });
      const checked = { ...jws, signature: own.toString("base64url") };
      expect(Buffer.from((await jose.flattenedVerify(checked, key.publicKey)).payload)).toEqual(
        payload,
      );
    }
  });

  it("need the right key and the right digest", async () => {
    const digest = Buffer.alloc(32);
    const sign = (algorithm: string, keyName: string, bytes = digest): Promise<Buffer> =>
      provider.sign({ algorithm, keyName, digest: bytes });
    await expect(sign("ES256", rsa.name)).rejects.toThrow("failed to sign data: key type mismatch");
    await expect(sign("RS256", rsa.publicName)).rejects.toThrow("key type mismatch");
    await expect(sign("RS256", edwards.name)).rejects.toThrow("key type mismatch");
    await expect(sign("RS256", rsa.name, Buffer.alloc(31))).rejects.toThrow(
      "invalid digest length",
    );
    await expect(sign("HS256", rsa.name)).rejects.toThrow("unsupported algorithm");
    const signature = Buffer.alloc(64);
    const p256 = ec("P-256");
    const request = { algorithm: "ES256", keyName: p256.publicName, digest, signature };
    expect(await provider.verify(request)).toBe(false);
    expect(await provider.verify({ ...request, signature: Buffer.alloc(64, 0xff) })).toBe(false);
  });
});

describe("public keys", () => {
  it("are given away, of private keys too, but not symmetric ones", async () => {
    const shown = await provider.publicKey(rsa.name);
    expect(shown.type).toBe("public");
    expect(shown.equals(rsa.publicKey)).toBe(true);
    expect((await provider.publicKey(rsa.publicName)).equals(rsa.publicKey)).toBe(true);
    await expect(provider.publicKey(secret(Buffer.alloc(32)))).rejects.toThrow("key not found");
    await expect(provider.publicKey("none")).rejects.toThrow("key not found");
  });
});
