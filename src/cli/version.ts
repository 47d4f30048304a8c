/** `tricorne version`. */
import { productVersion, runtimeVersion } from "../kit/version.ts";
import type { Command } from "./command.ts";
import { outputFlag, outputOf } from "./output-format.ts";

/** @see spec 08 §11.4 */
export const versionText = `CLI version: ${productVersion} \nRuntime version: ${runtimeVersion}\n`;

export const version: Command = {
  name: "version",
  summary: "Prints the version of tricorne, and that of the Dapr runtime whose behaviour it has.",
  usage: "[flags]",
  examples: [["As JSON", "tricorne version -o json"]],
  flags: [outputFlag(["json"])],

  run({ flags, control }) {
    const isJson = outputOf(flags, ["json"]) === "json";
    const versions = { "Cli version": productVersion, "Runtime version": runtimeVersion };
    control.stdout(isJson ? `${JSON.stringify(versions)}\n` : versionText);
    return Promise.resolve(0);
  },
};
