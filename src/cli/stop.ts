/**
 * `tricorne stop`: ends apps with their sidecars.
 * @see spec 08 §11.4
 */
import { type Command, type CommandContext, CommandError } from "./command.ts";
import { askControl } from "./control-socket.ts";
import { findInstances, type Instance } from "./instances.ts";
import { startTimeOf } from "./registry.ts";
import { runtimeFolder } from "./runtime-folder.ts";
import { templatePath } from "./template-path.ts";

/** The app has five seconds, its sidecar as many. */
const controlLimitMs = 30_000;
const pollMs = 20;

export const stop: Command = {
  name: "stop",
  summary: "Stops apps and their sidecars.",
  usage: "[flags] [APP_ID ...]",
  examples: [
    ["One app", "tricorne stop --app-id myapp"],
    ["Two apps", "tricorne stop orders checkout"],
    ["All apps of a template", "tricorne stop -f dapr.yaml"],
  ],
  flags: [
    { name: "app-id", short: "a", type: "string", default: "", help: "Id of the app" },
    {
      name: "run-file",
      short: "f",
      type: "string",
      default: "",
      help: "Template with which the apps were started: a file or a folder",
    },
    {
      name: "wait",
      short: "w",
      type: "bool",
      default: "false",
      help: "Wait until they have ended",
    },
    {
      name: "timeout",
      short: "t",
      type: "int",
      default: "15",
      help: "Seconds to wait",
    },
  ],

  async run(context) {
    const { flags, words, platform } = context;
    const runtime = runtimeFolder(flags.string("runtime-path"), platform);
    const instances = await findInstances(runtime, platform);
    const file = flags.string("run-file");
    if (file !== "") return await stopTemplate(context, instances, file);
    const ids = [...words, flags.string("app-id")].filter(Boolean);
    if (ids.length === 0) throw new CommandError("no app id was given");
    let exitCode = 0;
    for (const id of ids) if (!(await stopOne(context, instances, id))) exitCode = 1;
    return exitCode;
  },
};

async function stopOne(
  context: CommandContext,
  instances: readonly Instance[],
  appId: string,
): Promise<boolean> {
  const { status } = context;
  const failed = (reason: string): boolean => {
    status.failure(`failed to stop app id ${appId}: ${reason}`);
    return false;
  };
  const found = instances.filter((instance) => instance.appId === appId);
  if (found.length === 0) return failed(`couldn't find app id ${appId}`);
  for (const instance of found) {
    const shared = instances.filter(({ cliPid }) => cliPid === instance.cliPid).length > 1;
    try {
      await end(context, instance, shared);
    } catch (error) {
      return failed((error as Error).message);
    }
  }
  status.success(`app stopped successfully: ${appId}`);
  return true;
}

/** The command line that runs one app ends both; of one that runs several, only this app is ended. */
async function end(
  { flags, platform }: CommandContext,
  { appId, cliPid, daprdPid, controlPath }: Instance,
  isShared: boolean,
): Promise<void> {
  if (isShared && controlPath !== "") {
    const answer = await askControl(controlPath, `stop ${appId}`, platform.clock, controlLimitMs);
    if (answer !== "ok") throw new Error(answer || "it does not answer");
    return;
  }
  const pid = cliPid > 0 && !isShared ? cliPid : daprdPid;
  process.kill(pid, "SIGTERM");
  if (flags.bool("wait")) await ended([pid], flags.int("timeout"), platform.clock);
}

async function stopTemplate(
  { flags, platform, status }: CommandContext,
  instances: readonly Instance[],
  file: string,
): Promise<number> {
  const path = templatePath(file, platform.cwd, platform.env);
  const found = instances.filter(({ runTemplatePath }) => runTemplatePath === path);
  const pids = [...new Set(found.map(({ cliPid }) => cliPid).filter((pid) => pid > 0))];
  if (pids.length === 0) {
    status.failure(
      `Failed to stop Dapr and app processes: couldn't find apps with run file ${JSON.stringify(path)}`,
    );
    return 1;
  }
  // Each ends its own apps, so that its process group, which may be a script's, is left alone.
  for (const pid of pids) process.kill(pid, "SIGTERM");
  if (flags.bool("wait")) await ended(pids, flags.int("timeout"), platform.clock);
  status.success("Dapr and app processes stopped successfully");
  return 0;
}

/** @throws {CommandError} when time is over */
async function ended(
  pids: readonly number[],
  seconds: number,
  clock: CommandContext["platform"]["clock"],
): Promise<void> {
  const deadline = clock.monotonic() + seconds * 1000;
  while (pids.some((pid) => startTimeOf(pid) !== undefined)) {
    if (clock.monotonic() > deadline) {
      throw new CommandError(`not stopped within ${seconds} seconds`);
    }
    await clock.sleep(pollMs);
  }
}
