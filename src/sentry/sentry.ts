/**
 * The certificate authority of the control plane.
 *
 * A change of the credential files stops everything and builds it anew in the same process; counters live on.
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
import {
  type Generation,
  type GenerationParts,
  type SentryPorts,
  startGeneration,
} from "./generation.ts";
import { sentryMetrics } from "./metrics.ts";
import { SentryError, type SentryOptions, watchedDirectories } from "./options.ts";

export interface RunningSentry extends AsyncDisposable {
  /** Resolves after disposal; rejects when sentry cannot go on. */
  readonly done: Promise<void>;
  /** Where it listens; a port that was given as 0 is chosen once and kept over reloads. */
  readonly ports: SentryPorts;
}

/** Changes within this time are one. */
const batchMs = 2000;

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
  const sentry = new Sentry(
    { platform, logger, transport, configuration, metrics: new Metrics() },
    options,
  );
  await sentry.start(wiring.signal);
  return sentry;
}

type Parts = Omit<GenerationParts, "health" | "counts">;

class Sentry implements RunningSentry {
  readonly done: Promise<void>;
  readonly #settle: { resolve: () => void; reject: (error: Error) => void };
  readonly #parts: Parts;
  readonly #counts: ReturnType<typeof sentryMetrics>;
  #options: SentryOptions;
  readonly #stopping = new AbortController();
  #watch: DirectoryWatch | undefined;
  #batch: Disposable | undefined;
  #generation: Generation | undefined;
  /** Starts and reloads, one after the other. */
  #work: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(parts: Parts, options: SentryOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#counts = sentryMetrics(parts.metrics);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.done = promise;
    this.#settle = { resolve, reject };
    // Whoever starts a sentry may look at `done` later or never.
    promise.catch(() => {});
  }

  get ports(): SentryPorts {
    return (this.#generation as Generation).ports;
  }

  async start(signal: AbortSignal | undefined): Promise<void> {
    const giveUp = (): void => this.#stopping.abort(signal?.reason);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      signal?.throwIfAborted();
      this.#watch = this.#watchFiles();
      const first = this.#build();
      this.#work = first.catch(() => {});
      await first;
    } catch (error) {
      await this.#release();
      throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
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

  async #reload(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#parts.logger.info("Issuer credentials changed; reloading");
    this.#counts.issuerChanged.add();
    try {
      await this.#generation?.[Symbol.asyncDispose]();
      await this.#build();
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#fail(error as Error);
    }
  }

  async #build(): Promise<void> {
    const generation = await startGeneration(
      this.#options,
      { ...this.#parts, health: new HealthRegistry(), counts: this.#counts },
      this.#stopping.signal,
      (error) => this.#fail(error),
    );
    this.#generation = generation;
    this.#options = withPorts(this.#options, generation.ports);
  }

  #fail(error: Error): void {
    if (this.#stopping.signal.aborted) return;
    this.#settle.reject(error);
    void this.#release();
  }

  #release(): Promise<void> {
    this.#closing ??= (async () => {
      this.#stopping.abort(new SentryError("sentry is stopping"));
      this.#batch?.[Symbol.dispose]();
      this.#watch?.[Symbol.dispose]();
      await this.#work;
      await this.#generation?.[Symbol.asyncDispose]();
    })();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const isFirst = this.#closing === undefined;
    await this.#release();
    if (isFirst) this.#settle.resolve();
  }
}

/** Ports that were chosen stay the same when everything is built anew. */
function withPorts(options: SentryOptions, ports: SentryPorts): SentryOptions {
  return {
    ...options,
    port: ports.grpc,
    healthzPort: ports.healthz,
    metrics: { ...options.metrics, port: ports.metrics || options.metrics.port },
    oidc: { ...options.oidc, port: ports.oidc || options.oidc.port },
  };
}
