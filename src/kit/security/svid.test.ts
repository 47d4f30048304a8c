import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SpiffeId } from "./spiffe.ts";
import { jwtSvidFor, parseJwtSvid, type Svids } from "./svid.ts";

const part = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const token = (claims: unknown): string => `${part({ alg: "RS256" })}.${part(claims)}.c2ln`;
const claims = { sub: "spiffe://public/ns/a/b", aud: ["public", "x"], exp: 2000 };

describe("JWT SVIDs", () => {
  it("are read without checking who signed them", () => {
    const svid = parseJwtSvid(token(claims));
    expect(svid.id.toString()).toBe(claims.sub);
    expect(svid.audience).toEqual(["public", "x"]);
    expect(svid.expiresAt).toBe(2_000_000);
    expect(parseJwtSvid(token({ ...claims, aud: "one" })).audience).toEqual(["one"]);
  });

  it.each([
    ["", "not a compact JWS"],
    ["a.b", "not a compact JWS"],
    ["a.b.c.d", "not a compact JWS"],
    [`a.${part("{")}.c`, "failed to parse JWT"],
    [`a.${part("null")}.c`, "no audience"],
    [token({ ...claims, aud: undefined }), "no audience"],
    [token({ ...claims, aud: [1] }), "no audience"],
    [token({ ...claims, exp: "soon" }), "no expiry"],
    [token({ ...claims, exp: undefined }), "no expiry"],
    [token({ ...claims, sub: undefined }), "no subject"],
    [token({ ...claims, sub: "me" }), "scheme is missing or invalid"],
  ])("are refused: %s", (text, reason) => {
    expect(() => parseJwtSvid(text)).toThrow(reason);
  });

  const base = parseJwtSvid(token(claims));
  const own = parseJwtSvid(token({ ...claims, aud: ["own"] }));
  const { privateKey } = generateKeyPairSync("ed25519");
  const svids = (jwt: Svids["jwt"], byAudience: Svids["jwtByAudience"] = new Map()): Svids => ({
    x509: {
      id: SpiffeId.of("public", "a", "b"),
      certificates: [],
      key: privateKey,
      certificatePem: "",
      keyPem: "",
      notBefore: 0,
      notAfter: 0,
    },
    jwt,
    jwtByAudience: byAudience,
  });

  it("are chosen by audience: the one of its own first, then the base token", () => {
    const both = svids(base, new Map([["own", own]]));
    expect(jwtSvidFor(both, "own")).toBe(own);
    expect(jwtSvidFor(both, "x")).toBe(base);
    expect(() => jwtSvidFor(both, "y")).toThrow(
      "JWT SVID has different audiences than requested: expected y, got [public x]",
    );
    expect(() => jwtSvidFor(both, "")).toThrow("JWT audience is required");
    expect(() => jwtSvidFor(svids(undefined), "x")).toThrow("no JWT SVID available");
  });
});
