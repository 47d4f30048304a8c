/**
 * What every crypto provider must do: one suite, called from the tests of each provider.
 * @see spec 01 §9.3, spec 04 §8.6
 */
import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CryptoProvider } from "../../../../src/components/crypto/contract.ts";

export type Jwk = Readonly<Record<string, unknown>>;

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const edwards = generateKeyPairSync("ed25519");

const jwkOf = (key: KeyObject): Jwk => ({ ...key.export({ format: "jwk" }) });
const symmetric = (length: number): Jwk => ({
  kty: "oct",
  k: randomBytes(length).toString("base64url"),
});

/** What the provider is to have when it is opened, by plain names. */
export const sampleKeys: Readonly<Record<string, Jwk>> = {
  sym: symmetric(32),
  short: symmetric(16),
  rsa: jwkOf(rsa.privateKey),
  rsapublic: jwkOf(rsa.publicKey),
  ec: jwkOf(ec.privateKey),
  ed: jwkOf(edwards.privateKey),
  signs: { ...jwkOf(rsa.privateKey), use: "sig" },
  wraps: { ...symmetric(32), key_ops: ["wrapKey"] },
  bound: { ...jwkOf(rsa.privateKey), alg: "RSA-OAEP" },
};

export interface CryptoSubject {
  readonly name: string;
  /** Tests are skipped without a server. */
  readonly isAvailable: boolean;
  open(keys: Readonly<Record<string, Jwk>>): Promise<CryptoProvider>;
  close(): Promise<void>;
  /** What the provider calls a key of that plain name. Default: the same. */
  nameOf?(key: string): string;
  /** How it says that there is no such key. */
  readonly missing: RegExp;
  /** Gives the store other keys while the provider runs; undefined: it would not see them. */
  replace?(keys: Readonly<Record<string, Jwk>>): Promise<void>;
}

interface Context {
  readonly subject: CryptoSubject;
  readonly provider: CryptoProvider;
  name(key: string): string;
}

export function cryptoConformance(subject: CryptoSubject): void {
  describe.skipIf(!subject.isAvailable)(`crypto provider ${subject.name}`, () => {
    let provider: CryptoProvider;
    beforeAll(async () => {
      provider = await subject.open(sampleKeys);
    });
    afterAll(async () => {
      await provider?.[Symbol.asyncDispose]();
      await subject.close();
    });
    const context: Context = {
      subject,
      get provider() {
        return provider;
      },
      name: (key) => subject.nameOf?.(key) ?? key,
    };
    wrapping(context);
    otherOperations(context);
    refusals(context);
    lifecycle(context);
  });
}

function wrapping(context: Context): void {
  const { name } = context;

  it.each([
    ["A256KW", "sym", "sym"],
    ["A128KW", "short", "short"],
    ["RSA-OAEP-256", "rsa", "rsa"],
    ["RSA-OAEP-256", "rsapublic", "rsa"],
    ["RSA-OAEP", "bound", "rsa"],
  ])("wraps with %s by %s what %s unwraps", async (algorithm, by, back) => {
    const { provider } = context;
    const data = randomBytes(32);
    const wrapped = await provider.wrapKey({ algorithm, keyName: name(by), data });
    expect(wrapped.data.includes(data)).toBe(false);
    const request = { algorithm, keyName: name(back), data: wrapped.data };
    expect((await provider.unwrapKey(request)).equals(data)).toBe(true);
    const changed = Buffer.from(wrapped.data);
    changed[9] = (changed[9] as number) ^ 1;
    await expect(provider.unwrapKey({ ...request, data: changed })).rejects.toThrow(Error);
  });

  it("does many things at once", async () => {
    const { provider } = context;
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const request = { algorithm: "A256KW", keyName: name("sym") };
        const data = randomBytes(32);
        const wrapped = await provider.wrapKey({ ...request, data });
        expect(await provider.unwrapKey({ ...request, data: wrapped.data })).toEqual(data);
      }),
    );
  });
}

function otherOperations(context: Context): void {
  const { name } = context;

  it("encrypts and decrypts", async () => {
    const { provider } = context;
    const request = {
      algorithm: "A256GCM",
      keyName: name("sym"),
      nonce: randomBytes(12),
      associatedData: Buffer.from("more"),
    };
    const data = Buffer.from("text");
    const sealed = await provider.encrypt({ ...request, data });
    const open = { ...request, data: sealed.data, tag: sealed.tag };
    expect(await provider.decrypt(open)).toEqual(data);
    await expect(provider.decrypt({ ...open, associatedData: undefined })).rejects.toThrow(
      "failed to decrypt data: message authentication failed",
    );
  });

  it.each([
    ["RS256", "rsa"],
    ["PS256", "rsa"],
    ["ES256", "ec"],
    ["EdDSA", "ed"],
  ])("signs with %s", async (algorithm, key) => {
    const { provider } = context;
    const request = { algorithm, keyName: name(key), digest: randomBytes(32) };
    const signature = await provider.sign(request);
    expect(await provider.verify({ ...request, signature })).toBe(true);
    expect(await provider.verify({ ...request, digest: randomBytes(32), signature })).toBe(false);
  });

  it("gives public halves away, and nothing else", async () => {
    const { provider } = context;
    for (const key of ["rsa", "rsapublic"]) {
      const shown = await provider.publicKey(name(key));
      expect(shown.type).toBe("public");
      expect(shown.equals(rsa.publicKey)).toBe(true);
    }
    await expect(provider.publicKey(name("sym"))).rejects.toThrow("key not found");
  });
}

function refusals(context: Context): void {
  const { name, subject } = context;
  const wrap = (keyName: string, algorithm: string): Promise<unknown> =>
    context.provider.wrapKey({ algorithm, keyName, data: randomBytes(32) });

  it("refuses keys and algorithms that do not go together", async () => {
    const mismatch = "failed to encrypt data: key type mismatch";
    await expect(wrap(name("rsa"), "A256KW")).rejects.toThrow(mismatch);
    await expect(wrap(name("sym"), "RSA-OAEP-256")).rejects.toThrow(mismatch);
    await expect(wrap(name("short"), "A256KW")).rejects.toThrow(mismatch);
    await expect(wrap(name("sym"), "A256CBC-NOPAD")).rejects.toThrow(
      "failed to encrypt data: unsupported algorithm",
    );
    await expect(wrap(name("sym"), "NOPE")).rejects.toThrow("unsupported algorithm");
  });

  it("keeps to what a key's owner allows", async () => {
    await expect(wrap(name("signs"), "RSA-OAEP-256")).rejects.toThrow(
      /^key cannot perform the 'wrapKey' operation$/,
    );
    const unwrap = { algorithm: "A256KW", keyName: name("wraps"), data: randomBytes(40) };
    await expect(context.provider.unwrapKey(unwrap)).rejects.toThrow(
      /^key cannot perform the 'unwrapKey' operation$/,
    );
    await wrap(name("wraps"), "A256KW");
    await expect(wrap(name("bound"), "RSA-OAEP-256")).rejects.toThrow(
      /^key cannot be used with algorithm 'RSA-OAEP-256'$/,
    );
  });

  it("has no key where there is none", async () => {
    await expect(wrap(name("missing"), "A256KW")).rejects.toThrow(subject.missing);
    await expect(wrap(name("missing"), "A256KW")).rejects.toThrow(
      /^failed to retrieve the key encryption key: /,
    );
    for (const odd of ["", "..", "../sym", "a/../sym", "constructor", "__proto__", "a\0b", "/"]) {
      const failed = wrap(odd, "A256KW").catch((error: Error) => error.message);
      expect(await failed, odd).toMatch(/^failed to retrieve the key encryption key: /);
    }
    await expect(wrap("k".repeat(100_000), "A256KW")).rejects.toThrow(Error);
  });

  it("says nothing of a key in its errors", async () => {
    const failures = [
      wrap(name("short"), "A256KW"),
      wrap(name("signs"), "RSA-OAEP-256"),
      wrap(name("sym"), "NOPE"),
    ].map((failing) => failing.catch((error: Error) => `${error.message} ${error.stack}`));
    for (const text of await Promise.all(failures)) {
      for (const { k, d } of Object.values(sampleKeys)) expect(text).not.toContain(k ?? d);
    }
  });
}

function lifecycle(context: Context): void {
  const { name, subject } = context;

  it.skipIf(subject.replace === undefined)("sees keys that changed", async () => {
    const { provider } = context;
    const wrap = (key: string): Promise<unknown> =>
      provider.wrapKey({ algorithm: "A256KW", keyName: name(key), data: randomBytes(32) });
    await expect(wrap("later")).rejects.toThrow(subject.missing);
    await subject.replace?.({ ...sampleKeys, later: symmetric(32) });
    const isThere = (): Promise<boolean> =>
      wrap("later").then(
        () => true,
        () => false,
      );
    await expect.poll(isThere, { timeout: 10_000 }).toBe(true);
    await wrap("sym");
  });

  it("can be closed more than once", async () => {
    const other = await subject.open(sampleKeys);
    await other[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });
}
