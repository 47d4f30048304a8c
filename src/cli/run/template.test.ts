import { describe, expect, it } from "vitest";
import { parseTemplate, TemplateError } from "./template.ts";

const parse = (text: string) => parseTemplate(text, "dapr.yaml");

describe("parseTemplate", () => {
  it("decodes fields by their kinds", () => {
    const { name, common, apps, warnings } = parse(`
version: 1
name: shop
common:
  env: {DEBUG: true, LEVEL: 3, EMPTY: , TEXT: "007"}
  resourcesPath: ./components
  appHealthThreshold: 0
apps:
  - appDirPath: ./orders
    appID: orders
    appPort: 8080
    command: [node, app.js, 3]
    enableApiLogging: yes
    resourcesPaths: a, b
    env:
      - A: 1
      - B: 2
  - appDirPath: ./plain
`);
    expect(name).toBe("shop");
    expect(common).toEqual(
      new Map<string, unknown>([
        ["resourcesPath", "./components"],
        [
          "env",
          new Map([
            ["DEBUG", "true"],
            ["LEVEL", "3"],
            ["EMPTY", ""],
            ["TEXT", "007"],
          ]),
        ],
      ]),
    );
    expect(apps[0]).toEqual(
      new Map<string, unknown>([
        ["appDirPath", "./orders"],
        ["appID", "orders"],
        ["appPort", 8080],
        ["command", ["node", "app.js", "3"]],
        ["enableApiLogging", true],
        ["resourcesPaths", ["a", "b"]],
        [
          "env",
          new Map([
            ["A", "1"],
            ["B", "2"],
          ]),
        ],
      ]),
    );
    expect(apps[1]).toEqual(new Map([["appDirPath", "./plain"]]));
    expect(warnings).toEqual([]);
  });

  it("names unknown fields with their lines and what was probably meant, exactly by case", () => {
    const { apps, warnings } = parse(`version: 1
apps:
- appDirPath: .
  appId: x
  nonsenseOfMine: 1
app: 3
`);
    expect(apps[0]?.get("appID")).toBeUndefined();
    expect(warnings).toEqual([
      'dapr.yaml:6: field app is unknown and ignored; did you mean "apps"?',
      'dapr.yaml:4: field apps[0].appId is unknown and ignored; did you mean "appID"?',
      "dapr.yaml:5: field apps[0].nonsenseOfMine is unknown and ignored",
    ]);
  });

  it.each([
    ["", "dapr.yaml is empty"],
    ["version: 1\napps: [", "dapr.yaml:2: "],
    ["- a", "dapr.yaml:1: the file must be a mapping"],
    [
      "apps: [{appDirPath: .}]",
      "dapr.yaml:1: required field 'version' not found in the run template file",
    ],
    ["version: 0\napps: [{appDirPath: .}]", "required field 'version' not found"],
    ["version: one\napps: [{appDirPath: .}]", "dapr.yaml:1: version must be an integer"],
    ["version: 1", "apps must be a list with at least one app"],
    ["version: 1\napps: []", "dapr.yaml:2: apps must be a list with at least one app"],
    ["version: 1\napps: [x]", "dapr.yaml:2: apps[0] must be a mapping"],
    [
      "version: 1\napps:\n- appID: x",
      "dapr.yaml:3: required field 'appDirPath' not found in apps[0]",
    ],
    [
      "version: 1\napps:\n- appDirPath: .\n  appPort: '80'",
      "dapr.yaml:4: apps[0].appPort must be an integer, without quotes",
    ],
    [
      "version: 1\napps:\n- appDirPath: .\n  daprHTTPPort: 99999",
      "dapr.yaml:4: apps[0].daprHTTPPort must be a port, not 99999",
    ],
    [
      "version: 1\napps:\n- appDirPath: .\n  appSSL: 'on'",
      "apps[0].appSSL must be true or false, without quotes",
    ],
    [
      "version: 1\napps:\n- appDirPath: .\n  command: node app.js",
      'dapr.yaml:4: apps[0].command must be a list, such as ["node", "app.js"]',
    ],
    ["version: 1\ncommon: {env: [1]}\napps: [{appDirPath: .}]", "common.env[0] must be a mapping"],
    [
      "version: 1\ncommon: {env: {A: [1]}}\napps: [{appDirPath: .}]",
      "common.env.A must be a string",
    ],
    [
      "version: 1\ncommon: {env: {A=B: 1}}\napps: [{appDirPath: .}]",
      "common.env.A=B cannot be an environment variable",
    ],
    [
      "version: 1\ncommon: {appLogDestination: files}\napps: [{appDirPath: .}]",
      'common.appLogDestination must be one of console, file, fileAndConsole; did you mean "file"?',
    ],
  ])("refuses %j", (text, message) => {
    expect(() => parse(text)).toThrow(TemplateError);
    expect(() => parse(text)).toThrow(message);
  });

  it("gives all reasons at once", () => {
    const text = "version: x\napps:\n- appPort: y\n- appDirPath: .\n  command: z";
    expect(() => parse(text)).toThrow(
      /version must.*\n.*appPort must.*\n.*appDirPath.*\n.*command/,
    );
  });
});
