/**
 * The sidecars of this machine: those that processes of ours have registered, and processes named daprd.
 * @see spec 08 §11.4
 */
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { basename } from "node:path";
import { parseQuantity } from "../kit/flags/quantity.ts";
import type { Platform } from "../kit/lifecycle/platform.ts";
import { registeredProcesses, registryFolder } from "./registry.ts";
import type { RuntimeFolder } from "./runtime-folder.ts";
import { callSidecar } from "./sidecar-calls.ts";

export interface Instance {
  readonly appId: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly appPort: number;
  readonly metricsEnabled: boolean;
  readonly command: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly daprdPid: number;
  readonly cliPid: number;
  readonly appPid: number;
  readonly maxRequestBodySize: number;
  readonly httpReadBufferSize: number;
  readonly runTemplatePath: string;
  readonly runTemplateName: string;
  readonly appLogPath: string;
  readonly daprdLogPath: string;
  /** "" with ports. */
  readonly socketFolder: string;
  /** Takes commands for it; "" when there is none. */
  readonly controlPath: string;
}

const metadataLimitMs = 2000;

/** In the order in which they were created. */
export async function findInstances(
  runtime: RuntimeFolder,
  platform: Platform,
): Promise<Instance[]> {
  const registered = registeredProcesses(registryFolder(runtime.own)).flatMap((process) =>
    process.apps.map((app) => ({
      ...app,
      daprdPid: process.pid,
      cliPid: process.pid,
      runTemplatePath: process.templatePath,
      runTemplateName: process.templateName,
      controlPath: process.controlPath,
    })),
  );
  const separate = await Promise.all(
    daprdProcesses().map((process) => instanceOf(process, platform)),
  );
  // A launcher that is about to become a sidecar has its name and flags.
  const byPort = new Map(
    separate
      .filter((item) => item !== undefined)
      .map((item) => [`${item.appId} ${item.httpPort} ${item.socketFolder}`, item]),
  );
  const found = [...byPort.values()];
  return [...registered, ...found].sort((a, b) => a.created - b.created);
}

interface DaprdProcess {
  readonly pid: number;
  readonly flags: ReadonlyMap<string, string>;
  readonly created: number;
}

/** Processes whose name or executable is daprd. Where there is no /proc, none is found. */
function daprdProcesses(): DaprdProcess[] {
  let names: string[];
  try {
    names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  const found: DaprdProcess[] = [];
  for (const name of names) {
    const folder = `/proc/${name}`;
    try {
      const comm = readFileSync(`${folder}/comm`, "utf8").trim().toLowerCase();
      if (comm !== "daprd" && executableName(folder) !== "daprd") continue;
      const words = readFileSync(`${folder}/cmdline`, "utf8").split("\0").slice(0, -1);
      const flags = flagsOfCommandLine(words);
      if (!flags.get("app-id")) continue;
      found.push({ pid: Number(name), flags, created: statSync(folder).ctimeMs });
    } catch {
      // It has ended meanwhile, or is somebody else's.
    }
  }
  return found;
}

function executableName(folder: string): string {
  try {
    return basename(readlinkSync(`${folder}/exe`)).toLowerCase();
  } catch {
    return "";
  }
}

/** `--flag value`, `--flag=value` and `--flag`; those of the interpreter before them do no harm. */
export function flagsOfCommandLine(words: readonly string[]): Map<string, string> {
  const flags = new Map<string, string>();
  for (let i = 1; i < words.length; i++) {
    const word = words[i] as string;
    const match = /^--?([a-z][\w-]*)(?:=(.*))?$/s.exec(word);
    if (match === null) continue;
    const [, name = "", attached] = match;
    const next = words[i + 1];
    if (attached !== undefined) flags.set(name, attached);
    else if (next !== undefined && !next.startsWith("--")) {
      flags.set(name, next);
      i++;
    } else flags.set(name, "");
  }
  return flags;
}

/** undefined: it does not answer, or is one of ours that is registered. */
async function instanceOf(
  { pid, flags, created }: DaprdProcess,
  platform: Platform,
): Promise<Instance | undefined> {
  const appId = flags.get("app-id") as string;
  const httpPort = portOf(flags, "dapr-http-port", 3500);
  const socketFolder = flags.get("unix-domain-socket") ?? "";
  const extended = await extendedMetadata(
    { appId, httpPort, socketFolder, token: platform.env.get("DAPR_API_TOKEN") ?? "" },
    platform,
  );
  const text = (key: string): string => {
    const value = extended.get(key);
    return typeof value === "string" ? value : "";
  };
  return {
    appId,
    httpPort,
    grpcPort: portOf(flags, "dapr-grpc-port", 50001),
    appPort: portOf(flags, "app-port", 0),
    metricsEnabled: !/^(f|false|0)$/i.test(flags.get("enable-metrics") ?? "true"),
    command: text("appCommand"),
    created,
    daprdPid: pid,
    cliPid: Number(text("cliPID")) || 0,
    appPid: Number(text("appPID")) || 0,
    maxRequestBodySize: quantityOf(flags, "max-body-size", 4 * 2 ** 20),
    httpReadBufferSize: quantityOf(flags, "read-buffer-size", 4 * 2 ** 10),
    runTemplatePath: text("runTemplatePath"),
    runTemplateName: text("runTemplateName"),
    appLogPath: text("appLogPath"),
    daprdLogPath: text("daprdLogPath"),
    socketFolder,
    controlPath: "",
  };
}

function portOf(flags: ReadonlyMap<string, string>, name: string, otherwise: number): number {
  const text = flags.get(name);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : otherwise;
}

function quantityOf(flags: ReadonlyMap<string, string>, name: string, otherwise: number): number {
  try {
    return parseQuantity(flags.get(name) ?? "");
  } catch {
    return otherwise;
  }
}

/** Empty while the sidecar does not answer: it is listed all the same. */
async function extendedMetadata(
  address: Parameters<typeof callSidecar>[0],
  { clock }: Platform,
): Promise<ReadonlyMap<string, unknown>> {
  try {
    const call = { method: "GET", path: "/v1.0/metadata", limitMs: metadataLimitMs };
    const { status, body } = await callSidecar(address, call, clock);
    if (status !== 200) return new Map();
    const metadata = JSON.parse(body.toString("utf8")) as { readonly extended?: object };
    return new Map(Object.entries(metadata.extended ?? {}));
  } catch {
    return new Map();
  }
}
