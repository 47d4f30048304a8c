/** A log for tests. */
import { Logging } from "../../kit/logging/logger.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";

/** Messages of a logger, with their levels. */
export function recordedLog() {
  const lines: string[] = [];
  const write = (line: string): void => {
    const { level, msg } = JSON.parse(line);
    lines.push(`${level}: ${msg}`);
  };
  const logging = new Logging({
    clock: new ManualClock(),
    hostname: "h",
    version: "v",
    sink: { isTerminal: false, write, writeLater: write, flush() {} },
    level: "debug",
    json: true,
  });
  return { lines, logger: logging.logger("test") };
}
