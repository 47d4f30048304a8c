/** What a bulk publish answers when the broker does not take all of it. */
import { describe, expect, it } from "vitest";
import type { PubSub } from "../../components/pubsub/contract.ts";
import type { Logging } from "../../kit/logging/logger.ts";
import { Metrics } from "../../kit/metrics/metrics.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { Tracer } from "../../kit/tracing/trace.ts";
import type { HttpExchange } from "../api/http-route.ts";
import { publishBulk } from "./http-calls.ts";
import { PubSubBlock } from "./pubsub.ts";
import { readScopes } from "./scopes.ts";

const block = new PubSubBlock({
  appId: "a",
  namespace: "default",
  namespaceEnv: "",
  metrics: new Metrics(),
  clock: new ManualClock(),
  random: { number: () => 0, bytes: () => Buffer.alloc(0), uuid: () => "id" },
  logging: undefined as unknown as Logging,
});
/** Takes what does not say `no`. */
const component = {
  features: [],
  async publish({ data }) {
    const { data: text } = JSON.parse(Buffer.from(data).toString());
    if (text.startsWith("no")) throw new Error(`broker: ${text}\nfor good`);
  },
} as Partial<PubSub> as PubSub;
block.mount({
  name: "bus",
  component,
  scopes: readScopes(() => "", "a"),
  topicPrefix: "",
  expiresMessages: false,
});

async function publish(...texts: string[]) {
  const entries = texts.map((event, i) => ({ entryId: `${i}`, event, contentType: "text/plain" }));
  const headers = new Map<string, string>();
  const answers: [status: number, body: string][] = [];
  const exchange = {
    params: ["bus", "t"],
    headers: {},
    path: "/v1.0/publish/bulk/bus/t",
    span: undefined,
    signal: new AbortController().signal,
    metadata: () => new Map<string, string>(),
    readBody: () => Promise.resolve(Buffer.from(JSON.stringify(entries))),
    setHeader: (name: string, value: string) => void headers.set(name, value),
    json: (status: number, body: string) => void answers.push([status, body]),
    empty: (status: number) => void answers.push([status, ""]),
  } as unknown as HttpExchange;
  await publishBulk(block, undefined as unknown as Tracer, exchange);
  return { headers: Object.fromEntries(headers), answer: answers[0] };
}

describe("a bulk that the broker takes in part", () => {
  it("names what failed, and the first failure in the headers", async () => {
    const { headers, answer } = await publish("yes", "no 1", "no 2");
    const body =
      '{"failedEntries":[{"entryId":"1","error":"broker: no 1\\nfor good"},{"entryId":"2","error":"broker: no 2\\nfor good"}],"errorCode":"ERR_PUBSUB_PUBLISH_MESSAGE"}';
    expect(answer).toEqual([500, body]);
    expect(headers).toEqual({
      "metadata.responsedata": body,
      "metadata.error":
        "api error: code = Internal desc = error when publishing to topic t in pubsub bus: broker: no 1 for good",
    });
  });

  it("is 204 when all of it was taken, or nothing was there", async () => {
    expect((await publish("yes", "yes")).answer).toEqual([204, ""]);
    expect((await publish()).answer).toEqual([204, ""]);
  });
});
