/**
 * FerretDB 1.24 over SQLite: a server that speaks MongoDB's protocol. MongoDB itself is not to be had as a package.
 *
 * It is built through Go into .cache/go, which takes a minute once. It knows neither transactions nor expiry indexes.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { freePort, Launched, root, Scratch } from "../launch.ts";
import { type RestartableServer, restartable } from "./restartable.ts";

const version = "v1.24.0";
const binDirectory = join(root, ".cache/go");
const program = join(binDirectory, "ferretdb");

/** Whether FerretDB is there or can be built; tests without it say so and are skipped. */
export function hasFerretdb(): boolean {
  if (existsSync(program)) return true;
  try {
    build();
    return true;
  } catch (error) {
    console.warn(`FerretDB cannot be built, tests that need it are skipped: ${String(error)}`);
    return false;
  }
}

/**
 * `go install` asks for the module's list of versions, which proxies may refuse, and the program ends at once without a
 * file that its own build writes: so it is built from a copy of the module.
 */
function build(): void {
  using scratch = new Scratch();
  const env = { ...process.env, GOFLAGS: "-mod=mod -buildvcs=false" };
  const go = (...args: string[]): string =>
    execFileSync("go", args, { cwd: scratch.path, env, stdio: "pipe", timeout: 300_000 })
      .toString()
      .trim();
  const name = "github.com/FerretDB/FerretDB";
  const head = `module build\n\ngo 1.22\n\nrequire ${name} ${version}\n`;
  scratch.write("go.mod", head);
  go("mod", "download", name);
  const copy = join(scratch.path, "ferretdb");
  cpSync(go("list", "-m", "-f", "{{.Dir}}", name), copy, { recursive: true });
  for (const path of ["", ...readdirSync(copy, { recursive: true, encoding: "utf8" })]) {
    chmodSync(join(copy, path), 0o755);
  }
  writeFileSync(join(copy, "build/version/version.txt"), version);
  scratch.write("go.mod", `${head}\nreplace ${name} => ./ferretdb\n`);
  mkdirSync(binDirectory, { recursive: true });
  // Several test files may build at the same time: each renames its own.
  const own = join(binDirectory, `ferretdb-${process.pid}`);
  go("build", "-tags", "ferretdb_sqlite", "-o", own, `${name}/cmd/ferretdb`);
  cpSync(own, program);
  rmSync(own);
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

/** Starts an empty FerretDB on a loopback port. */
export async function launchFerretdb(): Promise<RestartableServer> {
  const scratch = new Scratch();
  const port = await freePort();
  const data = scratch.folder("data");
  const flags = [
    "--handler=sqlite",
    `--sqlite-url=file:${data}/`,
    `--state-dir=${data}`,
    `--listen-addr=127.0.0.1:${port}`,
    "--debug-addr=-",
    "--telemetry=disable",
    "--log-level=error",
  ];
  const launch = async (): Promise<Launched> => {
    const process = new Launched(program, flags, { stopLimitMs: 2000 });
    try {
      await process.waitUntil("the port accepts", () => accepts(port));
      return process;
    } catch (error) {
      await process.stop();
      throw error;
    }
  };
  return await restartable({ port, scratch, launch });
}
