import { KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CompactSign,
  exportJWK,
  exportSPKI,
  type GenerateKeyPairResult,
  generateKeyPair,
  type JWK,
} from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Logger } from "../kit/logging/logger.ts";
import type { SignCertificateRequest } from "../kit/proto/dapr/proto/sentry/v1/sentry.ts";
import { systemClock } from "../kit/time/clock.ts";
import { ManualClock } from "../kit/time/manual-clock.ts";
import { parseKeySet } from "./jwks-source.ts";
import { openJwksValidator } from "./jwks-validator.ts";
import { insecureValidator, type Validator } from "./validator.ts";

const folder = mkdtempSync(join(tmpdir(), "jwks-"));
afterAll(() => rmSync(folder, { recursive: true }));
const logger: Logger = {
  isEnabled: () => true,
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
};
const start = Date.UTC(2026, 0, 1);
const seconds = start / 1000;
const sentryId = "spiffe://localhost/ns/default/dapr-sentry";
const subject = "spiffe://public/ns/shop/cart";

let keys: Record<"rsa" | "ec" | "ed" | "stranger", GenerateKeyPairResult>;
let jwks: string;
const jwk = async (name: keyof typeof keys, extra: JWK = {} as JWK): Promise<JWK> => ({
  ...(await exportJWK(keys[name].publicKey)),
  kid: name,
  ...extra,
});
beforeAll(async () => {
  const extractable = { extractable: true };
  keys = {
    rsa: await generateKeyPair("RS256", extractable),
    ec: await generateKeyPair("ES256", extractable),
    ed: await generateKeyPair("EdDSA", extractable),
    stranger: await generateKeyPair("RS256", extractable),
  };
  jwks = JSON.stringify({
    keys: [
      await jwk("rsa"),
      await jwk("ec", { alg: "ES256" } as JWK),
      await jwk("ed", { use: "sig" } as JWK),
      { kty: "oct", k: "c2VjcmV0", kid: "oct" },
      await jwk("rsa", { kid: "encryption", use: "enc" } as JWK),
      await jwk("rsa", { kid: "narrow", alg: "PS256" } as JWK),
    ],
  });
});

const open = (
  options: Record<string, string>,
  clock: ManualClock | typeof systemClock = new ManualClock(start),
  signal: AbortSignal = new AbortController().signal,
): Promise<Validator> =>
  openJwksValidator({
    options: new Map(Object.entries(options)),
    audience: sentryId,
    signal,
    clock,
    logger,
  });

const good = { sub: subject, aud: sentryId, exp: seconds + 60, iat: seconds, nbf: seconds };
const sign = (
  claims: unknown,
  { key = "rsa", alg = "RS256", kid = key as string | undefined } = {} as {
    key?: keyof typeof keys;
    alg?: string;
    kid?: string | undefined;
  },
): Promise<string> =>
  new CompactSign(Buffer.from(typeof claims === "string" ? claims : JSON.stringify(claims)))
    .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
    // A key without an algorithm of its own.
    .sign(KeyObject.from(keys[key].privateKey));
const request = (token: string, change = {}): SignCertificateRequest => ({
  id: "cart",
  namespace: "shop",
  trustDomain: "",
  token,
  tokenValidator: 3,
  jwtAudiences: [],
  certificateSigningRequest: Buffer.from("csr"),
  ...change,
});
const failure = async (validator: Validator, asked: SignCertificateRequest): Promise<string> =>
  await validator.validate(asked).then(
    () => "accepted",
    (error: Error) => error.message,
  );

describe("validator jwks", () => {
  it.each([
    { key: "rsa", alg: "RS256" },
    { key: "rsa", alg: "PS512" },
    { key: "ec", alg: "ES256" },
    { key: "ed", alg: "EdDSA" },
    { key: "rsa", alg: "PS256", kid: "narrow" },
  ] as const)("accepts tokens signed by a key of the set: %j", async (how) => {
    await using validator = await open({ source: jwks });
    expect(await validator.validate(request(await sign(good, how)))).toEqual({
      trustDomain: "public",
    });
  });

  it("accepts several audiences, other trust domains and clocks that differ a little", async () => {
    await using validator = await open({ source: jwks });
    const skewed = { exp: seconds - 299, iat: seconds + 299, nbf: seconds + 299 };
    const token = await sign({ ...good, ...skewed, aud: ["x", sentryId] });
    expect(await failure(validator, request(token))).toBe("accepted");
    const other = await sign({ ...good, sub: "spiffe://corp.example/ns/shop/cart" });
    expect(await validator.validate(request(other, { trustDomain: "corp.example" }))).toEqual({
      trustDomain: "corp.example",
    });
  });

  it("looks for a token before anything else", async () => {
    await using validator = await open({ source: jwks });
    expect(await failure(validator, request("", { id: "", namespace: "" }))).toBe(
      "the request does not contain a token",
    );
    expect(await failure(validator, request("x", { id: "" }))).toBe(
      "invalid request: parameter app-id cannot be empty",
    );
  });

  const prefix = "token validation failed: ";
  it.each<[string, () => string | Promise<string>, string]>([
    ["no JWT", () => "x", "invalid JWT"],
    ["three empty parts", () => "..", "invalid JWT"],
    ["very long text", () => `${"a".repeat(70_000)}.b.c`, "invalid JWT"],
    ["a payload that is no JSON", () => sign("hello"), "invalid JWT"],
    ["a payload that is no object", () => sign("[1]"), "invalid JWT"],
    [
      "an unknown key",
      () => sign(good, { kid: "other" }),
      'failed to find key with key ID "other" in key set',
    ],
    [
      "no key id",
      async () => {
        const [, payload, signature] = (await sign(good)).split(".");
        return `${Buffer.from('{"alg":"RS256"}').toString("base64url")}.${payload}.${signature}`;
      },
      'failed to find key with key ID "" in key set',
    ],
    [
      "a key that is not for signatures",
      () => sign(good, { kid: "encryption" }),
      'failed to find key with key ID "encryption" in key set',
    ],
    [
      "another's signature",
      () => sign(good, { key: "stranger", kid: "rsa" }),
      "could not verify message using any of the signatures or keys",
    ],
    [
      "an algorithm that the key is not for",
      () => sign(good, { key: "rsa", alg: "RS256", kid: "narrow" }),
      "could not verify message using any of the signatures or keys",
    ],
    [
      "no signature",
      async () => {
        const header = Buffer.from('{"alg":"none","kid":"rsa"}').toString("base64url");
        return `${header}.${(await sign(good)).split(".")[1]}.`;
      },
      "could not verify message using any of the signatures or keys",
    ],
    [
      "the public key used as a shared secret",
      async () => {
        const secret = Buffer.from(await exportSPKI(keys.rsa.publicKey));
        return await new CompactSign(Buffer.from(JSON.stringify(good)))
          .setProtectedHeader({ alg: "HS256", kid: "rsa" })
          .sign(secret);
      },
      "could not verify message using any of the signatures or keys",
    ],
    [
      "a shared secret that is in the set",
      () =>
        new CompactSign(Buffer.from(JSON.stringify(good)))
          .setProtectedHeader({ alg: "HS256", kid: "oct" })
          .sign(Buffer.from("secret")),
      'failed to find key with key ID "oct" in key set',
    ],
    ["another audience", () => sign({ ...good, aud: "x" }), '"aud" not satisfied'],
    ["no audience", () => sign({ ...good, aud: undefined }), '"aud" not satisfied'],
    [
      "audiences in other forms",
      () => sign({ ...good, aud: { x: sentryId } }),
      '"aud" not satisfied',
    ],
    ["another subject", () => sign({ ...good, sub: `${subject}/x` }), '"sub" not satisfied'],
    ["no subject", () => sign({ ...good, sub: undefined }), '"sub" not satisfied'],
    ["an end long ago", () => sign({ ...good, exp: seconds - 300 }), '"exp" not satisfied'],
    ["no end", () => sign({ ...good, exp: undefined }), '"exp" not satisfied'],
    ["an end that is no number", () => sign({ ...good, exp: "9999999999" }), '"exp" not satisfied'],
    ["a beginning far away", () => sign({ ...good, nbf: seconds + 301 }), '"nbf" not satisfied'],
    ["a birth in the future", () => sign({ ...good, iat: seconds + 301 }), '"iat" not satisfied'],
  ])("refuses %s", async (_name, token, reason) => {
    await using validator = await open({ source: jwks });
    const message = await failure(validator, request(await token()));
    expect(message.slice(0, prefix.length + reason.length)).toBe(prefix + reason);
  });

  it("reads keys in base64 too", async () => {
    await using validator = await open({ source: Buffer.from(jwks).toString("base64") });
    expect(await failure(validator, request(await sign(good)))).toBe("accepted");
  });

  it("reads a file, and again when it changes", async () => {
    const file = join(folder, "set.json");
    writeFileSync(file, '{"keys":[]}');
    await using validator = await open({ source: file }, systemClock);
    const now = Math.floor(systemClock.now() / 1000);
    const token = await sign({ sub: subject, aud: sentryId, exp: now + 60 });
    expect(await failure(validator, request(token))).toContain("failed to find key");
    writeFileSync(file, jwks);
    await expect.poll(() => failure(validator, request(token)), { timeout: 4000 }).toBe("accepted");
    writeFileSync(file, "broken");
    await systemClock.sleep(300);
    expect(await failure(validator, request(token))).toBe("accepted");
  });

  it.each([
    [{}, "missing required property 'source'"],
    [{ source: "/no/such/file" }, "property 'source' is not a valid JWKS"],
    [{ source: "{" }, "failed to parse JWKS"],
    [{ source: "{}" }, "failed to parse JWKS: no keys"],
    [{ source: "http://127.0.0.1:1/" }, "failed to fetch JWKS from http://127.0.0.1:1/"],
    [
      { source: '{"keys":[]}', minRefreshInterval: "soon" },
      "invalid value for 'minRefreshInterval'",
    ],
    [{ source: '{"keys":[]}', requestTimeout: "1x" }, "invalid value for 'requestTimeout'"],
  ])("cannot be made from %j", async (options, reason) => {
    await expect(open(options as Record<string, string>)).rejects.toThrow(reason);
  });
});

describe("keys at an address", () => {
  let server: Server;
  let answer: { status: number; body: string; hang?: boolean };
  let asked = 0;
  beforeAll(async () => {
    server = createServer((_request, response) => {
      asked++;
      if (!answer.hang) response.writeHead(answer.status).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const source = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;

  it("are asked for again after the interval, on time or when a key is missing", async () => {
    answer = { status: 200, body: '{"keys":[]}' };
    asked = 0;
    const clock = new ManualClock(start);
    await using validator = await open({ source: source(), minRefreshInterval: "60" }, clock);
    const token = await sign({ ...good, exp: seconds + 10_000 });
    expect(await failure(validator, request(token))).toContain("failed to find key");
    answer = { status: 200, body: jwks };
    await clock.advance(59_000);
    expect(await failure(validator, request(token))).toContain("failed to find key");
    expect(asked).toBe(1);
    await clock.advance(1000);
    await expect.poll(() => failure(validator, request(token))).toBe("accepted");
    expect(asked).toBe(2);
    // A publisher that fails does not take the keys away.
    answer = { status: 500, body: "" };
    await clock.advance(60_000);
    await expect.poll(() => asked).toBe(3);
    expect(await failure(validator, request(token))).toBe("accepted");
  });

  it.each([
    [{ status: 404, body: "" }, "unexpected status 404"],
    [{ status: 200, body: "hello" }, "failed to parse JWKS"],
    [
      { status: 200, body: `{"keys":[],"x":"${"a".repeat(2 ** 20)}"}` },
      "longer than 1048576 bytes",
    ],
  ])("cannot be used when %j is the answer", async (given, reason) => {
    answer = given;
    await expect(open({ source: source() })).rejects.toThrow(reason);
  });

  it("are not waited for when sentry is told to stop", async () => {
    answer = { status: 200, body: "", hang: true };
    const stopping = new AbortController();
    const opening = open({ source: source() }, systemClock, stopping.signal);
    stopping.abort(new Error("stop"));
    await expect(opening).rejects.toThrow(/^stop$/);
  });

  it("are not waited for longer than the timeout", async () => {
    answer = { status: 200, body: "", hang: true };
    await expect(open({ source: source(), requestTimeout: "100ms" }, systemClock)).rejects.toThrow(
      "failed to fetch JWKS",
    );
  });
});

describe("key sets", () => {
  it("leave out what cannot verify signatures of theirs", () => {
    expect(parseKeySet(jwks).map((key) => key.kid)).toEqual(["rsa", "ec", "ed", "narrow"]);
    expect(
      parseKeySet('{"keys":[null,1,{},{"kid":"a","kty":"RSA"},{"kid":"b","kty":"x"}]}'),
    ).toEqual([]);
  });
});

describe("validator insecure", () => {
  it("gives every well-formed request what it asks for", async () => {
    expect(await insecureValidator.validate(request(""))).toEqual({ trustDomain: "public" });
    expect(await insecureValidator.validate(request("", { trustDomain: "a.b" }))).toEqual({
      trustDomain: "a.b",
    });
    await expect(insecureValidator.validate(request("", { id: "ä".repeat(33) }))).rejects.toThrow(
      "invalid request: app ID must be 64 characters or less",
    );
  });
});
