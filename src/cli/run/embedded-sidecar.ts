/**
 * A sidecar in this process: started, watched and stopped apart from its neighbours.
 */
import { parseFlags } from "../../kit/flags/flags.ts";
import type { LineSink, Platform } from "../../kit/lifecycle/platform.ts";
import { Logging } from "../../kit/logging/logger.ts";
import { buildCommit, runtimeVersion } from "../../kit/version.ts";
import { daprdFlags } from "../../runtime/flags.ts";
import { logOptions, type SidecarOptions, sidecarOptions } from "../../runtime/options.ts";
import { FatalError } from "../../runtime/running-sidecar.ts";
import { startSidecar } from "../../runtime/sidecar.ts";
import { whenAborted } from "../when-aborted.ts";

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
  const stop = new AbortController();
  const serving = Promise.withResolvers<boolean>();
  const isBrowserGuarded = options.api.listenAddresses.every((host) => loopback.includes(host));
  let isForced = false;
  const run = async (): Promise<void> => {
    await using sidecar = await startSidecar(
      options,
      { platform, logging, signal: stop.signal, isBrowserGuarded },
      {
        onShutdownRequest: () => stop.abort(),
        onForcedShutdown() {
          isForced = true;
          stop.abort();
        },
      },
    );
    serving.resolve(true);
    sidecar.ready.catch(() => stop.abort());
    await whenAborted(stop.signal);
    if (isForced) throw new FatalError("a shutdown was forced by the API");
    await sidecar.close({ blocks: false });
    await sidecar.ready;
  };
  const ended: Promise<string | undefined> = run()
    .then(() => undefined)
    .catch((error: unknown) => {
      if (stop.signal.aborted && error === stop.signal.reason) return undefined;
      const text = error instanceof Error ? error.message : String(error);
      logger.fatal(error instanceof FatalError ? text : `Fatal error from runtime: ${text}`);
      return text;
    })
    .then((failure) => {
      serving.resolve(false);
      if (failure === undefined) logger.info("Daprd shutdown gracefully");
      return failure;
    });
  return {
    options,
    serving: serving.promise,
    ended,
    async stop() {
      stop.abort();
      const done = new AbortController();
      const late = platform.clock
        .sleep(stopLimitMs, done.signal)
        .then(() => `not stopped within ${stopLimitMs / 1000} s`)
        .catch(() => undefined);
      const failure = await Promise.race([ended, late]);
      done.abort();
      return failure;
    },
  };
}
