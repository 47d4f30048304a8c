import { expect, it } from "vitest";
import { presignUrl, signRequest } from "./aws-signature.ts";

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

/** The bucket of the examples in the documentation of S3. */
const bucket = {
  ...example,
  service: "s3",
  credentials: {
    accessKey: "AKIAIOSFODNN7EXAMPLE",
    secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    sessionToken: "",
  },
  now: Date.UTC(2013, 4, 24),
};

it.each<[string, string, string, Record<string, string>, string, string]>([
  [
    "GET Object",
    "GET",
    "/test.txt",
    { range: "bytes=0-9" },
    "",
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  ],
  [
    "PUT Object",
    "PUT",
    "/test%24file.text",
    { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" },
    "Welcome to Amazon S3.",
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  ],
])("signs as the example %s of S3", (_name, method, path, headers, body, expected) => {
  const url = `https://examplebucket.s3.amazonaws.com${path}`;
  const signed = signRequest({ ...bucket, method, url, headers, body });
  expect(signature(signed)).toBe(expected);
});

it("signs an address as the example of S3", () => {
  const url = "https://examplebucket.s3.amazonaws.com/test.txt";
  const signed = presignUrl({ ...bucket, method: "GET", url, lifetimeSeconds: 86_400 });
  expect(signed).toBe(
    `${url}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request` +
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  );
});
