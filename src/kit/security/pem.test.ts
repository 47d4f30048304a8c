import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePem, encodePem } from "./pem.ts";

const one = encodePem("CERTIFICATE", Buffer.from("hello"));

describe("PEM", () => {
  it("writes lines of 64 characters", () => {
    expect(encodePem("A B", Buffer.alloc(60))).toBe(
      `-----BEGIN A B-----\n${"A".repeat(64)}\n${"A".repeat(16)}\n-----END A B-----\n`,
    );
  });

  it("reads back whatever it wrote", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (all) => {
        const text = all.map((bytes) => encodePem("X", bytes)).join("comment\n");
        expect(decodePem(text).map((block) => block.bytes)).toEqual(all.map((b) => Buffer.from(b)));
      }),
    );
  });

  it("skips text around blocks, header lines and carriage returns", () => {
    const text = `# a comment\n${one}\nmore\n${one.replace(/\n/g, "\r\n")}`;
    expect(decodePem(text).map(String)).toHaveLength(2);
    const withHeaders = one.replace("-----\n", "-----\nProc-Type: 4\nKey: v\n\n");
    expect(decodePem(withHeaders)[0]?.bytes.toString()).toBe("hello");
  });

  it.each([
    ["nothing", ""],
    ["no end", one.slice(0, 40)],
    ["another end", one.replace("END CERTIFICATE", "END OTHER")],
    ["no dashes after the type", one.replace("CERTIFICATE-----\n", "CERTIFICATE\n")],
    ["a begin in the middle of a line", `x${one}`],
    ["characters outside the alphabet", one.replace("aGVs", "aG!s")],
    ["half a group", one.replace("aGVsbG8=", "aGVsbG8")],
    ["padding inside", one.replace("aGVs", "aG==")],
    ["only a begin", "-----BEGIN CERTIFICATE-----"],
  ])("finds no block in text with %s", (_name, text) => {
    expect(decodePem(text)).toEqual([]);
  });

  it("finds the good block after a damaged one", () => {
    expect(decodePem(`${one.replace("aGVs", "aG!s")}${one}`)).toHaveLength(1);
  });

  it("takes linear time", () => {
    const text = "-----BEGIN A-----\n".repeat(20_000);
    const start = performance.now();
    expect(decodePem(text)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
