/**
 * `tricorne start`: sentry and a sidecar in this process, embedded stores, and an app beside them.
 */
import { readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import {
  type FlagDefinition,
  HelpRequested,
  type ParsedFlags,
  parseFlags,
} from "../kit/flags/flags.ts";
import type { Platform } from "../kit/lifecycle/platform.ts";
import type { ProcessControl } from "../kit/lifecycle/run-program.ts";
import { Logging } from "../kit/logging/logger.ts";
import { runtimeVersion } from "../kit/version.ts";
import { daprdFlags } from "../runtime/flags.ts";
import { logOptions, type SidecarOptions, sidecarOptions } from "../runtime/options.ts";
import { appEnvironment } from "./app-environment.ts";
import { type AppProcess, startApp } from "./app-process.ts";
import { banner } from "./banner.ts";
import { type CommandHelp, helpText } from "./command.ts";
import { type LocalFolder, prepareFolder } from "./defaults.ts";
import { supervise } from "./embedded-sidecar.ts";
import { startLocalSentry } from "./local-sentry.ts";
import { isFree } from "./ports.ts";
import { ProcessGuard } from "./process-guard.ts";

const ownFlags: readonly FlagDefinition[] = [
  {
    name: "data-dir",
    type: "string",
    default: ".tricorne",
    help: "Folder of the embedded stores, their component files and the certificates",
  },
];

/** What differs from daprd's defaults on a developer's machine: everything stays on the loopback interface. */
const localDefaults: readonly (readonly [flag: string, value: string])[] = [
  ["app-id", "local"],
  ["log-level", "error"],
  ["dapr-listen-addresses", "127.0.0.1"],
  ["dapr-internal-grpc-listen-address", "127.0.0.1"],
  ["metrics-listen-address", "127.0.0.1"],
];

/** Taken like all flags of daprd, but of no use here. */
const idleFlags: ReadonlySet<string> = new Set(["build-info", "mode", "version", "wait"]);

const startFlags: readonly FlagDefinition[] = [...daprdFlags, ...ownFlags].map((definition) => {
  if (idleFlags.has(definition.name)) return { ...definition, hidden: true };
  const local = localDefaults.find(([name]) => name === definition.name);
  return local === undefined ? definition : { ...definition, default: local[1] };
});

const help: CommandHelp = {
  name: "start",
  summary: "Runs a sidecar with sentry and embedded stores, and an app beside it.",
  usage: "[flags] [-- command ...]",
  examples: [
    ["Only a sidecar, as npm start does", "tricorne start"],
    [
      "With an app that listens on port 3000",
      "tricorne start --app-id myapp --app-port 3000 -- node app.mjs",
    ],
  ],
};

/** One Ctrl-C may arrive twice: from the terminal, and from the program in between. */
const echoMs = 500;

export async function start(
  argv: readonly string[],
  platform: Platform,
  control: ProcessControl,
): Promise<number> {
  const split = argv.indexOf("--");
  const command = split < 0 ? [] : argv.slice(split + 1);
  let flags: ParsedFlags;
  try {
    flags = parseFlags(startFlags, split < 0 ? argv : argv.slice(0, split), { singleDash: true });
  } catch (error) {
    if (!(error instanceof HelpRequested)) throw error;
    control.stdout(helpText(help, startFlags));
    return 0;
  }
  for (const notice of flags.notices) control.stderr(`${notice}\n`);
  const stop = new AbortController();
  let askedAt: number | undefined;
  control.onSignal(["SIGINT", "SIGTERM", "SIGHUP"], () => {
    const now = platform.clock.monotonic();
    if (askedAt !== undefined && now - askedAt > echoMs) control.exit(1);
    askedAt ??= now;
    stop.abort();
  });
  try {
    return await serve({ flags, command, platform, control, stop });
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) return 0;
    control.stderr(`tricorne: ${(error as Error).message}\n`);
    return 1;
  }
}

interface StartContext {
  readonly flags: ParsedFlags;
  readonly command: readonly string[];
  readonly platform: Platform;
  readonly control: ProcessControl;
  readonly stop: AbortController;
}

async function serve({ flags, command, platform, control, stop }: StartContext): Promise<number> {
  const { signal } = stop;
  await checkPorts(flags);
  const folder = await prepareFolder(resolve(platform.cwd, flags.string("data-dir")));
  const { level, json } = logOptions(flags);
  const logging = new Logging({
    level,
    json,
    sink: platform.stdout,
    clock: platform.clock,
    hostname: platform.hostname,
    version: runtimeVersion,
    appId: flags.string("app-id"),
  });
  control.stdout("Starting sentry and a sidecar ...\n");
  await using sentry = await startLocalSentry(folder, platform, logging, signal);
  const env = new Map(platform.env);
  env.set("DAPR_TRUST_ANCHORS", await readFile(join(folder.credentials, "ca.crt"), "utf8"));
  const options = localOptions(flags, env, folder, sentry.ports.grpc, (message) =>
    logging.logger("dapr.runtime").warn(message),
  );
  const sidecar = supervise(options, { ...platform, env }, logging);
  signal.addEventListener("abort", () => void sidecar.stop(), { once: true });
  if (!(await sidecar.serving)) {
    const failure = await sidecar.ended;
    signal.throwIfAborted();
    throw new Error(failure ?? "the sidecar ended before it served");
  }
  void sidecar.ended.then(() => stop.abort());
  const isTerminal = platform.stdout.isTerminal;
  control.stdout(
    banner({
      options,
      sentryPort: sentry.ports.grpc,
      folder: relative(platform.cwd, folder.path) || ".",
      hasDefaults: options.resourcesPaths.includes(folder.resources),
      isTerminal,
    }),
  );
  using guard = new ProcessGuard();
  await using app =
    command.length === 0
      ? undefined
      : await startApp(command, appEnv(options, platform), platform.clock, { guard });
  const exitCode = await ended(app, signal, (code) =>
    control.stdout(`The app ended with exit status ${code}.\n`),
  );
  control.stdout("Stopping ...\n");
  await app?.[Symbol.asyncDispose]();
  stop.abort();
  const failure = await sidecar.stop();
  return failure === undefined ? exitCode : 1;
}

/** 0 when somebody stopped us, else what the app ended with. */
function ended(
  app: AppProcess | undefined,
  signal: AbortSignal,
  onAppEnd: (exitCode: number) => void,
): Promise<number> {
  return new Promise((settle) => {
    if (signal.aborted) settle(0);
    signal.addEventListener("abort", () => settle(0), { once: true });
    void app?.exit.then((exitCode) => {
      if (!signal.aborted) onAppEnd(exitCode);
      settle(exitCode);
    });
  });
}

function localOptions(
  flags: ParsedFlags,
  env: ReadonlyMap<string, string>,
  folder: LocalFolder,
  sentryPort: number,
  warn: (message: string) => void,
): SidecarOptions {
  const options = sidecarOptions(flags, env, warn);
  return {
    ...options,
    resourcesPaths:
      options.resourcesPaths.length === 0 ? [folder.resources] : options.resourcesPaths,
    security: {
      ...options.security,
      isMtlsEnabled: flags.isSet("enable-mtls") ? flags.bool("enable-mtls") : true,
      sentryAddress: options.security.sentryAddress || `127.0.0.1:${sentryPort}`,
    },
  };
}

function appEnv(
  { appId, api, app, metrics }: SidecarOptions,
  platform: Platform,
): Map<string, string> {
  const { httpPort, grpcPort } = api;
  const { port: appPort, address: appAddress, protocol: appProtocol } = app;
  const metricsPort = metrics.port;
  return appEnvironment(
    { appId, appPort, appAddress, appProtocol, httpPort, grpcPort, metricsPort },
    platform.env,
  );
}

/** A port that is taken is said at once and with the way out, instead of after the usual retries. */
async function checkPorts(flags: ParsedFlags): Promise<void> {
  const names = ["dapr-http-port", "dapr-grpc-port"];
  if (flags.bool("enable-metrics")) names.push("metrics-port");
  for (const name of names) {
    const port = Number(flags.string(name));
    if (!Number.isInteger(port) || port <= 0 || (await isFree(port))) continue;
    throw new Error(`port ${port} is in use; choose another one with --${name}`);
  }
}
