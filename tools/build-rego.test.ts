/** The WebAssembly module of the repository belongs to its sources. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { digestSection, modulePath, noticesPath, sourceDigest } from "./build-rego.ts";

interface Modules {
  readonly Module: (new (
    bytes: Uint8Array,
  ) => object) & {
    customSections(module: object, name: string): ArrayBuffer[];
    imports(module: object): readonly { readonly module: string; readonly name: string }[];
  };
}

const { Module } = (globalThis as unknown as { readonly WebAssembly: Modules }).WebAssembly;
const module = new Module(readFileSync(modulePath));

test("rego.wasm was built from native/rego (node tools/build-rego.ts builds it anew)", () => {
  const [section] = Module.customSections(module, digestSection);
  expect(Buffer.from(section ?? new ArrayBuffer(0)).toString()).toBe(sourceDigest());
});

test("it reaches neither files nor the network", () => {
  const names = Module.imports(module).map(({ module: from, name }) => `${from}.${name}`);
  expect(names.sort()).toEqual([
    "host.call",
    "wasi_snapshot_preview1.clock_time_get",
    "wasi_snapshot_preview1.environ_get",
    "wasi_snapshot_preview1.environ_sizes_get",
    "wasi_snapshot_preview1.fd_write",
    "wasi_snapshot_preview1.proc_exit",
    "wasi_snapshot_preview1.random_get",
    "wasi_snapshot_preview1.sched_yield",
  ]);
});

test("nothing of the machine that built it is in it", () => {
  expect(readFileSync(modulePath).toString("latin1")).not.toMatch(/\/(?:root|home|Users)\//);
});

test("the licences of what is in it are those of the versions that are locked", () => {
  const notices = readFileSync(noticesPath, "utf8");
  const lock = readFileSync(new URL("../native/rego/Cargo.lock", import.meta.url), "utf8");
  const locked = [...lock.matchAll(/name = "(.+)"\nversion = "(.+)"/g)];
  const versions = new Set(locked.map(([, name, version]) => `${name} ${version}`));
  const told = [...notices.matchAll(/^([\w-]+ \d+\.\d+\.\d+\S*) \(.+\)$/gm)].map(([, one]) => one);
  expect(told.filter((one) => !versions.has(one as string))).toEqual([]);
  for (const name of ["regorus", "regex", "chrono-tz", "serde_yaml", "icu_normalizer"]) {
    expect(told.some((one) => one?.startsWith(`${name} `))).toBe(true);
  }
  expect(notices).toContain("Copyright (c) Microsoft Corporation.");
});
