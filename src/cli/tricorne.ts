/**
 * The front command: `tricorne COMMAND`.
 */
import { HelpRequested } from "../kit/flags/flags.ts";
import type { Program } from "../kit/lifecycle/run-program.ts";
import { productVersion, runtimeVersion } from "../kit/version.ts";

const help = `tricorne ${productVersion}: a Dapr ${runtimeVersion} compatible application runtime

Usage:
  tricorne start [flags] [-- command ...]   run a sidecar with sentry and embedded stores, and an app beside it
  tricorne check [flags] PATH...            say what is wrong with resource files
  tricorne version                          print the versions
  tricorne help                             print this text

Run "tricorne COMMAND --help" for the flags. The programs daprd and sentry stand beside this one.
`;

export const tricorne: Program = {
  name: "tricorne",
  usage: () => help,

  async run(argv, platform, control) {
    const [command, ...rest] = argv;
    switch (command) {
      case "start":
        return await (await import("./start.ts")).start(rest, platform, control);
      case "check":
        return await (await import("./check.ts")).check(rest, platform, control);
      case "version":
      case "--version":
        control.stdout(`tricorne ${productVersion}\nDapr ${runtimeVersion}\n`);
        return 0;
      case "help":
        control.stdout(help);
        return 0;
      case undefined:
      case "--help":
      case "-h":
        throw new HelpRequested();
      default:
        control.stderr(`tricorne: unknown command ${JSON.stringify(command)}\n\n${help}`);
        return 2;
    }
  },
};
