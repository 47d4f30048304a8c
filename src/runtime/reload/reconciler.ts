/**
 * Brings what is loaded in line with its source: after every change, and from time to time.
 * @see spec 04 §5.2
 */
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { type LoadedResources, ResourceError } from "../resources/folder.ts";
import type { ResourceSource } from "./source.ts";

/** Resources of one kind, and what is done when they change. */
export interface ReloadedKind {
  readonly kind: string;
  /** Looked at from time to time too, and not only after a change. */
  readonly isPeriodic: boolean;
  /** @throws {Error} ends the sidecar */
  reconcile(all: LoadedResources, signal: AbortSignal): Promise<void>;
}

export interface ReconcilerOptions {
  readonly source: ResourceSource;
  /** In this order. */
  readonly kinds: readonly ReloadedKind[];
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once at most, after which nothing is reloaded any more. */
  readonly onFault: (error: Error) => void;
}

/** Disposing waits for what is under way. */
export class Reconciler implements AsyncDisposable {
  readonly #options: ReconcilerOptions;
  readonly #stop = new AbortController();
  readonly #timer: Disposable;
  /** A change is to be looked at; what comes while one is looked at is looked at once, afterwards. */
  #isChanged = false;
  #isDue = false;
  #running: Promise<void> | undefined;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#timer = options.clock.interval(options.intervalMs, () => {
      this.#isDue = true;
      this.#wake();
    });
    options.source.onChange(() => {
      this.#isChanged = true;
      this.#wake();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("hot reload is over"));
    this.#timer[Symbol.dispose]();
    this.#options.source[Symbol.dispose]();
    await this.#running;
  }

  #wake(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    try {
      while ((this.#isChanged || this.#isDue) && !signal.aborted) {
        const isPeriodic = !this.#isChanged;
        this.#isChanged = false;
        this.#isDue = false;
        await this.#reconcile(isPeriodic, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#stop.abort(error);
      this.#options.onFault(error as Error);
    }
  }

  /** What cannot be listed ends the sidecar after a change only; undefined otherwise. */
  async #list(isPeriodic: boolean): Promise<LoadedResources | undefined> {
    try {
      return await this.#options.source.list();
    } catch (error) {
      if (!isPeriodic || !(error instanceof ResourceError)) throw error;
      const text = error.message.replace(/^failed to [^:]*: /, "");
      const [, kind = "Component"] = /^duplicate definition of (\w+) /.exec(text) ?? [];
      this.#options.logger.error(`Error listing ${kind}: ${text}`);
      return undefined;
    }
  }

  async #reconcile(isPeriodic: boolean, signal: AbortSignal): Promise<void> {
    const { kinds, logger } = this.#options;
    const all = await this.#list(isPeriodic);
    if (all === undefined) return;
    for (const one of kinds) {
      if (signal.aborted) return;
      if (isPeriodic) {
        if (!one.isPeriodic) continue;
        logger.debug(`Running scheduled ${one.kind} reconcile`);
      }
      await one.reconcile(all, signal);
    }
  }
}
