import fc from "fast-check";
import { expect, it } from "vitest";
import { mapBounded } from "./bounded.ts";
import { listedKeys, secretStrings, secretText } from "./vault-answers.ts";

const body = (value: unknown, indent?: number): Buffer =>
  Buffer.from(JSON.stringify({ a: { data: { data: "no" } }, data: value, b: ["}"] }, null, indent));

it("gives the text of any object back", () => {
  const objects = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(objects, fc.constantFrom(undefined, 2), (object, indent) => {
      const text = secretText(body({ metadata: { data: 1 }, data: object }, indent));
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(object)));
    }),
  );
});

it("reads strings and lists as they were written", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), (object) => {
      const expected = new Map(Object.entries(object));
      expect(secretStrings(body({ data: object }))).toEqual(expected);
      expect(listedKeys(body({ keys: [...expected.keys()] }))).toEqual([...expected.keys()]);
    }),
  );
});

it.each([
  "",
  "[]",
  "{",
  '"x"',
  "null",
  '{"data":[]}',
  '{"data":{"data":1}}',
  '{"data":{"keys":1}}',
])("of %s says that it cannot be decoded, or has nothing", (text) => {
  for (const read of [secretStrings, listedKeys, secretText]) {
    try {
      const found = read(Buffer.from(text));
      expect([undefined, "", "1"]).toContain(Array.isArray(found) ? found.join() : found);
    } catch (error) {
      expect((error as Error).message).toMatch(/^couldn't decode response body: /);
    }
  }
});

it("maps in order, and begins nothing new after a failure", async () => {
  const items = Array.from({ length: 20 }, (_, i) => i);
  let most = 0;
  let now = 0;
  const begun: number[] = [];
  const run = async (item: number): Promise<number> => {
    begun.push(item);
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    now--;
    if (item === 99) throw new Error("broken");
    return item * 2;
  };
  expect(await mapBounded(items, 3, run)).toEqual(items.map((item) => item * 2));
  expect(most).toBe(3);
  expect(await mapBounded([], 3, run)).toEqual([]);
  begun.length = 0;
  await expect(mapBounded([99, ...items], 2, run)).rejects.toThrow("broken");
  expect(begun.length).toBeLessThanOrEqual(3);
});
