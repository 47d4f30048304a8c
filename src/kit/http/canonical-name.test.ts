import { expect, test } from "vitest";
import { canonicalName } from "./canonical-name.ts";

test.each([
  ["x-api-key", "X-Api-Key"],
  ["CONTENT-TYPE", "Content-Type"],
  ["http2-settings", "Http2-Settings"],
  ["x--y", "X--Y"],
  ["-a", "-A"],
  ["etag", "Etag"],
  ["a_b", "A_b"],
  ["x y", "x y"],
  [":authority", ":authority"],
  ["naïve", "naïve"],
  ["", ""],
])("the canonical spelling of %j is %j", (name, canonical) => {
  expect(canonicalName(name)).toBe(canonical);
});
