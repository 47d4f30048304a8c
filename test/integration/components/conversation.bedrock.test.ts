/**
 * The component for Bedrock against a stand-in that speaks its documented format.
 * @see spec 01 §10.5, spec 04 §8.10
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component as bedrock } from "../../../src/components/conversation/aws.bedrock.ts";
import { signRequest } from "../../../src/components/shared/aws-signature.ts";
import { ModelStandIn, replyJson } from "../servers/llm-stand-in.ts";
import { ask, createModel, dialogue, failureOf, user, weather } from "./conversation-context.ts";

let standIn: ModelStandIn;
beforeAll(async () => {
  standIn = await ModelStandIn.start();
});
afterAll(() => standIn[Symbol.asyncDispose]());
const key = "sk-very-secret";

describe("bedrock", () => {
  const properties = { model: "a.b-v1:0", region: "eu-west-1", accessKey: "AK", secretKey: key };
  const answer = {
    output: {
      message: {
        role: "assistant",
        content: [{ text: "ok" }, { toolUse: { toolUseId: "t", name: "weather", input: {} } }],
      },
    },
    stopReason: "end_turn",
    usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
  };

  it("sends the documented request with a signature, and reads blocks", async () => {
    standIn.reply = replyJson(answer);
    const endpoint = standIn.url;
    await using model = await createModel(bedrock, { ...properties, endpoint, sessionToken: "st" });
    const request = ask(dialogue, { tools: [weather], toolChoice: "weather", temperature: 0.2 });
    const { outputs, usage, model: shown } = await model.converse(request);
    expect([shown, usage?.totalTokens, outputs[0]?.choices[0]]).toEqual([
      "a.b-v1:0",
      3,
      {
        finishReason: "end_turn",
        index: 0,
        text: "ok",
        toolCalls: [{ id: "t", name: "weather", arguments: "{}" }],
      },
    ]);
    const { path, headers, body } = standIn.last;
    expect(path).toBe("/model/a.b-v1%3A0/converse");
    expect(body).toEqual({
      system: [{ text: "be kind" }],
      inferenceConfig: { temperature: 0.2 },
      messages: [
        { role: "user", content: [{ text: "weather" }, { text: "in X?" }] },
        {
          role: "assistant",
          content: [{ toolUse: { toolUseId: "c1", name: "weather", input: { city: "X" } } }],
        },
        {
          role: "user",
          content: [{ toolResult: { toolUseId: "c1", content: [{ text: "sunny" }] } }],
        },
      ],
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: "weather",
              description: "tells it",
              inputSchema: {
                json: { type: "object", properties: { city: { type: "string" } } },
              },
            },
          },
        ],
        toolChoice: { tool: { name: "weather" } },
      },
    });
    expect(headers["x-amz-security-token"]).toBe("st");
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AK\/\d{8}\/eu-west-1\/bedrock\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    );
  });

  it("signs what is sent", async () => {
    standIn.reply = replyJson(answer);
    await using model = await createModel(bedrock, { ...properties, endpoint: standIn.url });
    await model.converse(ask([user("<ä>")]));
    const { headers, path } = standIn.last;
    const date = String(headers["x-amz-date"]);
    const now = Date.parse(
      date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
    );
    const expected = signRequest({
      method: "POST",
      url: `${standIn.url}${path}`,
      headers: { "content-type": "application/json" },
      body: '{"messages":[{"content":[{"text":"\\u003cä\\u003e"}],"role":"user"}]}',
      region: "eu-west-1",
      service: "bedrock",
      credentials: { accessKey: "AK", secretKey: key, sessionToken: "" },
      now,
    });
    expect(headers.authorization).toBe(expected.authorization);
  });

  it("takes credentials from the environment, and says what it cannot do", async () => {
    const { model, region } = properties;
    expect(await failureOf(createModel(bedrock, { model, region }))).toContain("no credentials");
    expect(await failureOf(createModel(bedrock, { ...properties, assumeRoleArn: "a" }))).toBe(
      "assumeRoleArn is not supported",
    );
    const env = { AWS_ACCESS_KEY_ID: "EK", AWS_SECRET_ACCESS_KEY: "s", AWS_REGION: "r-1" };
    standIn.reply = replyJson(answer);
    await using created = await createModel(bedrock, { model, endpoint: standIn.url }, { env });
    await created.converse(ask([user("hi")], { tools: [weather], toolChoice: "none" }));
    expect(standIn.last.headers.authorization).toContain("Credential=EK/");
    expect(standIn.last.body.toolConfig).toBeUndefined();
  });
});
