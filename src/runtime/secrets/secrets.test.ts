import { describe, expect, it } from "vitest";
import type { SecretStore } from "../../components/secretstores/contract.ts";
import { ApiError } from "../../kit/errors/api-error.ts";
import type { Logging } from "../../kit/logging/logger.ts";
import { Metrics } from "../../kit/metrics/metrics.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { SecretScope } from "../resources/configuration.ts";
import { getSecret, SecretsBlock } from "./secrets.ts";

const scope = (storeName: string, rest: Partial<SecretScope>): SecretScope => ({
  storeName,
  defaultAccess: "allow",
  allowedSecrets: [],
  deniedSecrets: [],
  ...rest,
});
const scopes = [
  scope("listed", { defaultAccess: "deny", allowedSecrets: ["a", "gone"], deniedSecrets: ["a"] }),
  scope("denied", { deniedSecrets: ["b"] }),
  scope("closed", { defaultAccess: "DENY" }),
  scope("ghost", {}),
];
const secrets = new Map(["a", "b"].map((name) => [name, new Map([[name, name.toUpperCase()]])]));
const store: SecretStore = {
  features: [],
  get: async (name) => {
    if (name === "nothing") return undefined;
    const secret = secrets.get(name);
    if (secret === undefined) throw new Error(`secret ${name} not found`);
    return secret;
  },
  bulkGet: async () => secrets,
  [Symbol.asyncDispose]: async () => {},
};

function setUp(names: readonly string[]) {
  const lines: string[] = [];
  const logging = {
    logger: () => ({ warn: (line: string) => lines.push(line) }),
  } as unknown as Logging;
  const metrics = new Metrics();
  const block = new SecretsBlock({
    appId: "app",
    namespaceEnv: "",
    metrics,
    clock: new ManualClock(),
    logging,
    scopes,
  });
  for (const name of names) block.mount(name, store);
  return { block, lines, metrics };
}

const none = new Map<string, string>();
async function failure(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ApiError) return error;
  throw new Error(`not an ApiError: ${String(error)}`);
}

describe("one secret", () => {
  it("is read, or the reason is given", async () => {
    const { block } = setUp(["free"]);
    expect(await block.get("free", "a", none)).toEqual(new Map([["a", "A"]]));
    expect(await block.get("free", "nothing", none)).toBeUndefined();
    const failed = await failure(block.get("free", "x", none));
    expect([failed.httpStatus, failed.grpcCode, failed.errorCode, failed.message]).toEqual([
      500,
      13,
      "ERR_SECRET_GET",
      "failed getting secret with key x from secret store free: secret x not found",
    ]);
    const unknown = await failure(block.get("other", "a", none));
    expect([unknown.httpStatus, unknown.grpcCode, unknown.errorCode]).toEqual([
      401,
      3,
      "ERR_SECRET_STORE_NOT_FOUND",
    ]);
    const noStore = await failure(setUp([]).block.get("other", "a", none));
    expect([noStore.httpStatus, noStore.grpcCode, noStore.errorCode]).toEqual([
      500,
      9,
      "ERR_SECRET_STORES_NOT_CONFIGURED",
    ]);
  });

  it.each([
    ["listed", "a", "read"],
    ["listed", "gone", "ERR_SECRET_GET"],
    ["listed", "b", "ERR_PERMISSION_DENIED"],
    ["listed", "A", "ERR_PERMISSION_DENIED"],
    ["denied", "a", "read"],
    ["denied", "b", "ERR_PERMISSION_DENIED"],
    ["closed", "a", "ERR_PERMISSION_DENIED"],
    ["free", "b", "read"],
  ])("of %s: %s is %s", async (name, secret, outcome) => {
    const { block } = setUp([name]);
    const found = await block.get(name, secret, none).then(
      () => "read",
      (error: ApiError) => error.errorCode,
    );
    expect(found).toBe(outcome);
  });
});

it("leaves forbidden ones out of all", async () => {
  const { block } = setUp(["listed", "closed", "free"]);
  expect([...((await block.bulkGet("listed", none)) ?? [])].map(([name]) => name)).toEqual(["a"]);
  expect((await block.bulkGet("closed", none))?.size).toBe(0);
  expect((await block.bulkGet("free", none))?.size).toBe(2);
});

it("is open to resources, whatever the scopes", async () => {
  const { block } = setUp(["closed"]);
  const read = getSecret(block);
  expect(await read("closed", "a", none)).toEqual(new Map([["a", "A"]]));
  expect(await read("closed", "nothing", none)).toEqual(new Map());
  expect(await read("not loaded", "a", none)).toBeUndefined();
  await expect(read("closed", "x", none)).rejects.toThrow("secret x not found");
});

it("warns of scopes without a store, and counts calls", async () => {
  const { block, lines, metrics } = setUp(["listed", "denied", "closed"]);
  block.warnOfUnknownScopes();
  expect(lines).toEqual([
    "Secrets configuration added for 'ghost', but no matching secret store was found",
  ]);
  await failure(block.get("closed", "a", none));
  await block.bulkGet("closed", none);
  const labels =
    '{app_id="app",component="closed",namespace="",operation="bulk_get",success="true"}';
  expect(metrics.render()).toBe(
    `# HELP dapr_component_secret_count The number of operations performed on the secret component.\n# TYPE dapr_component_secret_count counter\ndapr_component_secret_count${labels} 1\n`,
  );
});
