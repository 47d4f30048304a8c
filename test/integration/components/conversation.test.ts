/**
 * The models' components against a stand-in that speaks their documented formats.
 * @see spec 01 §10.5, spec 04 §8.10
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { component as anthropic } from "../../../src/components/conversation/anthropic.ts";
import { component as deepseek } from "../../../src/components/conversation/deepseek.ts";
import { component as googleai } from "../../../src/components/conversation/googleai.ts";
import { component as huggingface } from "../../../src/components/conversation/huggingface.ts";
import { component as mistral } from "../../../src/components/conversation/mistral.ts";
import { component as ollama } from "../../../src/components/conversation/ollama.ts";
import { component as openai } from "../../../src/components/conversation/openai.ts";
import {
  ModelStandIn,
  replyCut,
  replyEndless,
  replyJson,
  replyNever,
} from "../servers/llm-stand-in.ts";
import {
  ask,
  createModel,
  dialogue,
  failureOf,
  schema,
  user,
  weather,
} from "./conversation-context.ts";
import { RecordedLog } from "./state-context.ts";

let standIn: ModelStandIn;
beforeAll(async () => {
  standIn = await ModelStandIn.start();
});
afterAll(() => standIn[Symbol.asyncDispose]());
const chatAnswer = {
  id: "x",
  model: "echoed",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "hello" } }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
};
beforeEach(() => {
  standIn.reply = replyJson(chatAnswer);
});
const key = "sk-very-secret";

describe("chat completions", () => {
  it("send the documented request, and read text and usage", async () => {
    await using model = await createModel(openai, {
      key: `${key}\n`,
      endpoint: `${standIn.url}/v1/`,
    });
    const request = ask(dialogue, {
      tools: [weather],
      toolChoice: "weather",
      temperature: 0.5,
      responseFormat: schema({ type: "object", name: "answer", strict: true, properties: {} }),
      promptCacheRetention: "24h0m0s",
      metadata: new Map([["a", "b"]]),
    });
    expect(await model.converse(request)).toEqual({
      model: "gpt-5-nano",
      outputs: [{ choices: [{ finishReason: "stop", index: 0, text: "hello", toolCalls: [] }] }],
      usage: { promptTokens: 5, completionTokens: 2, totalTokens: 7 },
    });
    const { method, path, headers, body } = standIn.last;
    expect([method, path, headers.authorization, headers["content-type"]]).toEqual([
      "POST",
      "/v1/chat/completions",
      `Bearer ${key}`,
      "application/json",
    ]);
    expect(body).toEqual({
      model: "gpt-5-nano",
      temperature: 0.5,
      messages: [
        { role: "system", content: "be kind" },
        {
          role: "user",
          content: [
            { type: "text", text: "weather" },
            { type: "text", text: "in X?" },
          ],
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            {
              id: "c1",
              type: "function",
              function: { name: "weather", arguments: '{"city":"X"}' },
            },
          ],
        },
        { role: "tool", tool_call_id: "c1", content: "sunny" },
      ],
      tools: [
        {
          type: "function",
          function: {
            name: "weather",
            description: "tells it",
            parameters: { type: "object", properties: { city: { type: "string" } } },
          },
        },
      ],
      tool_choice: { type: "function", function: { name: "weather" } },
      response_format: {
        type: "json_schema",
        json_schema: { name: "answer", strict: true, schema: { type: "object", properties: {} } },
      },
      metadata: { a: "b", prompt_cache_retention: "24h0m0s" },
    });
  });

  it("leave out what was not said", async () => {
    const log = new RecordedLog();
    await using model = await createModel(openai, { key, endpoint: standIn.url }, { log });
    const responseFormat = schema({ properties: {} });
    await model.converse(ask([user("hi")], { toolChoice: "none", responseFormat }));
    expect(standIn.last.body).toEqual({
      model: "gpt-5-nano",
      messages: [{ role: "user", content: "hi" }],
    });
    expect(log.lines.join()).toContain("response format is ignored");
  });

  it("make an output of each choice, with tool calls, reasons and details", async () => {
    const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" } };
    standIn.reply = replyJson({
      choices: [
        { message: { content: null, tool_calls: [call] }, finish_reason: "tool_calls" },
        { message: { content: [{ type: "text", text: "a" }, { text: "b" }] } },
      ],
      usage: {
        prompt_tokens: 1,
        completion_tokens: 2,
        completion_tokens_details: { reasoning_tokens: 3, audio_tokens: -1 },
        prompt_tokens_details: { cached_tokens: 4 },
      },
    });
    await using model = await createModel(openai, { key, endpoint: standIn.url });
    const { outputs, usage } = await model.converse(ask([user("hi")]));
    const toolCalls = [{ id: "c", name: "f", arguments: "{}" }];
    expect(outputs).toEqual([
      { choices: [{ finishReason: "tool_calls", index: 0, text: "", toolCalls }] },
      { choices: [{ finishReason: "unknown", index: 1, text: "ab", toolCalls: [] }] },
    ]);
    expect(usage).toMatchObject({
      totalTokens: 3,
      completionDetails: { reasoningTokens: 3, audioTokens: 0 },
      promptDetails: { cachedTokens: 4 },
    });
  });

  it("fail when tools were required and nothing came", async () => {
    standIn.reply = replyJson({ choices: [{ message: { content: "" } }] });
    await using model = await createModel(openai, { key, endpoint: standIn.url });
    const required = ask([user("hi")], { tools: [weather, weather], toolChoice: "required" });
    expect(await failureOf(model.converse(required))).toBe(
      "LLM returned empty response with no tool calls despite 2 tools being available",
    );
    expect(standIn.last.body.tool_choice).toBe("required");
  });
});

describe("what goes wrong", () => {
  it.each([
    [400, { error: { message: "bad", type: "t" } }, "bad"],
    [
      401,
      { error: { message: `Incorrect API key provided: ${key}` } },
      "Incorrect API key provided: ***",
    ],
    [429, { message: "slow down" }, "slow down"],
    [500, "oh no", "oh no"],
    [500, [{ error: { message: "of Google" } }], "of Google"],
    [302, "", ""],
  ])("status %i", async (status, body, text) => {
    standIn.reply = replyJson(body, status);
    await using model = await createModel(openai, { key, endpoint: standIn.url });
    const failure = await failureOf(model.converse(ask([user("hi")])));
    expect(failure).toBe(`API returned unexpected status code: ${status}: ${text}`);
  });

  it.each([
    ["no JSON", replyJson("<html>"), "invalid character"],
    ["no object", replyJson("[]"), "the answer is no JSON object"],
    ["no choices", replyJson({}), "empty response from model"],
    ["a cut connection", replyCut, "Post "],
    ["an endless answer", replyEndless, "the answer is larger than 16777216 bytes"],
  ])("%s", async (_, reply, text) => {
    standIn.reply = reply;
    await using model = await createModel(openai, { key, endpoint: standIn.url });
    const failure = await failureOf(model.converse(ask([user("hi")])));
    expect(failure).toContain(text);
    expect(failure).not.toContain(key);
    standIn.reply = replyJson(chatAnswer);
    expect((await model.converse(ask([user("hi")]))).outputs).toHaveLength(1);
  });

  it("an answer that never ends, until the time is over or the caller leaves", async () => {
    standIn.reply = replyNever;
    await using model = await createModel(openai, {
      key,
      endpoint: standIn.url,
      requestTimeout: "200ms",
    });
    expect(await failureOf(model.converse(ask([user("hi")])))).toContain(
      "context deadline exceeded",
    );
    await using patient = await createModel(openai, { key, endpoint: standIn.url });
    const caller = new AbortController();
    const call = patient.converse(ask([user("hi")]), caller.signal);
    standIn.reply = (response) => {
      replyNever(response);
      caller.abort(new Error("the caller left"));
    };
    expect(await failureOf(call)).toContain("the caller left");
  });

  it("nobody there", async () => {
    await using model = await createModel(openai, { key, endpoint: "http://127.0.0.1:9" });
    const failure = await failureOf(model.converse(ask([user("hi")])));
    expect(failure).toContain("127.0.0.1:9: connect: connection refused");
  });
});

it("keeps connections", async () => {
  await using model = await createModel(openai, { key, endpoint: standIn.url });
  const before = standIn.connections;
  for (let i = 0; i < 20; i++) await model.converse(ask([user("hi")]));
  // The second call may come before the first one's connection counts as free.
  expect(standIn.connections - before).toBeLessThanOrEqual(2);
});

it("gives a cached answer to the same request only", async () => {
  await using model = await createModel(openai, { key, endpoint: standIn.url, cacheTTL: "10m" });
  const before = standIn.asked.length;
  const first = await model.converse(ask([user("hi")]));
  expect(await model.converse(ask([user("hi")]))).toEqual(first);
  expect(standIn.asked.length - before).toBe(1);
  await model.converse(ask([user("hi")], { temperature: 1 }));
  expect(standIn.asked.length - before).toBe(2);
});

describe("models and keys", () => {
  it.each([
    ["openai", openai, "OPENAI_MODEL", "gpt-5-nano"],
    ["googleai", googleai, "GOOGLEAI_MODEL", "gemini-2.5-flash-lite"],
    ["mistral", mistral, "MISTRAL_MODEL", "open-mistral-7b"],
    ["huggingface", huggingface, "HUGGINGFACE_MODEL", "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B"],
    ["ollama", ollama, "OLLAMA_MODEL", "llama3.2:latest"],
    ["deepseek", deepseek, undefined, "deepseek-chat"],
  ])("%s: environment, then metadata, then default", async (_, component, variable, name) => {
    const properties = { key, endpoint: standIn.url };
    const named = async (more: Record<string, string>, env: Record<string, string>) => {
      await using model = await createModel(component, { ...properties, ...more }, { env });
      const { model: shown } = await model.converse(ask([user("hi")]));
      expect(standIn.last.body.model).toBe(shown);
      expect(standIn.last.headers.authorization).toBe(`Bearer ${key}`);
      return shown;
    };
    expect(await named({}, {})).toBe(name);
    expect(await named({ model: "mine" }, {})).toBe("mine");
    if (variable !== undefined)
      expect(await named({ model: "mine" }, { [variable]: "e" })).toBe("e");
  });

  it("the model is part of Hugging Face's address", async () => {
    const endpoint = `${standIn.url}/models/<model>/v1`;
    await using model = await createModel(huggingface, { key, endpoint, model: "a/b" });
    await model.converse(ask([user("hi")]));
    expect(standIn.last.path).toBe("/models/a/b/v1/chat/completions");
  });

  it("keys that are missing stop the start", async () => {
    expect(await failureOf(createModel(mistral, {}))).toBe("mistral api key is required");
    expect(await failureOf(createModel(openai, {}))).toContain("missing the OpenAI API key");
    await using model = await createModel(
      openai,
      { endpoint: standIn.url },
      { env: { OPENAI_API_KEY: "of-env" } },
    );
    await model.converse(ask([user("hi")]));
    expect(standIn.last.headers.authorization).toBe("Bearer of-env");
  });
});

describe("azure", () => {
  it("needs endpoint and version", async () => {
    expect(await failureOf(createModel(openai, { key, apiType: "Azure" }))).toBe(
      "endpoint and apiVersion must be provided when apiType is set to 'azure'",
    );
  });

  it("has the model in the path and the key in a header of its own", async () => {
    await using model = await createModel(
      openai,
      { key, apiType: "azure", endpoint: standIn.url, apiVersion: "2025-01-01" },
      { env: { AZURE_OPENAI_MODEL: "dep 1", OPENAI_MODEL: "other" } },
    );
    expect((await model.converse(ask([user("hi")]))).model).toBe("dep 1");
    const { path, headers } = standIn.last;
    expect(path).toBe("/openai/deployments/dep%201/chat/completions?api-version=2025-01-01");
    expect([headers["api-key"], headers.authorization]).toEqual([key, undefined]);
  });
});

describe("dialects", () => {
  it("mistral is told of tools in plain text", async () => {
    await using model = await createModel(mistral, { key, endpoint: standIn.url });
    await model.converse(ask(dialogue, { promptCacheRetention: "1h0m0s" }));
    expect(standIn.last.body.messages.slice(2)).toEqual([
      { role: "assistant", content: 'Tool call [ID: c1]: weather({"city":"X"})' },
      { role: "user", content: "Tool response [ID: c1, Name: weather]: sunny" },
    ]);
    expect(standIn.last.body.metadata).toBeUndefined();
  });

  it("deepseek takes texts only, and answers are never cached", async () => {
    await using model = await createModel(deepseek, {
      key,
      endpoint: standIn.url,
      responseCacheTTL: "10m",
    });
    const before = standIn.asked.length;
    await model.converse(ask(dialogue));
    await model.converse(ask(dialogue));
    expect(standIn.asked.length - before).toBe(2);
    expect(standIn.last.body.messages[1]).toEqual({ role: "user", content: "weather\nin X?" });
  });
});

describe("anthropic", () => {
  const answer = {
    type: "message",
    content: [
      { type: "text", text: "let me see" },
      { type: "tool_use", id: "t1", name: "weather", input: { city: "X" } },
    ],
    stop_reason: "tool_use",
    usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 3 },
  };

  it("sends the documented request, and reads blocks", async () => {
    standIn.reply = replyJson(answer);
    await using model = await createModel(anthropic, { key, endpoint: `${standIn.url}/v1` });
    const request = ask(dialogue, { tools: [weather], toolChoice: "required", temperature: 1 });
    expect(await model.converse(request)).toEqual({
      model: "claude-sonnet-4-20250514",
      outputs: [
        {
          choices: [
            {
              finishReason: "tool_use",
              index: 0,
              text: "let me see",
              toolCalls: [{ id: "t1", name: "weather", arguments: '{"city":"X"}' }],
            },
          ],
        },
      ],
      usage: {
        promptTokens: 10,
        completionTokens: 5,
        totalTokens: 15,
        promptDetails: { audioTokens: 0, cachedTokens: 3 },
      },
    });
    const { path, headers, body } = standIn.last;
    expect([path, headers["x-api-key"], headers["anthropic-version"]]).toEqual([
      "/v1/messages",
      key,
      "2023-06-01",
    ]);
    expect(body).toEqual({
      model: "claude-sonnet-4-20250514",
      max_tokens: 4096,
      system: "be kind",
      temperature: 1,
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "weather" },
            { type: "text", text: "in X?" },
          ],
        },
        {
          role: "assistant",
          content: [{ type: "tool_use", id: "c1", name: "weather", input: { city: "X" } }],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "c1", content: "sunny" }] },
      ],
      tools: [
        {
          name: "weather",
          description: "tells it",
          input_schema: { type: "object", properties: { city: { type: "string" } } },
        },
      ],
      tool_choice: { type: "any" },
    });
  });

  it.each([
    ["auto", undefined],
    ["none", { type: "none" }],
    ["weather", { type: "tool", name: "weather" }],
  ])("tool choice %s", async (toolChoice, expected) => {
    standIn.reply = replyJson(answer);
    await using model = await createModel(anthropic, { key, endpoint: standIn.url });
    await model.converse(ask([user("hi")], { tools: [weather], toolChoice }));
    expect(standIn.last.body.tool_choice).toEqual(expected);
  });

  it("is in Foundry below the resource's address", async () => {
    expect(await failureOf(createModel(anthropic, { key, apiType: "foundry" }))).toBe(
      "endpoint must be provided when apiType is set to 'foundry'",
    );
    standIn.reply = replyJson(answer);
    const endpoint = `${standIn.url}/anthropic/`;
    await using model = await createModel(anthropic, { key, apiType: "foundry", endpoint });
    await model.converse(ask([user("hi")]));
    expect(standIn.last.path).toBe("/anthropic/v1/messages");
  });

  it("refuses arguments that are no object before anything is sent", async () => {
    await using model = await createModel(anthropic, { key, endpoint: standIn.url });
    const before = standIn.asked.length;
    const toolCalls = [{ id: "1", name: "f", arguments: "[1" }];
    const call = model.converse(ask([{ role: "assistant", texts: [], toolCalls }]));
    expect(await failureOf(call)).toBe("the arguments of tool call 'f' are no JSON object");
    expect(standIn.asked.length).toBe(before);
  });
});
