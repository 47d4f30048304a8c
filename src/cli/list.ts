/** `tricorne list`: the apps that run. */
import { styleText } from "node:util";
import type { Command } from "./command.ts";
import { findInstances, type Instance } from "./instances.ts";
import { outputFlag, outputOf } from "./output-format.ts";
import { runtimeFolder } from "./runtime-folder.ts";
import { ageText, alignedTable } from "./table.ts";
import { yamlOf } from "./write-yaml.ts";

const formats = ["json", "yaml"];
/** The table shows no more of it. */
const longestCommand = 20;

export const list: Command = {
  name: "list",
  summary: "Shows the apps that run with a sidecar on this machine.",
  usage: "[flags]",
  examples: [
    ["As a table", "tricorne list"],
    ["For programs", "tricorne list -o json"],
  ],
  flags: [outputFlag(formats)],

  async run({ flags, platform, control }) {
    const format = outputOf(flags, formats);
    const runtime = runtimeFolder(flags.string("runtime-path"), platform);
    const instances = await findInstances(runtime, platform);
    const now = platform.clock.now();
    if (format === "") control.stdout(table(instances, now, platform.stdout.isTerminal));
    else {
      const facts = instances.map((instance) => factsOf(instance, now));
      control.stdout(
        format === "json" ? `${JSON.stringify(facts, undefined, 2)}\n` : yamlOf(facts),
      );
    }
    return 0;
  },
};

/** @see spec 08 §11.4 */
function factsOf(instance: Instance, now: number) {
  return {
    appId: instance.appId,
    httpPort: instance.httpPort,
    grpcPort: instance.grpcPort,
    appPort: instance.appPort,
    metricsEnabled: instance.metricsEnabled,
    command: instance.command,
    age: ageText(now - instance.created),
    created: createdText(instance.created),
    daprdPid: instance.daprdPid,
    cliPid: instance.cliPid,
    appPid: instance.appPid,
    maxRequestBodySize: instance.maxRequestBodySize,
    httpReadBufferSize: instance.httpReadBufferSize,
    runTemplatePath: instance.runTemplatePath,
    appLogPath: instance.appLogPath,
    daprdLogPath: instance.daprdLogPath,
    runTemplateName: instance.runTemplateName,
  };
}

/** Local time, as the reference shows it. */
function createdText(ms: number): string {
  const time = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}.${two(time.getSeconds())}`;
}

function table(instances: readonly Instance[], now: number, isTerminal: boolean): string {
  if (instances.length === 0) return "No Dapr instances found.\n";
  const number = (value: number): string => (value === 0 ? "" : String(value));
  const rows = instances.map((item) => [
    item.appId,
    number(item.httpPort),
    number(item.grpcPort),
    number(item.appPort),
    item.command.slice(0, longestCommand),
    ageText(now - item.created),
    createdText(item.created),
    number(item.daprdPid),
    number(item.cliPid),
    number(item.appPid),
    item.runTemplatePath,
    item.appLogPath,
    item.daprdLogPath,
  ]);
  const style = isTerminal ? (text: string) => styleText("bold", text) : undefined;
  return alignedTable(columns, rows, style);
}

const columns = [
  "APP ID",
  "HTTP PORT",
  "GRPC PORT",
  "APP PORT",
  "COMMAND",
  "AGE",
  "CREATED",
  "DAPRD PID",
  "CLI PID",
  "APP PID",
  "RUN_TEMPLATE_PATH",
  "APP_LOG_PATH",
  "DAPRD_LOG_PATH",
];
