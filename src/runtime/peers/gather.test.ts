import { beforeEach, expect, test } from "vitest";
import { Gather } from "./gather.ts";

let taken: string[];
let gather: Gather;

beforeEach(() => {
  taken = [];
  gather = new Gather((bytes) => taken.push(Buffer.from(bytes).toString()));
});

test("pieces of one turn come together", async () => {
  gather.add(Buffer.from("a"));
  gather.add(Buffer.from("b"));
  expect(taken).toEqual([]);
  await Promise.resolve();
  gather.add(Buffer.from("c"));
  await Promise.resolve();
  expect(taken).toEqual(["ab", "c"]);
});

test("a flush is not repeated by the end of the turn", async () => {
  gather.add(Buffer.from("a"));
  gather.flush();
  gather.flush();
  await Promise.resolve();
  expect(taken).toEqual(["a"]);
});

test("many bytes do not wait", async () => {
  for (let i = 0; i < 40; i++) gather.add(Buffer.alloc(2048, "x"));
  expect(taken.map((text) => text.length)).toEqual([65536]);
  await Promise.resolve();
  expect(taken.map((text) => text.length)).toEqual([65536, 8 * 2048]);
});

test("a big piece goes through, behind what was there before", () => {
  gather.add(Buffer.from("a"));
  gather.add(Buffer.alloc(70_000, "b"));
  expect(taken.map((text) => text.length)).toEqual([1, 70_000]);
});

test("pieces are copied", async () => {
  const bytes = Buffer.from("a");
  gather.add(bytes);
  bytes[0] = 0x62;
  await Promise.resolve();
  expect(taken).toEqual(["a"]);
});

test("what is cleared does not come", async () => {
  gather.add(Buffer.from("a"));
  gather.clear();
  await Promise.resolve();
  expect(taken).toEqual([]);
});
