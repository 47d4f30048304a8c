import { expect, test } from "vitest";
import { quote } from "./quote.ts";

test.each([
  ["", '""'],
  ["plain text", '"plain text"'],
  ['q"b', '"q\\"b"'],
  ["a\\b", '"a\\\\b"'],
  ["\x00\x01\x07\x08\x0c\x0b\x7f", '"\\x00\\x01\\a\\b\\f\\v\\x7f"'],
  ["\t\n\r", '"\\t\\n\\r"'],
  ["é\u2028\u00a0😀\u{e0001}\ufeff", '"é\\u2028\\u00a0😀\\U000e0001\\ufeff"'],
  ["a\udcff\udcc3(", '"a\\xff\\xc3("'],
  ["\u00ad\u0378", '"\\u00ad\\u0378"'],
  ["\ud800", '"\\ufffd"'],
])("quotes %j as Go does", (text, quoted) => {
  expect(quote(text)).toBe(quoted);
});
