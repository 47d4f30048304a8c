/**
 * A sidecar that runs, and how it stops.
 * @see spec 08 §7
 */
import type { HealthTarget } from "../kit/lifecycle/health.ts";
import { formatDuration } from "../kit/time/duration.ts";
import type { SidecarApp } from "./app.ts";
import type { SidecarContext } from "./context.ts";
import type { SidecarOptions } from "./options.ts";
import type { ComponentLoader } from "./resources/component-loader.ts";
import type { Servers } from "./servers.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** Ends the program with this text as it is. */
export class FatalError extends Error {
  override readonly name = "FatalError";
}

export interface RunningParts {
  readonly options: SidecarOptions;
  readonly context: SidecarContext;
  readonly servers: Servers;
  readonly metricsServer: AsyncDisposable;
  readonly loader: ComponentLoader;
  readonly app: SidecarApp;
  readonly subscriptions: Subscriptions;
  readonly inputBindings: AsyncDisposable;
  readonly outbox: AsyncDisposable;
  /** undefined: resources stay as they are. */
  readonly hotReload: AsyncDisposable | undefined;
  readonly securityTarget: HealthTarget;
  readonly internalPort: number;
  readonly ready: Promise<void>;
}

export class RunningSidecar {
  readonly #parts: RunningParts;
  readonly ready: Promise<void>;
  readonly internalPort: number;
  #closing: Promise<void> | undefined;

  constructor(parts: RunningParts) {
    this.#parts = parts;
    this.ready = parts.ready;
    this.internalPort = parts.internalPort;
  }

  close(how: { readonly blocks: boolean }): Promise<void> {
    this.#closing ??= this.#close(how.blocks);
    return this.#closing;
  }

  async #close(blocks: boolean): Promise<void> {
    const { options, context, servers, metricsServer, securityTarget, hotReload } = this.#parts;
    securityTarget.notReady();
    // What it is about is interrupted, and waited for where components are closed.
    const reloaded = hotReload?.[Symbol.asyncDispose]();
    if (blocks && options.shutdown.blockMs !== undefined)
      await this.#block(options.shutdown.blockMs);
    // Phase A, without a time limit.
    servers.notReady();
    await Promise.all([servers.closeGrpc(), metricsServer[Symbol.asyncDispose]()]);
    // Phase B.
    const done = new AbortController();
    const { gracefulMs } = options.shutdown;
    const { clock } = context.platform;
    const limit = Number.isFinite(gracefulMs)
      ? clock.sleep(gracefulMs, done.signal).then(() => "late" as const)
      : new Promise<never>(() => {});
    const outcome = await Promise.race([
      this.#phaseB(reloaded).then(() => "done" as const),
      limit.catch(() => "done" as const),
    ]);
    done.abort();
    if (outcome === "late") {
      throw new FatalError("Graceful shutdown timeout exceeded, forcing shutdown");
    }
  }

  async #phaseB(reloaded: PromiseLike<void> | undefined): Promise<void> {
    const { context, servers, loader, app, inputBindings, subscriptions, outbox } = this.#parts;
    const logger = context.logging.logger("dapr.runtime");
    await Promise.all([
      servers.closeHttp(),
      (async () => {
        logger.info("Dapr is shutting down");
        await reloaded;
        // First, for the app may subscribe to what it publishes.
        await outbox[Symbol.asyncDispose]();
        await Promise.all([
          inputBindings[Symbol.asyncDispose](),
          subscriptions[Symbol.asyncDispose](),
        ]);
        await loader[Symbol.asyncDispose]();
        logger.info("Dapr runtime stopped");
      })(),
    ]);
    await app[Symbol.asyncDispose]();
  }

  /** spec 08 §7.2 */
  async #block(ms: number): Promise<void> {
    const { context, app, inputBindings, subscriptions } = this.#parts;
    const logger = context.logging.logger("dapr.runtime");
    const stopped = Promise.all([
      inputBindings[Symbol.asyncDispose](),
      subscriptions[Symbol.asyncDispose](),
    ]);
    logger.info(
      `Blocking graceful shutdown for ${formatDuration(ms)} or until app reports unhealthy...`,
    );
    const over = new AbortController();
    const ended = await Promise.race([
      context.platform.clock.sleep(ms, over.signal).then(
        () => "expired" as const,
        () => "expired" as const,
      ),
      app.unhealthy(over.signal).then(() => "unhealthy" as const),
    ]);
    over.abort();
    await stopped;
    logger.info(
      ended === "expired"
        ? "Block shutdown period expired, entering shutdown..."
        : "App reported unhealthy, entering shutdown...",
    );
  }
}
