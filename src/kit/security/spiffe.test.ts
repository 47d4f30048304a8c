import { describe, expect, it } from "vitest";
import { anyId, appIn, checkTrustDomain, exactId, SpiffeId } from "./spiffe.ts";

describe("SPIFFE ids", () => {
  it("reads its parts and gives the same text back", () => {
    const id = SpiffeId.parse("spiffe://a-b_c.example/ns/shop/cart");
    expect(id.trustDomain).toBe("a-b_c.example");
    expect(id.path).toBe("/ns/shop/cart");
    expect(id.isDapr).toBe(true);
    expect(id.namespace).toBe("shop");
    expect(id.appId).toBe("cart");
    expect(id.toString()).toBe("spiffe://a-b_c.example/ns/shop/cart");
    expect(id.equals(SpiffeId.of("a-b_c.example", "shop", "cart"))).toBe(true);
  });

  it("ignores further segments of a Dapr identity", () => {
    expect(SpiffeId.parse("spiffe://td/ns/a/b/c/d").appId).toBe("b");
  });

  it.each(["spiffe://td", "spiffe://td/ns/a", "spiffe://td/sa/a/b", "spiffe://td/NS/a/b"])(
    "says that %s is no Dapr identity",
    (text) => {
      const id = SpiffeId.parse(text);
      expect(id.isDapr).toBe(false);
      expect(() => id.appId).toThrow(`malformed SPIFFE ID: ${text}`);
      expect(() => id.namespace).toThrow(`malformed SPIFFE ID: ${text}`);
    },
  );

  it.each([
    ["", "cannot be empty"],
    ["http://td/a", "scheme is missing or invalid"],
    ["SPIFFE://td/a", "scheme is missing or invalid"],
    ["spiffe:/td", "scheme is missing or invalid"],
    ["spiffe://", "trust domain is missing"],
    ["spiffe:///ns/a/b", "trust domain is missing"],
    ["spiffe://Td/ns", "trust domain characters are limited"],
    ["spiffe://td:1/ns", "trust domain characters are limited"],
    ["spiffe://u@td/ns", "trust domain characters are limited"],
    ["spiffe://t%64/ns", "trust domain characters are limited"],
    ["spiffe://td?x", "trust domain characters are limited"],
    ["spiffe://td#x", "trust domain characters are limited"],
    ["spiffe://td/", "path cannot have a trailing slash"],
    ["spiffe://td/ns/", "path cannot have a trailing slash"],
    ["spiffe://td//ns", "path cannot contain empty segments"],
    ["spiffe://td/./a", "path cannot contain dot segments"],
    ["spiffe://td/ns/../a", "path cannot contain dot segments"],
    ["spiffe://td/ns/a b", "path segment characters are limited"],
    ["spiffe://td/ns/a%2fb", "path segment characters are limited"],
    ["spiffe://td/ns/ä", "path segment characters are limited"],
    ["spiffe://td/ns/a?b", "path segment characters are limited"],
    ["spiffe://td/ns/a\n", "path segment characters are limited"],
    [`spiffe://td/${"a".repeat(2048)}`, "id is too long"],
  ])("refuses %j", (text, reason) => {
    expect(() => SpiffeId.parse(text)).toThrow(reason);
  });

  it.each([
    ["td", "a/b", "c"],
    ["td", "a", "b/c"],
    ["td", "", "c"],
    ["td", "a", ""],
    ["td", "..", "c"],
    ["td", "a", "x y"],
    ["TD", "a", "b"],
    ["td", "a".repeat(2000), "b".repeat(100)],
  ])("makes none of %s, %s, %s", (trustDomain, namespace, appId) => {
    expect(() => SpiffeId.of(trustDomain, namespace, appId)).toThrow();
  });

  it("accepts names of one dot-less kind in trust domains", () => {
    for (const good of ["localhost", "a", "a.b-c_d.0"])
      expect(() => checkTrustDomain(good)).not.toThrow();
  });
});

describe("matchers", () => {
  const cart = SpiffeId.of("public", "shop", "cart");

  it("compares whole ids", () => {
    expect(() => exactId(cart)(SpiffeId.of("public", "shop", "cart"))).not.toThrow();
    expect(() => exactId(cart)(SpiffeId.of("other", "shop", "cart"))).toThrow(
      'unexpected ID "spiffe://other/ns/shop/cart"',
    );
    expect(() => exactId(cart)(SpiffeId.parse("spiffe://public/ns/shop/cart/x"))).toThrow(
      "unexpected ID",
    );
  });

  it("finds an app in any trust domain, with nothing behind its name", () => {
    const matcher = appIn({ namespace: "shop", appId: "cart" });
    expect(() => matcher(SpiffeId.of("other", "shop", "cart"))).not.toThrow();
    for (const text of [
      "spiffe://public/ns/shop/cart2",
      "spiffe://public/ns/shop/cart/x",
      "spiffe://public/ns/shop2/cart",
      "spiffe://public/x/shop/cart",
    ]) {
      expect(() => matcher(SpiffeId.parse(text))).toThrow(`unexpected SPIFFE ID: "${text}"`);
    }
  });

  it("lets anybody in where everybody may", () => {
    expect(() => anyId(SpiffeId.parse("spiffe://td"))).not.toThrow();
  });
});
