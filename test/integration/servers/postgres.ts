/** A PostgreSQL server of its own for tests: empty, on loopback, with nothing that survives. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { freePort, Launched, runToEnd, Scratch } from "../launch.ts";

const versions = "/usr/lib/postgresql";

/** The newest version's folder that Debian installed. */
function binFolder(): string | undefined {
  if (!existsSync(versions)) return undefined;
  const [newest] = readdirSync(versions).sort((a, b) => Number(b) - Number(a));
  const folder = join(versions, newest ?? "", "bin");
  return existsSync(join(folder, "postgres")) ? folder : undefined;
}

/** Whether a real PostgreSQL can be started here. */
export const hasPostgres = (): boolean => binFolder() !== undefined;

export interface Postgres extends AsyncDisposable {
  readonly port: number;
  /** `host=127.0.0.1 port=... user=postgres dbname=postgres` with a password and without TLS. */
  readonly connectionString: string;
  readonly user: "postgres";
  readonly password: string;
  /** Of the server, as given by {@link PostgresOptions.tls}. */
  readonly process: Launched;
  /** Ends the server: `fast` closes connections, `immediate` is a crash. */
  stop(how?: "fast" | "immediate"): Promise<void>;
  /** Starts it again on the same port with the same data. */
  start(): Promise<void>;
}

export interface PostgresOptions {
  readonly port?: number;
  /** PEM texts; the server then takes TLS connections too. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** `-c` settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

const password = "pass word'\\1";

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
const asOther = (file: string, args: readonly string[]): readonly [string, readonly string[]] =>
  process.getuid?.() === 0
    ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", file, ...args]]
    : [file, args];

async function run(file: string, args: readonly string[]): Promise<void> {
  const program = await runToEnd(...asOther(file, args), { cwd: "/", limitMs: 60_000 });
  if (program.exit?.code !== 0) throw new Error(`${file}: ${program.log}`);
}

/** Starts a server with a database cluster of its own. */
export async function launchPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const bin = binFolder();
  if (bin === undefined) throw new Error("PostgreSQL is not installed");
  const scratch = new Scratch();
  const port = options.port ?? (await freePort());
  const data = join(scratch.path, "data");
  const secret = scratch.write("password", password);
  const files = options.tls && {
    cert: scratch.write("server.crt", options.tls.cert),
    key: scratch.write("server.key", options.tls.key),
  };
  if (process.getuid?.() === 0) await runToEnd("chown", ["-R", "postgres", scratch.path]);
  if (files) await runToEnd("chmod", ["600", files.key]);
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    port: `${port}`,
    unix_socket_directories: scratch.path,
    fsync: "off",
    full_page_writes: "off",
    shared_buffers: "16MB",
    ...(files ? { ssl: "on", ssl_cert_file: files.cert, ssl_key_file: files.key } : {}),
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  let server: Launched | undefined;
  const start = async (): Promise<void> => {
    server = new Launched(...asOther(join(bin, "postgres"), ["-D", data, ...flags]), { cwd: "/" });
    await server.waitForLog("ready to accept connections", 30_000);
  };
  const stop = async (how: "fast" | "immediate" = "fast"): Promise<void> => {
    server?.signal(how === "fast" ? "SIGINT" : "SIGQUIT");
    await server?.exited;
  };
  try {
    await run(join(bin, "initdb"), [
      ...["-D", data, "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${secret}`],
      ...["--encoding=UTF8", "--locale=C", "--no-sync"],
    ]);
    await start();
  } catch (error) {
    await stop();
    scratch[Symbol.dispose]();
    throw error;
  }
  const quoted = password.replace(/['\\]/g, "\\$&");
  return {
    port,
    user: "postgres",
    password,
    connectionString: `host=127.0.0.1 port=${port} user=postgres password='${quoted}' dbname=postgres sslmode=disable`,
    get process() {
      return server as Launched;
    },
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      scratch[Symbol.dispose]();
    },
  };
}
