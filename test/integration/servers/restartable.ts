/** A server for tests of outages: it can be stopped and started again on its port, with its data. */
import type { Launched, Scratch } from "../launch.ts";

export interface RestartableServer extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  readonly port: number;
  readonly process: Launched;
  /** Ends the server at once; the data stays. */
  stop(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
}

/** @param init.launch starts the server and waits until it serves; the folder is removed with the server */
export async function restartable(init: {
  readonly port: number;
  readonly scratch: Scratch;
  readonly launch: () => Promise<Launched>;
}): Promise<RestartableServer> {
  const { port, scratch, launch } = init;
  let process: Launched;
  try {
    process = await launch();
  } catch (error) {
    scratch[Symbol.dispose]();
    throw error;
  }
  return {
    address: `127.0.0.1:${port}`,
    port,
    get process() {
      return process;
    },
    async stop() {
      process.signal("SIGKILL");
      await process.exited;
    },
    async start() {
      process = await launch();
    },
    async [Symbol.asyncDispose]() {
      // A process that was halted does not end.
      process.signal("SIGCONT");
      await process.stop();
      scratch[Symbol.dispose]();
    },
  };
}
