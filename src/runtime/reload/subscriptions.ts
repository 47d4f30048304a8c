/**
 * Declarative subscriptions that come, change and go.
 * @see spec 03 §4.13, spec 04 §5.3
 */
import type { Logger } from "../../kit/logging/logger.ts";
import type { LoadedResources } from "../resources/folder.ts";
import type { SubscriptionResource } from "../resources/subscription-document.ts";
import { changesBetween, haveEqualContent } from "./changes.ts";
import type { ReloadedKind } from "./reconciler.ts";

/** Whoever runs them. */
export interface DeclaredSubscriptions {
  /**
   * Starts one; one of its name has ended before.
   * @throws {Error} the broker refuses it
   */
  declare(resource: SubscriptionResource): Promise<void>;
  /** Waits for messages in flight. */
  withdraw(name: string): Promise<void>;
}

export class SubscriptionReload implements ReloadedKind {
  readonly kind = "Subscription";
  readonly isPeriodic = true;
  readonly #target: DeclaredSubscriptions;
  readonly #logger: Logger;
  readonly #known: Map<string, SubscriptionResource>;

  constructor(
    target: DeclaredSubscriptions,
    loaded: readonly SubscriptionResource[],
    logger: Logger,
  ) {
    this.#target = target;
    this.#logger = logger;
    this.#known = new Map(loaded.map((resource) => [resource.name, resource]));
  }

  async reconcile({ subscriptions }: LoadedResources, signal: AbortSignal): Promise<void> {
    const known = [...this.#known.values()];
    const { deleted, updated, created } = changesBetween(known, subscriptions, haveEqualContent);
    for (const { name } of deleted) {
      this.#known.delete(name);
      await this.#target.withdraw(name);
    }
    for (const resource of [...updated, ...created]) {
      if (signal.aborted) return;
      await this.#apply(resource);
    }
  }

  async #apply(resource: SubscriptionResource): Promise<void> {
    const { name } = resource;
    if (this.#known.has(name)) {
      this.#logger.info(`Closing existing Subscription to reload: ${name}`);
      await this.#target.withdraw(name);
    }
    this.#known.set(name, resource);
    this.#logger.info(`Adding Subscription for processing: ${name}`);
    await this.#target.declare(resource);
    this.#logger.info(`Subscription updated: ${name}`);
  }
}
