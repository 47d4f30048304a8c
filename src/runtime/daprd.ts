/**
 * The program `daprd`: flags, logging, one sidecar, signals.
 * @see spec 08 §1, §2, §5.5, §7
 */
import { type ParsedFlags, parseFlags, usage } from "../kit/flags/flags.ts";
import type { Platform } from "../kit/lifecycle/platform.ts";
import type { ProcessControl, Program } from "../kit/lifecycle/run-program.ts";
import { type Logger, Logging } from "../kit/logging/logger.ts";
import { buildCommit, runtimeVersion } from "../kit/version.ts";
import { daprdFlags } from "./flags.ts";
import { FlagValueError, logOptions, type SidecarOptions, sidecarOptions } from "./options.ts";
import { FatalError } from "./running-sidecar.ts";
import { startSidecar } from "./sidecar.ts";
import { waitUntilOutboundReady } from "./wait.ts";

export const daprd: Program = {
  name: "daprd",
  usage: () => usage("daprd", daprdFlags),

  async run(argv, platform, control) {
    const flags = parseFlags(daprdFlags, argv, { singleDash: true });
    for (const notice of flags.notices) control.stderr(`${notice}\n`);
    if (flags.bool("version")) {
      control.stdout(`${runtimeVersion}\n`);
      return 0;
    }
    if (flags.bool("build-info")) {
      control.stdout(
        `Version: ${runtimeVersion}\nGit Commit: ${buildCommit}\nGit Version: ${buildCommit}\n`,
      );
      return 0;
    }
    if (flags.bool("wait")) {
      await waitUntilOutboundReady(flags.string("dapr-http-port"), platform.clock, control.stderr);
      return 0;
    }
    return await serve(flags, platform, control);
  },
};

async function serve(
  flags: ParsedFlags,
  platform: Platform,
  control: ProcessControl,
): Promise<number> {
  const early = new Logging({ ...loggingBase(platform), level: "info", json: false });
  const warnings: string[] = [];
  let logging: Logging;
  let options: SidecarOptions | Error;
  try {
    const { level, json, file } = logOptions(flags);
    options = attempt(() => sidecarOptions(flags, platform.env, (text) => warnings.push(text)));
    if (options instanceof FlagValueError) {
      throw new Error(`Failed to parse flags: ${options.message}`, { cause: options });
    }
    const sink = file === "" ? platform.stdout : control.openLog(file);
    const appId = flags.string("app-id");
    logging = new Logging({ ...loggingBase(platform), sink, level, json, appId });
  } catch (error) {
    early.logger("dapr.runtime").fatal((error as Error).message);
    return 1;
  }
  const logger = logging.logger("dapr.runtime");
  logger.info(`Starting Dapr Runtime -- version ${runtimeVersion} -- commit ${buildCommit}`);
  logger.info(`Log level set to: ${logging.level}`);
  if (options instanceof Error) {
    logger.fatal(`Fatal error from runtime: ${options.message}`);
    return 1;
  }
  for (const warning of warnings) logger.warn(warning);
  return await superviseSidecar(options, platform, logging, control);
}

function attempt<T>(make: () => T): T | Error {
  try {
    return make();
  } catch (error) {
    return error as Error;
  }
}

const loggingBase = (platform: Platform) => ({
  sink: platform.stdout,
  clock: platform.clock,
  hostname: platform.hostname,
  version: runtimeVersion,
});

/** Runs sidecars one after another: a hang-up signal starts the next one in the same process. */
async function superviseSidecar(
  options: SidecarOptions,
  platform: Platform,
  logging: Logging,
  control: ProcessControl,
): Promise<number> {
  const signals = logging.logger("dapr.signals");
  const logger = logging.logger("dapr.runtime");
  let stop = new AbortController();
  let isEnding = false;
  let isBlocking = true;
  let fault: Error | undefined;
  control.onSignal(["SIGINT", "SIGTERM"], (name) => {
    const word = name === "SIGINT" ? "interrupt" : "terminated";
    if (isEnding) {
      signals.fatal(`Received signal '${word}' during shutdown; exiting immediately`);
      control.exit(1);
    }
    isEnding = true;
    signals.info(`Received signal '${word}'; beginning shutdown`);
    stop.abort();
  });
  control.onSignal(["SIGHUP"], () => {
    if (isEnding) return;
    signals.info("Received signal 'hangup'; restarting");
    stop.abort();
  });
  do {
    stop = new AbortController();
    const { signal } = stop;
    try {
      await using sidecar = await startSidecar(
        options,
        { platform, logging, signal },
        {
          onShutdownRequest() {
            isEnding = true;
            isBlocking = false;
            stop.abort();
          },
          // The signal tells everybody who listens, and the log, what happens.
          onRestartRequest: () => control.raise("SIGHUP"),
          onFault(error) {
            fault = error;
            isEnding = true;
            isBlocking = false;
            stop.abort();
          },
          onForcedShutdown() {
            platform.clock.timer(100, () => control.exit(1));
          },
        },
      );
      sidecar.ready.catch(() => stop.abort());
      await aborted(signal);
      await sidecar.close({ blocks: isBlocking && isEnding });
      await sidecar.ready;
    } catch (error) {
      if (!isAbort(error, signal)) return reportFailure(error as Error, logger);
    }
    if (fault !== undefined) return reportFailure(fault, logger);
  } while (!isEnding);
  logger.info("Daprd shutdown gracefully");
  return 0;
}

/** @returns the exit code */
function reportFailure(error: Error, logger: Logger): number {
  logger.fatal(
    error instanceof FatalError ? error.message : `Fatal error from runtime: ${error.message}`,
  );
  return 1;
}

/** A start that was interrupted by a signal is no failure. */
const isAbort = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted && error === signal.reason;

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
}
