/**
 * Adds packages for other platforms that package-lock.json lacks. npm leaves them out when the registry in use does not
 * carry them, and `npm ci` then refuses the lock on every platform. Run it after `npm install`; `--check` only looks.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Entry {
  readonly version: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const file = join(import.meta.dirname, "../package-lock.json");
const systems = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];

/** From names such as `@scope/binding-linux-arm64-musl`. */
function platformEntry(name: string, version: string, isDev: boolean): Entry | undefined {
  const words = name.split(/[/-]/);
  const at = words.findIndex((word) => systems.includes(word));
  const os = words[at];
  const cpu = words[at + 1];
  if (os === undefined || cpu === undefined || !/^\d+\.\d+\.\d+$/.test(version)) return undefined;
  const libc = words.some((word) => word.includes("musl")) ? "musl" : "glibc";
  return {
    version,
    cpu: [cpu],
    ...(isDev ? { dev: true } : {}),
    ...(os === "linux" ? { libc: [libc] } : {}),
    optional: true,
    os: [os],
  };
}

/** @returns the names of what was missing */
export function missingFrom(packages: Readonly<Record<string, Entry>>): Map<string, Entry> {
  const missing = new Map<string, Entry>();
  for (const [path, { optionalDependencies, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
      if (packages[`${path}/node_modules/${name}`] || packages[`node_modules/${name}`]) continue;
      const entry = platformEntry(name, version, dev === true);
      if (entry) missing.set(`node_modules/${name}`, entry);
    }
  }
  return missing;
}

if (import.meta.main) {
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const missing = missingFrom(lock.packages);
  for (const name of missing.keys()) console.log(`missing: ${name}`);
  if (process.argv.includes("--check")) process.exitCode = missing.size > 0 ? 1 : 0;
  else if (missing.size > 0) {
    const all = Object.entries({ ...lock.packages, ...Object.fromEntries(missing) });
    lock.packages = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  }
}
