/** S3 as moto plays it, on a loopback port: signatures are not checked, everything is in memory. */
import { freePort, Launched } from "../launch.ts";
import { isListening } from "./listening.ts";
import { pythonProgram } from "./python.ts";

export const hasMoto = (): boolean => pythonProgram("moto_server") !== undefined;

export interface Moto extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  stop(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>;
}

export async function launchMoto(): Promise<Moto> {
  const port = await freePort();
  const program = pythonProgram("moto_server") ?? "moto_server";
  let server: Launched;
  const start = async (): Promise<void> => {
    server = new Launched(program, ["-H", "127.0.0.1", "-p", `${port}`], { stopLimitMs: 2000 });
    try {
      await server.waitUntil("port", () => isListening(port), 60_000);
    } catch (error) {
      await server.stop();
      throw error;
    }
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    start,
    async stop() {
      server.signal("SIGKILL");
      await server.exited;
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
    },
  };
}
