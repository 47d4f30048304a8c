/**
 * Mosquitto, an MQTT broker, on a loopback port: Debian's, or whatever is on the PATH.
 */
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { freePort, Launched, runToEnd, Scratch } from "../launch.ts";
import { isListening } from "./listening.ts";
import { type RestartableServer, restartable } from "./restartable.ts";

/** Whether it can be started here; tests without it say so and are skipped. */
export async function hasMosquitto(): Promise<boolean> {
  // It shows its help with status 3.
  return (await runToEnd("mosquitto", ["-h"])).log.includes("mosquitto version");
}

const openToAll = (port: number): readonly string[] => [
  `listener ${port} 127.0.0.1`,
  "allow_anonymous true",
];

/**
 * Starts a broker that lets everybody in. @param lines its listener, and more of its configuration
 * @param persistence whether a broker that was killed comes back with what it had
 */
export async function launchMosquitto(
  lines: (port: number) => readonly string[] = openToAll,
  persistence: "kept" | "none" = "kept",
): Promise<RestartableServer> {
  const scratch = new Scratch();
  const port = await freePort();
  // It writes and syncs all it has with every message: in memory, which outlives the process, where there is such a place.
  const shared = existsSync("/dev/shm")
    ? mkdtempSync(join("/dev/shm", "tricorne-mqtt-"))
    : undefined;
  const data = shared ?? scratch.folder("data");
  const file = scratch.write(
    "mosquitto.conf",
    [
      ...lines(port),
      ...(persistence === "none"
        ? []
        : [
            "persistence true",
            // Everything is written at once, so that a killed broker forgets nothing.
            "autosave_interval 1",
            "autosave_on_changes true",
            `persistence_location ${data}/`,
          ]),
      "max_queued_messages 0",
      "log_dest stdout",
      "",
    ].join("\n"),
  );
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    // As root it becomes the user mosquitto.
    chmodSync(scratch.path, 0o755);
    chmodSync(data, 0o777);
  }
  const launch = async (): Promise<Launched> => {
    const process = new Launched("mosquitto", ["-c", file], { stopLimitMs: 3000 });
    try {
      await process.waitUntil("port", () => isListening(port));
    } catch (error) {
      await process.stop();
      throw error;
    }
    return process;
  };
  const server = await restartable({ port, scratch, launch });
  return {
    ...server,
    get process() {
      return server.process;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      if (shared !== undefined) rmSync(shared, { recursive: true, force: true });
    },
  };
}
