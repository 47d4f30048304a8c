import { describe, expect, test } from "vitest";
import { describeResource } from "./resource.ts";
import { otlpEnvironment, type TracingSettings } from "./settings.ts";

const none: TracingSettings = {
  samplingRate: "",
  stdout: false,
  zipkinEndpoint: "",
  otel: { endpointAddress: "", protocol: "", isSecure: true, headers: [], timeoutMs: undefined },
};

const withEnv = (env: Record<string, string>, settings = none): TracingSettings =>
  otlpEnvironment(settings, new Map(Object.entries(env)));

describe("otlpEnvironment", () => {
  test("changes nothing without an endpoint", () => {
    const env = { OTEL_EXPORTER_OTLP_PROTOCOL: "http", OTEL_EXPORTER_OTLP_TIMEOUT: "bad" };
    expect(withEnv(env)).toEqual(none);
  });

  test("describes a whole exporter", () => {
    const settings = withEnv({
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4317",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_EXPORTER_OTLP_INSECURE: "true",
      OTEL_EXPORTER_OTLP_HEADERS: "a=b, c = d%20e",
      OTEL_EXPORTER_OTLP_TIMEOUT: "2500",
    });
    expect(settings).toEqual({
      ...none,
      samplingRate: "1",
      otel: {
        endpointAddress: "collector:4317",
        protocol: "http",
        isSecure: false,
        headers: ["a=b", "c=d e"],
        timeoutMs: 2500,
      },
    });
  });

  test("prefers the variables for traces, and keeps a configured rate", () => {
    const settings = withEnv(
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://all:4317",
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces:4317",
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc",
        OTEL_EXPORTER_OTLP_INSECURE: "TRUE",
      },
      { ...none, samplingRate: "0.5" },
    );
    expect(settings.samplingRate).toBe("0.5");
    expect(settings.otel).toEqual({
      ...none.otel,
      endpointAddress: "traces:4317",
      protocol: "grpc",
    });
  });

  test.each([
    [{ OTEL_EXPORTER_OTLP_HEADERS: "a" }, "invalid header format: a"],
    [{ OTEL_EXPORTER_OTLP_HEADERS: "a=b,," }, "invalid header format: "],
    [{ OTEL_EXPORTER_OTLP_HEADERS: "=b" }, "invalid header format: =b"],
    [{ OTEL_EXPORTER_OTLP_HEADERS: "a=%zz" }, "invalid header format: a=%zz"],
    [{ OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "10s" }, "invalid timeout: 10s"],
    [{ OTEL_EXPORTER_OTLP_TIMEOUT: "1.5" }, "invalid timeout: 1.5"],
  ])("refuses %j", (env, message) => {
    expect(() => withEnv({ OTEL_EXPORTER_OTLP_ENDPOINT: "c:1", ...env })).toThrow(
      new Error(`error setting tracing spec from env: ${message}`),
    );
  });

  test("gives a configured exporter headers when it has none, and nothing else", () => {
    const otel = { ...none.otel, endpointAddress: "mine:1", protocol: "grpc" };
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://other:2",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http",
      OTEL_EXPORTER_OTLP_HEADERS: "a=b,nonsense",
      OTEL_EXPORTER_OTLP_TIMEOUT: "bad",
    };
    expect(withEnv(env, { ...none, otel })).toEqual({
      ...none,
      otel: { ...otel, headers: ["a=b"] },
    });
    const own = { ...none, otel: { ...otel, headers: ["x=y"] } };
    expect(withEnv(env, own)).toEqual(own);
  });
});

test("the resource is the app, unless the environment names a service", () => {
  const env = (entries: Record<string, string>) => new Map(Object.entries(entries));
  expect([...describeResource("app", env({}))]).toEqual([["service.name", "app"]]);
  const attributes = "zone=eu%201,service.name=ignored,bad,deployment.environment=test";
  expect([...describeResource("app", env({ OTEL_RESOURCE_ATTRIBUTES: attributes }))]).toEqual([
    ["deployment.environment", "test"],
    ["service.name", "app"],
    ["zone", "eu 1"],
  ]);
  expect(describeResource("app", env({ OTEL_SERVICE_NAME: "named" })).get("service.name")).toBe(
    "named",
  );
});
