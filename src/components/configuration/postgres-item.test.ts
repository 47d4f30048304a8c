import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { itemOfPayload, itemsOfRows } from "./postgres-item.ts";

describe("rows", () => {
  it("give the highest version of a key, else the first", () => {
    const version = fc.oneof(fc.nat(50).map(String), fc.constantFrom("", "x", "1.5"));
    fc.assert(
      fc.property(fc.array(version, { minLength: 1 }), (versions) => {
        const rows = versions.map((text, i) => ["k", `${i}`, text, null]);
        const numbers = versions.map((text) => (/^\d+$/.test(text) ? Number(text) : -1));
        const best = numbers.indexOf(Math.max(...numbers));
        expect(itemsOfRows(rows).get("k")?.value).toBe(`${best}`);
      }),
    );
  });

  it("may lack everything", () => {
    expect(itemsOfRows([["k"], [null, "v", "1", "{}"], []])).toEqual(
      new Map([["k", { value: "", version: "", metadata: new Map() }]]),
    );
  });
});

describe("a notification", () => {
  it("never breaks its reader", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (payload) => {
        itemOfPayload(payload);
        itemOfPayload(`{"data":${payload}}`);
      }),
      { numRuns: 300 },
    );
  });

  it("is read as it was written", () => {
    const text = fc.string({
      unit: fc.constantFrom(...'a"\\\n\u0000ü😀_', "\ud800"),
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.dictionary(text, text, { maxKeys: 3 }),
        (key, value, version, metadata) => {
          const payload = JSON.stringify({
            data: { key, VALUE: value, Version: version, metadata },
          });
          expect(itemOfPayload(payload)).toEqual({
            key,
            item: { value, version, metadata: new Map(Object.entries(metadata)) },
          });
        },
      ),
    );
  });
});
