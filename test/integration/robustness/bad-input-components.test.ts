/**
 * Bad input for blocks whose components are loaded: exact answers, each followed by a good request.
 * @see spec 01 §6 to §10
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  GetBulkStateRequest,
  GetBulkStateResponse,
} from "../../../src/kit/proto/dapr/proto/runtime/v1/state.ts";
import { call, grpcCall, runtimeService, store } from "../api/calls.ts";
import {
  hasRedis,
  launchDaprd,
  launchRedis,
  type Redis,
  Scratch,
  type Sidecar,
} from "../launch.ts";

const maxBody = 1024 * 1024;
const isAvailable = await hasRedis();

function component(name: string, type: string, metadata: Readonly<Record<string, string>>): string {
  const items = Object.entries(metadata).map(
    ([key, value]) => `  - {name: ${key}, value: ${JSON.stringify(value)}}\n`,
  );
  const head = `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\n`;
  return `${head}spec:\n  type: ${type}\n  version: v1\n  metadata:\n${items.join("")}`;
}

describe.skipIf(!isAvailable)("with their components loaded", () => {
  let redis: Redis;
  let scratch: Scratch;
  let sidecar: Sidecar;
  beforeAll(async () => {
    redis = await launchRedis();
    scratch = new Scratch();
    scratch.write("keys/k", Buffer.alloc(32, 7).toString("base64"));
    const secretsFile = scratch.write("secrets.json", '{"a":"1","b":{"c":"2"}}');
    sidecar = await launchDaprd({
      appId: "loaded",
      resources: [
        store,
        component("conf", "configuration.redis", { redisHost: redis.address }),
        component("locks", "lock.redis", { redisHost: redis.address }),
        component("crypt", "crypto.dapr.localstorage", { path: scratch.folder("keys") }),
        component("echo", "conversation.echo", {}),
        component("secrets", "secretstores.local.file", { secretsFile }),
      ],
      flags: ["--max-body-size", "1Mi"],
    });
  });
  afterAll(async () => {
    expect(sidecar.process.exit).toBeUndefined();
    expect(sidecar.process.log).not.toMatch(/TypeError|RangeError|ReferenceError/);
    await sidecar[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
    await redis[Symbol.asyncDispose]();
  });

  const send = (
    method: string,
    path: string,
    body?: string | Buffer,
    headers: Readonly<Record<string, string>> = {},
  ) =>
    call({
      port: sidecar.httpPort,
      method,
      path,
      headers: { "content-type": "application/json", ...headers },
      ...(body !== undefined && { body }),
    });

  const failure = (errorCode: string, message: string): string =>
    JSON.stringify({ errorCode, message });
  /** Go writes some of these with a space that does not break. */
  const plain = (text: string): string => text.replaceAll("\u00a0", " ");

  const lockBody = (resourceId: string): string =>
    JSON.stringify({ resourceId, lockOwner: "o", expiryInSeconds: 60 });
  const encrypt = (keyName: string, body: string | Buffer, provider = "crypt") =>
    send("PUT", `/v1.0-alpha1/crypto/${provider}/encrypt`, body, {
      "dapr-key-name": keyName,
      "dapr-key-wrap-algorithm": "AES",
    });

  /** One of each block. */
  async function goodRequests(): Promise<void> {
    const secret = await send("GET", "/v1.0/secrets/secrets/b:c");
    expect([secret.status, secret.text]).toEqual([200, '{"b:c":"2"}\n']);
    expect((await send("GET", "/v1.0/configuration/conf?key=none")).status).toBe(204);
    const unlock = '{"resourceId":"none","lockOwner":"o"}';
    const unlocked = await send("POST", "/v1.0-alpha1/unlock/locks", unlock);
    expect([unlocked.status, unlocked.text]).toEqual([200, '{"status":1}']);
    const said = await send(
      "POST",
      "/v1.0-alpha1/conversation/echo/converse",
      '{"inputs":[{"content":"hello"}]}',
    );
    expect([said.status, said.text]).toEqual([200, '{"outputs":[{"result":"hello"}]}']);
    const sealed = await encrypt("k", "secret text");
    expect(sealed.text).toMatch(/^dapr\.io\/enc\/v1\n/);
  }

  describe.each([
    ["__proto__", "__proto__"],
    ["constructor", "constructor"],
    ["hasOwnProperty", "hasOwnProperty"],
    ["..%2f..%2fetc%2fpasswd", "../../etc/passwd"],
    ["%00", "\u0000"],
    ["%F0%9F%98%80", "😀"],
    ["a%20b%0Ac", "a b\nc"],
  ])("the name %s", (sent, name) => {
    it("names no component", async () => {
      const errors: [string, string, number, string, string][] = [
        [
          "GET",
          `/v1.0/secrets/${sent}/a`,
          401,
          "ERR_SECRET_STORE_NOT_FOUND",
          `failed finding secret store with key ${name}`,
        ],
        [
          "GET",
          `/v1.0/configuration/${sent}?key=a`,
          400,
          "ERR_CONFIGURATION_STORE_NOT_FOUND",
          `configuration store ${name} not found`,
        ],
        [
          "POST",
          `/v1.0-alpha1/lock/${sent}`,
          400,
          "ERR_LOCK_STORE_NOT_FOUND",
          `lock store ${name} not found`,
        ],
        [
          "PUT",
          `/v1.0-alpha1/crypto/${sent}/encrypt`,
          400,
          "ERR_CRYPTO_PROVIDER_NOT_FOUND",
          `crypto provider ${name} not found`,
        ],
        [
          "POST",
          `/v1.0-alpha1/conversation/${sent}/converse`,
          400,
          "ERR_CONVERSATION_NOT_FOUND",
          `failed finding conversation component ${name}`,
        ],
      ];
      for (const [method, path, status, errorCode, message] of errors) {
        const answer = await send(method, path, method === "GET" ? undefined : lockBody("r"));
        expect([path, answer.status, JSON.parse(answer.text)]).toEqual([
          path,
          status,
          { errorCode, message },
        ]);
      }
      await goodRequests();
    });

    it("is a key like any other", async () => {
      const secret = await send("GET", `/v1.0/secrets/secrets/${sent}`);
      expect([secret.status, JSON.parse(secret.text)]).toEqual([
        500,
        {
          errorCode: "ERR_SECRET_GET",
          message: `failed getting secret with key ${name} from secret store secrets: secret ${name} not found`,
        },
      ]);
      const none = await send("GET", `/v1.0/configuration/conf?key=${sent}`);
      expect([none.status, none.text]).toEqual([204, ""]);
      const lock = () => send("POST", "/v1.0-alpha1/lock/locks", lockBody(name));
      expect((await lock()).text).toBe('{"success":true}');
      expect((await lock()).text).toBe('{"success":false}');
      const unlock = JSON.stringify({ resourceId: name, lockOwner: "o" });
      const unlocked = await send("POST", "/v1.0-alpha1/unlock/locks", unlock);
      expect([unlocked.status, unlocked.text]).toEqual([200, '{"status":0}']);
      const inputs = JSON.stringify({
        name,
        inputs: [{ content: name }],
        parameters: {},
        metadata: { [name]: name },
      });
      const said = await send("POST", "/v1.0-alpha1/conversation/echo/converse", inputs);
      expect([said.status, JSON.parse(said.text)]).toEqual([200, { outputs: [{ result: name }] }]);
      await goodRequests();
    });
  });

  it.each([
    ["../secrets.json", "invalid key path: cannot contain '..'"],
    ["..", "invalid key path: cannot contain '..'"],
    ["__proto__", /^failed to load key '__proto__': open .*\/keys\/__proto__: no such file/],
    [
      "/etc/passwd",
      /^failed to load key '\/etc\/passwd': open .*\/keys\/+etc\/passwd: no such file/,
    ],
  ])("the key %s is none of the folder of keys", async (keyName, reason) => {
    const answer = await encrypt(keyName, "text");
    const { errorCode, message } = JSON.parse(answer.text);
    const prefix =
      "failed to perform operation: failed to wrap the file key: failed to retrieve the key encryption key: ";
    expect([answer.status, errorCode, message.slice(0, prefix.length)]).toEqual([
      500,
      "ERR_CRYPTO",
      prefix,
    ]);
    if (typeof reason === "string") expect(message.slice(prefix.length)).toBe(reason);
    else expect(message.slice(prefix.length)).toMatch(reason);
    expect(message).not.toContain("root:");
    await goodRequests();
  });

  const digits = "1234567890".repeat(4);
  const malformed = "failed deserializing HTTP body: ";
  const unreadable: readonly (readonly [string, string | Buffer, string])[] = [
    ["no JSON", "x", "proto: syntax error (line 1:1): invalid value x"],
    [
      "100,000 levels",
      `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
      "proto: exceeded maximum recursion depth",
    ],
    ["100,000 objects", '{"a":'.repeat(100_000), "proto: exceeded maximum recursion depth"],
    [
      "invalid UTF-8",
      Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
      "proto: syntax error: invalid UTF-8",
    ],
    ["a list", "[]", "proto: syntax error: unexpected token ["],
    ["null", "null", "proto: invalid value: null"],
  ];
  it.each(unreadable)("a body of %s is refused by every block", async (_name, body, message) => {
    for (const path of [
      "/v1.0-alpha1/lock/locks",
      "/v1.0-alpha1/unlock/locks",
      "/v1.0-alpha1/conversation/echo/converse",
      "/v1.0-alpha2/conversation/echo/converse",
    ]) {
      const answer = await send("POST", path, body);
      expect([path, answer.status, plain(answer.text)]).toEqual([
        path,
        400,
        failure("ERR_MALFORMED_REQUEST", malformed + message),
      ]);
    }
    await goodRequests();
  });

  const conversation = "/v1.0-alpha1/conversation/echo/converse";
  const missing = "failed conversing with component echo: missing inputs in request";
  const wrong: readonly (readonly [string, string, string, string])[] = [
    [
      "/v1.0-alpha1/lock/locks",
      "",
      "ERR_MALFORMED_REQUEST",
      "ExpiryInSeconds is not positive in lock store locks",
    ],
    [
      "/v1.0-alpha1/lock/locks",
      `{"resourceId":"r","lockOwner":"o","expiryInSeconds":${digits}}`,
      "ERR_MALFORMED_REQUEST",
      `${malformed}proto: invalid value: ${digits}`,
    ],
    [
      "/v1.0-alpha1/lock/locks",
      '{"resourceId":1}',
      "ERR_MALFORMED_REQUEST",
      `${malformed}proto: invalid value: 1`,
    ],
    [
      "/v1.0-alpha1/lock/locks",
      '{"__proto__":{"expiryInSeconds":5}}',
      "ERR_MALFORMED_REQUEST",
      "ExpiryInSeconds is not positive in lock store locks",
    ],
    [
      "/v1.0-alpha1/unlock/locks",
      '{"__proto__":{"resourceId":"r"}}',
      "ERR_MALFORMED_REQUEST",
      "ResourceId is empty in lock store locks",
    ],
    [conversation, "", "ERR_CONVERSATION_MISSING_INPUTS", missing],
    [
      conversation,
      '{"__proto__":{"inputs":[{"content":"a"}]}}',
      "ERR_CONVERSATION_MISSING_INPUTS",
      missing,
    ],
    [
      conversation,
      `{"inputs":[{"content":${digits}}]}`,
      "ERR_MALFORMED_REQUEST",
      `${malformed}proto: invalid value: ${digits}`,
    ],
  ];
  it.each(wrong)("%s refuses %s", async (path, body, errorCode, message) => {
    const answer = await send("POST", path, body);
    expect([answer.status, plain(answer.text)]).toEqual([400, failure(errorCode, message)]);
    await goodRequests();
  });

  it("bodies at the limit are taken, one byte more is not", async () => {
    const of = (length: number, head: string, tail: string): string =>
      head + "v".repeat(length - head.length - tail.length) + tail;
    const lock = (length: number) =>
      send(
        "POST",
        "/v1.0-alpha1/lock/locks",
        of(length, '{"resourceId":"', '","lockOwner":"o","expiryInSeconds":1}'),
      );
    const converse = (length: number) =>
      send("POST", conversation, of(length, '{"inputs":[{"content":"', '"}]}'));
    expect((await lock(maxBody)).text).toBe('{"success":true}');
    expect((await converse(maxBody)).text).toMatch(/^\{"outputs":\[\{"result":"v{1048000}/);
    expect((await encrypt("k", Buffer.alloc(maxBody))).status).toBe(200);
    const unread = failure("ERR_BODY_READ", "failed to read request body: stream too large");
    for (const answer of [await lock(maxBody + 1), await converse(maxBody + 1)]) {
      expect([answer.status, answer.text]).toEqual([400, unread]);
    }
    const sealed = await encrypt("k", Buffer.alloc(maxBody + 1));
    expect([sealed.status, sealed.text]).toEqual([500, failure("ERROR", "stream too large")]);
    await goodRequests();
  });

  const methods = [
    "GetSecret",
    "GetBulkSecret",
    "GetConfiguration",
    "UnsubscribeConfiguration",
    "TryLockAlpha1",
    "UnlockAlpha1",
    "SubtleGetKeyAlpha1",
    "SubtleEncryptAlpha1",
    "ConverseAlpha1",
    "ConverseAlpha2",
    "GetBulkState",
  ];
  it.each(methods)("%s refuses messages that are none, and too long ones", async (method) => {
    const unmarshal = "grpc: error unmarshalling request: ";
    const messages: [Buffer, number, string][] = [
      [Buffer.from([0x0a]), 13, `${unmarshal}unexpected EOF`],
      [Buffer.alloc(64, 0xff), 13, `${unmarshal}variable length integer overflow`],
      [Buffer.alloc(100_000, 0x0b), 13, `${unmarshal}exceeded maximum recursion depth`],
      [
        Buffer.from([0x0a, 0x02, 0xc3, 0x28]),
        13,
        `${unmarshal}string field contains invalid UTF-8`,
      ],
      [
        Buffer.alloc(maxBody + 1),
        8,
        `grpc: received message larger than max (${maxBody + 1} vs. ${maxBody})`,
      ],
    ];
    for (const [message, code, details] of messages) {
      const { error } = await grpcCall(sidecar.grpcPort, `${runtimeService}/${method}`, message);
      expect([error?.code, error?.details]).toEqual([code, details]);
    }
    await goodRequests();
  });

  it("reads ten thousand keys in one call over gRPC", async () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => `key-${i}`);
    const saved = await send("POST", "/v1.0/state/store", '[{"key":"key-77","value":7}]');
    expect(saved.status).toBe(204);
    const message = Buffer.from(
      GetBulkStateRequest.encode({ storeName: "store", keys, parallelism: 100 }),
    );
    const { error, bytes } = await grpcCall(
      sidecar.grpcPort,
      `${runtimeService}/GetBulkState`,
      message,
    );
    expect(error).toBeNull();
    const { items } = GetBulkStateResponse.decode(bytes);
    expect(items.map(({ key }) => key)).toEqual(keys);
    const found = items.filter(({ data }) => data.length > 0);
    expect(found.map(({ key, data }) => [key, data.toString()])).toEqual([["key-77", "7"]]);
    await goodRequests();
  });
});
