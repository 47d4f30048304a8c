/**
 * Which rule of the allow list each gRPC method obeys. Every rule has a number; one sidecar per binary digit allows the
 * rules whose number has that digit, so that the answers spell the number of the rule that a method obeys.
 * @see spec 01 §2.8
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { protocol } from "../../../src/kit/proto/descriptors.ts";
import { launchDaprd, type Sidecar } from "../launch.ts";
import { grpcCall, runtimeService } from "./calls.ts";

const workflowCalls = ["Start", "Get", "Terminate", "RaiseEvent", "Purge", "Pause", "Resume"];
const jobCalls = ["ScheduleJob", "DeleteJob", "GetJob", "DeleteJobsByPrefix", "ListJobs"];

/** As the specification lists them. */
const rules: Readonly<Record<string, readonly string[]>> = {
  "invoke v1": ["InvokeService"],
  "bindings v1": ["InvokeBinding"],
  "shutdown v1": ["Shutdown"],
  "metadata v1": ["GetMetadata", "SetMetadata"],
  "secrets v1": ["GetSecret", "GetBulkSecret"],
  "state v1": [
    "GetState",
    "GetBulkState",
    "SaveState",
    "DeleteState",
    "DeleteBulkState",
    "ExecuteStateTransaction",
  ],
  "state v1alpha1": ["QueryStateAlpha1"],
  "publish v1": ["PublishEvent", "BulkPublishEvent"],
  "publish v1alpha1": ["BulkPublishEventAlpha1"],
  "subscribe v1alpha1": ["SubscribeTopicEventsAlpha1"],
  "actors v1": [
    "RegisterActorTimer",
    "UnregisterActorTimer",
    "RegisterActorReminder",
    "UnregisterActorReminder",
    "GetActorReminder",
    "UnregisterActorRemindersByType",
    "ListActorReminders",
    "GetActorState",
    "ExecuteActorStateTransaction",
    "InvokeActor",
  ],
  "actors v1alpha1": ["SubscribeActorEventsAlpha1"],
  "configuration v1": ["GetConfiguration", "SubscribeConfiguration", "UnsubscribeConfiguration"],
  "configuration v1alpha1": [
    "GetConfigurationAlpha1",
    "SubscribeConfigurationAlpha1",
    "UnsubscribeConfigurationAlpha1",
  ],
  "lock v1alpha1": ["TryLockAlpha1"],
  "unlock v1alpha1": ["UnlockAlpha1"],
  "crypto v1alpha1": ["EncryptAlpha1", "DecryptAlpha1"],
  "subtlecrypto v1alpha1": [
    "SubtleGetKeyAlpha1",
    "SubtleEncryptAlpha1",
    "SubtleDecryptAlpha1",
    "SubtleWrapKeyAlpha1",
    "SubtleUnwrapKeyAlpha1",
    "SubtleSignAlpha1",
    "SubtleVerifyAlpha1",
  ],
  "conversation v1alpha1": ["ConverseAlpha1"],
  "conversation v1alpha2": ["ConverseAlpha2"],
  "workflows v1alpha1": workflowCalls.map((name) => `${name}WorkflowAlpha1`),
  "workflows v1beta1": workflowCalls.map((name) => `${name}WorkflowBeta1`),
  "jobs v1": jobCalls,
  "jobs v1alpha1": jobCalls.map((name) => `${name}Alpha1`),
};

const names = Object.keys(rules);
const digits = 5;
let open: Sidecar;
let sidecars: readonly Sidecar[] = [];

const configuration = (allowed: readonly string[]): string => `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {name: rules}
spec:
  api:
    allowed:
${allowed
  .map((rule) => rule.split(" "))
  .map(([name, version]) => `      - {name: ${name}, version: ${version}, protocol: grpc}`)
  .join("\n")}
`;

beforeAll(async () => {
  expect(names.length).toBeLessThan(2 ** digits);
  open = await launchDaprd({ appId: "open" });
  const launched: Sidecar[] = [];
  for (let digit = 0; digit < digits; digit++) {
    const allowed = names.filter((_, i) => ((i + 1) >> digit) % 2 === 1);
    launched.push(await launchDaprd({ appId: "rules", config: configuration(allowed) }));
  }
  sidecars = launched;
});
afterAll(async () => {
  await Promise.all([open, ...sidecars].map((sidecar) => sidecar[Symbol.asyncDispose]()));
});

/** Reads as a wrong message to every method that would do something. */
const broken = Buffer.from([0x0a]);

async function ruleOf(path: string): Promise<string | undefined> {
  let number = 0;
  for (const [digit, sidecar] of sidecars.entries()) {
    const { error } = await grpcCall(sidecar.grpcPort, path, broken);
    const isRefused = error?.code === 12 && error.details === "Not Implemented";
    if (!isRefused) number += 2 ** digit;
  }
  return names[number - 1];
}

async function isServed(path: string): Promise<boolean> {
  const { error } = await grpcCall(open.grpcPort, path, broken);
  return !/dapr-callee-app-id/.test(error?.details ?? "");
}

it("every method that is served obeys its rule, and the others none", async () => {
  const expected = new Map(
    Object.entries(rules).flatMap(([rule, methods]) => methods.map((name) => [name, rule])),
  );
  const methods =
    protocol()
      .fileOf("dapr.proto.runtime.v1.Dapr")
      ?.service.find(({ name }) => name === "Dapr")?.method ?? [];
  expect(methods.length).toBeGreaterThan(70);
  const wrong: string[] = [];
  let served = 0;
  for (const { name } of methods) {
    const path = `${runtimeService}/${name}`;
    const isThere = await isServed(path);
    if (isThere) served++;
    const wanted = isThere ? expected.get(name) : undefined;
    const rule = await ruleOf(path);
    if (rule !== wanted) wrong.push(`${name}: ${rule} instead of ${wanted}`);
  }
  expect(wrong).toEqual([]);
  expect(served).toBeGreaterThanOrEqual(20);
});
