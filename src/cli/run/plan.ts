/**
 * What is run: every app with its sidecar's flags, ports and folders, once all defaults are filled in.
 * @see spec 08 §11.2
 */
import { readFileSync } from "node:fs";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import { parseConfigurationYaml, type YamlMap } from "../../kit/resources/yaml.ts";
import { memberMap } from "../check/members.ts";
import { CommandError } from "../command.ts";
import { prepareFolder } from "../defaults.ts";
import { freePort, isFree, isListening } from "../ports.ts";
import { type RuntimeFolder, runtimeFolder } from "../runtime-folder.ts";
import { newAppId } from "./app-id.ts";

export type LogDestination = "console" | "file" | "fileAndConsole";

export interface LogDestinations {
  readonly app: LogDestination;
  readonly daprd: LogDestination;
}

/** One app as the user wrote it. */
export interface AppDraft {
  /** "": a random one. */
  readonly appId: string;
  readonly command: readonly string[];
  /** Where it runs; absolute. */
  readonly folder: string;
  /** Added to its environment. */
  readonly env: ReadonlyMap<string, string>;
  /** Those of daprd that were given, by name. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  /** undefined: the defaults. */
  readonly resources: readonly string[] | undefined;
  readonly config: string | undefined;
  /** "": as for the others. */
  readonly runtimePath: string;
  /** undefined: everything goes to the console. */
  readonly logs: LogDestinations | undefined;
}

/** One app with everything decided. */
export interface AppPlan {
  readonly appId: string;
  readonly command: readonly string[];
  readonly folder: string;
  readonly env: ReadonlyMap<string, string>;
  readonly logs: LogDestinations | undefined;
  /** 0: it does not listen. */
  readonly appPort: number;
  readonly appProtocol: string;
  readonly appAddress: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly metricsPort: number;
  readonly isMetricsEnabled: boolean;
  /** "" with ports. */
  readonly socketFolder: string;
  readonly resources: readonly string[];
  readonly isMtlsWanted: boolean;
  /** For daprd's parser, without resources. */
  readonly argv: readonly string[];
}

export interface Plans {
  readonly apps: readonly AppPlan[];
  /** What the user should know about defaults. */
  readonly notices: readonly string[];
}

/** The folders that are shared by all apps of one run. */
export interface PlanContext {
  readonly platform: Platform;
  readonly runtime: RuntimeFolder;
  /** Ids that other processes use. */
  readonly usedAppIds: ReadonlySet<string>;
  readonly isLogJson: boolean;
}

const portFlags = [
  ["dapr-http-port", "HTTPPort"],
  ["dapr-grpc-port", "GRPCPort"],
  ["dapr-internal-grpc-port", "InternalGRPCPort"],
  ["metrics-port", "MetricsPort"],
] as const;

/** Everything stays on the loopback interface unless the user says otherwise. */
const localFlags = [
  ["dapr-listen-addresses", "127.0.0.1"],
  ["dapr-internal-grpc-listen-address", "127.0.0.1"],
  ["metrics-listen-address", "127.0.0.1"],
] as const;

/** @throws {CommandError} for a port that is taken or a folder that is not there */
export async function completePlans(
  drafts: readonly AppDraft[],
  context: PlanContext,
): Promise<Plans> {
  const notices = new Set<string>();
  const taken = await givenPorts(drafts);
  const apps: AppPlan[] = [];
  for (const draft of drafts) apps.push(await completePlan(draft, context, taken, notices));
  return { apps, notices: [...notices] };
}

/** Ports that were asked for; each only once and free. */
async function givenPorts(drafts: readonly AppDraft[]): Promise<Set<number>> {
  const owners = new Map<number, string>();
  for (const draft of drafts) {
    for (const [name, word] of [...portFlags, ["profile-port", "ProfilePort"] as const]) {
      const port = numberFlag(draft, name);
      if (port <= 0 || (name === "profile-port" && !draft.flags.has("enable-profiling"))) continue;
      const owner = owners.get(port);
      const isTaken = owner !== undefined || !(await isFree(port));
      if (isTaken) {
        const by = owner === undefined ? "" : `; it is the ${owner} already`;
        throw new CommandError(
          `invalid configuration for ${word}. Port ${port} is not available${by}`,
        );
      }
      owners.set(port, `${word} of app ${JSON.stringify(draft.appId)}`);
    }
    const appPort = numberFlag(draft, "app-port");
    if (appPort > 0 && !owners.has(appPort)) {
      owners.set(appPort, `app port of app ${JSON.stringify(draft.appId)}`);
    }
  }
  return new Set(owners.keys());
}

async function completePlan(
  draft: AppDraft,
  context: PlanContext,
  taken: Set<number>,
  notices: Set<string>,
): Promise<AppPlan> {
  const { platform } = context;
  const runtime =
    draft.runtimePath === "" ? context.runtime : runtimeFolder(draft.runtimePath, platform);
  const appId = draft.appId || newAppId(platform.random, context.usedAppIds);
  const ports = new Map<string, number>();
  for (const [name] of portFlags) {
    const given = numberFlag(draft, name);
    ports.set(name, given > 0 ? given : await freePort(platform.random, taken));
  }
  const flags = new Map(draft.flags);
  flags.set("app-id", [appId]);
  for (const [name, port] of ports) flags.set(name, [String(port)]);
  for (const [name, value] of localFlags) if (!flags.has(name)) flags.set(name, [value]);
  const appPort = Math.max(0, numberFlag(draft, "app-port"));
  if (appPort > 0) flags.set("app-port", [String(appPort)]);
  else flags.delete("app-port");
  await completeProfiling(flags, platform, taken);
  await completeAddresses(flags, platform);
  if (context.isLogJson) flags.set("log-as-json", ["true"]);
  const config = draft.config ?? runtime.config;
  if (config === undefined) {
    notices.add(`There is no ${runtime.path}/config.yaml: the default configuration applies`);
  } else flags.set("config", [config]);
  const resources = draft.resources ?? [await defaultResources(runtime, notices)];
  const isMtlsWanted = config !== undefined && (await isMtlsEnabled(config));
  const text = (name: string, otherwise: string): string => flags.get(name)?.at(-1) ?? otherwise;
  return {
    appId,
    command: draft.command,
    folder: draft.folder,
    env: draft.env,
    logs: draft.logs,
    appPort,
    appProtocol: text("app-protocol", "http"),
    appAddress: text("app-channel-address", "127.0.0.1"),
    httpPort: ports.get("dapr-http-port") ?? 0,
    grpcPort: ports.get("dapr-grpc-port") ?? 0,
    metricsPort: ports.get("metrics-port") ?? 0,
    isMetricsEnabled: !/^(0|f|false)$/i.test(text("enable-metrics", "true")),
    socketFolder: text("unix-domain-socket", ""),
    resources,
    isMtlsWanted: isMtlsWanted && !flags.has("enable-mtls"),
    argv: [...flags].flatMap(([name, values]) => values.map((value) => `--${name}=${value}`)),
  };
}

function numberFlag(draft: AppDraft, name: string): number {
  return Number(draft.flags.get(name)?.at(-1) ?? 0) || 0;
}

async function completeProfiling(
  flags: Map<string, readonly string[]>,
  platform: Platform,
  taken: Set<number>,
): Promise<void> {
  const given = Number(flags.get("profile-port")?.at(-1) ?? 0);
  if (given > 0 || !flags.has("enable-profiling")) return;
  flags.set("profile-port", [String(await freePort(platform.random, taken))]);
}

/** Placement and scheduler: an explicit "" turns them off; the default holds where somebody listens. */
async function completeAddresses(
  flags: Map<string, readonly string[]>,
  platform: Platform,
): Promise<void> {
  for (const [name, port] of [
    ["placement-host-address", 50005],
    ["scheduler-host-address", 50006],
  ] as const) {
    const given = flags.get(name);
    if (given === undefined) {
      if (await isListening(port, platform.clock)) flags.set(name, [`localhost:${port}`]);
      continue;
    }
    const addresses = given.flatMap((value) => value.split(",")).filter(Boolean);
    flags.set(name, [addresses.map((item) => withPort(item.trim(), port)).join(",")]);
  }
}

function withPort(address: string, port: number): string {
  return /:\d+$/.test(address) ? address : `${address}:${port}`;
}

async function defaultResources(runtime: RuntimeFolder, notices: Set<string>): Promise<string> {
  if (runtime.components !== undefined) return runtime.components;
  const { resources } = await prepareFolder(runtime.own).catch((error: Error) => {
    throw new CommandError(`the embedded components cannot be written: ${error.message}`);
  });
  notices.add(
    `There is no ${runtime.path}/components: the embedded components in ${resources} are used`,
  );
  return resources;
}

/** A file that cannot be read is the sidecar's to complain about. */
async function isMtlsEnabled(path: string): Promise<boolean> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return false;
  }
  const { value } = await parseConfigurationYaml(text);
  if (!(value instanceof Map)) return false;
  return memberMap(value as YamlMap, "spec", "mtls").get("enabled") === true;
}
