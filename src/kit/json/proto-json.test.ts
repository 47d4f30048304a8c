import { expect, it } from "vitest";
import { assertProtoJsonBody } from "./proto-json.ts";

it.each(["", "{}", ' {"a":[{"b":1},{"b":2}]} ', '{"a":{"a":1}}'])("takes %j", (text) => {
  expect(() => assertProtoJsonBody(Buffer.from(text))).not.toThrow();
});

it.each([
  "[1]",
  '"s"',
  "1",
  "null",
  "x",
  "{",
  "{} x",
  '{"a":1,"a":2}',
  '{"a":1}{"b":2}',
  "\u0000",
  " ",
  "\ufeff{}",
])("refuses %j", (text) => {
  expect(() => assertProtoJsonBody(Buffer.from(text))).toThrow(/^proto: /);
});
