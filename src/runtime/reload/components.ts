/**
 * Components that come, change and go: the old one is closed before the new one starts.
 * @see spec 04 §5.2, §5.3
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { logName } from "../resources/category.ts";
import type { ComponentLoader } from "../resources/component-loader.ts";
import type { ComponentResource } from "../resources/documents.ts";
import type { LoadedResources } from "../resources/folder.ts";
import { changesBetween, hasReferences, haveEqualContent } from "./changes.ts";
import type { ReloadedKind } from "./reconciler.ts";

export interface ComponentReloadOptions {
  readonly loader: Pick<
    ComponentLoader,
    "resources" | "waiting" | "load" | "remove" | "hasOtherValues" | "isAllowed"
  >;
  /** Adds what a mode has beside the resources. */
  readonly complete: (components: readonly ComponentResource[]) => readonly ComponentResource[];
  /** Name of the store that keeps actors. */
  readonly actorStore: () => string | undefined;
  readonly logger: Logger;
}

export class ComponentReload implements ReloadedKind {
  readonly kind = "Component";
  readonly isPeriodic = true;
  readonly #options: ComponentReloadOptions;
  /** Another store for actors, which waits for its turn. */
  #skipped: ComponentResource | undefined;

  constructor(options: ComponentReloadOptions) {
    this.#options = options;
  }

  async reconcile({ components }: LoadedResources, signal: AbortSignal): Promise<void> {
    const { loader, complete } = this.#options;
    const wanted = complete(components);
    // One that was skipped and has vanished since is nobody's any more.
    this.#skipped = wanted.find(({ name }) => name === this.#skipped?.name);
    const { deleted, updated, created } = changesBetween(
      loader.resources,
      wanted,
      (before, after) => !hasReferences(after) && haveEqualContent(before, after),
    );
    for (const resource of deleted) {
      await this.#changing(signal, () => this.#close(resource, "deleted"));
    }
    // A secret store that comes later must not start what is not there any more.
    for (const { name } of loader.waiting) {
      if (!wanted.some((resource) => resource.name === name)) await loader.remove(name);
    }
    // What refers to a secret is compared with what its store says now.
    for (const resource of updated.toSorted(secretStoresFirst)) {
      if (signal.aborted) return;
      await this.#changing(signal, () => this.#update(resource, signal));
    }
    for (const resource of created) {
      if (signal.aborted) return;
      if (this.#find(resource.name) !== undefined) continue;
      await this.#changing(signal, () => this.#load(resource, signal));
    }
  }

  #find(name: string): ComponentResource | undefined {
    return this.#options.loader.resources.find((resource) => resource.name === name);
  }

  /** @returns whether it is closed */
  async #close(resource: ComponentResource, what: "old" | "deleted"): Promise<boolean> {
    try {
      await this.#options.loader.remove(resource.name);
      return true;
    } catch (error) {
      this.#options.logger.error(`error closing ${what} component: ${errorText(error)}`);
      return false;
    }
  }

  async #update(resource: ComponentResource, signal: AbortSignal): Promise<void> {
    const { loader, logger } = this.#options;
    const old = this.#find(resource.name);
    if (old === undefined) return await this.#load(resource, signal);
    if (haveEqualContent(old, resource) && !(await loader.hasOtherValues(resource))) {
      logger.debug(`Component update skipped: no changes detected: ${logName(resource)}`);
      return;
    }
    if (this.#isSecondActorStore(resource)) return;
    logger.info(`Closing existing Component to reload: ${logName(old)}`);
    if (await this.#close(old, "old")) await this.#start(resource, signal);
  }

  async #load(resource: ComponentResource, signal: AbortSignal): Promise<void> {
    if (!this.#isSecondActorStore(resource)) await this.#start(resource, signal);
  }

  async #start(resource: ComponentResource, signal: AbortSignal): Promise<void> {
    const { loader, logger } = this.#options;
    const shown = logName(resource);
    if (!loader.isAllowed(resource)) {
      logger.warn(`Received unauthorized component update, ignored: ${shown}`);
      return;
    }
    logger.info(`Adding Component for processing: ${shown}`);
    if (await loader.load(resource, signal)) logger.info(`Component updated: ${shown}`);
  }

  /** Only one store keeps actors at a time; the last other one takes its place when it goes. */
  #isSecondActorStore(resource: ComponentResource): boolean {
    const current = this.#options.actorStore();
    if (current === undefined || current === resource.name || !isForActors(resource)) return false;
    this.#skipped = resource;
    this.#options.logger.error(
      `Skipping hot reload of ${logName(resource)}: ${current} is already the actor state store, only one actor state store is allowed. The component will be applied if ${current} is removed`,
    );
    return true;
  }

  /** Tells what becomes of the store that keeps actors. */
  async #changing(signal: AbortSignal, change: () => Promise<unknown>): Promise<void> {
    const { actorStore, logger } = this.#options;
    const before = actorStore();
    const resource = this.#find(before ?? "");
    await change();
    const after = actorStore();
    if (before !== undefined && after !== before) {
      logger.info("Actor state store removed or replaced - draining hosted actors");
    } else if (before !== undefined && this.#find(before) !== resource) {
      logger.info(`Actor state store ${before} updated - actor hosting continues`);
    } else if (before === undefined && after !== undefined) {
      logger.info(`Actor state store ${after} configured - enabling actor hosting`);
    }
    const skipped = this.#skipped;
    if (after !== undefined || skipped === undefined || signal.aborted) return;
    this.#skipped = undefined;
    logger.info(`Applying previously skipped actor state store: ${logName(skipped)}`);
    await this.#changing(signal, () => this.#start(skipped, signal));
  }
}

const isSecretStore = ({ type }: ComponentResource): boolean => type.startsWith("secretstores.");

const secretStoresFirst = (a: ComponentResource, b: ComponentResource): number =>
  Number(isSecretStore(b)) - Number(isSecretStore(a));

const isForActors = ({ metadata }: ComponentResource): boolean =>
  metadata.some(({ name }) => name.toLowerCase() === "actorstatestore");
