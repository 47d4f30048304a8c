/**
 * `tricorne publish`: publishes an event through the sidecar of an app.
 * @see spec 08 §11.4
 */
import { type Command, CommandError } from "./command.ts";
import { addressOf } from "./invoke.ts";
import { dataFlags, dataOf } from "./request-data.ts";
import { callSidecar } from "./sidecar-calls.ts";

const callLimitMs = 60_000;
/** What a JSON object needs to be taken for an event, and not for the data of one. */
const eventMembers = ["id", "source", "specversion", "type", "data"];

export const publish: Command = {
  name: "publish",
  summary: "Publishes an event as an app that runs on this machine.",
  usage: "--publish-app-id APP --pubsub NAME --topic TOPIC [flags]",
  examples: [
    ["Data", `tricorne publish -i myapp -p pubsub -t orders -d '{"id":1}'`],
    [
      "Data as it is, without an envelope",
      `tricorne publish -i myapp -p pubsub -t orders -d '{"id":1}' -m '{"rawPayload":"true"}'`,
    ],
    ["Data from a file", "tricorne publish -i myapp -p pubsub -t orders -f order.json"],
  ],
  flags: [
    { name: "publish-app-id", short: "i", type: "string", default: "", help: "Id of the app" },
    { name: "pubsub", short: "p", type: "string", default: "", help: "Name of the component" },
    { name: "topic", short: "t", type: "string", default: "", help: "Topic" },
    {
      name: "metadata",
      short: "m",
      type: "string",
      default: "",
      help: "Metadata of the request, a JSON object of strings",
    },
    ...dataFlags,
  ],

  async run(context) {
    const { flags, platform, status } = context;
    const required = (name: string): string => {
      const value = flags.string(name);
      if (value === "") throw new CommandError(`--${name} is required`);
      return value;
    };
    const appId = required("publish-app-id");
    const pubsub = required("pubsub");
    const topic = required("topic");
    const query = metadataQuery(flags.string("metadata"));
    const body = dataOf(context);
    const call = {
      method: "POST",
      path: `/v1.0/publish/${encodeURIComponent(pubsub)}/${encodeURI(topic)}${query}`,
      headers: { "content-type": contentType(body) },
      body,
      limitMs: callLimitMs,
    };
    const failed = (reason: string): CommandError =>
      new CommandError(`Error publishing topic ${topic}: ${reason}`);
    const answer = await callSidecar(await addressOf(context, appId), call, platform.clock).catch(
      (error: Error) => {
        throw failed(error.message);
      },
    );
    if (answer.status < 200 || answer.status >= 300) {
      const detail = answer.body.length === 0 ? "" : ` ${answer.body.toString("utf8")}`;
      throw failed(`${answer.statusText}${detail}`);
    }
    status.success("Event published successfully");
    return 0;
  },
};

/** `?metadata.k=v`, or "". @throws {CommandError} */
function metadataQuery(text: string): string {
  if (text === "") return "";
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`--metadata is not JSON: ${(error as Error).message}`);
  }
  if (typeof members !== "object" || members === null || Array.isArray(members)) {
    throw new CommandError("--metadata must be a JSON object of strings");
  }
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) query.set(`metadata.${name}`, String(value));
  return query.size === 0 ? "" : `?${query}`;
}

export function contentType(body: Buffer): string {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    const isEvent =
      typeof value === "object" &&
      value !== null &&
      eventMembers.every((name) => Object.hasOwn(value, name));
    return isEvent ? "application/cloudevents+json" : "application/json";
  } catch {
    return "application/json";
  }
}
