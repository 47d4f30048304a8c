/**
 * Starts components and keeps track of the ones that run.
 * @see spec 04 §4.3, §4.4
 */
import type { ComponentDefinition, RunningComponent } from "../../components/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import type { Logger, Logging } from "../../kit/logging/logger.ts";
import type { Family, Metrics, ValueSeries } from "../../kit/metrics/metrics.ts";
import { formatDuration } from "../../kit/time/duration.ts";
import {
  type ComponentCategory,
  type InstalledComponent,
  logName,
  notFoundText,
  startFailure,
} from "./category.ts";
import type { ComponentResource } from "./documents.ts";
import { unknownMetadata } from "./metadata-check.ts";
import { fillTemplates, type ReadSecret, type ResolvedValues, resolveValues } from "./values.ts";

/** Finds the definition of `type/version`; undefined: no such component. */
export type FindComponent = (
  type: string,
  version: string,
) => (() => Promise<ComponentDefinition<RunningComponent>>) | undefined;

/** The component with its calls under the policies that apply; itself where none do. */
export type GuardComponent = <T extends RunningComponent>(
  category: string,
  name: string,
  component: T,
) => T;

export interface LoadedComponent {
  readonly name: string;
  readonly type: string;
  readonly version: string;
  readonly capabilities: readonly string[];
}

export interface ComponentLoaderOptions {
  readonly appId: string;
  /** NAMESPACE, or `default`. */
  readonly namespace: string;
  readonly platform: Platform;
  readonly logging: Logging;
  readonly metrics: Metrics;
  readonly find: FindComponent;
  readonly categories: readonly ComponentCategory[];
  /** undefined: there are no policies. */
  readonly guard?: GuardComponent | undefined;
  readonly readSecret: ReadSecret;
  /** `spec.components.deny`. */
  readonly denied: readonly string[];
}

/** Ends the sidecar: `process component x error: ...`. */
export class ComponentError extends Error {
  override readonly name = "ComponentError";
}

const closeLimitMs = 30_000;

interface Running extends LoadedComponent {
  readonly logName: string;
  readonly resource: ComponentResource;
  /** Values before templates were filled in. */
  readonly values: ReadonlyMap<string, string>;
  readonly component: RunningComponent;
  readonly installed: InstalledComponent;
}

export class ComponentLoader implements AsyncDisposable {
  readonly #options: ComponentLoaderOptions;
  readonly #logger: Logger;
  readonly #categories: ReadonlyMap<string, ComponentCategory>;
  readonly #running = new Map<string, Running>();
  /** Components that wait for a secret store, by its name. */
  readonly #parked = new Map<string, ComponentResource[]>();
  readonly #loadedCount: Family<ValueSeries>;
  readonly #initCount: Family<ValueSeries>;
  readonly #failCount: Family<ValueSeries>;

  constructor(options: ComponentLoaderOptions) {
    this.#options = options;
    this.#logger = options.logging.logger("dapr.runtime.processor");
    this.#categories = new Map(options.categories.map((category) => [category.name, category]));
    const { metrics } = options;
    this.#loadedCount = metrics.counter(
      "dapr_runtime_component_loaded",
      "The number of successfully loaded components.",
      ["app_id"],
    );
    this.#initCount = metrics.counter(
      "dapr_runtime_component_init_total",
      "The number of initialized components.",
      ["app_id", "component"],
    );
    this.#failCount = metrics.counter(
      "dapr_runtime_component_init_fail_total",
      "The number of component initialization failures.",
      ["app_id", "component", "reason", "componentName"],
    );
  }

  /** In the order in which they were started: at first secret stores, then the others. */
  get loaded(): readonly LoadedComponent[] {
    return [...this.#running.values()];
  }

  /**
   * Starts them one after another, secret stores first.
   * @throws {ComponentError} for one that fails without `ignoreErrors`
   */
  async loadAll(resources: readonly ComponentResource[], signal: AbortSignal): Promise<void> {
    const isSecretStore = (item: ComponentResource): boolean =>
      item.type.startsWith("secretstores.");
    const allowed = resources.filter((resource) => this.isAllowed(resource));
    for (const resource of [
      ...allowed.filter(isSecretStore),
      ...allowed.filter((item) => !isSecretStore(item)),
    ]) {
      signal.throwIfAborted();
      await this.#load(resource, signal);
    }
  }

  /** The resources of the components that run, in the order in which they were started. */
  get resources(): readonly ComponentResource[] {
    return [...this.#running.values()].map(({ resource }) => resource);
  }

  /** Whether something implements its type. */
  isKnown({ type, version }: ComponentResource): boolean {
    return this.#options.find(type.toLowerCase(), version.toLowerCase()) !== undefined;
  }

  /** Those that wait for their secret store. */
  get waiting(): readonly ComponentResource[] {
    return [...this.#parked.values()].flat();
  }

  /**
   * Starts one more. Where it waits for its secret store, it takes the place of one of its name that waits already.
   * @returns false when it failed, which `ignoreErrors` lets pass
   * @throws {ComponentError} it fails, without `ignoreErrors`
   */
  async load(resource: ComponentResource, signal: AbortSignal): Promise<boolean> {
    this.#forgetParked(resource.name);
    return await this.#load(resource, signal);
  }

  /**
   * Ends one, also one that waits for its secret store.
   * @throws {Error} it could not be closed; it is out of service nevertheless
   */
  async remove(name: string): Promise<void> {
    this.#forgetParked(name);
    const running = this.#running.get(name);
    this.#running.delete(name);
    if (running === undefined) return;
    await running.installed.remove();
    await this.#dispose(running.component);
  }

  /** Whether a component that runs was started with other values than its references stand for now. */
  async hasOtherValues(resource: ComponentResource): Promise<boolean> {
    const running = this.#running.get(resource.name);
    if (running === undefined) return true;
    const { plain, isIncomplete } = await this.#resolve(resource);
    // What works is not ended because of a secret that cannot be read at this moment.
    if (isIncomplete) return false;
    return [...plain].some(([name, value]) => running.values.get(name) !== value);
  }

  /** Ends all components side by side. */
  async [Symbol.asyncDispose](): Promise<void> {
    const logger = this.#options.logging.logger("dapr.runtime.processor");
    const running = [...this.#running.values()];
    this.#running.clear();
    this.#parked.clear();
    await Promise.all(
      running.map(async ({ logName: shown, component, installed }) => {
        logger.info(`Shutting down component ${shown}`);
        try {
          await installed.remove();
          await component[Symbol.asyncDispose]();
        } catch (error) {
          logger.error(`error closing component ${shown}: ${errorText(error)}`);
        }
      }),
    );
  }

  /** What does not end must not keep its successor from starting for ever. */
  async #dispose(component: RunningComponent): Promise<void> {
    const { clock } = this.#options.platform;
    const over = new AbortController();
    const limit = clock.sleep(closeLimitMs, over.signal).then(() => {
      throw new Error(`it is not closed after ${formatDuration(closeLimitMs)}`);
    });
    try {
      await Promise.race([component[Symbol.asyncDispose](), limit]);
    } finally {
      over.abort();
    }
  }

  #forgetParked(name: string): void {
    for (const [store, waiting] of this.#parked) {
      const left = waiting.filter((resource) => resource.name !== name);
      if (left.length === 0) this.#parked.delete(store);
      else this.#parked.set(store, left);
    }
  }

  /** Whether the deny list of the Configuration lets it through. @see spec 04 §2.4 */
  isAllowed(resource: ComponentResource): boolean {
    const denied = this.#options.denied.filter((entry) => entry.split("/").length <= 2);
    if (denied.length === 0) return true;
    const { name, type, version } = resource;
    if (type === "" || version === "") return false;
    if (!denied.includes(type) && !denied.includes(`${type}/${version}`)) return true;
    this.#logger.warn(
      `component '${name}' cannot be loaded because components of type '${logName(resource)}' are not allowed`,
    );
    return false;
  }

  async #load(resource: ComponentResource, signal: AbortSignal): Promise<boolean> {
    const { name } = resource;
    const context = `process component ${name} error: `;
    try {
      const isLoaded = await this.#start(resource, signal);
      if (!isLoaded) return true;
    } catch (error) {
      // A stop while a component starts is no failure of the component.
      signal.throwIfAborted();
      const message = context + (error instanceof Error ? error.message : String(error));
      if (resource.ignoreErrors) {
        this.#logger.error(`Ignoring error processing component: ${message}`);
        return false;
      }
      this.#logger.warn(`Error processing component, daprd will exit gracefully: ${message}`);
      throw new ComponentError(message, { cause: error });
    }
    if (resource.type.startsWith("secretstores.")) await this.#unpark(name, signal);
    return true;
  }

  async #unpark(store: string, signal: AbortSignal): Promise<void> {
    const waiting = this.#parked.get(store);
    this.#parked.delete(store);
    for (const resource of waiting ?? []) await this.#load(resource, signal);
  }

  /** @returns false when the component waits for its secret store */
  async #start(resource: ComponentResource, signal: AbortSignal): Promise<boolean> {
    const { name, type, version, secretStore } = resource;
    const notFound = notFoundText(resource, this.#categories);
    if (notFound === undefined) throw new Error(`incorrect type ${type}`);
    const shown = logName(resource);
    try {
      const values = await this.#resolve(resource);
      if (values.missingStore !== undefined && secretStore !== "") {
        this.#parked.set(secretStore, [...(this.#parked.get(secretStore) ?? []), resource]);
        return false;
      }
      const { isLate, ...running } = await this.#create(resource, notFound, values, signal);
      const { plain } = values;
      const own = { name, type, version, logName: shown, resource, values: plain };
      this.#running.set(name, { ...own, ...running });
      // It stays, also where the error is ignored.
      if (isLate) throw new LateError(initTimeoutText(resource));
    } catch (error) {
      throw this.#failure(resource, error);
    }
    this.#initCount.with(this.#options.appId, type).add();
    this.#loadedCount.with(this.#options.appId).add();
    this.#logger.info(`Component loaded: ${shown}`);
    return true;
  }

  /** Logs and counts it. @see spec 04 §4.4 */
  #failure(resource: ComponentResource, error: unknown): Error {
    const shown = logName(resource);
    const isUnknown = error instanceof UnknownTypeError;
    this.#countFailure(resource, isUnknown ? "creation" : "init");
    this.#countFailure(resource, "init");
    const isBare =
      error instanceof LateError || (isUnknown && resource.type.startsWith("bindings."));
    const failure = isUnknown
      ? { kind: "CREATE", cause: error.message }
      : startFailure(resource, errorText(error));
    const inner = isBare
      ? error.message
      : `[${failure.kind}_COMPONENT_FAILURE]: initialization error occurred for ${shown}: ${failure.cause}`;
    this.#logger.error(`Failed to init component ${shown}: ${inner}`);
    return new Error(
      `[INIT_COMPONENT_FAILURE]: initialization error occurred for ${shown}: ${inner}`,
      { cause: error },
    );
  }

  async #resolve(resource: ComponentResource) {
    const { appId, namespace, platform, readSecret } = this.#options;
    return await resolveValues(resource.metadata, {
      kind: "Component",
      resourceName: resource.name,
      resourceNamespace: resource.namespace,
      secretStore: resource.secretStore,
      appId,
      namespace,
      env: platform.env,
      random: platform.random,
      logger: this.#logger,
      readSecret,
    });
  }

  #warnOfOld(label: string, type: string, definition: ComponentDefinition<RunningComponent>): void {
    const { successor, versions } = definition;
    if (successor === undefined) return;
    const old = `${label} ${type}/${versions[0]}`;
    this.#logger.warn(
      `WARNING: ${old} is deprecated and will be removed in a future version, please use ${type}/${successor}`,
    );
  }

  async #create(
    resource: ComponentResource,
    notFound: string,
    values: ResolvedValues,
    parent: AbortSignal,
  ): Promise<Pick<Running, "component" | "installed" | "capabilities"> & { isLate: boolean }> {
    const { name, type, version, secretStore, initTimeoutMs } = resource;
    const category = this.#categories.get(type.split(".", 1)[0] as string);
    const find = this.#options.find(type.toLowerCase(), version.toLowerCase());
    if (category === undefined || find === undefined) throw new UnknownTypeError(notFound);
    const definition = await find();
    this.#warnOfOld(category.label, type.toLowerCase(), definition);
    const { appId, namespace, platform, logging } = this.#options;
    this.#warnOfUnknown(resource, values.plain.keys(), definition);
    const filled = fillTemplates(values.plain, { ...this.#options, ...platform });
    const properties = category.complete?.(filled) ?? filled;
    using deadline = platform.clock.deadline(initTimeoutMs, parent);
    let component: RunningComponent;
    try {
      component = await definition.create({
        name,
        appId,
        namespace,
        properties,
        logger: logging.logger("dapr.contrib"),
        platform,
        signal: deadline,
      });
    } catch (error) {
      if (!deadline.aborted || parent.aborted) throw error;
      throw new Error(`${errorText(error)}\n${initTimeoutText(resource)}`, { cause: error });
    }
    try {
      const { given, secretNames, usesNamespace } = values;
      const installed = await category.install(
        { name, type, version, properties, given, secretNames, secretStore, usesNamespace },
        this.#options.guard?.(category.name, name, component) ?? component,
      );
      const isLate = initTimeoutMs <= 0 || (deadline.aborted && !parent.aborted);
      return { component, installed, capabilities: installed.capabilities, isLate };
    } catch (error) {
      await component[Symbol.asyncDispose]();
      throw error;
    }
  }

  #warnOfUnknown(
    resource: ComponentResource,
    names: Iterable<string>,
    { properties, takesAnyProperty = false }: ComponentDefinition<RunningComponent>,
  ): void {
    if (takesAnyProperty) return;
    const { name, type, version } = resource;
    const shown = version === "" ? type : `${type}/${version}`;
    for (const { text } of unknownMetadata(type, names, properties)) {
      this.#logger.warn(`component ${JSON.stringify(name)} (${shown}): ${text}`);
    }
  }

  #countFailure(resource: ComponentResource, reason: "creation" | "init"): void {
    this.#failCount.with(this.#options.appId, resource.type, reason, resource.name).add();
  }
}

const initTimeoutText = (resource: ComponentResource): string =>
  `init timeout for component ${logName(resource)}`;

class UnknownTypeError extends Error {}

/** The component started after its time was over. */
class LateError extends Error {}
