/**
 * The front command: `tricorne COMMAND`.
 */
import { HelpRequested } from "../kit/flags/flags.ts";
import type { Program } from "../kit/lifecycle/run-program.ts";
import { productVersion, runtimeVersion } from "../kit/version.ts";
import type { Command } from "./command.ts";
import { version, versionText } from "./version.ts";

const help = `tricorne ${productVersion}: a Dapr ${runtimeVersion} compatible application runtime

Usage:
  tricorne run [flags] [-- command ...]     run an app with a sidecar beside it, or several as a dapr.yaml says
  tricorne list                             show the apps that run
  tricorne stop APP_ID ...                  stop apps
  tricorne invoke                           call a method of an app
  tricorne publish                          publish an event
  tricorne start [flags] [-- command ...]   run a sidecar with sentry and embedded stores, and an app beside it
  tricorne check [flags] PATH ...           say what is wrong with resource files
  tricorne version                          print the versions
  tricorne help [COMMAND]                   print this text, or that of a command

Run "tricorne COMMAND --help" for the flags. The programs daprd and sentry stand beside this one.
`;

const commands: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["run", async () => (await import("./run/run.ts")).run],
  ["list", async () => (await import("./list.ts")).list],
  ["stop", async () => (await import("./stop.ts")).stop],
  ["invoke", async () => (await import("./invoke.ts")).invoke],
  ["publish", async () => (await import("./publish.ts")).publish],
  ["version", () => Promise.resolve(version)],
]);

const names = [...commands.keys(), "start", "check", "help"];

export const tricorne: Program = {
  name: "tricorne",
  usage: () => help,

  async run(argv, platform, control) {
    const [name, ...rest] =
      argv[0] === "help" && argv[1] !== undefined ? [argv[1], "--help"] : argv;
    const command = commands.get(name ?? "");
    if (command !== undefined) {
      const { runCommand } = await import("./command.ts");
      return await runCommand(await command(), rest, platform, control);
    }
    switch (name) {
      case "start":
        return await (await import("./start.ts")).start(rest, platform, control);
      case "check":
        return await (await import("./check.ts")).check(rest, platform, control);
      case "--version":
      case "-v":
        control.stdout(versionText);
        return 0;
      case "help":
        control.stdout(help);
        return 0;
      case undefined:
      case "--help":
      case "-h":
        throw new HelpRequested();
      default: {
        const { suggestion } = await import("../kit/resources/closest-name.ts");
        const hint = suggestion(name, names);
        control.stderr(`tricorne: unknown command ${JSON.stringify(name)}${hint}\n\n${help}`);
        return 2;
      }
    }
  },
};
