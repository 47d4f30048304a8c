/** Conversation through a sidecar, over HTTP and gRPC, with a model's stand-in. */
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  ConversationRequest,
  ConversationRequestAlpha2,
  ConversationResponse,
  ConversationResponseAlpha2,
} from "../../../src/kit/proto/dapr/proto/runtime/v1/ai.ts";
import { call, grpcCall, runtimeService } from "../api/calls.ts";
import { launchDaprd, type Sidecar } from "../launch.ts";
import { ModelStandIn, replyJson, replyNever } from "../servers/llm-stand-in.ts";

const key = "sk-canary-4711";
const component = (endpoint: string): string => `
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: chat
spec:
  type: conversation.openai
  version: v1
  metadata:
  - {name: key, value: "${key}"}
  - {name: endpoint, value: "${endpoint}"}
`;
const echo = `
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: echo
spec:
  type: conversation.echo
  version: v1
  metadata: []
`;

let standIn: ModelStandIn;
let sidecar: Sidecar;
beforeAll(async () => {
  standIn = await ModelStandIn.start();
  const resources = [component(standIn.url), echo];
  sidecar = await launchDaprd({ appId: "talk", resources, flags: ["--log-level", "debug"] });
});
afterAll(async () => {
  await sidecar?.[Symbol.asyncDispose]();
  await standIn?.[Symbol.asyncDispose]();
});

const post = (version: string, name: string, body: object) =>
  call({
    port: sidecar.httpPort,
    method: "POST",
    path: `/v1.0-${version}/conversation/${name}/converse`,
    body: JSON.stringify(body),
  });
const hello = { inputs: [{ messages: [{ ofUser: { content: [{ text: "mail a@b.co" }] } }] }] };

it("asks the model over HTTP, and scrubs what comes in and out", async () => {
  const choice = (content: string) => ({ finish_reason: "stop", message: { content } });
  standIn.reply = replyJson({
    choices: [choice("write to x@y.zz"), choice("or not")],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  });
  const [input] = hello.inputs;
  const body = { contextId: "c", scrubPii: true, inputs: [{ ...input, scrubPii: true }] };
  const { status, text } = await post("alpha2", "chat", body);
  const shared = {
    model: "gpt-5-nano",
    usage: { completionTokens: "2", promptTokens: "1", totalTokens: "3" },
  };
  expect([status, JSON.parse(text)]).toEqual([
    200,
    {
      contextId: "c",
      outputs: [
        {
          choices: [{ finishReason: "stop", message: { content: "write to <EMAIL_ADDRESS>" } }],
          ...shared,
        },
        {
          choices: [{ finishReason: "stop", index: "1", message: { content: "or not" } }],
          ...shared,
        },
      ],
    },
  ]);
  expect(standIn.last.body.messages).toEqual([{ role: "user", content: "mail <EMAIL_ADDRESS>" }]);
});

it("asks the model over gRPC, in both versions", async () => {
  const toolCall = { id: "i", function: { name: "f", arguments: '{"a":1}' } };
  standIn.reply = replyJson({
    choices: [{ finish_reason: "tool_calls", message: { content: "t", tool_calls: [toolCall] } }],
  });
  const first = await grpcCall(
    sidecar.grpcPort,
    `${runtimeService}/ConverseAlpha1`,
    ConversationRequest.encode({
      name: "chat",
      inputs: [{ content: "hi", role: "system" }],
      temperature: 0.5,
      metadata: new Map([["not", "sent"]]),
    }),
  );
  expect(ConversationResponse.decode(first.bytes).outputs[0]?.result).toBe("t");
  expect(standIn.last.body).toEqual({
    model: "gpt-5-nano",
    temperature: 0.5,
    messages: [{ role: "system", content: "hi" }],
  });
  const second = await grpcCall(
    sidecar.grpcPort,
    `${runtimeService}/ConverseAlpha2`,
    ConversationRequestAlpha2.encode({
      name: "chat",
      inputs: [{ messages: [{ ofUser: { content: [{ text: "hi" }] } }] }],
      promptCacheRetention: { seconds: 86_400n },
      tools: [{ function: { name: "f" } }],
    }),
  );
  const { outputs } = ConversationResponseAlpha2.decode(second.bytes);
  expect(outputs[0]?.choices[0]?.message?.toolCalls).toEqual([toolCall]);
  expect(standIn.last.body.metadata).toEqual({ prompt_cache_retention: "24h0m0s" });
  expect(standIn.last.body.tool_choice).toBe("auto");
});

it("passes the provider's refusal on, without the key, and measures it", async () => {
  standIn.reply = replyJson({ error: { message: `no such key: ${key}` } }, 401);
  const { status, text } = await post("alpha2", "chat", hello);
  expect([status, JSON.parse(text)]).toEqual([
    500,
    {
      errorCode: "ERR_CONVERSATION_INVOKE",
      message:
        "failed conversing with component chat: API returned unexpected status code: 401: no such key: ***",
    },
  ]);
  const metrics = await sidecar.metrics();
  expect(metrics).toMatch(
    /dapr_component_conversation_count\{app_id="talk",component="chat",namespace="",success="false"\} 1/,
  );
  expect(metrics).toMatch(/dapr_component_conversation_latencies_count\{.*component="chat".*\}/);
  expect(sidecar.process.log).not.toContain(key);
});

it("stops asking when the caller leaves", async () => {
  const asked = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  standIn.reply = (response) => {
    response.on("close", () => left.resolve());
    replyNever(response);
    asked.resolve();
  };
  const caller = new AbortController();
  const request = fetch(`${sidecar.url}/v1.0-alpha2/conversation/chat/converse`, {
    method: "POST",
    body: JSON.stringify(hello),
    signal: caller.signal,
  });
  await asked.promise;
  caller.abort();
  await expect(request).rejects.toThrow();
  await left.promise;
});

it("answers others while it scrubs a large text", async () => {
  const text = "1 st ".repeat(200_000);
  const body = { inputs: [{ content: text, scrubPII: true }] };
  let isDone = false;
  const large = post("alpha1", "echo", body).finally(() => {
    isDone = true;
  });
  let answers = 0;
  while (!isDone) {
    const response = await fetch(`${sidecar.url}/v1.0/healthz`);
    expect(response.status).toBe(204);
    answers++;
  }
  expect((await large).status).toBe(200);
  expect(answers).toBeGreaterThan(3);
});
