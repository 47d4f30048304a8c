/**
 * The certificate authority of the control plane.
 *
 * After a change of the credential files everything is built from them anew; ports stay open and counters live on.
 * @see spec 07 §2
 */
import { HealthRegistry } from "../kit/lifecycle/health.ts";
import type { Platform } from "../kit/lifecycle/platform.ts";
import { type DirectoryWatch, watchDirectories } from "../kit/lifecycle/watch-directories.ts";
import type { Logging } from "../kit/logging/logger.ts";
import { Metrics } from "../kit/metrics/metrics.ts";
import { selectTransport } from "../kit/rpc/select.ts";
import type { Transport } from "../kit/rpc/transport.ts";
import { loadConfiguration } from "./configuration.ts";
import { type Generation, type GenerationParts, startGeneration } from "./generation.ts";
import {
  type ListenerParts,
  type OidcListener,
  startGrpc,
  startObservers,
  startOidc,
} from "./listeners.ts";
import { type SentryMetrics, sentryMetrics } from "./metrics.ts";
import { SentryError, type SentryOptions, watchedDirectories } from "./options.ts";

export interface RunningSentry extends AsyncDisposable {
  /** Resolves after disposal; rejects when sentry cannot go on. */
  readonly done: Promise<void>;
  /** Where it listens; ports that were given as 0 are chosen at the start. */
  readonly ports: SentryPorts;
}

/** Changes within this time are one. */
const batchMs = 2000;

export interface SentryPorts {
  readonly grpc: number;
  readonly healthz: number;
  /** 0 without metrics. */
  readonly metrics: number;
  /** 0 without OIDC. */
  readonly oidc: number;
}

export interface SentryWiring {
  /** Default: what `TRICORNE_GRPC_TRANSPORT` names. */
  readonly transport?: Transport;
  /** Gives up starting. */
  readonly signal?: AbortSignal;
}

/**
 * Resolves when sentry serves.
 * @throws {SentryError} with the text for the log and the exit code; the signal's reason
 */
export async function startSentry(
  options: SentryOptions,
  platform: Platform,
  logging: Logging,
  wiring: SentryWiring = {},
): Promise<RunningSentry> {
  const logger = logging.logger("dapr.sentry");
  if (options.mode === "kubernetes") {
    throw new SentryError(
      "error creating sentry: unable to load a Kubernetes configuration: Kubernetes mode is not supported by this version",
      { exitCode: 2 },
    );
  }
  const transport =
    wiring.transport ?? (await selectTransport(platform.env.get("TRICORNE_GRPC_TRANSPORT")));
  const configuration = await loadConfiguration(options.config, platform.env);
  const sentry = new Sentry({ platform, logger, configuration, transport }, options);
  await sentry.start(wiring.signal);
  return sentry;
}

type Parts = Omit<GenerationParts, "counts"> & { readonly transport: Transport };

class Sentry implements RunningSentry {
  readonly done: Promise<void>;
  readonly #settle: { resolve: () => void; reject: (error: Error) => void };
  readonly #parts: Parts;
  readonly #options: SentryOptions;
  readonly #metrics = new Metrics();
  readonly #counts: SentryMetrics;
  readonly #health = new HealthRegistry();
  readonly #stopping = new AbortController();
  /** What ends first was opened last. */
  readonly #owned = new AsyncDisposableStack();
  #ports = { grpc: 0, healthz: 0, metrics: 0 };
  #batch: Disposable | undefined;
  #generation: Generation | undefined;
  #oidc: OidcListener | undefined;
  /** Starts and reloads, one after the other. */
  #work: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(parts: Parts, options: SentryOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#counts = sentryMetrics(this.#metrics);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.done = promise;
    this.#settle = { resolve, reject };
    // Whoever starts a sentry may look at `done` later or never.
    promise.catch(() => {});
  }

  get ports(): SentryPorts {
    return { ...this.#ports, oidc: this.#oidc?.port() ?? 0 };
  }

  async start(signal: AbortSignal | undefined): Promise<void> {
    const giveUp = (): void => this.#stopping.abort(signal?.reason);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      signal?.throwIfAborted();
      const first = this.#open();
      this.#work = first.catch(() => {});
      await first;
    } catch (error) {
      await this.#release();
      throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  async #open(): Promise<void> {
    const { logger, transport } = this.#parts;
    const health = this.#health;
    this.#owned.use(this.#watchFiles());
    const [security, server] = [health.target("security-provider"), health.target("sentry-server")];
    const validators = this.#parts.configuration.tokenValidators.map(({ name }) =>
      health.target(`sentry-${name}-validator`),
    );
    const observers = await startObservers(
      this.#options,
      this.#listenerParts,
      this.#metrics,
      this.#owned,
    );
    this.#owned.defer(() => this.#generation?.[Symbol.asyncDispose]());
    this.#generation = await this.#generate();
    for (const target of [security, ...validators]) target.ready();
    const current = (): Generation => this.#generation as Generation;
    const grpc = await startGrpc(this.#options, transport, logger, current, this.#owned);
    logger.info(`Running gRPC server on port ${grpc}`);
    this.#ports = { grpc, ...observers };
    server.ready();
    this.#owned.defer(() => this.#oidc?.[Symbol.asyncDispose]());
    await this.#discover();
  }

  get #listenerParts(): ListenerParts {
    return { ...this.#parts, health: this.#health };
  }

  #generate(): Promise<Generation> {
    const parts = { ...this.#parts, counts: this.#counts };
    return startGeneration(this.#options, parts, this.#stopping.signal);
  }

  async #discover(): Promise<void> {
    this.#oidc = await startOidc(
      this.#options,
      this.#listenerParts,
      this.#generation as Generation,
      (error) => this.#fail(error),
    );
  }

  #watchFiles(): DirectoryWatch {
    const directories = watchedDirectories(this.#options);
    const { logger } = this.#parts;
    logger.info(`Starting watch on filesystem directories: [${directories.join(" ")}]`);
    try {
      return watchDirectories(
        directories,
        () => this.#changed(),
        (error) => this.#fail(new SentryError(`error watching directories: ${error.message}`)),
      );
    } catch (error) {
      const { code, path, message } = error as NodeJS.ErrnoException;
      throw new SentryError(
        `failed to watch ${code === "ENOENT" ? `${path}: no such file or directory` : message}`,
        { cause: error },
      );
    }
  }

  #changed(): void {
    if (this.#batch !== undefined || this.#stopping.signal.aborted) return;
    this.#batch = this.#parts.platform.clock.timer(batchMs, () => {
      this.#batch = undefined;
      this.#work = this.#work.then(() => this.#reload());
    });
  }

  /** Calls find the old state or the new one, never none. */
  async #reload(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const { logger } = this.#parts;
    logger.info("Issuer credentials changed; reloading");
    this.#counts.issuerChanged.add();
    try {
      const before = this.#generation;
      this.#generation = await this.#generate();
      await before?.[Symbol.asyncDispose]();
      logger.info(`Running gRPC server on port ${this.#ports.grpc}`);
      await this.#oidc?.[Symbol.asyncDispose]();
      await this.#discover();
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    if (this.#stopping.signal.aborted) return;
    this.#settle.reject(error);
    // The failure may come from the work that the release waits for.
    this.#release().catch(() => {});
  }

  #release(): Promise<void> {
    this.#closing ??= (async () => {
      this.#stopping.abort(new SentryError("sentry is stopping"));
      this.#batch?.[Symbol.dispose]();
      await this.#work;
      await this.#owned.disposeAsync();
    })();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const isFirst = this.#closing === undefined;
    await this.#release();
    if (isFirst) this.#settle.resolve();
  }
}
