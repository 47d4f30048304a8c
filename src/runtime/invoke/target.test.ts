import { expect, test } from "vitest";
import { parseTarget } from "./target.ts";

const basic = (credentials: string): string =>
  `Basic ${Buffer.from(credentials).toString("base64")}`;
const brief = (path: string, header?: string, authorization?: string): string => {
  const target = parseTarget(path, header, authorization);
  return target === undefined ? "none" : `${target.form} ${target.id} ${target.method}`;
};

test.each([
  ["/v1.0/invoke/x/method/m", "path x m"],
  ["/v1.0/invoke/x.default/method/a/b", "path x.default a/b"],
  ["/v1.0/invoke/x/method/", "path x "],
  ["/v1.0/invoke/x/method//", "path x "],
  ["/v1.0/invoke/x/method", "none"],
  ["/v1.0/invoke/x", "none"],
  ["/v1.0/invoke/", "none"],
  ["/v1.0/invoke", "none"],
  ["/v1.0/invoke//method/m", "none"],
  ["/v1.0/invokes/x/method/m", "none"],
  ["/v1.0/Invoke/x/method/m", "none"],
  ["/v1.1/invoke/x/method/m", "none"],
  ["v1.0/invoke/x/method/m", "none"],
  ["//v1.0///invoke//x/method//m//n/", "path x m/n"],
  ["/v1.0/invoke/x/methods/m", "none"],
  ["/v1.0/invoke/%78/method/m", "path x m"],
  ["/v1.0/invoke/x/method/method/m", "path x method/m"],
  ["/v1.0/invoke/x/method/a/method/b", "path x a/method/b"],
  ["/v1.0/invoke/x/y/method/m", "path x/y m"],
  ["/v1.0/invoke/http://host:80/method/m", "path http://host:80 m"],
  ["/v1.0/invoke/http%3A%2F%2Fhost/method/m", "path http://host m"],
  ["/v1.0/invoke/http%253A%252F%252Fhost/method/m", "path http://host m"],
  ["/v1.0/invoke/a+b/method/m+n", "path a b m+n"],
  ["/v1.0/invoke/x%25zz/method/m", "none"],
  ["/v1.0/invoke/x%/method/m", "none"],
  ["/v1.0/invoke/x%2Fmethod%2Fm", "path x m"],
  ["/v1.0/invoke/x/method/../up", "path x ../up"],
  ["/v1.0/invoke/x/method/a%2F..%2Fb", "path x b"],
  ["/v1.0/invoke/x/method/x%2541", "path x x%41"],
  ["/v1.0/invoke/x/method/caf%C3%A9", "path x café"],
  ["/", "none"],
  ["", "none"],
  ["/nothing/here", "none"],
])("the path %j names %j", (path, expected) => {
  expect(brief(path)).toBe(expected);
});

test.each([
  ["/orders/1", "header b orders/1"],
  ["/", "header b "],
  ["//x//y/../z/", "header b x/z"],
  ["/../../x", "header b x"],
  ["/v1.0/invoke/other/method/m", "header b v1.0/invoke/other/method/m"],
])("with the header, %j names %j", (path, expected) => {
  expect(brief(path, "b")).toBe(expected);
  expect(brief(path, "b", basic("dapr-app-id:c"))).toBe(expected);
});

test("an empty header names nobody", () => {
  expect(brief("/x", "")).toBe("none");
  expect(brief("/v1.0/invoke/x/method/m", "")).toBe("path x m");
});

test.each([
  [basic("dapr-app-id:c"), "basic c a/b"],
  [basic("DAPR-APP-ID:c"), "basic c a/b"],
  [basic("dapr-app-id:"), "none"],
  [basic("dapr-app-id:c:y"), "none"],
  [basic("someone:c"), "none"],
  [basic("dapr-app-id"), "none"],
  [basic("dapr-app-id:c").replace("Basic", "basic"), "none"],
  [basic("dapr-app-id:c").replace("Basic ", "Basic  "), "none"],
  [basic("dapr-app-id:cc").replace("=", ""), "none"],
  ["Basic !!!", "none"],
  ["Basic ", "none"],
  ["Bearer abc", "none"],
  ["", "none"],
])("Authorization %j names %j", (authorization, expected) => {
  expect(brief("/a/b/", undefined, authorization)).toBe(expected);
});
