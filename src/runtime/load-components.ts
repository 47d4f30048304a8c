/**
 * The resources of a sidecar, and the components that they name.
 * @see spec 04 §2 to §4
 */
import type { Blocks } from "./blocks.ts";
import type { SidecarContext } from "./context.ts";
import type { SidecarMetrics } from "./observability.ts";
import type { SidecarOptions } from "./options.ts";
import type { OwnComponents } from "./own-components.ts";
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
  { find }: OwnComponents,
): ComponentLoader {
  return new ComponentLoader({
    appId,
    namespace,
    platform,
    logging,
    metrics: registry,
    find,
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
  options: SidecarOptions,
  { logging, signal }: SidecarContext,
  { components }: LoadedResources,
  { secrets }: Blocks,
  { secretScopes }: Configuration,
): Promise<void> {
  const logger = logging.logger("dapr.runtime");
  logger.info("Loading components…");
  await loader.loadAll(completeComponents(options, components), signal);
  logger.info("Waiting for all outstanding components to be processed…");
  logger.info("All outstanding components processed");
  for (const { storeName } of secretScopes) {
    if (secrets.has(storeName)) continue;
    logger.warn(
      `Secrets configuration added for '${storeName}', but no matching secret store was found`,
    );
  }
}

/** Who may call workflows. */
export async function loadAccessPolicies(
  { accessPolicies }: LoadedResources,
  context: SidecarContext,
): Promise<void> {
  if (accessPolicies.length === 0) return;
  const { readAccessPolicies } = await import("./workflow-resources.ts");
  readAccessPolicies(accessPolicies, context);
}

/** @throws {Error} one is not valid, and does not say `ignoreErrors` */
export async function loadMcpServers(
  { mcpServers }: LoadedResources,
  options: SidecarOptions,
  context: SidecarContext,
): Promise<void> {
  const logger = context.logging.logger("dapr.runtime");
  logger.info("Loading MCP servers…");
  if (mcpServers.length > 0) {
    const { checkMcpServers } = await import("./workflow-resources.ts");
    checkMcpServers(mcpServers, options, context);
  }
  logger.info("Waiting for all outstanding MCP servers to be processed…");
  logger.info("All outstanding MCP servers processed");
}
