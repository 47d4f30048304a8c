/**
 * From a template to its apps: which value counts, and where relative paths begin.
 * @see spec 08 §11.3
 */
import { existsSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import { isFolder, type RuntimeFolder, runtimeFolder, withHome } from "../runtime-folder.ts";
import type { AppDraft, LogDestination } from "./plan.ts";
import { type FieldValue, type Section, type Template, TemplateError } from "./template.ts";

/** Field -> flag of daprd. */
const flagOfField: readonly (readonly [field: string, flag: string])[] = [
  ["appPort", "app-port"],
  ["appChannelAddress", "app-channel-address"],
  ["daprHTTPPort", "dapr-http-port"],
  ["daprGRPCPort", "dapr-grpc-port"],
  ["daprInternalGRPCPort", "dapr-internal-grpc-port"],
  ["metricsPort", "metrics-port"],
  ["profilePort", "profile-port"],
  ["appProtocol", "app-protocol"],
  ["logLevel", "log-level"],
  ["apiListenAddresses", "dapr-listen-addresses"],
  ["appMaxConcurrency", "app-max-concurrency"],
  ["placementHostAddress", "placement-host-address"],
  ["schedulerHostAddress", "scheduler-host-address"],
  ["appSSL", "app-ssl"],
  ["daprMaxBodySize", "max-body-size"],
  ["maxBodySize", "max-body-size"],
  ["daprReadBufferSize", "read-buffer-size"],
  ["readBufferSize", "read-buffer-size"],
  ["daprHTTPMaxRequestSize", "dapr-http-max-request-size"],
  ["daprHTTPReadBufferSize", "dapr-http-read-buffer-size"],
  ["enableAppHealthCheck", "enable-app-health-check"],
  ["appHealthCheckPath", "app-health-check-path"],
  ["appHealthProbeInterval", "app-health-probe-interval"],
  ["appHealthProbeTimeout", "app-health-probe-timeout"],
  ["appHealthThreshold", "app-health-threshold"],
  ["enableApiLogging", "enable-api-logging"],
  ["enableProfiling", "enable-profiling"],
];

/** These have an order of their own. */
const notMerged = new Set(["env", "resourcesPaths", "resourcesPath", "configFilePath"]);

export interface TemplateContext {
  /** Folder of the template; absolute. */
  readonly folder: string;
  readonly platform: Platform;
  /** Of the whole run. */
  readonly runtime: RuntimeFolder;
}

/** @throws {TemplateError} for paths that do not exist and ids that cannot be used */
export function templateApps(template: Template, context: TemplateContext): AppDraft[] {
  const apps = template.apps.map((app, index) => draftOf(app, template, `apps[${index}]`, context));
  const seen = new Set<string>();
  for (const { appId } of apps) {
    if (seen.has(appId)) throw new TemplateError(`app id ${JSON.stringify(appId)} is used twice`);
    seen.add(appId);
  }
  return apps;
}

function draftOf(
  app: Section,
  { common }: Template,
  path: string,
  context: TemplateContext,
): AppDraft {
  const existing = (at: string, from: string, value: FieldValue): string => {
    const full = resolvePath(value as string, from, context.platform);
    if (existsSync(full)) return full;
    throw new TemplateError(`${at}: ${full} does not exist`);
  };
  const folder = existing(`${path}.appDirPath`, context.folder, app.get("appDirPath") ?? "");
  if (!isFolder(folder)) throw new TemplateError(`${path}.appDirPath: ${folder} is not a folder`);
  const appId = (app.get("appID") as string | undefined) ?? basename(folder);
  checkAppId(appId, path);
  const merged = new Map([...common].filter(([name]) => !notMerged.has(name)));
  for (const [name, value] of app) merged.set(name, value);
  const paths = (section: Section, at: string, from: string): string[] =>
    [...((section.get("resourcesPaths") as readonly string[]) ?? []), section.get("resourcesPath")]
      .filter((value) => value !== undefined)
      .map((value) => existing(`${at}.resourcesPaths`, from, value));
  const file = (section: Section, at: string, from: string): string | undefined => {
    const value = section.get("configFilePath");
    return value === undefined ? undefined : existing(`${at}.configFilePath`, from, value);
  };
  const own = join(folder, ".dapr");
  const ownResources = join(own, "resources");
  const ownConfig = join(own, "config.yaml");
  const resources = firstOf(
    () => paths(app, path, folder),
    () => (isFolder(ownResources) ? [ownResources] : []),
    () => paths(common, "common", context.folder),
  );
  const config =
    file(app, path, folder) ??
    (existsSync(ownConfig) ? ownConfig : file(common, "common", context.folder));
  return {
    appId,
    command: (app.get("command") as readonly string[] | undefined) ?? [],
    folder,
    env: new Map([...variables(common), ...variables(app)]),
    flags: flagsOf(merged, folder, context.platform),
    resources,
    config,
    runtimePath: runtimePathOf(app, common, folder, context),
    logs: {
      app: (merged.get("appLogDestination") as LogDestination | undefined) ?? "fileAndConsole",
      daprd: (merged.get("daprdLogDestination") as LogDestination | undefined) ?? "file",
    },
  };
}

function flagsOf(
  merged: Section,
  folder: string,
  platform: Platform,
): Map<string, readonly string[]> {
  const flags = new Map<string, readonly string[]>();
  for (const [field, flag] of flagOfField) {
    const value = merged.get(field);
    if (value !== undefined) flags.set(flag, [String(value)]);
  }
  const socket = merged.get("unixDomainSocket");
  if (socket !== undefined) {
    flags.set("unix-domain-socket", [resolvePath(socket as string, folder, platform)]);
  }
  return flags;
}

/** The first that is not empty. */
function firstOf(...lists: readonly (() => string[])[]): string[] | undefined {
  for (const list of lists) {
    const items = list();
    if (items.length > 0) return items;
  }
  return undefined;
}

const variables = (section: Section): ReadonlyMap<string, string> =>
  (section.get("env") as ReadonlyMap<string, string> | undefined) ?? new Map();

/** "" for that of the whole run. */
function runtimePathOf(
  app: Section,
  common: Section,
  folder: string,
  { folder: base, platform, runtime }: TemplateContext,
): string {
  const of = (section: Section, from: string): string | undefined => {
    const value = section.get("runtimePath") ?? section.get("daprPath");
    return value === undefined ? undefined : resolvePath(value as string, from, platform);
  };
  const path = of(app, folder) ?? of(common, base) ?? "";
  return path !== "" && runtimeFolder(path, platform).path === runtime.path ? "" : path;
}

function resolvePath(value: string, from: string, { env }: Platform): string {
  const path = withHome(value, env);
  return isAbsolute(path) ? resolve(path) : resolve(from, path);
}

/** It becomes part of file names. */
function checkAppId(appId: string, path: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (appId === "" || appId.startsWith(".") || /[/\\\u0000-\u001f]/.test(appId)) {
    throw new TemplateError(`${path}: ${JSON.stringify(appId)} cannot be an app id`);
  }
}
