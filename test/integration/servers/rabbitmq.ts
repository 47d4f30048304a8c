/**
 * RabbitMQ on loopback ports: Debian's `rabbitmq-server`. It takes some seconds to start: once per file of tests.
 */
import { chmodSync, chownSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { freePorts, Launched, runToEnd, Scratch } from "../launch.ts";
import { isListening } from "./listening.ts";
import type { RestartableServer } from "./restartable.ts";

/** The script itself: the one on the PATH insists on the system's folders. */
const program = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/** Whether it can be started here; tests without it say so and are skipped. */
export async function hasRabbitMq(): Promise<boolean> {
  return existsSync(program);
}

/** The user that the server runs as: root is refused. */
async function runsAs(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string): Promise<number> =>
    Number((await runToEnd("id", [flag, "rabbitmq"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

export interface RabbitMqOptions {
  /** Lines of its configuration. */
  readonly lines?: readonly string[];
  readonly plugins?: readonly string[];
}

/** Starts a broker with the user guest and nothing in it, and the port mapper that it needs. */
export async function launchRabbitMq(options: RabbitMqOptions = {}): Promise<RestartableServer> {
  const scratch = new Scratch();
  const [port = 0, distPort = 0, mapperPort = 0] = await freePorts(3);
  const user = await runsAs();
  const folder = scratch.folder("home");
  if (user !== undefined) {
    chmodSync(scratch.path, 0o755);
    chownSync(folder, user.uid, user.gid);
  }
  writeFileSync(`${folder}/rabbit.conf`, `${(options.lines ?? []).join("\n")}\n`);
  writeFileSync(`${folder}/plugins`, `[${(options.plugins ?? []).join(",")}].\n`);
  // Otherwise the server would start one that outlives it.
  const mapper = new Launched("epmd", ["-port", `${mapperPort}`, "-address", "127.0.0.1"]);
  const env = {
    HOME: folder,
    ERL_EPMD_PORT: `${mapperPort}`,
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_NODENAME: `tricorne${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_NODE_PORT: `${port}`,
    RABBITMQ_DIST_PORT: `${distPort}`,
    RABBITMQ_MNESIA_BASE: `${folder}/mnesia`,
    RABBITMQ_LOG_BASE: `${folder}/log`,
    RABBITMQ_LOGS: "-",
    RABBITMQ_CONFIG_FILE: `${folder}/rabbit`,
    RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/plugins`,
    RABBITMQ_GENERATED_CONFIG_DIR: `${folder}/generated`,
    RABBITMQ_PID_FILE: `${folder}/pid`,
  };
  const become =
    user === undefined
      ? []
      : ["setpriv", "--reuid", `${user.uid}`, "--regid", `${user.gid}`, "--clear-groups"];
  /** The server is a child of the script, which does not pass signals on. */
  const end = async (script: Launched): Promise<void> => {
    const file = `${folder}/pid`;
    if (script.exit === undefined && existsSync(file)) {
      process.kill(Number(readFileSync(file, "utf8")), "SIGKILL");
    }
    await script.stop();
  };
  const launch = async (): Promise<Launched> => {
    const [file = "", ...args] = [...become, program];
    const script = new Launched(file, args, { env, stopLimitMs: 8_000 });
    try {
      await script.waitForLog("Server startup complete", 60_000);
      await script.waitUntil("port", () => isListening(port));
    } catch (error) {
      await end(script);
      throw error;
    }
    return script;
  };
  let script: Launched;
  try {
    await mapper.waitUntil("port mapper", () => isListening(mapperPort));
    script = await launch();
  } catch (error) {
    await mapper.stop();
    throw error;
  }
  return {
    address: `127.0.0.1:${port}`,
    port,
    get process() {
      return script;
    },
    stop: () => end(script),
    async start() {
      script = await launch();
    },
    async [Symbol.asyncDispose]() {
      await end(script);
      await mapper.stop();
      scratch[Symbol.dispose]();
    },
  };
}
