import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calculateJwkThumbprint, createLocalJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Platform } from "../kit/lifecycle/platform.ts";
import { ManualClock } from "../kit/time/manual-clock.ts";
import { exportKey } from "./credentials.ts";
import {
  checkAlgorithm,
  generateJwt,
  type JwtCredentials,
  JwtIssuer,
  loadJwt,
  storeJwt,
} from "./jwt.ts";

const folder = mkdtempSync(join(tmpdir(), "jwt-"));
afterAll(() => rmSync(folder, { recursive: true }));
const start = Date.UTC(2026, 0, 1);
const platform = {
  clock: new ManualClock(start),
  random: { bytes: (length: number) => randomBytes(length) },
} as unknown as Platform;
const files = {
  directory: folder,
  caFile: "",
  certificateFile: "",
  keyFile: "",
  jwtKeyFile: join(folder, "jwt.key"),
  jwksFile: join(folder, "jwks.json"),
};
const options = {
  isEnabled: true,
  issuer: "",
  signingAlgorithm: "RS256",
  keyId: "",
  ttlMs: 7_200_000,
};
const put = (key: KeyObject, jwks: unknown): void => {
  writeFileSync(files.jwtKeyFile, exportKey(key));
  writeFileSync(files.jwksFile, typeof jwks === "string" ? jwks : JSON.stringify(jwks));
};

let generated: JwtCredentials;
beforeAll(async () => {
  generated = await generateJwt();
});

describe("JWT credentials", () => {
  it("are made with one RSA key named by its thumbprint", async () => {
    const { keys } = JSON.parse(generated.jwks);
    expect(keys).toHaveLength(1);
    expect(keys[0]).toEqual({
      alg: "RS256",
      e: "AQAB",
      kid: generated.thumbprint,
      kty: "RSA",
      n: expect.any(String),
      use: "sig",
    });
    expect(generated.thumbprint).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    await storeJwt(files, generated);
    expect(statSync(files.jwtKeyFile).mode & 0o777).toBe(0o600);
    expect(statSync(files.jwksFile).mode & 0o777).toBe(0o600);
    expect(readFileSync(files.jwtKeyFile, "utf8")).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    const loaded = await loadJwt(files, options);
    expect(loaded?.thumbprint).toBe(generated.thumbprint);
    expect(loaded?.jwks).toBe(generated.jwks);
  });

  it("count as absent when one file is missing", async () => {
    put(generated.key, generated.jwks);
    expect(await loadJwt({ ...files, jwksFile: join(folder, "no") }, options)).toBeUndefined();
    expect(await loadJwt({ ...files, jwtKeyFile: join(folder, "no") }, options)).toBeUndefined();
  });

  const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });
  const ed = generateKeyPairSync("ed25519");
  it.each([
    ["ES256", ec("P-256")],
    ["ES384", ec("P-384")],
    ["ES512", ec("P-521")],
    ["EdDSA", ed],
  ] as const)("may be one's own, for %s", async (signingAlgorithm, pair) => {
    put(pair.privateKey, { keys: [{ ...pair.publicKey.export({ format: "jwk" }), kid: "mine" }] });
    const own = { ...options, signingAlgorithm, keyId: "mine" };
    const credentials = (await loadJwt(files, own)) as JwtCredentials;
    const expected = await calculateJwkThumbprint(JSON.parse(credentials.jwks).keys[0], "sha256");
    expect(credentials.thumbprint).toBe(Buffer.from(expected, "base64url").toString("base64"));
    const issuer = new JwtIssuer(credentials, own, 0, platform);
    const { jwt } = await issuer.issue({ subject: "s", trustDomain: "td", audiences: [] });
    const keys = createLocalJWKSet(JSON.parse(credentials.jwks));
    const { protectedHeader } = await jwtVerify(jwt, keys, { currentDate: new Date(start) });
    expect(protectedHeader).toEqual({ alg: signingAlgorithm, kid: "mine", typ: "JWT" });
  });

  const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const set = (pair: typeof other, kid = "k") => ({
    keys: [{ ...pair.publicKey.export({ format: "jwk" }), kid }],
  });
  it.each<[string, () => void, Partial<typeof options>, string]>([
    [
      "a key that is not in the set",
      () => put(other.privateKey, generated.jwks),
      {},
      "JWKS doesn't contain a matching public key for the JWT signing key",
    ],
    [
      "a key that is not in the set, with JWT disabled",
      () => put(other.privateKey, generated.jwks),
      { isEnabled: false },
      "JWKS doesn't contain a matching public key for the JWT signing key",
    ],
    [
      "an empty set",
      () => put(other.privateKey, { keys: [] }),
      {},
      "JWKS doesn't contain a matching",
    ],
    ["a set that is none", () => put(other.privateKey, "x"), {}, "failed to parse JWKS"],
    [
      "a set without keys",
      () => put(other.privateKey, "null"),
      {},
      "failed to parse JWKS: no keys",
    ],
    [
      "another key id",
      () => put(other.privateKey, set(other)),
      { keyId: "mine" },
      'JWKS doesn\'t contain a key with user-provided key ID "mine"',
    ],
    [
      "another key under that id",
      () =>
        put(other.privateKey, {
          keys: [
            ...set(other).keys,
            ...JSON.parse(generated.jwks).keys.map((k: object) => ({ ...k, kid: "mine" })),
          ],
        }),
      { keyId: "mine" },
      "JWKS doesn't contain a matching public key for the JWT signing key",
    ],
    [
      "an algorithm for other keys",
      () => put(other.privateKey, set(other)),
      { signingAlgorithm: "ES256" },
      "cannot be used with algorithm ES256",
    ],
    [
      "an algorithm for another curve",
      () => {
        const pair = ec("P-384");
        put(pair.privateKey, set(pair as unknown as typeof other));
      },
      { signingAlgorithm: "ES256" },
      "cannot be used with algorithm ES256",
    ],
  ])("are refused with %s", async (_name, prepare, change, reason) => {
    prepare();
    await expect(loadJwt(files, { ...options, ...change })).rejects.toThrow(reason);
  });

  it.each(["HS256", "none", "", "rs256"])("have no algorithm %j", (name) => {
    expect(() => checkAlgorithm(name)).toThrow(`unsupported JWT signing algorithm: ${name}`);
  });
});

describe("tokens", () => {
  const issue = async (change: Partial<typeof options>, audiences: readonly string[]) => {
    const issuer = new JwtIssuer(generated, { ...options, ...change }, 900_000, platform);
    const subject = "spiffe://public/ns/default/shop";
    const tokens = await issuer.issue({ subject, trustDomain: "public", audiences });
    const keys = createLocalJWKSet(JSON.parse(generated.jwks));
    const read = (token: string) => jwtVerify(token, keys, { currentDate: new Date(start) });
    return { tokens, read };
  };

  it("carry the recorded claims", async () => {
    const { tokens, read } = await issue({ issuer: "https://issuer.example" }, ["one", "two"]);
    const { payload, protectedHeader } = await read(tokens.jwt);
    expect(protectedHeader).toEqual({ alg: "RS256", kid: generated.thumbprint, typ: "JWT" });
    const iat = start / 1000;
    expect(payload).toEqual({
      aud: ["public", "one", "two"],
      sub: "spiffe://public/ns/default/shop",
      iss: "https://issuer.example",
      iat,
      exp: iat + 7200,
      nbf: iat - 900,
      jti: expect.stringMatching(/^[0-9a-f]{32}$/),
      use: "sig",
    });
    expect([...tokens.byAudience.keys()]).toEqual(["public", "one", "two"]);
    const ids = new Set([payload.jti]);
    for (const [audience, token] of tokens.byAudience) {
      const one = (await read(token)).payload;
      expect(one).toEqual({ ...payload, aud: [audience], jti: expect.any(String) });
      ids.add(one.jti);
    }
    expect(ids.size).toBe(4);
  });

  it("have no issuer unless there is one, and one audience where none was asked for", async () => {
    const { tokens, read } = await issue({}, []);
    const { payload } = await read(tokens.jwt);
    expect(payload).not.toHaveProperty("iss");
    expect(payload.aud).toEqual(["public"]);
    expect([...tokens.byAudience.keys()]).toEqual(["public"]);
  });

  it("are made for a bounded number of audiences", async () => {
    await expect(
      issue(
        {},
        Array.from({ length: 100 }, (_, i) => `a${i}`),
      ),
    ).rejects.toThrow("more than 100 audiences were requested");
  });
});
