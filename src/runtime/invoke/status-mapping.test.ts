import { describe, expect, test } from "vitest";
import { ErrorInfo } from "../../kit/proto/google/rpc/error_details.ts";
import { Status } from "../../kit/proto/google/rpc/status.ts";
import { errorOfHttpStatus, grpcCodeOf, httpStatusOf } from "./status-mapping.ts";

test.each([
  [0, 200],
  [1, 408],
  [2, 500],
  [3, 400],
  [4, 504],
  [5, 404],
  [6, 409],
  [7, 403],
  [8, 429],
  [9, 400],
  [10, 409],
  [11, 400],
  [12, 501],
  [13, 500],
  [14, 503],
  [15, 500],
  [16, 401],
  [17, 500],
  [77, 500],
  [-1, 500],
])("gRPC %d is HTTP %d", (grpc, http) => {
  expect(httpStatusOf(grpc)).toBe(http);
});

test.each([
  [101, 2],
  [200, 0],
  [204, 0],
  [299, 0],
  [300, 2],
  [302, 2],
  [400, 13],
  [401, 16],
  [402, 2],
  [403, 7],
  [404, 5],
  [408, 1],
  [409, 6],
  [412, 2],
  [418, 2],
  [429, 8],
  [500, 2],
  [501, 12],
  [502, 2],
  [503, 14],
  [504, 4],
  [599, 2],
])("HTTP %d is gRPC %d", (http, grpc) => {
  expect(grpcCodeOf(http)).toBe(grpc);
});

describe("the error of an HTTP app's answer", () => {
  const infoOf = (status: number, body: string): ErrorInfo => {
    const { details = Buffer.alloc(0) } = errorOfHttpStatus(status, Buffer.from(body));
    const decoded = Status.decode(details);
    expect(decoded.details).toHaveLength(1);
    expect(decoded.details[0]?.typeUrl).toBe("type.googleapis.com/google.rpc.ErrorInfo");
    return ErrorInfo.decode(decoded.details[0]?.value ?? Buffer.alloc(0));
  };

  test("names the status and shows the body", () => {
    expect(errorOfHttpStatus(404, Buffer.from("nope"))).toMatchObject({
      code: 5,
      desc: "Not Found",
    });
    expect(infoOf(404, "nope")).toEqual({
      reason: "Not Found",
      domain: "dapr.io",
      metadata: new Map([
        ["http.code", "404"],
        ["http.error_message", "nope"],
      ]),
    });
  });

  test.each([
    [62, 62],
    [63, 63],
    [64, 63],
    [5000, 63],
  ])("of %d bytes %d are shown", (length, shown) => {
    expect(infoOf(500, "e".repeat(length)).metadata.get("http.error_message")).toBe(
      "e".repeat(shown),
    );
  });

  test("a status without a name has an empty message", () => {
    expect(errorOfHttpStatus(599, Buffer.alloc(0)).desc).toBe("");
  });
});
