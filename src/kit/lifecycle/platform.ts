/**
 * The outside world as one object: built by `bin/`, replaced in tests and in simulation.
 */
import type { Clock } from "../time/clock.ts";

export interface Random {
  /** Uniform in [0, 1). */
  number(): number;
  bytes(length: number): Buffer;
  uuid(): string;
}

export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  /** A copy of the environment; programs that publish variables (APP_ID ...) write to it. */
  readonly env: Map<string, string>;
  readonly hostname: string;
  readonly pid: number;
  /** Process-wide user id, -1 where there is none. */
  readonly uid: number;
  readonly cwd: string;
  /** File of the running program; undefined where the sidecar is embedded in another one. */
  readonly program?: string | undefined;
  /** Writes whole log lines to standard output. */
  readonly stdout: LineSink;
}

export interface LineSink {
  /** A terminal gets colours. */
  readonly isTerminal: boolean;
  /** One line with its line feed, at once. */
  write(line: string): void;
  /** As write, but gathered until the end of the loop turn: for lines that come with every request. */
  writeLater(line: string): void;
  /** Writes what is buffered, synchronously; before the process exits. */
  flush(): void;
}
