import { describe, expect, it } from "vitest";
import { code } from "../rpc/status.ts";
import { defineError, info } from "./define-error.ts";

const docs = { when: "in tests", remedy: "none" };

describe("defineError", () => {
  it("fills parameters and the cause into the text, once", () => {
    const failed = defineError({
      code: "ERR_X",
      category: "state",
      form: "simple",
      http: 500,
      grpc: code.internal,
      message: "no {key} in {store}: {cause}",
      ...docs,
    });
    const cause = new Error("down {key}");
    const error = failed({ key: "{store}", store: "__proto__" }, cause);
    expect(error.message).toBe("no {store} in __proto__: down {key}");
    expect(error.httpMessage).toBe(error.message);
    expect([error.errorCode, error.httpStatus, error.grpcCode, error.coded]).toEqual([
      "ERR_X",
      500,
      code.internal,
      true,
    ]);
    expect(error.cause).toBe(cause);
    expect(error.details).toEqual([]);
  });

  it("gives the basic form one ErrorInfo with the code", () => {
    const basic = defineError({
      code: "ERR_B",
      category: "lock",
      form: "basic",
      http: 400,
      grpc: code.aborted,
      message: "m",
      ...docs,
    });
    expect(basic().details).toEqual([info("ERR_B")]);
  });

  it("fills details, and lets the moment override", () => {
    const detailed = defineError({
      code: "ERR_D",
      category: "state",
      form: "detailed",
      http: 400,
      grpc: code.aborted,
      message: "{count}",
      httpMessage: "over HTTP {count}",
      more: ["store"],
      details: [
        { type: "BadRequest", violations: [{ field: "{store}", description: "{count}" }] },
        { type: "ResourceInfo", resourceType: "state", resourceName: "{store}" },
        info("R", new Map([["n", "{count}"]])),
      ],
      ...docs,
    });
    const error = detailed({ count: "3", store: "s" }, undefined, { httpStatus: 418 });
    expect([error.httpStatus, error.httpMessage]).toEqual([418, "over HTTP 3"]);
    expect(error.details).toEqual([
      { type: "BadRequest", violations: [{ field: "s", description: "3" }] },
      { type: "ResourceInfo", resourceType: "state", resourceName: "s", description: "" },
      info("R", new Map([["n", "3"]])),
    ]);
    expect(error.httpDetails).toBe(error.details);
  });
});
