/**
 * Builds `src/components/middleware/rego/rego.wasm` from `native/rego`. Needs cargo; whoever does not change the
 * sources does not: the module is kept in the repository, with a digest of what it was built from.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const crate = join(root, "native/rego");
const sources = [
  "Cargo.toml",
  "Cargo.lock",
  "rust-toolchain.toml",
  ".cargo/config.toml",
  "src/lib.rs",
];

/** The licences of all that is in the module. */
export const noticesPath: string = join(crate, "THIRD-PARTY-NOTICES.txt");
export const modulePath: string = join(root, "src/components/middleware/rego/rego.wasm");
/** Name of the custom section that tells what the module was built from. */
export const digestSection = "sources";

/** SHA-256 of the sources, in hexadecimal digits. */
export function sourceDigest(): string {
  const hash = createHash("sha256");
  for (const source of sources) hash.update(readFileSync(join(crate, source)));
  return hash.digest("hex");
}

/** @see WebAssembly specification, "Custom Section"; all lengths are below 128 here */
function customSection(name: string, text: string): Buffer {
  const content = Buffer.from(`${String.fromCharCode(name.length)}${name}${text}`);
  return Buffer.concat([Buffer.from([0, content.length]), content]);
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly manifest_path: string;
}

/** What cargo writes on standard output. */
function cargo(...args: readonly string[]): string {
  const { status, stdout } = spawnSync("cargo", args, {
    cwd: crate,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  if (status !== 0) throw new Error(`cargo ${args[0]} failed`);
  return stdout;
}

/** The licences of the packages that may be in the module; where one can choose, the one of MIT. */
function notices(): string {
  const args = ["--locked", "--format-version", "1", "--filter-platform", "wasm32-wasip1"];
  const { packages } = JSON.parse(cargo("metadata", ...args)) as { readonly packages: Package[] };
  const named = new Map<string, string[]>();
  for (const { name, version, license, manifest_path } of packages) {
    if (name === "rego-guest") continue;
    const folder = dirname(manifest_path);
    const all = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
    const mit = license.includes(" AND ") ? [] : all.filter((file) => file === "LICENSE-MIT");
    for (const file of mit.length > 0 ? mit : all) {
      const text = readFileSync(join(folder, file), "utf8")
        .replace(/[ \t\r]+$/gm, "")
        .trim();
      named.set(text, [...(named.get(text) ?? []), `${name} ${version} (${license})`]);
    }
  }
  const parts = [...named].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`);
  const head =
    "rego.wasm holds code of these packages, and of the standard library of Rust (MIT OR Apache-2.0).\n";
  return [head, ...parts].join(`\n${"-".repeat(80)}\n\n`);
}

if (import.meta.main) {
  // Where things lie on this machine must not get into the messages of panics.
  const remap = [
    [join(homedir(), ".cargo"), "/cargo"],
    [join(homedir(), ".rustup"), "/rustup"],
    [crate, "/rego"],
  ].map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
  const flags = ["-C", "link-arg=--max-memory=268435456", ...remap].join(" ");
  const { status } = spawnSync("cargo", ["build", "--release", "--locked"], {
    cwd: crate,
    stdio: "inherit",
    env: { ...process.env, RUSTFLAGS: flags },
  });
  if (status !== 0) process.exit(status ?? 1);
  const built = readFileSync(join(crate, "target/wasm32-wasip1/release/rego_guest.wasm"));
  writeFileSync(modulePath, Buffer.concat([built, customSection(digestSection, sourceDigest())]));
  writeFileSync(noticesPath, notices());
}
