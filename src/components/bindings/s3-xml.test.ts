import { expect, it } from "vitest";
import { parseXml } from "./s3-xml.ts";

it("reads elements, text in all its forms, and empty elements", () => {
  const root = parseXml(
    '<?xml version="1.0"?>\n<!-- c --><A x="1"><B>1 &lt; 2 &amp;amp; &#65;&#x42; &odd;</B><C/><B><![CDATA[<b>]]></B><D a="/"></D></A>',
  );
  expect(root.name).toBe("A");
  expect(root.all("B").map(({ text }) => text)).toEqual(["1 < 2 &amp; AB &odd;", "<b>"]);
  expect(root.textOf("C")).toBe("");
  expect(root.textOf("D")).toBe("");
  expect(root.textOf("E")).toBeUndefined();
});

it.each(["", "text", "<a>", "<a></b>", "</a>", "<a></a></a>"])("refuses %j", (text) => {
  expect(() => parseXml(text)).toThrow("invalid XML");
});
