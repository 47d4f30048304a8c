/**
 * Bundles the programs: `src/bin/<name>.ts` becomes `dist/<name>.js`.
 *
 * Code splitting keeps what is imported dynamically in files of its own, so that a sidecar without Redis never reads
 * ioredis. `dist/.stamp` is written with the time before the build began: a file that was edited meanwhile counts as newer.
 */
import {
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const outdir = join(root, "dist");
const stamp = join(outdir, ".stamp");

/** CommonJS packages inside the ESM output call require for Node's own modules. */
const banner =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

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

export async function bundle(): Promise<readonly { path: string; bytes: number }[]> {
  const started = new Date();
  const programs = readdirSync(join(root, "src/bin")).filter((n) => /^[a-z]+\.ts$/.test(n));
  const scratch = join(root, `dist.${process.pid}`);
  try {
    const result = await build({
      absWorkingDir: root,
      entryPoints: programs.map((n) => `src/bin/${n}`),
      outdir: relative(root, scratch),
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node26",
      chunkNames: "chunks/[name]-[hash]",
      banner: { js: banner },
      // Names stay: they are in messages and stack traces. Dropping white space and dead branches is what saves parsing.
      minifyWhitespace: true,
      minifySyntax: true,
      legalComments: "none",
      treeShaking: true,
      metafile: true,
      logLevel: "warning",
    });
    rmSync(outdir, { recursive: true, force: true });
    renameSync(scratch, outdir);
    writeFileSync(stamp, "");
    utimesSync(stamp, started, started);
    return Object.entries(result.metafile.outputs)
      .map(([path, { bytes }]) => ({ path: relative(scratch, join(root, path)), bytes }))
      .sort((a, b) => b.bytes - a.bytes);
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
    for (const f of values.verbose ? files : files.filter((f) => !f.path.startsWith("chunks/"))) {
      console.log(`${String(f.bytes).padStart(9)}  dist/${f.path}`);
    }
    console.log(`${String(total).padStart(9)}  in ${files.length} files`);
  }
}
