/** Makes secret stores, and other components with an environment, outside a sidecar. */
import { randomBytes, randomUUID } from "node:crypto";
import type { ComponentDefinition, RunningComponent } from "../../../src/components/contract.ts";
import type { SecretStore } from "../../../src/components/secretstores/contract.ts";
import type { Platform } from "../../../src/kit/lifecycle/platform.ts";
import type { Logger } from "../../../src/kit/logging/logger.ts";
import { type Clock, systemClock } from "../../../src/kit/time/clock.ts";
import { RecordedLog } from "./state-context.ts";

export const openSecretStore = createComponent<SecretStore>;

export function createComponent<T extends RunningComponent>(
  component: ComponentDefinition<T>,
  properties: Readonly<Record<string, string>>,
  env: ReadonlyMap<string, string> = new Map(),
  options: { readonly clock?: Clock; readonly logger?: Logger } = {},
): Promise<T> {
  const random = { number: Math.random, bytes: randomBytes, uuid: randomUUID };
  return component.create({
    name: "secrets",
    appId: "app",
    namespace: "default",
    properties: new Map(Object.entries(properties)),
    logger: options.logger ?? new RecordedLog(),
    platform: { clock: options.clock ?? systemClock, random, env, cwd: "/" } as unknown as Platform,
    signal: new AbortController().signal,
  });
}

/** A kubeconfig with one context. @param cluster @param user further lines, in flow form */
export function kubeconfig(server: string, user = "{token: pod-token}", cluster = ""): string {
  return `apiVersion: v1
kind: Config
current-context: here
contexts:
  - name: other
    context: {cluster: nowhere, user: nobody}
  - name: here
    context: {cluster: stand-in, user: me, namespace: shop}
clusters:
  - name: stand-in
    cluster: {server: "${server}"${cluster === "" ? "" : `, ${cluster}`}}
users:
  - name: me
    user: ${user}
`;
}
