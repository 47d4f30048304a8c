/** Configuration, locks and cryptography with the official JavaScript SDK (npm @dapr/dapr). */
import { randomBytes } from "node:crypto";
import { CommunicationProtocolEnum, DaprClient, LogLevel } from "@dapr/dapr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needsRedis, type Surroundings, startSurroundings } from "./environment.ts";

let surroundings: Surroundings;
let http: DaprClient;
let grpc: DaprClient;

beforeAll(async () => {
  surroundings = await startSurroundings("js");
  const common = { daprHost: "127.0.0.1", logger: { level: LogLevel.Error } };
  const { httpPort, grpcPort } = surroundings.caller;
  http = new DaprClient({
    ...common,
    daprPort: `${httpPort}`,
    communicationProtocol: CommunicationProtocolEnum.HTTP,
  });
  grpc = new DaprClient({
    ...common,
    daprPort: `${grpcPort}`,
    communicationProtocol: CommunicationProtocolEnum.GRPC,
  });
});

afterAll(async () => {
  await Promise.all([http?.stop(), grpc?.stop()]);
  await surroundings?.[Symbol.asyncDispose]();
});

describe.skipIf(needsRedis !== "")("with Redis", () => {
  it.each([["http"], ["grpc"]])("takes and releases a lock over %s", async (protocol) => {
    const client = protocol === "http" ? http : grpc;
    const take = async (owner: string): Promise<boolean> =>
      (await client.lock.lock("locks", `js-${protocol}`, owner, 30)).success;
    const release = async (owner: string): Promise<unknown> =>
      (await client.lock.unlock("locks", `js-${protocol}`, owner)).status;
    expect([await take("a"), await take("b")]).toEqual([true, false]);
    // LockStatus of the SDK: 0 success, 1 does not exist, 2 belongs to others.
    expect([await release("b"), await release("a"), await release("a")]).toEqual([2, 0, 1]);
  });

  it("reads configuration", async () => {
    const key = surroundings.env.FIXED_KEY ?? "";
    const { items } = await grpc.configuration.get("configuration", [key]);
    expect(items[key]).toMatchObject({ key, value: "blue", version: "3" });
  });

  it("follows configuration until it stops", async () => {
    const key = surroundings.env.CHANGING_KEY ?? "";
    const values = new Set<string>();
    const enough = Promise.withResolvers<void>();
    const stream = await grpc.configuration.subscribeWithKeys(
      "configuration",
      [key],
      async (change) => {
        values.add(change.items[key]?.value ?? "");
        if (values.size >= 3) enough.resolve();
      },
    );
    await enough.promise;
    await stream.stop();
    expect(values.size).toBeGreaterThanOrEqual(3);
  });
});

describe("cryptography", () => {
  const options = { componentName: "keys", keyName: "wrap-key", keyWrapAlgorithm: "AES" } as const;

  it.each([[1], [65_536], [65_537], [1_000_000]])(
    "encrypts and decrypts %d bytes",
    async (size) => {
      const plain = randomBytes(size);
      const document = await grpc.crypto.encrypt(plain, options);
      expect(document.subarray(0, 15).toString()).toBe("dapr.io/enc/v1\n");
      const back = await grpc.crypto.decrypt(document, { componentName: "keys" });
      expect(back.equals(plain)).toBe(true);
    },
  );

  it("reports a tampered document", async () => {
    const document = await grpc.crypto.encrypt(Buffer.from("secret"), options);
    document[document.length - 1] = (document.at(-1) ?? 0) ^ 1;
    await expect(grpc.crypto.decrypt(document, { componentName: "keys" })).rejects.toThrow(
      "failed to decrypt segment",
    );
  });
});
