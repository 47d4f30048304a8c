/** Bad input for secrets, configuration, locks and cryptography, and large input for state. @see spec 01 §5 to §9 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, grpcCall, runtimeService, store } from "../api/calls.ts";
import { launchDaprd, type Sidecar } from "../launch.ts";

const secrets = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: secrets
spec:
  type: secretstores.local.env
  version: v1
`;

let sidecar: Sidecar;
beforeAll(async () => {
  sidecar = await launchDaprd({
    appId: "blocks",
    resources: [store, secrets],
    flags: ["--max-body-size", "16Mi"],
  });
});
afterAll(async () => {
  expect(sidecar.process.exit).toBeUndefined();
  expect(sidecar.process.log).not.toMatch(/TypeError|RangeError|ReferenceError/);
  await sidecar[Symbol.asyncDispose]();
});

const send = (method: string, path: string, body?: string | Buffer) =>
  call({
    port: sidecar.httpPort,
    method,
    path,
    ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
  });

async function goodRequest(): Promise<void> {
  const saved = await send("POST", "/v1.0/state/store", '[{"key":"good","value":"v"}]');
  expect(saved.status).toBe(204);
  expect((await send("GET", "/v1.0/state/store/good")).text).toBe('"v"');
}

const nested = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;

describe("state", () => {
  it.each([
    ["a value of 100,000 levels", `[{"key":"a","value":${nested(100_000)}}]`],
    ["100,000 levels", nested(100_000)],
    ["100,000 open objects", '{"a":'.repeat(100_000)],
    ["invalid UTF-8 outside of strings", Buffer.from([0x5b, 0xff, 0xfe, 0x5d])],
  ])("refuses %s", async (_name, body) => {
    for (const path of ["/v1.0/state/store", "/v1.0/state/store/transaction"]) {
      const answer = await send("POST", path, body);
      expect(answer.status, answer.text.slice(0, 200)).toBe(400);
      expect(answer.text).toMatch(/^\{"errorCode":"ERR_MALFORMED_REQUEST","message":"/);
      await goodRequest();
    }
  });

  it("keeps a value of 9,000 levels", async () => {
    const value = nested(9000);
    const saved = await send("POST", "/v1.0/state/store", `[{"key":"deep","value":${value}}]`);
    expect(saved.status).toBe(204);
    expect((await send("GET", "/v1.0/state/store/deep")).text).toBe(value);
  });

  it("reads ten thousand keys in one call over HTTP", async () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => `key-${i}`);
    await send("POST", "/v1.0/state/store", '[{"key":"key-77","value":7}]');
    const answer = await send("POST", "/v1.0/state/store/bulk", JSON.stringify({ keys }));
    expect(answer.status).toBe(200);
    const items = JSON.parse(answer.text) as { key: string; data?: unknown }[];
    expect(items.map(({ key }) => key)).toEqual(keys);
    expect(items.filter(({ data }) => data !== undefined)).toEqual([
      expect.objectContaining({ key: "key-77", data: 7 }),
    ]);
    await goodRequest();
  });
});

const names = [
  "__proto__",
  "constructor",
  "toString",
  "%00",
  "%FF%FE",
  "a%2F..%2Fb",
  "%F0%9F%98%80",
];

describe.each(names)("the name %s", (name) => {
  it("names no secret, secret store, configuration store, lock store or crypto provider", async () => {
    const expectError = async (
      method: string,
      path: string,
      status: number,
      code: string,
      body?: string,
    ): Promise<void> => {
      const answer = await send(method, path, body);
      expect([answer.status, answer.text.slice(0, 60)], path).toEqual([
        status,
        expect.stringContaining(`{"errorCode":"${code}"`),
      ]);
    };
    await expectError("GET", `/v1.0/secrets/${name}/a`, 401, "ERR_SECRET_STORE_NOT_FOUND");
    await expectError("GET", `/v1.0/secrets/${name}/bulk`, 401, "ERR_SECRET_STORE_NOT_FOUND");
    const lock = '{"resourceId":"r","lockOwner":"o","expiryInSeconds":5}';
    await expectError(
      "POST",
      `/v1.0-alpha1/lock/${name}`,
      500,
      "ERR_LOCK_STORE_NOT_CONFIGURED",
      lock,
    );
    await expectError(
      "GET",
      `/v1.0/configuration/${name}?key=a`,
      500,
      "ERR_CONFIGURATION_STORE_NOT_CONFIGURED",
    );
    await expectError(
      "PUT",
      `/v1.0-alpha1/crypto/${name}/encrypt`,
      500,
      "ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED",
      "x",
    );
    await goodRequest();
  });

  it("is no secret", async () => {
    const { status, text } = await send("GET", `/v1.0/secrets/secrets/${name}`);
    // The store of environment variables answers with an empty value for what is not set.
    expect([status, text.includes("function"), text.includes("native code")]).toEqual([
      200,
      false,
      false,
    ]);
  });
});

describe("bodies of other blocks", () => {
  const noStore = [
    500,
    '{"errorCode":"ERR_LOCK_STORE_NOT_CONFIGURED","message":"lock store is not configured"}',
  ];
  const malformed = (message: string): [number, string] => [
    400,
    JSON.stringify({ errorCode: "ERR_MALFORMED_REQUEST", message }),
  ];
  const unreadable = (reason: string): [number, string] =>
    malformed(`failed deserializing HTTP body: proto: ${reason}`);
  const digits = "1234567890".repeat(4);
  const tooDeep = unreadable("exceeded maximum recursion depth");
  const bodies: readonly (readonly [string, string | Buffer, unknown, unknown])[] = [
    ["nothing", "", malformed("ExpiryInSeconds is not positive in lock store l"), noStore],
    ["no JSON", "x", ...both(unreadable("syntax error (line 1:1): invalid value x"))],
    ["100,000 levels", nested(100_000), ...both(tooDeep)],
    ["100,000 objects", '{"a":'.repeat(100_000), ...both(tooDeep)],
    [
      "invalid UTF-8",
      Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
      ...both(unreadable("syntax error: invalid UTF-8")),
    ],
    [
      "a number of 40 digits",
      `{"resourceId":"r","lockOwner":"o","expiryInSeconds":${digits}}`,
      unreadable(`invalid value: ${digits}`),
      // Unlocking knows no such member.
      noStore,
    ],
    ["a number as a name", '{"resourceId":1}', ...both(unreadable("invalid value: 1"))],
  ];
  it.each(bodies)("%s", async (_name, body, lock, unlock) => {
    for (const [path, expected] of [
      ["/v1.0-alpha1/lock/l", lock],
      ["/v1.0-alpha1/unlock/l", unlock],
    ] as const) {
      const answer = await send("POST", path, body);
      // Go writes some of these texts with a space that does not break.
      expect([answer.status, answer.text.replaceAll("\u00a0", " ")]).toEqual(expected);
    }
    await goodRequest();
  });

  it("messages that are none", async () => {
    const messages = [
      Buffer.from([0x0a]),
      Buffer.alloc(64, 0xff),
      Buffer.alloc(10_000, 0x0b),
      Buffer.from([0x0a, 0x02, 0xc3, 0x28]),
    ];
    const methods = [
      "GetSecret",
      "GetBulkSecret",
      "GetConfiguration",
      "UnsubscribeConfiguration",
      "TryLockAlpha1",
      "UnlockAlpha1",
      "SubtleEncryptAlpha1",
      "PublishEvent",
    ];
    for (const method of methods) {
      for (const message of messages) {
        const { error } = await grpcCall(sidecar.grpcPort, `${runtimeService}/${method}`, message);
        expect([method, error?.code, error?.details]).toEqual([
          method,
          13,
          expect.stringMatching(/^grpc: error unmarshalling request: /),
        ]);
      }
    }
    await goodRequest();
  });
});

/** The same for locking and unlocking. */
function both<T>(answer: T): [T, T] {
  return [answer, answer];
}
