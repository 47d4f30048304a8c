/**
 * Builds `src/components/middleware/rego/rego.wasm` from `native/rego`. Needs cargo; whoever does not change the
 * sources does not: the module is kept in the repository, with a digest of what it was built from.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const crate = join(root, "native/rego");
const sources = [
  "Cargo.toml",
  "Cargo.lock",
  "rust-toolchain.toml",
  ".cargo/config.toml",
  "src/lib.rs",
];

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
}
