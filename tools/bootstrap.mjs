/**
 * What `npm start` and `npm test` run: plain JavaScript without dependencies, for any Node from 20 on, because it runs
 * before anything is installed.
 *
 *   node tools/bootstrap.mjs start [arguments of `tricorne start`]
 *   node tools/bootstrap.mjs test  [arguments of tools/test.ts]
 *
 * It installs the packages of package-lock.json if they are missing or others, then goes on with the Node among them.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const pinnedNode = join(root, "node_modules/.bin/node");

const readJson = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));

/** Whether node_modules holds what package-lock.json says; packages for other platforms do not count. */
function isInstalled() {
  if (!existsSync(join(root, "node_modules/.package-lock.json")) || !existsSync(pinnedNode))
    return false;
  const wanted = readJson("package-lock.json").packages;
  const present = readJson("node_modules/.package-lock.json").packages;
  return Object.entries(wanted).every(([path, { version, optional, peer }]) =>
    path === "" || !present[path]
      ? path === "" || optional || peer
      : present[path].version === version,
  );
}

function install() {
  console.log("Installing packages (npm ci) ...");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status } = spawnSync(
    npm,
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      shell: process.platform === "win32",
      timeout: 600_000,
    },
  );
  if (status !== 0 || !existsSync(pinnedNode)) {
    console.error("npm ci failed; tricorne needs the packages that package-lock.json names.");
    process.exit(1);
  }
}

/** Replaces this process where Node can, else waits for the child and passes signals and the exit status on. */
function run(file, args) {
  if (typeof process.execve === "function" && process.platform !== "win32") {
    process.execve(file, [file, ...args], process.env);
  }
  const child = spawn(file, args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    // Ctrl-C reaches the whole foreground group: a second SIGINT from here would count as impatience.
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY) || child.kill(signal));
  }
  child.on("error", (error) => {
    console.error(`${file}: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal) {
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 1);
  });
}

const [command, ...args] = process.argv.slice(2);
if (command !== "start" && command !== "test") {
  console.error("usage: node tools/bootstrap.mjs start|test [arguments]");
  process.exit(2);
}
if (!isInstalled()) install();
if (command === "start") {
  const built = spawnSync(pinnedNode, [join(root, "tools/build.ts"), "--if-stale"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (built.status !== 0)
    console.error("The bundle could not be built; going on from the sources.");
  run(join(root, "bin/tricorne"), ["start", ...args]);
} else {
  run(pinnedNode, [join(root, "tools/test.ts"), ...args]);
}
