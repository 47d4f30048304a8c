/**
 * A NATS server with JetStream on a loopback port: Debian's nats-server, or whatever is on the PATH.
 */
import { freePort, Launched, runToEnd, Scratch } from "../launch.ts";
import { type RestartableServer, restartable } from "./restartable.ts";

/** Whether it can be started here; tests without it say so and are skipped. */
export async function hasNats(): Promise<boolean> {
  return (await runToEnd("nats-server", ["--version"])).exit?.code === 0;
}

/** Starts a server without streams that lets everybody in. @param lines more of its configuration */
export async function launchNats(lines: readonly string[] = []): Promise<RestartableServer> {
  const scratch = new Scratch();
  const port = await freePort();
  const file = scratch.write(
    "nats.conf",
    [
      `listen: 127.0.0.1:${port}`,
      `jetstream { store_dir: "${scratch.folder("data")}" }`,
      ...lines,
      "",
    ].join("\n"),
  );
  const launch = async (): Promise<Launched> => {
    const process = new Launched("nats-server", ["-c", file], { stopLimitMs: 3000 });
    try {
      await process.waitForLog("Server is ready");
    } catch (error) {
      await process.stop();
      throw error;
    }
    return process;
  };
  return await restartable({ port, scratch, launch });
}
