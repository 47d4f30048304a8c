/**
 * A sidecar in this process: started, watched and stopped apart from its neighbours.
 */
import { parseFlags } from "../kit/flags/flags.ts";
import type { LineSink, Platform } from "../kit/lifecycle/platform.ts";
import { Logging } from "../kit/logging/logger.ts";
import { buildCommit, runtimeVersion } from "../kit/version.ts";
import { daprdFlags } from "../runtime/flags.ts";
import { logOptions, type SidecarOptions, sidecarOptions } from "../runtime/options.ts";
import { FatalError } from "../runtime/running-sidecar.ts";
import { startSidecar } from "../runtime/sidecar.ts";
import { whenAborted } from "./when-aborted.ts";

export interface EmbeddedOptions {
  /** Flags of daprd, `--name=value`. */
  readonly argv: readonly string[];
  readonly resources: readonly string[];
  readonly cwd: string;
  readonly env: Map<string, string>;
  readonly platform: Platform;
  /** Takes the log; a `--log-file` among the flags goes before it. */
  readonly sink: LineSink;
  readonly openLog: (path: string) => LineSink;
}

export interface EmbeddedSidecar {
  readonly options: SidecarOptions;
  /** Whether its APIs serve; false: it ended before they did. */
  readonly serving: Promise<boolean>;
  /** Why it failed; undefined after a clean end. */
  readonly ended: Promise<string | undefined>;
  /** Called whenever its APIs serve again, after a change that only another sidecar can take in. */
  onRestart(callback: () => void): void;
  /** Ends it gracefully; as {@link ended}. */
  stop(): Promise<string | undefined>;
}

/** Running calls of apps have no time limit of their own (spec 08 §7.3). */
const stopLimitMs = 15_000;

const loopback = ["127.0.0.1", "localhost", "[::1]", "::1"];

/** @throws {Error} for flags that cannot be understood */
export function startEmbedded(embedded: EmbeddedOptions): EmbeddedSidecar {
  const { env, resources } = embedded;
  const platform: Platform = { ...embedded.platform, env, cwd: embedded.cwd };
  const flags = parseFlags(daprdFlags, embedded.argv, { singleDash: false });
  const { level, json, file } = logOptions(flags);
  const logging = new Logging({
    level,
    json,
    sink: file === "" ? embedded.sink : embedded.openLog(file),
    clock: platform.clock,
    hostname: platform.hostname,
    version: runtimeVersion,
    appId: flags.string("app-id"),
  });
  const logger = logging.logger("dapr.runtime");
  logger.info(`Starting Dapr Runtime -- version ${runtimeVersion} -- commit ${buildCommit}`);
  logger.info(`Log level set to: ${logging.level}`);
  const options: SidecarOptions = {
    ...sidecarOptions(flags, env, (text) => logger.warn(text)),
    resourcesPaths: resources,
  };
  return supervise(options, platform, logging);
}

/** Starts it, and the next one whenever a change asks for that. */
export function supervise(
  options: SidecarOptions,
  platform: Platform,
  logging: Logging,
): EmbeddedSidecar {
  const supervisor = new Supervisor(options, platform, logging);
  supervisor.start();
  return supervisor;
}

/** Runs sidecars one after another: a change may ask for the next one. */
class Supervisor implements EmbeddedSidecar {
  readonly options: SidecarOptions;
  readonly #platform: Platform;
  readonly #logging: Logging;
  readonly #serving = Promise.withResolvers<boolean>();
  readonly #ended = Promise.withResolvers<string | undefined>();
  /** Aborted to end the sidecar of now. */
  #turn = new AbortController();
  #isEnding = false;
  #fault: Error | undefined;
  #isServing = false;
  #onRestart: (() => void) | undefined;

  constructor(options: SidecarOptions, platform: Platform, logging: Logging) {
    this.options = options;
    this.#platform = platform;
    this.#logging = logging;
  }

  start(): void {
    this.#run().then(this.#ended.resolve, this.#ended.reject);
  }

  get ended(): Promise<string | undefined> {
    return this.#ended.promise;
  }

  get serving(): Promise<boolean> {
    return this.#serving.promise;
  }

  onRestart(callback: () => void): void {
    this.#onRestart = callback;
  }

  async stop(): Promise<string | undefined> {
    this.#end();
    const done = new AbortController();
    const late = this.#platform.clock
      .sleep(stopLimitMs, done.signal)
      .then(() => `not stopped within ${stopLimitMs / 1000} s`)
      .catch(() => undefined);
    const failure = await Promise.race([this.ended, late]);
    done.abort();
    return failure;
  }

  #end(fault?: Error): void {
    this.#fault ??= fault;
    this.#isEnding = true;
    this.#turn.abort();
  }

  async #run(): Promise<string | undefined> {
    const logger = this.#logging.logger("dapr.runtime");
    while (!this.#isEnding) {
      this.#turn = new AbortController();
      const { signal } = this.#turn;
      try {
        await this.#runOne(signal);
      } catch (error) {
        if (!signal.aborted || error !== signal.reason) this.#end(error as Error);
      }
    }
    this.#serving.resolve(false);
    const fault = this.#fault;
    if (fault === undefined) {
      logger.info("Daprd shutdown gracefully");
      return undefined;
    }
    const prefix = fault instanceof FatalError ? "" : "Fatal error from runtime: ";
    logger.fatal(`${prefix}${fault.message}`);
    return fault.message;
  }

  async #runOne(signal: AbortSignal): Promise<void> {
    const { listenAddresses, socketFolder } = this.options.api;
    const isLocal = listenAddresses.every((host) => loopback.includes(host));
    const context = {
      platform: this.#platform,
      logging: this.#logging,
      signal,
      // No web page reaches a Unix socket.
      isBrowserGuarded: isLocal && socketFolder === "",
    };
    await using sidecar = await startSidecar(this.options, context, {
      onShutdownRequest: () => this.#end(),
      onRestartRequest: () => this.#turn.abort(),
      onFault: (error) => this.#end(error),
      onForcedShutdown: () => this.#end(new FatalError("a shutdown was forced by the API")),
    });
    if (this.#isServing) this.#onRestart?.();
    this.#isServing = true;
    this.#serving.resolve(true);
    sidecar.ready.catch((error: unknown) => {
      if (!signal.aborted) this.#end(error as Error);
    });
    await whenAborted(signal);
    if (this.#fault === undefined) await sidecar.close({ blocks: false });
  }
}
