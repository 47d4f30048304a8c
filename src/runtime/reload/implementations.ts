/**
 * Components whose implementation is a file of the user: they start anew when it changes.
 * @see docs/own-components.md
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { logName } from "../resources/category.ts";
import type { ComponentLoader } from "../resources/component-loader.ts";
import type { LoadedResources } from "../resources/folder.ts";
import type { ReloadedKind } from "./reconciler.ts";

type ReloadingLoader = Pick<ComponentLoader, "resources" | "isKnown" | "load" | "remove">;

export class ImplementationReload implements ReloadedKind {
  readonly kind = "component file";
  readonly isPeriodic = true;
  readonly #refresh: () => Promise<ReadonlySet<string>>;
  readonly #loader: ReloadingLoader;
  readonly #logger: Logger;

  /** @param refresh answers with the types, in lower case, that have another implementation now */
  constructor(
    refresh: () => Promise<ReadonlySet<string>>,
    loader: ReloadingLoader,
    logger: Logger,
  ) {
    this.#refresh = refresh;
    this.#loader = loader;
    this.#logger = logger;
  }

  async reconcile(_all: LoadedResources, signal: AbortSignal): Promise<void> {
    const changed = await this.#refresh();
    if (changed.size === 0) return;
    for (const resource of this.#loader.resources) {
      if (signal.aborted) return;
      if (!changed.has(resource.type.toLowerCase())) continue;
      if (!this.#loader.isKnown(resource)) {
        this.#logger.warn(
          `Component ${logName(resource)} stays as it is: nothing implements ${resource.type} any more`,
        );
        continue;
      }
      this.#logger.info(`Closing existing Component to reload: ${logName(resource)}`);
      try {
        await this.#loader.remove(resource.name);
      } catch (error) {
        this.#logger.error(`error closing old component: ${errorText(error)}`);
      }
      if (!(await this.#loader.load(resource, signal))) continue;
      this.#logger.info(`Component updated: ${logName(resource)}`);
    }
  }
}
