/**
 * The resources of a sidecar, and the components that they name.
 * @see spec 04 §2 to §4
 */
import { findComponent } from "../components/catalogue.ts";
import type { Blocks } from "./blocks.ts";
import type { SidecarContext } from "./context.ts";
import type { SidecarMetrics } from "./observability.ts";
import type { SidecarOptions } from "./options.ts";
import type { Policies } from "./policies.ts";
import { completeForKubernetes } from "./resources/builtin-components.ts";
import { ComponentLoader } from "./resources/component-loader.ts";
import type { Configuration } from "./resources/configuration.ts";
import type { ComponentResource } from "./resources/documents.ts";
import { type LoadedResources, loadFolders } from "./resources/folder.ts";
import { getSecret } from "./secrets/secrets.ts";

export async function readResources(
  { resourcesPaths, appId, namespaceEnv }: SidecarOptions,
  { logging }: SidecarContext,
): Promise<LoadedResources> {
  const logger = logging.logger("dapr.runtime.loader.disk");
  return await loadFolders(resourcesPaths, { appId, namespaceEnv }, logger);
}

export function createLoader(
  { appId, namespace }: SidecarOptions,
  { platform, logging }: SidecarContext,
  configuration: Configuration,
  { registry }: SidecarMetrics,
  { categories, secrets }: Blocks,
  policies: Policies | undefined,
): ComponentLoader {
  return new ComponentLoader({
    appId,
    namespace,
    platform,
    logging,
    metrics: registry,
    find: findComponent,
    categories,
    guard: policies?.guard,
    readSecret: getSecret(secrets),
    denied: configuration.deniedComponents,
  });
}

/** Adds what the mode has beside the resources. */
export function completeComponents(
  { mode, hasBuiltinSecretStore }: SidecarOptions,
  components: readonly ComponentResource[],
): readonly ComponentResource[] {
  return mode === "kubernetes"
    ? completeForKubernetes(components, hasBuiltinSecretStore)
    : components;
}

/** @throws {ComponentError} */
export async function loadComponents(
  loader: ComponentLoader,
  components: readonly ComponentResource[],
  { secrets }: Blocks,
  { secretScopes }: Configuration,
  { logging, signal }: SidecarContext,
): Promise<void> {
  const logger = logging.logger("dapr.runtime");
  logger.info("Loading components…");
  await loader.loadAll(components, signal);
  logger.info("Waiting for all outstanding components to be processed…");
  logger.info("All outstanding components processed");
  for (const { storeName } of secretScopes) {
    if (secrets.has(storeName)) continue;
    logger.warn(
      `Secrets configuration added for '${storeName}', but no matching secret store was found`,
    );
  }
}
