import { expect, it } from "vitest";
import { signRequest } from "./aws-signature.ts";

/** The key pair and the time of AWS's published examples. */
const credentials = {
  accessKey: "AKIDEXAMPLE",
  secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  sessionToken: "",
};
const example = {
  headers: {},
  body: "",
  region: "us-east-1",
  service: "service",
  credentials,
  now: Date.UTC(2015, 7, 30, 12, 36, 0),
};
const signature = (headers: Record<string, string>): string | undefined =>
  /Signature=(\w+)$/.exec(headers.authorization ?? "")?.[1];

it.each([
  ["get-vanilla", "GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  ["post-vanilla", "POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
  [
    "get-vanilla-query-order-key-case",
    "GET",
    "/?Param2=value2&Param1=value1",
    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  ],
])("signs as the vector %s", (_name, method, path, expected) => {
  const headers = signRequest({ ...example, method, url: `https://example.amazonaws.com${path}` });
  expect(signature(headers)).toBe(expected);
  expect(headers["x-amz-date"]).toBe("20150830T123600Z");
});

it("signs as the worked example of IAM's ListUsers", () => {
  const headers = signRequest({
    ...example,
    method: "GET",
    url: "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    service: "iam",
  });
  expect(headers.authorization).toBe(
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, " +
      "SignedHeaders=content-type;host;x-amz-date, " +
      "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
  );
});

it("escapes a path once more, and signs a session token", () => {
  const url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/a%3A0/converse";
  const input = { ...example, method: "POST", url, body: "{}", service: "bedrock" };
  const lasting = signRequest(input);
  const given = signRequest({ ...input, credentials: { ...credentials, sessionToken: "t" } });
  expect(given["x-amz-security-token"]).toBe("t");
  expect(given.authorization).toContain("SignedHeaders=host;x-amz-date;x-amz-security-token");
  expect(signature(given)).not.toBe(signature(lasting));
  const unescaped = signRequest({ ...input, url: url.replace("%3A", ":") });
  expect(signature(unescaped)).not.toBe(signature(lasting));
});
