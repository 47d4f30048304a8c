/** Runs `tricorne` with a home folder of its own, for the tests of the command line. */
import { join } from "node:path";
import { Launched, type LaunchOptions, root, runToEnd, type Scratch } from "../launch.ts";

export const tricorneFile = join(root, "bin/tricorne");

export interface TricorneOptions extends LaunchOptions {
  /** Its `home` folder is HOME. */
  readonly scratch: Scratch;
}

const withHome = ({ scratch, ...options }: TricorneOptions): LaunchOptions => ({
  cwd: scratch.path,
  ...options,
  env: { HOME: scratch.folder("home"), ...options.env },
  // An app has five seconds, its sidecar as many.
  stopLimitMs: 20_000,
});

/** Starts a command that goes on, such as `run`. */
export const launchTricorne = (args: readonly string[], options: TricorneOptions): Launched =>
  new Launched(tricorneFile, args, withHome(options));

/** Runs a command to its end. */
export const tricorne = (args: readonly string[], options: TricorneOptions): Promise<Launched> =>
  runToEnd(tricorneFile, args, { ...withHome(options), limitMs: 60_000 });

export interface Listed {
  readonly appId: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly appPort: number;
  readonly command: string;
  readonly daprdPid: number;
  readonly cliPid: number;
  readonly appPid: number;
  readonly runTemplatePath: string;
  readonly runTemplateName: string;
  readonly appLogPath: string;
  readonly daprdLogPath: string;
}

/** Those that run with this home folder, or as separate processes that belong to its command lines. */
export async function listed(options: TricorneOptions): Promise<Listed[]> {
  const { stdout } = await tricorne(["list", "-o", "json"], options);
  return JSON.parse(stdout) as Listed[];
}
