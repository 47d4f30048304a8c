/** Which of several values counts, and where relative paths begin; in a folder of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runtimeFolder } from "../runtime-folder.ts";
import { parseTemplate, TemplateError } from "./template.ts";
import { type TemplateContext, templateApps } from "./template-apps.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tricorne-template-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const make = (...paths: string[]): void => {
  for (const path of paths) {
    const full = join(folder, path);
    mkdirSync(path.endsWith("/") ? full : dirname(full), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(full, "");
  }
};

function apps(text: string) {
  const platform = { env: new Map([["HOME", join(folder, "home")]]), cwd: "/" };
  const context = { platform, folder, runtime: runtimeFolder("", platform as never) };
  return templateApps(
    parseTemplate(`version: 1\n${text}`, "dapr.yaml"),
    context as unknown as TemplateContext,
  );
}

describe("templateApps", () => {
  it("takes the id from the folder, and paths from the template and from the app", () => {
    make("shop/orders/resources/", "shop/orders/my.yaml", "other/", "shared/", "home/mine/");
    const [orders, stock, mine] = apps(`
common: {resourcesPath: shared}
apps:
- {appDirPath: ./shop/orders/, resourcesPaths: [resources, ../../other], configFilePath: my.yaml}
- {appDirPath: other, appID: stock}
- {appDirPath: ~/mine}`);
    expect(orders).toMatchObject({
      appId: "orders",
      folder: join(folder, "shop/orders"),
      resources: [join(folder, "shop/orders/resources"), join(folder, "other")],
      config: join(folder, "shop/orders/my.yaml"),
    });
    expect(stock).toMatchObject({ appId: "stock", resources: [join(folder, "shared")] });
    expect(stock?.config).toBeUndefined();
    expect(mine).toMatchObject({ appId: "mine", folder: join(folder, "home/mine") });
  });

  it("prefers the app's own paths to its .dapr folder, and that to the common ones", () => {
    make("a/.dapr/resources/", "a/.dapr/config.yaml", "a/own/", "a/own.yaml", "c/", "c.yaml", "b/");
    const common = "common: {resourcesPaths: [c], configFilePath: c.yaml}\n";
    const own = "resourcesPaths: [own], configFilePath: own.yaml";
    const paths = (text: string) =>
      apps(common + text).map(({ resources, config }) => [resources?.[0], config]);
    expect(paths(`apps: [{appDirPath: a, ${own}}, {appDirPath: b}]`)).toEqual([
      [join(folder, "a/own"), join(folder, "a/own.yaml")],
      [join(folder, "c"), join(folder, "c.yaml")],
    ]);
    expect(paths("apps: [{appDirPath: a}]")).toEqual([
      [join(folder, "a/.dapr/resources"), join(folder, "a/.dapr/config.yaml")],
    ]);
    const [bare] = apps("apps: [{appDirPath: b}]");
    expect([bare?.resources, bare?.config]).toEqual([undefined, undefined]);
  });

  it("merges environments, the app's winning, and fills in common values for absent ones", () => {
    make("a/");
    const [app] = apps(`
common:
  env: {A: common, B: common}
  logLevel: debug
  appProtocol: grpc
  enableApiLogging: true
  daprdLogDestination: console
  appHealthThreshold: 7
apps:
- appDirPath: a
  env: {B: app, C: app}
  appProtocol: http
  enableApiLogging: false
  appHealthThreshold: 0
  appPort: 81
  daprHTTPPort: 3501`);
    expect(Object.fromEntries(app?.env ?? [])).toEqual({ A: "common", B: "app", C: "app" });
    expect(app?.logs).toEqual({ app: "fileAndConsole", daprd: "console" });
    expect(Object.fromEntries(app?.flags ?? [])).toEqual({
      "log-level": ["debug"],
      "app-protocol": ["http"],
      "enable-api-logging": ["true"],
      "app-health-threshold": ["7"],
      "app-port": ["81"],
      "dapr-http-port": ["3501"],
    });
  });

  it.each([
    ["apps: [{appDirPath: nowhere}]", "apps[0].appDirPath: "],
    ["apps: [{appDirPath: a, configFilePath: no.yaml}]", "/a/no.yaml does not exist"],
    ["common: {resourcesPath: no}\napps: [{appDirPath: a}]", "common.resourcesPaths: "],
    ["apps: [{appDirPath: a/file}]", "is not a folder"],
    ["apps: [{appDirPath: a, appID: ../x}]", 'apps[0]: "../x" cannot be an app id'],
    ["apps: [{appDirPath: a}, {appDirPath: b, appID: a}]", 'app id "a" is used twice'],
  ])("refuses %j", (text, message) => {
    make("a/file", "b/");
    expect(() => apps(text)).toThrow(TemplateError);
    expect(() => apps(text)).toThrow(message);
  });
});
