/** A listing of S3, in the form that the reference documents. */
import { encodeJson } from "../../kit/json/encode.ts";
import type { JsonValue } from "../../kit/json/value.ts";
import { withoutZeros } from "./fraction.ts";
import { parseXml, type XmlElement } from "./s3-xml.ts";

/** @param xml with names as in a query (encoding-type=url) @throws {Error} it is no listing */
export function listJson(xml: string): string {
  const list = parseXml(xml);
  if (list.name !== "ListBucketResult") throw new Error(`unexpected answer ${list.name}`);
  const isEncoded = list.textOf("EncodingType") === "url";
  const named = (text: string): string => (isEncoded ? decodeName(text) : text);
  const text = (name: string): JsonValue => {
    const value = list.textOf(name);
    return value === undefined ? null : named(value);
  };
  const prefixes = list
    .all("CommonPrefixes")
    .map((one) => new Map([["Prefix", named(one.textOf("Prefix") ?? "")]]));
  const contents = list.all("Contents").map((one) => contentOf(one, named));
  return encodeJson(
    new Map<string, JsonValue>([
      ["CommonPrefixes", prefixes.length === 0 ? null : prefixes],
      ["Contents", contents.length === 0 ? null : contents],
      ["Delimiter", text("Delimiter")],
      ["EncodingType", null],
      ["IsTruncated", list.textOf("IsTruncated") === "true"],
      ["Marker", text("Marker")],
      ["MaxKeys", numberOf(list, "MaxKeys")],
      ["Name", list.textOf("Name") ?? null],
      ["NextMarker", text("NextMarker")],
      ["Prefix", text("Prefix")],
    ]),
  );
}

function contentOf(element: XmlElement, named: (text: string) => string): JsonValue {
  const owner = element.child("Owner");
  const modified = element.textOf("LastModified");
  return new Map<string, JsonValue>([
    ["ETag", element.textOf("ETag") ?? null],
    ["Key", named(element.textOf("Key") ?? "")],
    ["LastModified", modified === undefined ? null : withoutZeros(modified)],
    [
      "Owner",
      owner === undefined
        ? null
        : new Map([
            ["DisplayName", owner.textOf("DisplayName") ?? null],
            ["ID", owner.textOf("ID") ?? null],
          ]),
    ],
    ["Size", numberOf(element, "Size")],
    ["StorageClass", element.textOf("StorageClass") ?? null],
  ]);
}

function numberOf(element: XmlElement, name: string): number | null {
  const value = Number(element.textOf(name) ?? "");
  return Number.isFinite(value) ? value : null;
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
