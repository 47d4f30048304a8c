/**
 * What the programs of the control plane have in common: flags, logging, signals, exit codes.
 * @see spec 07 §0.1, spec 08 §7.1
 */
import { type FlagDefinition, type ParsedFlags, parseFlags, usage } from "../flags/flags.ts";
import { type Level, type Logger, Logging, levels } from "../logging/logger.ts";
import { buildCommit, runtimeVersion } from "../version.ts";
import type { Platform } from "./platform.ts";
import type { ProcessControl, Program } from "./run-program.ts";

/** A service that runs. */
export interface RunningService extends AsyncDisposable {
  /** Resolves after disposal; rejects when it cannot go on. */
  readonly done: Promise<void>;
}

/** Why a service ends by itself. */
export class ServiceError extends Error {
  override readonly name: string = "ServiceError";
  /** 1, or 2 where the reference ends so. */
  readonly exitCode: number;

  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

export interface ServiceStart {
  readonly flags: ParsedFlags;
  readonly platform: Platform;
  readonly logging: Logging;
  /** The scope named like the program. */
  readonly logger: Logger;
  /** Gives up starting; its reason is an error that names the signal. */
  readonly signal: AbortSignal;
}

export interface ServiceProgram {
  readonly name: string;
  /** After `Starting Dapr `. */
  readonly title: string;
  /** The last line. */
  readonly farewell: string;
  readonly flags: readonly FlagDefinition[];
  /** Whether `-flag` is taken for `--flag`. */
  readonly singleDash: boolean;
  /** @throws {ServiceError} with the text for the log and the exit code; the signal's reason */
  start(how: ServiceStart): Promise<RunningService>;
}

export const serviceProgram = (service: ServiceProgram): Program => ({
  name: service.name,
  usage: () => usage(service.name, service.flags),

  async run(argv, platform, control) {
    const flags = parseFlags(service.flags, argv, { singleDash: service.singleDash });
    for (const notice of flags.notices) control.stderr(`${notice}\n`);
    const scope = `dapr.${service.name}`;
    let logging: Logging;
    try {
      logging = openLogging(flags, platform, control);
    } catch (error) {
      newLogging(platform)
        .logger(scope)
        .fatal((error as Error).message);
      return 1;
    }
    const logger = logging.logger(scope);
    logger.info(
      `Starting Dapr ${service.title} -- version ${runtimeVersion} -- commit ${buildCommit}`,
    );
    logger.info(`Log level set to: ${logging.level}`);
    const stop = stopOnSignal(logging, control);
    try {
      await using running = await service.start({
        flags,
        platform,
        logging,
        logger,
        signal: stop,
      });
      await Promise.race([running.done, aborted(stop)]);
    } catch (error) {
      if (!stop.aborted || error !== stop.reason) {
        logger.fatal((error as Error).message);
        return error instanceof ServiceError ? error.exitCode : 1;
      }
    }
    logger.info(service.farewell);
    return 0;
  },
});

/** The value of `--metrics-port`. @throws {ServiceError} */
export function metricsPort(flags: ParsedFlags): number {
  const text = flags.string("metrics-port");
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new ServiceError(
    `failed to parse metrics port: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}

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
    stop.abort(new Error(`received signal ${word}`));
  });
  return stop.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
}
