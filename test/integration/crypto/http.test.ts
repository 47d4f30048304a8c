/** Cryptography over HTTP: the body limit, chunked bodies, allow lists and subtle operations. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Surroundings, startCrypto } from "./calls.ts";

const limit = 100_000;
let around: Surroundings;

beforeAll(async () => {
  around = await startCrypto({ flags: ["--max-body-size", `${limit}`] });
});

afterAll(async () => {
  await around?.[Symbol.asyncDispose]();
});

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: Buffer;
}

async function put(
  operation: string,
  body: Buffer | ReadableStream,
  headers = {},
): Promise<Answer> {
  const response = await fetch(`${around.sidecar.url}/v1.0-alpha1/crypto/cry/${operation}`, {
    method: "PUT",
    headers,
    body,
    duplex: "half",
  } as RequestInit);
  const { status } = response;
  const type = response.headers.get("content-type");
  return { status, type, body: Buffer.from(await response.arrayBuffer()) };
}

const withKey = { "dapr-key-name": "sym", "dapr-key-wrap-algorithm": "A256KW" };
const encrypt = (body: Buffer | ReadableStream, headers: object = withKey): Promise<Answer> =>
  put("encrypt", body, headers);

const chunked = (bytes: Buffer): ReadableStream =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 7000) {
        controller.enqueue(bytes.subarray(at, at + 7000));
      }
      controller.close();
    },
  });

const tooLarge = '{"errorCode":"ERROR","message":"stream too large"}';

it("takes bodies up to the limit", async () => {
  const plaintext = randomBytes(limit);
  for (const body of [plaintext, chunked(plaintext)]) {
    const { status, type, body: document } = await encrypt(body);
    expect([status, type]).toEqual([200, "application/octet-stream"]);
    expect(document.length).toBeGreaterThan(limit);
  }
  const { body: document } = await encrypt(plaintext.subarray(0, limit - 1000));
  const back = await put("decrypt", document);
  expect(back.status).toBe(200);
  expect(back.body.equals(plaintext.subarray(0, limit - 1000))).toBe(true);
});

it("refuses one byte more", async () => {
  const longer = Buffer.alloc(limit + 1);
  for (const body of [longer, chunked(longer)]) {
    const answer = await encrypt(body);
    expect([answer.status, answer.type, `${answer.body}`]).toEqual([
      500,
      "application/json",
      tooLarge,
    ]);
  }
  const exact = await put("decrypt", Buffer.alloc(limit));
  expect(`${exact.body}`).toContain("invalid header: scheme name not found");
  const answer = await put("decrypt", longer);
  expect([answer.status, `${answer.body}`]).toEqual([500, tooLarge]);
});

it("finds what is wrong with the request before it reads the body", async () => {
  const longer = Buffer.alloc(limit + 1);
  const message = async (headers: object): Promise<unknown> => {
    const { status, body } = await encrypt(longer, headers);
    return [status, JSON.parse(`${body}`).message];
  };
  expect(await message({})).toEqual([400, "invalid request: missing header 'dapr-key-name'"]);
  expect(await message({ ...withKey, "dapr-key-wrap-algorithm": "x" })).toEqual([
    500,
    "failed to perform operation: option Algorithm is not valid: algorithm X is not supported",
  ]);
});

it("reads key names as UTF-8", async () => {
  const key = Buffer.from("schlüssel").toString("latin1");
  const { status, body } = await encrypt(Buffer.from("x"), { ...withKey, "dapr-key-name": key });
  expect([status, `${body}`]).toEqual([500, expect.stringContaining("'schlüssel'")]);
});

it("leaves nothing where allow lists say so", async () => {
  const config = (name: string): string => `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata:
  name: config
spec:
  api:
    denied:
    - name: ${name}
      version: v1alpha1
      protocol: http
`;
  await using own = await startCrypto({ config: config("crypto") });
  const response = await fetch(`${own.sidecar.url}/v1.0-alpha1/crypto/cry/encrypt`, {
    method: "PUT",
    headers: withKey,
    body: "x",
  });
  expect(response.status).toBe(404);
  await using other = await startCrypto({ config: config("subtlecrypto") });
  const subtle = await fetch(`${other.sidecar.url}/v1.0-alpha1/subtlecrypto/cry/sign`, {
    method: "POST",
    body: "{}",
  });
  expect(subtle.status).toBe(404);
});
