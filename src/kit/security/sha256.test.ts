import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "./sha256.ts";

const reference = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("sha256", () => {
  it("agrees with FIPS 180-4's example", () => {
    expect(sha256("abc").toString("hex")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  for (const length of [0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 1000]) {
    it(`pads ${length} bytes`, () => {
      const text = "x".repeat(length);
      expect(sha256(text).toString("hex")).toBe(reference(text));
    });
  }

  it("agrees with node:crypto", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
        expect(sha256(text).toString("hex")).toBe(reference(text));
      }),
    );
  });
});
