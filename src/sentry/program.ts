/**
 * The program `sentry`: flags, logging, signals.
 * @see spec 07 §0.1, §2.1, spec 08 §7.1
 */
import { type ParsedFlags, parseFlags, usage } from "../kit/flags/flags.ts";
import type { Platform } from "../kit/lifecycle/platform.ts";
import type { ProcessControl, Program } from "../kit/lifecycle/run-program.ts";
import { type Level, Logging, levels } from "../kit/logging/logger.ts";
import { buildCommit, runtimeVersion } from "../kit/version.ts";
import { sentryFlags } from "./flags.ts";
import { SentryError, sentryOptions } from "./options.ts";
import { startSentry } from "./sentry.ts";

/** @param home the user's home directory, shown in the usage */
export const sentryProgram = (home: string): Program => ({
  name: "sentry",
  usage: () => usage("sentry", sentryFlags(home)),

  async run(argv, platform, control) {
    const flags = parseFlags(sentryFlags(home), argv, { singleDash: true });
    for (const notice of flags.notices) control.stderr(`${notice}\n`);
    let logging: Logging;
    try {
      logging = openLogging(flags, platform, control);
    } catch (error) {
      newLogging(platform)
        .logger("dapr.sentry")
        .fatal((error as Error).message);
      return 1;
    }
    const logger = logging.logger("dapr.sentry");
    logger.info(
      `Starting Dapr Sentry certificate authority -- version ${runtimeVersion} -- commit ${buildCommit}`,
    );
    logger.info(`Log level set to: ${logging.level}`);
    const stop = stopOnSignal(logging, control);
    try {
      await using sentry = await startSentry(
        sentryOptions(flags, platform.env),
        platform,
        logging,
        { signal: stop },
      );
      await Promise.race([sentry.done, aborted(stop)]);
    } catch (error) {
      if (!stop.aborted || error !== stop.reason) {
        logger.fatal((error as Error).message);
        return error instanceof SentryError ? error.exitCode : 1;
      }
    }
    logger.info("Sentry shut down gracefully");
    return 0;
  },
});

function newLogging(
  platform: Platform,
  options: { level: Level; json: boolean; sink?: Platform["stdout"] } = {
    level: "info",
    json: false,
  },
): Logging {
  const { clock, hostname } = platform;
  return new Logging({
    sink: platform.stdout,
    clock,
    hostname,
    version: runtimeVersion,
    ...options,
  });
}

/** @throws {Error} */
function openLogging(flags: ParsedFlags, platform: Platform, control: ProcessControl): Logging {
  const level = flags.string("log-level").toLowerCase();
  if (!Object.hasOwn(levels, level)) {
    throw new Error(`invalid value for --log-level: ${flags.string("log-level")}`);
  }
  const file = flags.string("log-file");
  return newLogging(platform, {
    level: level as Level,
    json: flags.bool("log-as-json"),
    sink: file === "" ? platform.stdout : control.openLog(file),
  });
}

/** The second signal does not wait. */
function stopOnSignal(logging: Logging, control: ProcessControl): AbortSignal {
  const logger = logging.logger("dapr.signals");
  const stop = new AbortController();
  control.onSignal(["SIGINT", "SIGTERM"], (name) => {
    const word = name === "SIGINT" ? "interrupt" : "terminated";
    if (stop.signal.aborted) {
      logger.fatal(`Received signal '${word}' during shutdown; exiting immediately`);
      control.exit(1);
    }
    logger.info(`Received signal '${word}'; beginning shutdown`);
    stop.abort();
  });
  return stop.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
}
