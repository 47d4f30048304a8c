/**
 * `tricorne invoke`: calls a method of an app through its own sidecar.
 * @see spec 08 §11.4
 */
import { type Command, type CommandContext, CommandError } from "./command.ts";
import { findInstances } from "./instances.ts";
import { dataFlags, dataOf } from "./request-data.ts";
import { runtimeFolder } from "./runtime-folder.ts";
import { callSidecar } from "./sidecar-calls.ts";

/** The app decides how long a call takes. */
const callLimitMs = 10 * 60_000;

export const invoke: Command = {
  name: "invoke",
  summary: "Calls a method of an app that runs on this machine.",
  usage: "--app-id APP --method METHOD [flags]",
  examples: [
    ["A POST with data", `tricorne invoke -a myapp -m orders -d '{"id":1}'`],
    ["A GET", "tricorne invoke -a myapp -m orders/1 -v GET"],
    ["Data from a file", "tricorne invoke -a myapp -m orders -f order.json"],
  ],
  flags: [
    { name: "app-id", short: "a", type: "string", default: "", help: "Id of the app" },
    { name: "method", short: "m", type: "string", default: "", help: "Method, a path of the app" },
    { name: "verb", short: "v", type: "string", default: "POST", help: "HTTP verb" },
    ...dataFlags,
  ],

  async run(context) {
    const { flags, platform, control, status } = context;
    const appId = flags.string("app-id");
    const method = flags.string("method").replace(/^\//, "");
    if (appId === "") throw new CommandError("--app-id is required");
    if (method === "") throw new CommandError("--method is required");
    const verb = flags.string("verb").toUpperCase();
    if (!/^[A-Z]+$/.test(verb)) throw new CommandError(`${JSON.stringify(verb)} is no HTTP verb`);
    const body = dataOf(context);
    const path = `/v1.0/invoke/${encodeURIComponent(appId)}/method/${encodeURI(method)}`;
    const call = {
      method: verb,
      path,
      headers: { "content-type": "application/json" },
      body,
      limitMs: callLimitMs,
    };
    const answer = await callSidecar(await addressOf(context, appId), call, platform.clock).catch(
      (error: Error) => {
        throw new CommandError(`error invoking app ${appId}: ${error.message}`);
      },
    );
    if (answer.body.length > 0) control.stdout(`${answer.body.toString("utf8")}\n`);
    if (answer.status < 200 || answer.status >= 400) {
      throw new CommandError(`error invoking app ${appId}: ${answer.statusText}`);
    }
    status.success("App invoked successfully");
    return 0;
  },
};

/** The sidecar of an app. @throws {CommandError} `app ID x not found` */
export async function addressOf({ flags, platform }: CommandContext, appId: string) {
  const runtime = runtimeFolder(flags.string("runtime-path"), platform);
  const instances = await findInstances(runtime, platform);
  const found = instances.find((instance) => instance.appId === appId);
  if (found === undefined) throw new CommandError(`app ID ${appId} not found`);
  const { httpPort, socketFolder } = found;
  return { appId, httpPort, socketFolder, token: platform.env.get("DAPR_API_TOKEN") ?? "" };
}
