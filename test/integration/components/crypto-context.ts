/** Makes crypto providers outside a sidecar. */
import { randomBytes, randomUUID } from "node:crypto";
import type { ComponentDefinition } from "../../../src/components/contract.ts";
import type { CryptoProvider } from "../../../src/components/crypto/contract.ts";
import type { Platform } from "../../../src/kit/lifecycle/platform.ts";
import type { Logger } from "../../../src/kit/logging/logger.ts";
import { type Clock, systemClock } from "../../../src/kit/time/clock.ts";
import { RecordedLog } from "./state-context.ts";

export function openCryptoProvider(
  component: ComponentDefinition<CryptoProvider>,
  properties: Readonly<Record<string, string>>,
  options: { readonly clock?: Clock; readonly logger?: Logger } = {},
): Promise<CryptoProvider> {
  const random = { number: Math.random, bytes: randomBytes, uuid: randomUUID };
  const clock = options.clock ?? systemClock;
  return component.create({
    name: "crypto",
    appId: "app",
    namespace: "default",
    properties: new Map(Object.entries(properties)),
    logger: options.logger ?? new RecordedLog(),
    platform: { clock, random, env: new Map(), cwd: "/" } as unknown as Platform,
    signal: AbortSignal.timeout(10_000),
  });
}
