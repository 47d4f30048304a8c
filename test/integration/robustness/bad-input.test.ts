/** Input that breaks parsers, each followed by a good request, over both APIs. @see spec 01 §2.5, §4 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rssMiB } from "../../bench/process-stat.ts";
import { call, grpcCall, runtimeService, store } from "../api/calls.ts";
import { launchDaprd, type Sidecar } from "../launch.ts";

let sidecar: Sidecar;
let rss = 0;

beforeAll(async () => {
  sidecar = await launchDaprd({ appId: "bad", resources: [store] });
  const save = { method: "POST", path: "/v1.0/state/store", body: '[{"key":"good","value":"v"}]' };
  expect((await call({ port: sidecar.httpPort, ...save })).status).toBe(204);
  rss = rssMiB(sidecar.process.pid);
});
afterAll(async () => {
  expect(sidecar.process.log).not.toMatch(/TypeError|RangeError|ReferenceError|undefined/);
  expect(rssMiB(sidecar.process.pid) - rss).toBeLessThan(120);
  await sidecar[Symbol.asyncDispose]();
});

async function goodRequest(): Promise<void> {
  const answer = await call({ port: sidecar.httpPort, path: "/v1.0/state/store/good" });
  expect([answer.status, answer.text]).toEqual([200, '"v"']);
  expect((await grpcCall(sidecar.grpcPort, `${runtimeService}/GetMetadata`)).error).toBeNull();
}

const nested = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const save = "/v1.0/state/store";

describe("over HTTP", () => {
  const bodies: readonly (readonly [string, string, string | Buffer, number])[] = [
    ["100,000 levels", save, `[{"key":"a","value":${nested(100_000)}}]`, 400],
    ["a million open brackets", save, "[".repeat(1_000_000), 400],
    ["a million open objects", save, '{"a":'.repeat(800_000), 400],
    ["a very long number", save, `[{"key":"a","value":${"9".repeat(100_000)}}]`, 400],
    ["a number out of range", save, '[{"key":"a","value":1e999}]', 400],
    ["a lone surrogate", save, '[{"key":"a","value":"\\ud800"}]', 204],
    ["a byte order mark", save, '\ufeff[{"key":"a","value":1}]', 400],
    ["invalid UTF-8", save, Buffer.from([0x5b, 0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d, 0x5d]), 400],
    ["NUL bytes", save, Buffer.alloc(1000), 400],
    ["options of a wrong type", save, '[{"key":"a","value":1,"options":[]}]', 400],
    ["metadata of a wrong type", save, '[{"key":"a","value":1,"metadata":{"a":1}}]', 400],
    ["a key that is an object", save, '[{"key":{},"value":1}]', 400],
    ["an endless key", save, `[{"key":"${"k".repeat(1_000_000)}","value":1}]`, 204],
    ["__proto__ as the whole", save, '{"__proto__":[{"key":"a"}]}', 400],
    ["operations of a wrong type", `${save}/transaction`, '{"operations":{}}', 400],
    [
      "an unknown operation",
      `${save}/transaction`,
      '{"operations":[{"operation":"x","request":{"key":"a"}}]}',
      400,
    ],
    ["keys of a wrong type", `${save}/bulk`, '{"keys":[1,{}]}', 400],
    ["parallelism of a wrong type", `${save}/bulk`, '{"keys":["a"],"parallelism":"x"}', 400],
  ];
  it.each(bodies)("%s", async (_, path, body, status) => {
    const headers = { "content-type": "application/json" };
    const answer = await call({ port: sidecar.httpPort, method: "POST", path, body, headers });
    expect(answer.status, answer.text.slice(0, 300)).toBe(status);
    if (status >= 400) expect(answer.text).toMatch(/^\{"errorCode":"ERR_\w+","message":"/);
    await goodRequest();
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty", "prototype"])(
    "%s is a name like any other",
    async (name) => {
      const { httpPort: port } = sidecar;
      const missing = await call({ port, path: `/v1.0/state/${name}/a` });
      expect([missing.status, missing.text]).toEqual([
        400,
        expect.stringContaining(`state store ${name} is not found`),
      ]);
      expect((await call({ port, path: `/v1.0/secrets/${name}/a` })).status).toBe(500);
      const body = `[{"key":"${name}","value":{"${name}":{"polluted":true}},"metadata":{"${name}":"x"}}]`;
      expect((await call({ port, method: "POST", path: save, body })).status).toBe(204);
      const { text } = await call({ port, path: `${save}/${name}` });
      expect(text).toBe(`{"${name}":{"polluted":true}}`);
      const put = { port, method: "PUT", path: `/v1.0/metadata/${name}`, body: "mine" };
      expect((await call(put)).status).toBe(204);
      const metadata = await call({ port, path: "/v1.0/metadata" });
      expect(metadata.text).toContain(`"${name}":"mine"`);
      expect((await call({ port, path: `${save}/x?metadata.${name}=1&${name}=2` })).status).toBe(
        204,
      );
      const headers = { [name]: "x", "dapr-app-id": name };
      expect((await call({ port, path: "/m", headers })).status).toBe(500);
      await goodRequest();
    },
  );
});

describe("over gRPC", () => {
  const long = (tag: number, length: number): Buffer => {
    const bytes = [tag];
    for (let rest = length; ; rest = Math.floor(rest / 128)) {
      bytes.push(rest < 128 ? rest : (rest % 128) + 128);
      if (rest < 128) return Buffer.from(bytes);
    }
  };
  const messages: readonly (readonly [string, Buffer])[] = [
    ["a field cut off", Buffer.from([0x0a])],
    ["a length beyond the end", Buffer.from([0x0a, 0x7f, 0x61])],
    ["a length of 2^40", long(0x0a, 2 ** 40)],
    ["a varint without end", Buffer.alloc(64, 0xff)],
    ["field number 0", Buffer.from([0x02, 0x00])],
    ["wire type 7", Buffer.from([0x0f, 0x00])],
    ["the end of a group that never began", Buffer.from([0x0c])],
    ["10,000 groups", Buffer.alloc(10_000, 0x0b)],
    ["invalid UTF-8 in a string", Buffer.from([0x0a, 0x02, 0xc3, 0x28])],
    ["a string where a message belongs", Buffer.from([0x12, 0x03, 0xff, 0xff, 0xff])],
  ];
  const methods = [
    "SaveState",
    "GetBulkState",
    "ExecuteStateTransaction",
    "InvokeService",
    "GetSecret",
    "SetMetadata",
  ];
  it.each(messages)("%s", async (_, message) => {
    for (const method of methods) {
      const { error } = await grpcCall(sidecar.grpcPort, `${runtimeService}/${method}`, message);
      // 14 and above 16 would be a connection that broke.
      if (error !== null)
        expect([2, 3, 9, 13], `${method}: ${error.details}`).toContain(error.code);
    }
    await goodRequest();
  });

  it("odd methods and metadata", async () => {
    for (const path of ["/", "//", "/a", "/a/b/c", "/dapr.proto.runtime.v1.Dapr/", "/%00/x"]) {
      const { error } = await grpcCall(sidecar.grpcPort, path);
      expect(error?.code, path).toBeGreaterThan(0);
    }
    const method = `${runtimeService}/GetMetadata`;
    for (const metadata of [
      { traceparent: "x".repeat(5_000) },
      { "dapr-app-id": "__proto__" },
      { "dapr-app-id": "x".repeat(5_000) },
      { constructor: "x" },
    ]) {
      const { error } = await grpcCall(sidecar.grpcPort, method, Buffer.alloc(0), metadata);
      expect(error, JSON.stringify(metadata).slice(0, 100)).toBeNull();
    }
    await goodRequest();
  });
});
