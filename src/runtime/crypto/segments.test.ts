import { describe, expect, it } from "vitest";
import { Segmenter, segmentNonce } from "./segments.ts";

describe("segment nonces", () => {
  const prefix = Buffer.from("01020304050607", "hex");

  it("count up to the last that fits", () => {
    expect(segmentNonce(prefix, 0, false).toString("hex")).toBe("010203040506070000000000");
    expect(segmentNonce(prefix, 258, true).toString("hex")).toBe("010203040506070000010201");
    expect(segmentNonce(prefix, 2 ** 32 - 1, false).toString("hex")).toBe(
      "01020304050607ffffffff00",
    );
    expect(() => segmentNonce(prefix, 2 ** 32, true)).toThrow("input stream is too large");
  });
});

describe("a segmenter", () => {
  const log: string[] = [];
  const segmenter = new Segmenter(3, (segment, index, isLast) => {
    log.push(`${Buffer.from(segment)} ${index} ${isLast}`);
    return Buffer.from(segment);
  });

  it("holds a full segment back until it knows whether more comes", () => {
    expect([...segmenter.push(Buffer.from("abc"))]).toHaveLength(0);
    expect([...segmenter.push(Buffer.from(""))]).toHaveLength(0);
    expect([...segmenter.push(Buffer.from("defgh"))].join()).toBe("abc,def");
    expect(segmenter.end()?.toString()).toBe("gh");
    expect(log).toEqual(["abc 0 false", "def 1 false", "gh 2 true"]);
  });

  it("has no segment for nothing", () => {
    expect(new Segmenter(3, (segment) => Buffer.from(segment)).end()).toBeUndefined();
  });
});
