/**
 * `tricorne run`: apps with their sidecars beside them.
 * @see spec 08 §11.2, §11.3
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { daprdFlags } from "../../runtime/flags.ts";
import { type Command, type CommandContext, CommandError } from "../command.ts";
import type { CommandFlag } from "../command-line.ts";
import { registeredProcesses, registryFolder } from "../registry.ts";
import { type RuntimeFolder, runtimeFolder, withHome } from "../runtime-folder.ts";
import { templatePath } from "../template-path.ts";
import { runMulti } from "./multi.ts";
import { type AppDraft, completePlans } from "./plan.ts";
import { runSingle } from "./single.ts";
import { parseTemplate, type Template, TemplateError } from "./template.ts";
import { templateApps } from "./template-apps.ts";

const shorts: ReadonlyMap<string, string> = new Map([
  ["app-id", "a"],
  ["app-port", "p"],
  ["app-protocol", "P"],
  ["config", "c"],
  ["dapr-http-port", "H"],
  ["dapr-grpc-port", "G"],
  ["dapr-internal-grpc-port", "I"],
  ["metrics-port", "M"],
  ["components-path", "d"],
  ["unix-domain-socket", "u"],
]);

/** daprd's own business. */
const notTaken = new Set(["version", "build-info", "wait", "mode"]);

/** Where the command line's default is not daprd's. */
const defaults: ReadonlyMap<string, string> = new Map([
  ["dapr-http-port", ""],
  ["dapr-grpc-port", ""],
  ["metrics-port", ""],
  ["profile-port", ""],
  ["dapr-listen-addresses", "127.0.0.1"],
  ["dapr-internal-grpc-listen-address", "127.0.0.1"],
  ["metrics-listen-address", "127.0.0.1"],
  ["placement-host-address", "localhost:50005"],
]);

const portFlags = /-port$/;

const runFlags: readonly CommandFlag[] = [
  ...daprdFlags
    .filter(({ name }) => !notTaken.has(name))
    .map((flag) => {
      const short = shorts.get(flag.name);
      return {
        ...flag,
        default: defaults.get(flag.name) ?? flag.default,
        type: portFlags.test(flag.name) && flag.type === "string" ? ("int" as const) : flag.type,
        ...(short === undefined ? {} : { short }),
      };
    }),
  {
    name: "run-file",
    short: "f",
    type: "string",
    default: "",
    help: "Template of several apps: a file, a folder with a dapr.yaml, or - for standard input",
  },
  {
    name: "kubernetes",
    short: "k",
    type: "bool",
    default: "false",
    help: "",
    hidden: true,
  },
];

/** These also count for several apps. */
const runWide = new Set(["run-file", "runtime-path", "log-as-json", "kubernetes"]);

export const run: Command = {
  name: "run",
  summary: "Runs an app with a sidecar beside it, or several as a template says.",
  usage: "[flags] [-- command ...]",
  examples: [
    [
      "An app that listens on port 3000",
      "tricorne run --app-id myapp --app-port 3000 -- node app.mjs",
    ],
    ["An app that only calls", "tricorne run --app-id myapp -- python3 app.py"],
    ["A gRPC app", "tricorne run --app-id myapp -p 3000 -P grpc -- ./server"],
    ["Only a sidecar", "tricorne run --app-id myapp --dapr-http-port 3500"],
    ["All apps of the dapr.yaml in this folder", "tricorne run -f ."],
    ["All apps of a template that another program writes", "render | tricorne run -f -"],
  ],
  flags: runFlags,

  async run(context) {
    const { flags, platform, control } = context;
    if (flags.bool("kubernetes")) {
      throw new CommandError("tricorne run does not deploy to Kubernetes");
    }
    const runtime = runtimeFolder(flags.string("runtime-path"), platform);
    const stop = new AbortController();
    let firstSignalAt = 0;
    control.onSignal(["SIGINT", "SIGTERM", "SIGHUP"], () => {
      const now = platform.clock.monotonic();
      // What a terminal and a wrapper send at the same time is one wish; a later one is impatience.
      if (stop.signal.aborted && now - firstSignalAt > impatientMs) control.exit(1);
      if (!stop.signal.aborted) firstSignalAt = now;
      stop.abort();
    });
    const template = flags.string("run-file");
    return template === ""
      ? await runOne(context, runtime, stop)
      : await runSeveral(context, runtime, template, stop);
  },
};

const impatientMs = 1000;

async function runOne(
  context: CommandContext,
  runtime: RuntimeFolder,
  stop: AbortController,
): Promise<number> {
  const { platform, status } = context;
  const { apps, notices } = await completePlans([draftOf(context)], {
    platform,
    runtime,
    usedAppIds: usedAppIds(runtime),
    isLogJson: status.isJson,
  });
  for (const notice of notices) status.info(notice);
  const [plan] = apps;
  if (plan === undefined) throw new CommandError("there is nothing to run");
  return await runSingle(context, runtime, plan, stop);
}

function draftOf({ flags, words, platform }: CommandContext): AppDraft {
  const { cwd, env } = platform;
  const given = new Map<string, readonly string[]>();
  for (const { name, type } of runFlags) {
    if (!flags.isSet(name) || runWide.has(name)) continue;
    given.set(name, type === "strings" ? [flags.strings(name).join(",")] : [flags.string(name)]);
  }
  const inFolder = (path: string): string => resolve(cwd, withHome(path, env));
  const resources = [...flags.strings("resources-path"), flags.string("components-path")]
    .filter(Boolean)
    .map(inFolder);
  for (const path of resources) {
    if (!existsSync(path)) throw new CommandError(`stat ${path}: no such file or directory`);
  }
  const [config] = flags.strings("config");
  for (const name of ["resources-path", "components-path", "config"]) given.delete(name);
  const socket = flags.string("unix-domain-socket");
  if (socket !== "") given.set("unix-domain-socket", [inFolder(socket)]);
  return {
    appId: flags.string("app-id"),
    command: words,
    folder: cwd,
    env: new Map(),
    flags: given,
    resources: resources.length === 0 ? undefined : resources,
    config: config === undefined ? undefined : inFolder(config),
    runtimePath: "",
    logs: undefined,
  };
}

function usedAppIds(runtime: RuntimeFolder): Set<string> {
  const processes = registeredProcesses(registryFolder(runtime.own));
  return new Set(processes.flatMap(({ apps }) => apps.map(({ appId }) => appId)));
}

async function runSeveral(
  context: CommandContext,
  runtime: RuntimeFolder,
  file: string,
  stop: AbortController,
): Promise<number> {
  const { flags, words, platform, status } = context;
  const ignored = runFlags.filter(({ name }) => flags.isSet(name) && !runWide.has(name));
  if (ignored.length > 0 || words.length > 0) {
    const names = ignored.map(({ name }) => `--${name}`);
    if (words.length > 0) names.push("the command");
    status.warning(`With --run-file these are ignored: ${names.join(", ")}`);
  }
  const { path, text } = readTemplate(file, platform.cwd, platform.env);
  let template: Template;
  let drafts: AppDraft[];
  try {
    template = parseTemplate(text, file === "-" ? "standard input" : relative(platform.cwd, path));
    const folder = path === "" ? platform.cwd : dirname(path);
    drafts = templateApps(template, { folder, platform, runtime });
  } catch (error) {
    if (error instanceof TemplateError) throw new CommandError(error.message);
    throw error;
  }
  for (const warning of template.warnings) status.warning(warning);
  const { apps, notices } = await completePlans(drafts, {
    platform,
    runtime,
    usedAppIds: new Set(),
    isLogJson: status.isJson,
  });
  for (const notice of notices) status.info(notice);
  const options = { runtime, templatePath: path, templateName: template.name, plans: apps };
  return await runMulti(context, options, stop);
}

/** @returns its absolute path, "" for standard input */
function readTemplate(
  file: string,
  cwd: string,
  env: ReadonlyMap<string, string>,
): { readonly path: string; readonly text: string } {
  if (file === "-") return { path: "", text: readFileSync(0, "utf8") };
  const path = templatePath(file, cwd, env);
  try {
    return { path, text: readFileSync(path, "utf8") };
  } catch (error) {
    throw new CommandError(`the template ${path} cannot be read: ${(error as Error).message}`);
  }
}
