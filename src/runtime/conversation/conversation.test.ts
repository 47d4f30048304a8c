import { describe, expect, it } from "vitest";
import type {
  Conversation,
  ConversationAnswer,
  ConversationRequest,
} from "../../components/conversation/contract.ts";
import { Metrics } from "../../kit/metrics/metrics.ts";
import {
  ConversationRequest as Alpha1,
  ConversationRequestAlpha2 as Alpha2,
  type ConversationRequestAlpha2Init,
} from "../../kit/proto/dapr/proto/runtime/v1/ai.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { ConversationBlock } from "./conversation.ts";

function setUp(answer?: ConversationAnswer) {
  const asked: ConversationRequest[] = [];
  const block = new ConversationBlock({
    appId: "app",
    namespaceEnv: "",
    metrics: new Metrics(),
    clock: new ManualClock(),
  });
  const component: Conversation = {
    async converse(request) {
      asked.push(request);
      if (answer === undefined) throw new Error("no model");
      return answer;
    },
    [Symbol.asyncDispose]: async () => {},
  };
  const mounted = block.mount("m", component);
  const converse = (init: ConversationRequestAlpha2Init) =>
    block.converseAlpha2(Alpha2.decode(Alpha2.encode({ name: "m", ...init })));
  return { block, asked, converse, mounted };
}

const choice = { finishReason: "stop", index: 0, text: "a@b.co", toolCalls: [] };
const answer: ConversationAnswer = {
  outputs: [{ choices: [choice, { ...choice, index: 1, text: "second" }] }],
  model: "x",
  usage: undefined,
};
const said = { ofUser: { content: [{ text: "hi" }] } };
const inputs = [{ messages: [said] }];
const tools = [{ function: { name: "f" } }];

describe("alpha2", () => {
  it("makes messages of all inputs, in order", async () => {
    const { converse, asked } = setUp(answer);
    const called = { id: "i", function: { name: "f", arguments: "{}" } };
    await converse({
      inputs: [
        { messages: [{ ofDeveloper: { content: [{ text: "d" }] } }], scrubPii: true },
        {
          messages: [
            { ofSystem: { content: [{ text: "s" }] } },
            { ofAssistant: { content: [{ text: "t" }], toolCalls: [called] } },
            { ofTool: { toolId: "i", name: "f", content: [{ text: "1" }, { text: "2" }] } },
          ],
        },
      ],
      temperature: 1,
      promptCacheRetention: { seconds: 90n, nanos: 500_000_000 },
      metadata: new Map([["a", "b"]]),
    });
    expect(asked[0]).toEqual({
      messages: [
        { role: "user", texts: ["d"] },
        { role: "system", texts: ["s"] },
        {
          role: "assistant",
          texts: ["t"],
          toolCalls: [{ id: "i", name: "f", arguments: "{}" }],
        },
        {
          role: "toolResults",
          results: [
            { toolId: "i", name: "f", text: "1" },
            { toolId: "i", name: "f", text: "2" },
          ],
        },
      ],
      tools: [],
      toolChoice: undefined,
      temperature: 1,
      responseFormat: undefined,
      promptCacheRetention: "1m30.5s",
      metadata: new Map([["a", "b"]]),
    });
  });

  it("reads schemas of any shape", async () => {
    const { converse, asked } = setUp(answer);
    const fields = new Map([
      ["s", { stringValue: "" }],
      ["n", { numberValue: 0 }],
      ["b", { boolValue: false }],
      ["z", { nullValue: 0 }],
      ["l", { listValue: { values: [{ structValue: { fields: new Map() } }] } }],
    ]);
    await converse({ inputs, responseFormat: { fields } });
    expect(asked[0]?.responseFormat).toEqual(
      new Map<string, unknown>([
        ["s", ""],
        ["n", 0],
        ["b", false],
        ["z", null],
        ["l", [new Map()]],
      ]),
    );
  });

  it.each([
    [undefined, [], undefined],
    [undefined, tools, "auto"],
    ["none", tools, "none"],
    ["required", tools, "required"],
    ["f", tools, "f"],
    ["anything", [], "anything"],
  ])("tool choice %s with tools %j", async (toolChoice, offered, expected) => {
    const { converse, asked } = setUp(answer);
    await converse({ inputs, toolChoice, tools: offered });
    expect(asked[0]?.toolChoice).toBe(expected);
  });

  it("answers with all choices, scrubbed when asked for", async () => {
    const { converse } = setUp(answer);
    const response = await converse({ inputs, contextId: "c", scrubPii: true });
    expect(response.contextId).toBe("c");
    const texts = response.outputs?.[0]?.choices?.map(({ message }) => message?.content);
    expect(texts).toEqual(["<EMAIL_ADDRESS>", "second"]);
    expect((await converse({ inputs })).contextId).toBeUndefined();
  });
});

describe("alpha1", () => {
  it("knows roles, and takes any other for the user", async () => {
    const { block, asked } = setUp(answer);
    const roles = [
      "user",
      "human",
      "system",
      "assistant",
      "ai",
      "tool",
      "function",
      "generic",
      "x",
    ];
    const request = { name: "m", inputs: roles.map((role) => ({ role, content: role })) };
    await block.converseAlpha1(Alpha1.decode(Alpha1.encode(request)));
    expect(asked[0]?.messages.map(({ role }) => role)).toEqual([
      "user",
      "user",
      "system",
      "assistant",
      "assistant",
      "tool",
      "function",
      "generic",
      "user",
    ]);
  });

  it("answers with the first choice", async () => {
    const { block } = setUp(answer);
    const request = { name: "m", inputs: [{ content: "hi" }] };
    const { outputs } = await block.converseAlpha1(Alpha1.decode(Alpha1.encode(request)));
    expect(outputs?.map(({ result }) => result)).toEqual(["a@b.co"]);
  });
});

describe("errors", () => {
  it.each<[string, number, ConversationRequestAlpha2Init]>([
    ["ERR_CONVERSATION_NOT_FOUND", 3, { name: "other", inputs }],
    ["ERR_CONVERSATION_MISSING_INPUTS", 3, {}],
    ["ERR_CONVERSATION_INVALID_PARMS", 3, { inputs: [{ messages: [{}] }] }],
    [
      "ERR_CONVERSATION_INVALID_PARMS",
      3,
      { inputs: [{ messages: [{ ofAssistant: { toolCalls: [{ id: "1" }] } }] }] },
    ],
    ["ERR_CONVERSATION_INVALID_PARMS", 3, { inputs, toolChoice: "required" }],
    ["ERR_CONVERSATION_INVALID_PARMS", 3, { inputs, toolChoice: "F", tools }],
    ["ERR_CONVERSATION_INVOKE", 13, { inputs }],
  ])("%s", async (errorCode, grpcCode, request) => {
    const { converse } = setUp();
    await expect(converse(request)).rejects.toMatchObject({ errorCode, grpcCode });
  });

  it("a component that is gone is not found", async () => {
    const { converse, mounted } = setUp(answer);
    mounted[Symbol.dispose]();
    await expect(converse({ inputs })).rejects.toMatchObject({
      errorCode: "ERR_CONVERSATION_NOT_FOUND",
      message: "failed finding conversation component m",
    });
  });
});
