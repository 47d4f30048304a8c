/**
 * The policies of a sidecar. Where no resource defines any, none of their code is loaded.
 * @see spec 02 §15
 */
import type { SidecarContext } from "./context.ts";
import type { SidecarMetrics } from "./observability.ts";
import type { SidecarOptions } from "./options.ts";
import type { Policies } from "./policies.ts";
import type { LoadedResources } from "./resources/folder.ts";

/** @returns undefined: there are none for this app */
export async function loadPolicies(
  { resiliencies }: LoadedResources,
  { appId }: SidecarOptions,
  { platform, logging }: SidecarContext,
  { registry }: SidecarMetrics,
): Promise<Policies | undefined> {
  if (resiliencies.length === 0) return undefined;
  const { createPolicies } = await import("./policies.ts");
  return await createPolicies(resiliencies, {
    appId,
    clock: platform.clock,
    random: platform.random,
    logger: logging.logger("dapr.runtime"),
    metrics: registry,
  });
}
