import { describe, expect, it } from "vitest";
import type { YamlMap } from "../../kit/resources/yaml.ts";
import { readResourceDocument } from "../../kit/resources/yaml-library.ts";
import { decodeAccessPolicy } from "./access-policy-document.ts";
import { checkMcpSecurity, ignoresErrors, validateMcpServer } from "./mcp-server-document.ts";

const parse = (text: string): YamlMap => readResourceDocument(text).value as YamlMap;

describe("a WorkflowAccessPolicy", () => {
  it("has rules of callers, workflows and activities", () => {
    const rules = decodeAccessPolicy(
      parse(`spec:
  rules:
  - callers: [{appID: a}, {appid: b}]
    workflows: [{name: "order*", operations: [schedule, get]}]
  - callers: [{appID: a}]
    activities: [{name: charge}]`),
    );
    expect(rules).toEqual([
      {
        callers: ["a", "b"],
        workflows: [{ name: "order*", operations: ["schedule", "get"] }],
        activities: [],
      },
      { callers: ["a"], workflows: [], activities: ["charge"] },
    ]);
  });

  const refused: [rule: string, complaint: string][] = [
    ["{}", "spec.rules[0].callers: Required value"],
    ["{callers: []}", "spec.rules[0].callers: Required value"],
    ["{callers: [{}]}", "spec.rules[0].callers[0].appID: Required value"],
    [
      "{callers: [{appID: a}]}",
      'spec.rules[0]: Invalid value: "object": at least one of workflows or activities must contain a rule',
    ],
    [
      "{callers: [{appID: a}], workflows: [{operations: [get]}]}",
      "spec.rules[0].workflows[0].name: Required value",
    ],
    [
      "{callers: [{appID: a}], workflows: [{name: w}]}",
      "spec.rules[0].workflows[0].operations: Required value",
    ],
    [
      "{callers: [{appID: a}], workflows: [{name: w, operations: [start]}]}",
      'spec.rules[0].workflows[0].operations[0]: Unsupported value: "start": supported values: "schedule", "terminate", "raise", "pause", "resume", "purge", "get", "rerun"',
    ],
    [
      "{callers: [{appID: a}], workflows: [{name: w, operations: [get, get]}]}",
      'spec.rules[0].workflows[0].operations[1]: Duplicate value: "get"',
    ],
    ["{callers: a}", "json: cannot unmarshal string into Go struct field callers of type array"],
  ];
  for (const [rule, complaint] of refused) {
    it(`refuses ${rule}`, () => {
      expect(() => decodeAccessPolicy(parse(`spec: {rules: [${rule}]}`))).toThrow(complaint);
    });
  }

  it("has at least one rule", () => {
    expect(() => decodeAccessPolicy(parse("spec: {}"))).toThrow("spec.rules: Required value");
  });
});

describe("an MCPServer", () => {
  const check = (endpoint: string, mode: "standalone" | "kubernetes" = "standalone"): void => {
    const document = parse(`spec: {endpoint: ${endpoint}}`);
    validateMcpServer(document);
    checkMcpSecurity(document, mode);
  };

  const accepted = [
    "{streamableHTTP: {url: 'https://mcp.example:8080/x', timeout: 10s, headers: [{name: a, value: b}]}}",
    "{sse: {url: 'http://[::1]:80'}}",
    "{sse: {url: 'http://h', auth: {oauth2: {issuer: 'http://i'}}}}",
    "{sse: {url: 'http://h', auth: {spiffe: {jwt: {header: h, audience: a}}}}}",
    "{stdio: {command: npx, args: [x], env: [{name: A, value: b}]}}",
    "{stdio: {command: ./bin/server}}",
    "{stdio: {command: /usr/bin/server}}",
  ];
  for (const endpoint of accepted) it(`accepts ${endpoint}`, () => check(endpoint));

  const oneOf = "exactly one of streamableHTTP, sse, or stdio must be set";
  const refused: [endpoint: string, complaint: string][] = [
    ["{}", oneOf],
    ["{sse: {url: 'http://a'}, stdio: {command: x}}", oneOf],
    ["{sse: {}}", "spec.endpoint.sse.url: Required value"],
    ["{stdio: {args: [x]}}", "spec.endpoint.stdio.command: Required value"],
    ["{stdio: {command: ' '}}", "stdio.command must not be empty"],
    ["{sse: {url: 'http://a', timeout: soon}}", "spec.endpoint.sse.timeout: Invalid value"],
    [
      "{sse: {url: 'http://a', auth: {oauth2: {audience: x}}}}",
      "spec.endpoint.sse.auth.oauth2.issuer: Required value",
    ],
    [
      "{sse: {url: 'http://a', auth: {spiffe: {jwt: {header: x}}}}}",
      "spec.endpoint.sse.auth.spiffe.jwt.audience: Required value",
    ],
    ["{sse: {url: 'ftp://a'}}", 'sse.url scheme must be http or https, got "ftp"'],
    ["{sse: {url: 'example'}}", 'sse.url scheme must be http or https, got ""'],
    ["{streamableHTTP: {url: 'http:///x'}}", "streamableHTTP.url must have a host"],
    ["{stdio: {command: ../x}}", "stdio.command must not escape working directory"],
    ["{stdio: {command: a/../../x}}", "stdio.command must not escape working directory"],
    [
      "{stdio: {command: x, env: [{name: 'A=B'}]}}",
      'stdio.env name "A=B" contains invalid characters',
    ],
  ];
  for (const [endpoint, complaint] of refused) {
    it(`refuses ${endpoint}`, () => {
      expect(() => check(endpoint)).toThrow(complaint);
    });
  }

  it("runs no programs in Kubernetes", () => {
    expect(() => check("{stdio: {command: x}}", "kubernetes")).toThrow(
      "stdio transport is not allowed in Kubernetes mode",
    );
  });

  it("names the workflows of its hooks", () => {
    const document = parse(
      "spec: {endpoint: {stdio: {command: x}}, middleware: {beforeCallTool: [{workflow: {appID: a}}]}}",
    );
    expect(() => validateMcpServer(document)).toThrow(
      "spec.middleware.beforeCallTool[0].workflow.workflowName: Required value",
    );
  });

  it("may say that its failures do not matter", () => {
    expect(ignoresErrors(parse("spec: {ignoreErrors: true}"))).toBe(true);
    expect(ignoresErrors(parse("spec: {}"))).toBe(false);
    expect(ignoresErrors(parse("spec: [1]"))).toBe(false);
  });
});
