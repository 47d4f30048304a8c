/** A MariaDB server of its own for tests: empty, on loopback, with nothing that survives. */
import { join } from "node:path";
import { freePort, Launched, runToEnd, Scratch } from "../launch.ts";

/** Whether a real MariaDB can be started here. */
export async function hasMariadb(): Promise<boolean> {
  return (await runToEnd("mariadbd", ["--no-defaults", "--version"])).exit?.code === 0;
}

export interface Mariadb extends AsyncDisposable {
  readonly port: number;
  readonly user: "tester";
  readonly password: string;
  /** As Go's driver reads it, without a database. */
  readonly connectionString: string;
  readonly process: Launched;
  /** Ends the server; SIGKILL is a crash. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Starts it again on the same port with the same data. */
  start(): Promise<void>;
}

export interface MariadbOptions {
  readonly port?: number;
  /** Further options, such as `--ssl-cert=...`. */
  readonly flags?: readonly string[];
}

const password = "pass@wo/rd:1";

export async function launchMariadb(options: MariadbOptions = {}): Promise<Mariadb> {
  const scratch = new Scratch();
  const port = options.port ?? (await freePort());
  const data = join(scratch.path, "data");
  // It refuses to run as root unless it is told to.
  const user = process.getuid?.() === 0 ? ["--user=root"] : [];
  const install = await runToEnd(
    "mysql_install_db",
    [
      "--no-defaults",
      `--datadir=${data}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
      ...user,
    ],
    { cwd: "/", limitMs: 60_000 },
  );
  const users = scratch.write(
    "users.sql",
    `CREATE USER IF NOT EXISTS 'tester'@'%' IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO 'tester'@'%' WITH GRANT OPTION;\nFLUSH PRIVILEGES;\n`,
  );
  let server: Launched | undefined;
  const start = async (): Promise<void> => {
    server = new Launched(
      "mariadbd",
      [
        ...["--no-defaults", `--datadir=${data}`, "--bind-address=127.0.0.1", `--port=${port}`],
        ...[
          `--socket=${join(scratch.path, "socket")}`,
          `--init-file=${users}`,
          "--skip-name-resolve",
          // As Debian and MySQL 8 have it; MariaDB alone still starts with latin1.
          "--character-set-server=utf8mb4",
        ],
        ...[
          "--innodb-flush-log-at-trx-commit=2",
          "--innodb-buffer-pool-size=32M",
          "--innodb-log-file-size=16M",
        ],
        ...user,
        ...(options.flags ?? []),
      ],
      { cwd: "/" },
    );
    await server.waitForLog("ready for connections", 30_000);
  };
  const stop = async (signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> => {
    server?.signal(signal);
    await server?.exited;
  };
  try {
    if (install.exit?.code !== 0) throw new Error(install.log);
    await start();
  } catch (error) {
    await stop("SIGKILL");
    scratch[Symbol.dispose]();
    throw error;
  }
  return {
    port,
    user: "tester",
    password,
    connectionString: `tester:${password}@tcp(127.0.0.1:${port})/`,
    get process() {
      return server as Launched;
    },
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop("SIGKILL");
      scratch[Symbol.dispose]();
    },
  };
}
