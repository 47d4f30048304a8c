/**
 * Bundles the programs: `src/bin/<name>.ts` becomes `dist/<name>/main.js`, which `dist/<name>.js` loads after it has
 * turned on the compile cache in `dist/.cache` (what V8 compiled is kept there when a program ends). Each program is
 * bundled on its own: what programs share would be cut into small files, and every file costs at start.
 *
 * What is imported dynamically stays in files of its own, so that a sidecar without Redis never reads ioredis; all else is
 * one file (tools/bundle/link.ts). `dist/.stamp` is written with the time before the build began: a file that was edited
 * meanwhile counts as newer.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleEntry, bundleProgram } from "./bundle/link.ts";

const root = join(import.meta.dirname, "..");
const outdir = join(root, "dist");
const stamp = join(outdir, ".stamp");

/** Not part of the bundle, because a bundle is compiled before its first line runs. */
const compileCache =
  'process.getBuiltinModule("node:module").enableCompileCache(__dirname+"/.cache");\n';

function newestSourceMs(): number {
  let newest = statSync(join(root, "package-lock.json")).mtimeMs;
  for (const entry of readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })) {
    newest = Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
  }
  return newest;
}

/** Whether dist holds what a build would make now; the same rule as in the launchers under bin/. */
export function isFresh(): boolean {
  return existsSync(stamp) && statSync(stamp).mtimeMs >= newestSourceMs();
}

async function writeProgram(name: string, scratch: string): Promise<OutputSize[]> {
  const { text, program } = await bundleEntry(root, name, `src/bin/${name}.ts`);
  writeFileSync(join(scratch, `${name}.js`), compileCache + text);
  mkdirSync(join(scratch, name));
  const files = await bundleProgram(root, program);
  return files.map((file) => {
    writeFileSync(join(scratch, name, file.name), file.contents);
    return { path: join(name, file.name), bytes: file.contents.length };
  });
}

interface OutputSize {
  readonly path: string;
  readonly bytes: number;
}

export async function bundle(): Promise<readonly OutputSize[]> {
  const started = new Date();
  const programs = readdirSync(join(root, "src/bin"))
    .filter((n) => /^[a-z]+\.ts$/.test(n))
    .map((n) => n.slice(0, -3));
  const scratch = join(root, `dist.${process.pid}`);
  try {
    mkdirSync(scratch);
    const outputs: OutputSize[] = [];
    for (const name of programs) outputs.push(...(await writeProgram(name, scratch)));
    // Found at once, and without our own package.json above: else Node reads each file to tell what it is.
    for (const folder of ["", ...programs]) {
      writeFileSync(join(scratch, folder, "package.json"), '{"type":"commonjs"}\n');
    }
    rmSync(outdir, { recursive: true, force: true });
    renameSync(scratch, outdir);
    writeFileSync(stamp, "");
    utimesSync(stamp, started, started);
    return outputs.sort((a, b) => b.bytes - a.bytes);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { "if-stale": { type: "boolean" }, verbose: { type: "boolean" } },
  });
  if (!values["if-stale"] || !isFresh()) {
    const files = await bundle();
    const total = files.reduce((sum, f) => sum + f.bytes, 0);
    for (const f of values.verbose ? files : files.filter((f) => f.path.endsWith("/main.js"))) {
      console.log(`${String(f.bytes).padStart(9)}  dist/${f.path}`);
    }
    console.log(`${String(total).padStart(9)}  in ${files.length} files`);
  }
}
