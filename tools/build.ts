/**
 * Bundles the programs: `src/bin/<name>.ts` becomes `dist/<name>/main.js`, which `dist/<name>.js` loads after it has
 * turned on the compile cache in `dist/.cache` (what V8 compiled is kept there when a program ends). Each program is
 * bundled on its own: what programs share would be cut into small files, and every file costs at start.
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
import { builtinModules } from "node:module";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { build, type Plugin } from "esbuild";

const root = join(import.meta.dirname, "..");
const outdir = join(root, "dist");
const stamp = join(outdir, ".stamp");

/** CommonJS packages inside the ESM output call require for Node's own modules. */
const banner =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

/**
 * Takes Node's own modules with `process.getBuiltinModule` instead of `import`. An `import` of node:http reads every
 * export to build the module's namespace, and reading `http.WebSocket` loads Node's copy of undici, HTTP/2 and TLS:
 * 50 ms of CPU and 16 MiB at every start. Here a name is only read where it is used.
 */
const builtinModulesByName: Plugin = {
  name: "builtin-modules-by-name",
  setup(setup) {
    const names = new Set(
      builtinModules.flatMap((name) => (name.startsWith("node:") ? name : [name, `node:${name}`])),
    );
    setup.onResolve({ filter: /^[a-z:_/0-9]+$/ }, ({ path, kind }) => {
      // A namespace from import() needs every name; require() reads none.
      if (kind !== "import-statement" || !names.has(path)) return undefined;
      return { path: path.replace(/^node:/, ""), namespace: "builtin" };
    });
    setup.onResolve({ filter: /^builtin:always$/ }, () => ({
      path: "always",
      namespace: "builtin",
    }));
    setup.onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => {
      if (path === "always") return { contents: alwaysModule() };
      return { contents: loadedOnUse.has(path) ? lazyModule(path) : eagerModule(path) };
    });
  },
};

/** Modules that a plain sidecar may never need: they are loaded when one of their names is first used. */
const loadedOnUse: ReadonlySet<string> = new Set([
  "child_process",
  "crypto",
  "dgram",
  "dns",
  "dns/promises",
  "http2",
  "https",
  "tls",
  "zlib",
]);

const exportedNames = (path: string): string[] =>
  Object.getOwnPropertyNames(process.getBuiltinModule(`node:${path}`) ?? {}).filter(
    (name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== "default",
  );

/** Loaded by Node itself at every start; all of them in one module of the bundle, because every file costs at start. */
const always: ReadonlySet<string> = new Set([
  "buffer",
  "events",
  "fs",
  "fs/promises",
  "module",
  "net",
  "os",
  "path",
  "process",
  "stream",
  "tty",
  "util",
]);

const prefixOf = (path: string): string => path.replace("/", "_");

/** A constant for each name; the bundler drops those that nobody imports. */
function constantsOf(path: string): string {
  const prefix = prefixOf(path);
  const constants = exportedNames(path).map(
    (name) =>
      `const ${prefix}$${name} = /* @__PURE__ */ take(${prefix}$, "${name}"); export { ${prefix}$${name} };`,
  );
  return `const ${prefix}$ = /* @__PURE__ */ process.getBuiltinModule("node:${path}"); export { ${prefix}$ };
${constants.join("\n")}`;
}

const take = "const take = /* @__NO_SIDE_EFFECTS__ */ (m, name) => m[name];\n";

const alwaysModule = (): string => take + [...always].map(constantsOf).join("\n");

/** Other names for the constants of a module. */
function eagerModule(path: string): string {
  const prefix = prefixOf(path);
  const names = exportedNames(path).map((name) => `${prefix}$${name} as ${name}`);
  const list = `{ ${[`${prefix}$ as default`, ...names].join(", ")} }`;
  if (always.has(path)) return `export ${list} from "builtin:always";`;
  return `${take}${constantsOf(path)}\nexport ${list};`;
}

/**
 * A CommonJS module of getters: importers read them at each use. They stand on the prototype, where importers do not
 * copy them one by one.
 */
function lazyModule(path: string): string {
  return `let m;
const names = {};
for (const name of ${JSON.stringify(exportedNames(path))}) {
  Object.defineProperty(names, name, {
    enumerable: true,
    get: () => (m ??= process.getBuiltinModule("node:${path}"))[name],
  });
}
module.exports = Object.create(names);`;
}

/** Not part of the bundle, because a bundle is compiled before its first line runs. */
const entry = (name: string): string =>
  `process.getBuiltinModule("node:module").enableCompileCache(import.meta.dirname+"/.cache");
await import("./${name}/main.js");
`;

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

async function bundleProgram(
  name: string,
  scratch: string,
): Promise<{ path: string; bytes: number }[]> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [{ in: `src/bin/${name}.ts`, out: "main" }],
    outdir: relative(root, join(scratch, name)),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node26",
    chunkNames: "[name]-[hash]",
    banner: { js: banner },
    // The package's modules instead of its CommonJS files: they merge with ours, and what nobody uses is dropped.
    alias: { yaml: join(root, "node_modules/yaml/browser/dist/index.js") },
    // Names stay: they are in messages and stack traces. Dropping white space and dead branches is what saves parsing.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    treeShaking: true,
    metafile: true,
    plugins: [builtinModulesByName],
    logLevel: "warning",
  });
  writeFileSync(join(scratch, `${name}.js`), entry(name));
  return Object.entries(result.metafile.outputs).map(([path, { bytes }]) => ({
    path: relative(scratch, join(root, path)),
    bytes,
  }));
}

export async function bundle(): Promise<readonly { path: string; bytes: number }[]> {
  const started = new Date();
  const programs = readdirSync(join(root, "src/bin"))
    .filter((n) => /^[a-z]+\.ts$/.test(n))
    .map((n) => n.slice(0, -3));
  const scratch = join(root, `dist.${process.pid}`);
  try {
    const outputs: { path: string; bytes: number }[] = [];
    for (const name of programs) outputs.push(...(await bundleProgram(name, scratch)));
    // Found at once, and without our own package.json above: else Node reads each file to tell what it is.
    for (const folder of ["", ...programs]) {
      writeFileSync(join(scratch, folder, "package.json"), '{"type":"module"}\n');
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
