import { describe, expect, it } from "vitest";
import { ErrorInfo, Help } from "../proto/google/rpc/error_details.ts";
import { Status } from "../proto/google/rpc/status.ts";
import { ApiError, type ApiErrorInit, basic, detailed, simple } from "./api-error.ts";
import { renderHttp, toRpcError } from "./render.ts";

const init: Omit<ApiErrorInit, "form" | "message"> = {
  httpStatus: 500,
  grpcCode: 13,
  errorCode: "ERR_X",
  category: "common",
};

describe("over HTTP", () => {
  it("shows code and message, escaped", () => {
    expect(renderHttp(simple('<a> & "b"\u2028', init))).toEqual({
      status: 500,
      body: '{"errorCode":"ERR_X","message":"\\u003ca\\u003e \\u0026 \\"b\\"\\u2028"}',
    });
    expect(renderHttp(basic("m", init)).body).toBe('{"errorCode":"ERR_X","message":"m"}');
    expect(renderHttp(ApiError.from(new Error("boom"))).body).toBe(
      '{"errorCode":"ERROR","message":"boom"}',
    );
  });

  it("shows details in order, with sorted members", () => {
    const error = detailed("m", {
      ...init,
      httpMessage: "other",
      details: [
        {
          type: "BadRequest",
          violations: [
            { field: "", description: "d" },
            { field: "f", description: "" },
          ],
        },
        { type: "ResourceInfo", resourceType: "state", resourceName: "s" },
        { type: "Help", links: [{ description: "see", url: "u" }] },
        {
          type: "ErrorInfo",
          reason: "R",
          domain: "dapr.io",
          metadata: new Map([
            ["b", "2"],
            ["a", "1"],
          ]),
        },
        { type: "ErrorInfo", reason: "R", domain: "dapr.io" },
      ],
    });
    const type = '{"@type":"type.googleapis.com/google.rpc.';
    expect(renderHttp(error).body).toBe(
      `{"errorCode":"ERR_X","message":"other","details":[${type}BadRequest","field_violations":[{"description":"d"},{"field":"f"}]},` +
        `${type}ResourceInfo","description":"","owner":"","resource_name":"s","resource_type":"state"},` +
        `${type}Help","links":[{"description":"see","url":"u"}]},` +
        `${type}ErrorInfo","domain":"dapr.io","metadata":{"a":"1","b":"2"},"reason":"R"},` +
        `${type}ErrorInfo","domain":"dapr.io","metadata":null,"reason":"R"}]}`,
    );
  });
});

describe("over gRPC", () => {
  it("has no details in the simple form", () => {
    const error = toRpcError(simple("m", init));
    expect([error.code, error.desc, error.details]).toEqual([13, "m", undefined]);
  });

  it("has one ErrorInfo in the basic form", () => {
    const { code, message, details } = Status.decode(
      toRpcError(basic("m", init)).details ?? Buffer.alloc(0),
    );
    expect([code, message, details.length]).toEqual([13, "m", 1]);
    expect(details[0]?.typeUrl).toBe("type.googleapis.com/google.rpc.ErrorInfo");
    const info = ErrorInfo.decode(details[0]?.value ?? Buffer.alloc(0));
    expect([info.reason, info.domain, info.metadata.size]).toEqual(["ERR_X", "dapr.io", 0]);
  });

  it("has all details in the detailed form", () => {
    const error = detailed("m", {
      ...init,
      details: [
        { type: "Help", links: [{ description: "see", url: "u" }] },
        { type: "ResourceInfo", resourceType: "state", resourceName: "s" },
      ],
    });
    const status = Status.decode(toRpcError(error).details ?? Buffer.alloc(0));
    expect(status.details.map((detail) => detail.typeUrl.split(".").at(-1))).toEqual([
      "Help",
      "ResourceInfo",
    ]);
    expect(Help.decode(status.details[0]?.value ?? Buffer.alloc(0)).links[0]?.url).toBe("u");
  });
});
