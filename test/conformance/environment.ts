/** Two sidecars as the SDKs' documentation has them: a caller with components, and a service that is called. */
import { type DaprdOptions, launchDaprd, type Sidecar } from "../integration/launch.ts";

const component = (
  name: string,
  type: string,
  metadata: Readonly<Record<string, string>>,
): string =>
  `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: ${name}
spec:
  type: ${type}
  version: v1
  metadata:
${Object.entries(metadata)
  .map(([key, value]) => `  - name: ${key}\n    value: ${JSON.stringify(value)}`)
  .join("\n")}
`;

/** Name of the secret in the store `secrets`, and its value. */
export const secret = { name: "db-password", value: "s3cr3t" };

/** Address of the Redis that `npm test` started; undefined where there is none. */
export const redisAddress = process.env.TRICORNE_TEST_REDIS;

/** State stores by what they run on; every SDK test is run with each. */
export const stores: readonly string[] = ["memory", "sqlite", ...(redisAddress ? ["redis"] : [])];

export function callerResources(folder: string, secretsFile: string): string[] {
  return [
    `${component("memory", "state.in-memory", { actorStateStore: "true" })}`,
    component("sqlite", "state.sqlite", { connectionString: `${folder}/state.db` }),
    ...(redisAddress ? [component("redis", "state.redis", { redisHost: redisAddress })] : []),
    component("secrets", "secretstores.local.file", { secretsFile }),
  ];
}

/** Ids are new for each run, so that mDNS answers of other runs do not matter. */
export const uniqueId = (name: string): string =>
  `${name}-${process.pid}-${Date.now().toString(36)}`;

export function launchQuietly(options: DaprdOptions): Promise<Sidecar> {
  return launchDaprd({ ...options, flags: ["--log-level", "warn", ...(options.flags ?? [])] });
}
