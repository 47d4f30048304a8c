/**
 * Automatic encryption in running sidecars, over every store: what is stored, what is read back, and how keys change.
 * @see spec 01 §5.10
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ExecuteStateTransactionRequest,
  GetBulkStateRequest,
  GetBulkStateResponse,
  GetStateRequest,
  GetStateResponse,
  SaveStateRequest,
} from "../../../src/kit/proto/dapr/proto/runtime/v1/state.ts";
import { call, grpcCall, runtimeService } from "../api/calls.ts";
import { hasRedis, launchDaprd, launchRedis, Scratch, type Sidecar } from "../launch.ts";
import { hasEtcd, launchEtcd } from "../servers/etcd.ts";
import { hasFerretdb, launchFerretdb } from "../servers/ferretdb.ts";
import { hasMariadb, launchMariadb } from "../servers/mariadb.ts";
import { hasPostgres, launchPostgres } from "../servers/postgres.ts";

/** A store, and where its data is. */
interface Subject {
  readonly type: string;
  readonly version: string;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Kind {
  readonly isAvailable: boolean;
  readonly start: (stack: AsyncDisposableStack) => Promise<Subject>;
  /** Others see its data. */
  readonly isShared: boolean;
  readonly transacts: boolean;
  readonly queries: boolean;
}

const scratch = new Scratch();
const usual = { isAvailable: true, isShared: true, transacts: true, queries: false };

const postgres =
  (version: string) =>
  async (stack: AsyncDisposableStack): Promise<Subject> => {
    const { connectionString } = stack.use(await launchPostgres());
    return { type: "state.postgresql", version, metadata: { connectionString } };
  };

const kinds: Readonly<Record<string, Kind>> = {
  memory: {
    ...usual,
    isShared: false,
    start: async () => ({ type: "state.in-memory", version: "v1", metadata: {} }),
  },
  sqlite: {
    ...usual,
    start: async () => {
      const connectionString = `${scratch.path}/state.db`;
      return { type: "state.sqlite", version: "v1", metadata: { connectionString } };
    },
  },
  redis: {
    ...usual,
    isAvailable: await hasRedis(),
    async start(stack) {
      const { address } = stack.use(await launchRedis());
      return { type: "state.redis", version: "v1", metadata: { redisHost: address } };
    },
  },
  postgresv1: { ...usual, isAvailable: hasPostgres(), queries: true, start: postgres("v1") },
  postgresv2: { ...usual, isAvailable: hasPostgres(), start: postgres("v2") },
  mysql: {
    ...usual,
    isAvailable: await hasMariadb(),
    async start(stack) {
      const { connectionString } = stack.use(await launchMariadb());
      return { type: "state.mysql", version: "v1", metadata: { connectionString } };
    },
  },
  etcd: {
    ...usual,
    isAvailable: await hasEtcd(),
    async start(stack) {
      const { address } = stack.use(await launchEtcd());
      return { type: "state.etcd", version: "v2", metadata: { endpoints: address } };
    },
  },
  mongodb: {
    ...usual,
    isAvailable: hasFerretdb(),
    transacts: false,
    queries: true,

    async start(stack) {
      const { address } = stack.use(await launchFerretdb());
      return { type: "state.mongodb", version: "v1", metadata: { host: address } };
    },
  },
};

const env = { FIRST: "01".repeat(32), SECOND: "02".repeat(16) };
type KeyName = keyof typeof env;

const resource = (name: string, subject: Subject, keys: readonly KeyName[]): string => {
  const { type, version, metadata } = subject;
  const plain = Object.entries(metadata).map(
    ([key, value]) => `{name: ${key}, value: ${JSON.stringify(value)}}`,
  );
  const secret = keys.map((key, i) => {
    const property = i === 0 ? "primaryEncryptionKey" : "secondaryEncryptionKey";
    return `{name: ${property}, secretKeyRef: {name: ${key}, key: ${key}}}`;
  });
  return `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ${name}}
spec:
  type: ${type}
  version: ${version}
  metadata: [${[...plain, ...secret].join(", ")}]
auth: {secretStore: env}
`;
};

const secretStore = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: env}
spec: {type: secretstores.local.env, version: v1}
`;

const available = Object.keys(kinds).filter((name) => kinds[name]?.isAvailable);
const stack = new AsyncDisposableStack();
/** Before and after the change of keys; `plain-…` of the first shows what is stored. */
let before: Sidecar;
let after: Sidecar;

beforeAll(async () => {
  const subjects = await Promise.all(
    available.map(async (name) => [name, await (kinds[name] as Kind).start(stack)] as const),
  );
  const launch = (keys: readonly KeyName[]): Promise<Sidecar> =>
    launchDaprd({
      appId: "app",
      env,
      resources: [
        secretStore,
        ...subjects.map(([name, subject]) => resource(name, subject, keys)),
        ...subjects.map(([name, subject]) => resource(`plain-${name}`, subject, [])),
      ],
    });
  before = stack.use(await launch(["FIRST"]));
  after = stack.use(await launch(["SECOND", "FIRST"]));
}, 120_000);
afterAll(async () => {
  await stack.disposeAsync();
  scratch[Symbol.dispose]();
}, 60_000);

const state = (sidecar: Sidecar, path: string, body?: unknown) =>
  call({
    port: sidecar.httpPort,
    method: body === undefined ? "GET" : "POST",
    path: `/v1.0/state/${path}`,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

async function save(sidecar: Sidecar, store: string, key: string, value: unknown): Promise<void> {
  expect(await state(sidecar, store, [{ key, value }])).toMatchObject({ status: 204 });
}

async function invoke(sidecar: Sidecar, method: string, message: Buffer): Promise<Buffer> {
  const { error, bytes } = await grpcCall(sidecar.grpcPort, `${runtimeService}/${method}`, message);
  if (error !== null) throw error;
  return bytes;
}

const bytesOf = async (sidecar: Sidecar, storeName: string, key: string): Promise<Buffer> =>
  Buffer.from(
    GetStateResponse.decode(
      await invoke(sidecar, "GetState", GetStateRequest.encode({ storeName, key })),
    ).data,
  );

/** As it is stored, seen through a component without keys. */
const record = async (store: string, key: string): Promise<string> =>
  (await bytesOf(before, `plain-${store}`, key)).toString();

describe.each(Object.entries(kinds))("encrypted %s", (store, kind) => {
  it.skipIf(!kind.isAvailable)("keeps typed values as the reference writes them", async () => {
    const values: [unknown, string][] = [
      ["text with || in it", "text with || in it"],
      [{ b: [1, "x", null], a: 1_000_000 }, "map[a:1e+06 b:[1 x <nil>]]"],
      [null, "<nil>"],
      [true, "true"],
      ["", ""],
    ];
    for (const [i, [value, text]] of values.entries()) {
      await save(before, store, `typed-${i}`, value);
      expect((await bytesOf(before, store, `typed-${i}`)).toString()).toBe(text);
      expect((await state(before, `${store}/typed-${i}`)).text).toBe(text);
    }
  });

  it.skipIf(!kind.isAvailable)("keeps bytes as they are, also in transactions", async () => {
    const value = Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256));
    const states = [{ key: "bytes", value }];
    await invoke(before, "SaveState", SaveStateRequest.encode({ storeName: store, states }));
    expect(await bytesOf(before, store, "bytes")).toEqual(value);
    if (!kind.transacts) return;
    const operations = [
      { operationType: "upsert", request: { key: "in-grpc", value } },
      { operationType: "delete", request: { key: "bytes" } },
    ];
    await invoke(
      before,
      "ExecuteStateTransaction",
      ExecuteStateTransactionRequest.encode({ storeName: store, operations }),
    );
    expect(await bytesOf(before, store, "in-grpc")).toEqual(value);
    expect(await bytesOf(before, store, "bytes")).toHaveLength(0);
    const body = { operations: [{ operation: "upsert", request: { key: "in-http", value: "v" } }] };
    expect((await state(before, `${store}/transaction`, body)).status).toBe(204);
    expect((await bytesOf(before, store, "in-http")).toString()).toBe("v");
  });

  it.skipIf(!kind.isAvailable)("compares etags and refuses queries", async () => {
    await save(before, store, "tagged", "one");
    const { headers } = await state(before, `${store}/tagged`);
    const write = async (value: string): Promise<number> =>
      (await state(before, store, [{ key: "tagged", value, etag: headers.etag }])).status;
    expect(await write("two")).toBe(204);
    expect(await write("three")).toBe(409);
    expect((await bytesOf(before, store, "tagged")).toString()).toBe("two");
    const query = await call({
      port: before.httpPort,
      method: "POST",
      path: `/v1.0-alpha1/state/${store}/query`,
      body: "{}",
    });
    expect(query.status).toBe(500);
    expect(query.text).toMatch(
      kind.queries ? /cannot query encrypted store/ : /state store does not support querying/,
    );
  });

  it.skipIf(!kind.isAvailable || !kind.isShared)("stores nothing that can be read", async () => {
    await save(before, store, "secret", "attack at dawn");
    const first = await record(store, "secret");
    expect(first).toMatch(/^[A-Za-z0-9+/]+={0,2}\|\|FIRST$/);
    expect(Buffer.from(first.slice(0, -7), "base64")).toHaveLength(12 + 14 + 16);
    await save(before, store, "secret", "attack at dawn");
    expect(await record(store, "secret")).not.toBe(first);
  });

  it.skipIf(!kind.isAvailable || !kind.isShared)("changes keys record by record", async () => {
    await save(before, store, "old", "by the first");
    await save(before, store, "moved", "by the first");
    expect((await bytesOf(after, store, "old")).toString()).toBe("by the first");
    await save(after, store, "moved", "by the second");
    expect(await record(store, "moved")).toMatch(/\|\|SECOND$/);
    expect(await record(store, "old")).toMatch(/\|\|FIRST$/);
    const keys = ["old", "moved", "none"];
    const read = async (sidecar: Sidecar) => {
      const message = GetBulkStateRequest.encode({ storeName: store, keys });
      const bytes = await invoke(sidecar, "GetBulkState", message);
      const { items } = GetBulkStateResponse.decode(bytes);
      return Object.fromEntries(
        items.map(({ key, data, error }) => [key, error || Buffer.from(data).toString()]),
      );
    };
    expect(await read(after)).toEqual({ old: "by the first", moved: "by the second", none: "" });
    const unknown = `could not decrypt data for state store ${store}: encryption key SECOND not found`;
    expect(await read(before)).toEqual({ old: "by the first", moved: unknown, none: "" });
    const refused = await state(before, `${store}/moved`);
    expect(refused.status).toBe(500);
    expect(JSON.parse(refused.text)).toMatchObject({ errorCode: "ERR_STATE_GET" });
    expect(refused.text).toContain(unknown);
  });

  it.skipIf(!kind.isAvailable || !kind.isShared)("refuses records of others", async () => {
    await save(before, store, "good", "x");
    const good = await record(store, "good");
    const bad: [string, RegExp][] = [
      ["plain", /encryption key name not found on record/],
      [`${good.slice(0, -5)}`, /encryption key name not found on record/],
      [good.replace("FIRST", "GONE"), /encryption key GONE not found/],
      ["AAAA||FIRST", /ciphertext too short/],
      ["?AAA||FIRST", /illegal base64 data at input byte 0/],
      [`${good[0] === "A" ? "B" : "A"}${good.slice(1)}`, /message authentication failed/],
    ];
    for (const [text, why] of bad) {
      const states = [{ key: "bad", value: Buffer.from(text) }];
      const message = SaveStateRequest.encode({ storeName: `plain-${store}`, states });
      await invoke(before, "SaveState", message);
      await expect(bytesOf(before, store, "bad")).rejects.toThrow(why);
    }
    expect((await bytesOf(before, store, "good")).toString()).toBe("x");
  });
});
