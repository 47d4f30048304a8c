import { expect, test } from "vitest";
import { Any } from "../../kit/proto/google/protobuf/any.ts";
import {
  BadRequest,
  DebugInfo,
  ErrorInfo,
  QuotaFailure,
  RetryInfo,
} from "../../kit/proto/google/rpc/error_details.ts";
import { statusJson } from "./status-json.ts";

const any = (type: string, value: Uint8Array): Buffer =>
  Any.encode({ typeUrl: `type.googleapis.com/google.rpc.${type}`, value });
const detail = (type: string, value: Uint8Array): unknown =>
  JSON.parse(statusJson(3, "", [any(type, value)])).details[0];

test("code and message", () => {
  expect(statusJson(5, 'no "x"', [])).toBe('{"code":5,"message":"no \\"x\\""}');
  expect(statusJson(2, "", [])).toBe('{"code":2}');
});

test("known details", () => {
  const info = ErrorInfo.encode({
    reason: "WHY",
    domain: "example.com",
    metadata: new Map([["k", "v"]]),
  });
  expect(statusJson(9, "m", [any("ErrorInfo", info)])).toBe(
    '{"code":9,"message":"m","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo",' +
      '"reason":"WHY","domain":"example.com","metadata":{"k":"v"}}]}',
  );
  expect(
    detail(
      "BadRequest",
      BadRequest.encode({ fieldViolations: [{ field: "f", description: "d" }] }),
    ),
  ).toEqual({
    "@type": "type.googleapis.com/google.rpc.BadRequest",
    fieldViolations: [{ field: "f", description: "d" }],
  });
  expect(detail("DebugInfo", DebugInfo.encode({ stackEntries: ["", "b"] }))).toMatchObject({
    stackEntries: ["", "b"],
  });
  expect(
    detail("QuotaFailure", QuotaFailure.encode({ violations: [{ subject: "s" }, {}] })),
  ).toMatchObject({ violations: [{ subject: "s" }, {}] });
});

test.each([
  [1n, 0, "1s"],
  [0n, 500_000_000, "0.500s"],
  [2n, 1, "2.000000001s"],
  [0n, 1000, "0.000001s"],
  [-1n, -500_000_000, "-1.500s"],
])("a delay of %d s and %d ns is %s", (seconds, nanos, text) => {
  const bytes = RetryInfo.encode({ retryDelay: { seconds, nanos } });
  expect(detail("RetryInfo", bytes)).toMatchObject({ retryDelay: text });
});

test.each([
  ["an unknown type", any("Nothing", Buffer.alloc(0))],
  ["broken bytes", any("ErrorInfo", Buffer.from([0xff]))],
  ["no Any", Buffer.from([0xff])],
])("%s is an error", (_name, bytes) => {
  expect(() => statusJson(3, "", [bytes])).toThrow();
});
