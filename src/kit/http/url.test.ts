import fc from "fast-check";
import { expect, test } from "vitest";
import { byteStringFromText, bytesFromText, textFromBytes } from "./byte-text.ts";
import { buildAppPath, decodePath, decodeQueryComponent } from "./url.ts";

const base = { origin: "http://127.0.0.1:3000", path: "" };
const build = (method: string, query = "", path = ""): string => {
  try {
    return buildAppPath(method, query, { ...base, path });
  } catch (error) {
    return (error as Error).message;
  }
};
const bad = (url: string, shown: string): string =>
  `parse "http://127.0.0.1:3000${url}": invalid URL escape "${shown}"`;

// The right column is what Go 1.26 puts on the wire.
test.each([
  ["a", "/a"],
  ["/a", "/a"],
  ["", "/"],
  ["/", "/"],
  ["a b", "/a%20b"],
  ["a+b", "/a+b"],
  ["x%y", bad("/x%y", "%y")],
  ["x%zz", bad("/x%zz", "%zz")],
  ["x%zzz", bad("/x%zzz", "%zz")],
  ["x%4", bad("/x%4", "%4")],
  ["x%", bad("/x%", "%")],
  ["%e4%zz", bad("/%e4%zz", "%zz")],
  ["x%41", "/x%41"],
  ["café", "/caf%C3%A9"],
  ['q"uote', "/q%22uote"],
  ["it's", "/it's"],
  ["a;b", "/a;b"],
  ["st*r", "/st*r"],
  ["br[ack]", "/br[ack]"],
  ["a\\b", "/a%5Cb"],
  ["~t", "/~t"],
  ["x|y", "/x%7Cy"],
  ["a%2Fb", "/a%2Fb"],
  ["a%2Fb c", "/a/b%20c"],
  ['a%2fb"', "/a/b%22"],
  ["a?b=c", "/a?b=c"],
  ["a#f", "/a"],
  ["a?x#f%zz", bad("/a?x#f%zz", "%zz")],
  ["x%C3%A9", "/x%C3%A9"],
  ["a!b'(c)*", "/a!b'(c)*"],
  ["a!b' (c)*[]", "/a%21b%27%20%28c%29%2A%5B%5D"],
  ["^`{}<>", "/%5E%60%7B%7D%3C%3E"],
  [":@&=+$,;", "/:@&=+$,;"],
  ["//x", "//x"],
  ["a\udcffb", "/a%FFb"],
  ["\u2028", "/%E2%80%A8"],
  ["a\x01b", 'parse "http://127.0.0.1:3000/a\\x01b": net/url: invalid control character in URL'],
])("builds the path of %j", (method, expected) => {
  expect(build(method)).toBe(expected);
});

test("the query is copied byte for byte", () => {
  expect(build("x", "a=%zz&b c")).toBe("/x?a=%zz&b c");
  expect(build("", "q")).toBe("/?q");
  expect(build("a b", "q=%20+")).toBe("/a%20b?q=%20+");
  expect(build("x", "q=\xc3\xa9")).toBe("/x?q=\xc3\xa9");
  expect(build("a b", "q=\xc3\xa9")).toBe("/a%20b?q=\xc3\xa9");
  expect(build("x", "q=\u20ac")).toBe("/x?q=\xe2\x82\xac");
  expect(build("x?a", "b")).toBe("/x?a?b");
  expect(build("x", "a#b")).toBe("/x?a");
  expect(build("x", "a\r\nHost: y")).toBe(
    'parse "http://127.0.0.1:3000/x?a\\r\\nHost: y": net/url: invalid control character in URL',
  );
});

test("a base path comes first", () => {
  expect(build("m", "q", "/api")).toBe("/api/m?q");
  expect(build("", "", "/api")).toBe("/api");
  expect(build("%zz", "", "/api")).toBe(bad("/api/%zz", "%zz"));
});

test.each([
  ["/a%2Fb", "/a/b"],
  ["/a+b", "/a+b"],
  ["/caf%C3%A9", "/café"],
  ["/caf\xc3\xa9", "/café"],
  ["/%ff", "/\udcff"],
  ["/%f0%9f%98%80%f0%9f", "/😀\udcf0\udc9f"],
  ["/x%2541", "/x%41"],
  ["/%zz", undefined],
  ["/%4", undefined],
  ["/%", undefined],
])("decodes %j", (raw, decoded) => {
  expect(decodePath(raw)).toBe(decoded);
});

test("a query component has plus for space", () => {
  expect(decodeQueryComponent("a+b%2Bc")).toBe("a b+c");
  expect(decodeQueryComponent("é")).toBe("é");
  expect(decodeQueryComponent("a%")).toBeUndefined();
});

test("any bytes survive decoding and encoding", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = textFromBytes(Buffer.from(bytes));
      expect([...bytesFromText(text)]).toEqual([...bytes]);
      const raw = `/${[...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")}`;
      expect(decodePath(raw)).toBe(`/${text}`);
    }),
  );
});

test("a built path is ASCII without spaces and decodes to the method", () => {
  const unit = fc.constantFrom(..."aZ/. \"<>\\[]!*'|~$&+,:;=@é\u20ac😀\u2028", "\udc80", "\udcff");
  fc.assert(
    fc.property(fc.string({ unit }), (method) => {
      const built = build(method);
      expect(built).toMatch(/^\/[!-~]*$/);
      const decoded = decodePath(built) as string;
      const rooted = method.startsWith("/") ? method : `/${method}`;
      expect(byteStringFromText(decoded)).toBe(byteStringFromText(rooted));
    }),
  );
});
