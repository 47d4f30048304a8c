/**
 * Hot reload of a sidecar: which resources are watched, and what a change of each kind does.
 * @see spec 04 §5
 */
import type { HealthRegistry } from "../kit/lifecycle/health.ts";
import type { Blocks } from "./blocks.ts";
import type { SidecarContext } from "./context.ts";
import { completeComponents } from "./load-components.ts";
import type { SidecarOptions } from "./options.ts";
import { componentFolders, type OwnComponents } from "./own-components.ts";
import { ComponentReload } from "./reload/components.ts";
import { watchFolders } from "./reload/folder-source.ts";
import { ImplementationReload } from "./reload/implementations.ts";
import { Reconciler } from "./reload/reconciler.ts";
import { restartKinds } from "./reload/restarts.ts";
import { type DeclaredSubscriptions, SubscriptionReload } from "./reload/subscriptions.ts";
import type { ComponentLoader } from "./resources/component-loader.ts";
import type { LoadedResources } from "./resources/folder.ts";

/** In place, without ending anything else. */
const liveKinds = ["Component", "Subscription", "MCPServer", "WorkflowAccessPolicy"];
const restartingKinds = ["Configuration", "HTTPEndpoint", "Resiliency"];

export interface ReloadedParts {
  /** What the sidecar was started with. */
  readonly resources: LoadedResources;
  readonly loader: ComponentLoader;
  readonly blocks: Blocks;
  readonly subscriptions: DeclaredSubscriptions;
  readonly types: OwnComponents;
  /** Ends the sidecar and starts the next one. */
  readonly restart: () => void;
  /** Ends the sidecar. */
  readonly fail: (error: Error) => void;
}

/** Changes are noticed from now on, and looked at once it is started. */
export interface HotReload extends Disposable {
  start(parts: ReloadedParts): AsyncDisposable;
}

/** @throws {ResourceError} a folder is not there */
export function openHotReload(
  options: SidecarOptions,
  context: SidecarContext,
  health: HealthRegistry,
): HotReload {
  const { resourcesPaths: folders, appId, namespaceEnv } = options;
  const { logging, platform } = context;
  const logger = logging.logger("dapr.runtime.hotreload");
  const reconcilerLogger = logging.logger("dapr.runtime.hotreload.reconciler");
  const watchLogger = logging.logger("dapr.runtime.hotreload.loader.disk");
  logger.info(
    "Hot reloading enabled. Daprd will reload 'Component', 'Subscription', 'MCPServer', 'Configuration', 'HTTPEndpoint', 'Resiliency' and 'WorkflowAccessPolicy' resources when they are added, updated or deleted.",
  );
  const gates = [...liveKinds, ...restartingKinds].map((kind) =>
    health.target(`hotreload-${kind.toLowerCase()}`),
  );
  const source = watchFolders({
    folders,
    componentFolders: componentFolders(folders),
    filter: { appId, namespaceEnv },
    clock: platform.clock,
    logger: watchLogger,
    loaderLogger: logging.logger("dapr.runtime.loader.disk"),
  });
  watchLogger.info(`Watching directories: [${folders.join(", ")}]`);
  return {
    start(parts) {
      const reconciler = new Reconciler({
        source,
        kinds: reloadedKinds(options, context, parts),
        intervalMs: options.hotReloadIntervalMs,
        clock: platform.clock,
        logger: reconcilerLogger,
        onFault: parts.fail,
      });
      for (const kind of liveKinds) reconcilerLogger.info(`Starting to watch ${kind} updates`);
      for (const kind of restartingKinds) {
        reconcilerLogger.info(`Starting to watch ${kind} updates for SIGHUP reload`);
      }
      for (const gate of gates) gate.ready();
      return reconciler;
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

function reloadedKinds(
  options: SidecarOptions,
  { logging }: SidecarContext,
  { resources, loader, blocks, subscriptions, types, restart }: ReloadedParts,
) {
  const logger = logging.logger("dapr.runtime.hotreload.reconciler");
  let isRestarting = false;
  return [
    ...restartKinds({
      loaded: resources,
      appId: options.appId,
      namespaceEnv: options.namespaceEnv,
      logger,
      restart() {
        if (!isRestarting) restart();
        isRestarting = true;
      },
    }),
    new ImplementationReload(() => types.refresh(), loader, logger),
    new ComponentReload({
      loader,
      complete: (components) => completeComponents(options, components),
      actorStore: () => blocks.state.actorStore?.name,
      logger,
    }),
    new SubscriptionReload(subscriptions, resources.subscriptions, logger),
  ];
}
