/**
 * From a program's sources to the CommonJS files that run. CommonJS, because Node links and runs it in half the time of
 * ES modules; in two steps, because the bundler splits only ES modules and cuts what two of them share into a file each:
 *
 * 1. ES modules, split at dynamic imports.
 * 2. What the program's entry imports statically, through however many of those files, becomes one file, `main.js`; each
 *    other file is turned into CommonJS and takes what it shares from `main.js`.
 *
 * A WebAssembly module that stands beside a source which is in the bundle is put beside the program's files: what the
 * source finds by `import.meta.url` the bundle finds too.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type BuildOptions, build, type Metafile, type OutputFile, type Plugin } from "esbuild";
import { builtinModulesByName } from "./builtin-modules.ts";

export interface BundledFile {
  /** Within the program's folder. */
  readonly name: string;
  readonly contents: Uint8Array;
  /** The files that it was made of, from the repository's root; `builtin:fs` for Node's own. */
  readonly sources: readonly string[];
}

/** Names stay: they are in messages and stack traces. Dropping white space and dead branches is what saves parsing. */
const common = {
  bundle: true,
  write: false,
  platform: "node",
  target: "node26",
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  treeShaking: true,
  logLevel: "warning",
} as const satisfies BuildOptions;

/** Files of step 1 by name, with what they import and export. */
interface Split {
  readonly name: string;
  readonly text: string;
  readonly staticImports: readonly string[];
  readonly exports: readonly string[];
  readonly sources: readonly string[];
}

const mainName = "main.js";
const moduleUrl = "import.meta.url";
const ownUrl = 'const ownUrl$=require("node:url").pathToFileURL(__filename).href;';

/**
 * @param root the repository
 * @param source the program's entry, from there
 */
export async function bundleProgram(root: string, source: string): Promise<BundledFile[]> {
  const files = await split(root, source);
  const eager = staticClosure(files, mainName);
  const lazy = [...files.values()].filter(({ name }) => !eager.has(name));
  return await Promise.all([
    linkMain(files, eager),
    ...lazy.map((file) => linkLazy(file, files, eager)),
    ...modulesBeside(root, [...files.values()]),
  ]);
}

function modulesBeside(root: string, files: readonly Split[]): BundledFile[] {
  const folders = new Set(
    files.flatMap(({ sources }) => sources.filter((one) => one.startsWith("src/")).map(dirname)),
  );
  return [...folders].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".wasm"))
      .map((name) => {
        const source = join(folder, name);
        return { name, contents: readFileSync(join(root, source)), sources: [source] };
      }),
  );
}

async function split(root: string, source: string): Promise<ReadonlyMap<string, Split>> {
  const { outputFiles, metafile } = await build({
    ...common,
    absWorkingDir: root,
    entryPoints: [{ in: source, out: "main" }],
    outdir: "split",
    splitting: true,
    format: "esm",
    chunkNames: "[name]-[hash]",
    alias: {
      // The package's modules instead of its CommonJS files: they merge with ours, and what nobody uses is dropped.
      yaml: join(root, "node_modules/yaml/browser/dist/index.js"),
      // With the WebAssembly within, instead of in a file beside it that a bundle does not have.
      "@platformatic/wasm-utils": join(
        root,
        "node_modules/@platformatic/wasm-utils/dist/bundled.js",
      ),
    },
    metafile: true,
    plugins: [builtinModulesByName],
  });
  const outdir = join(root, "split");
  return new Map(
    outputFiles.map((file) => {
      const name = file.path.slice(outdir.length + 1);
      return [name, splitFile(name, file, metafile)];
    }),
  );
}

function splitFile(name: string, file: OutputFile, { outputs }: Metafile): Split {
  const output = outputs[`split/${name}`];
  const staticImports = (output?.imports ?? [])
    .filter(({ kind, external }) => kind === "import-statement" && external !== true)
    .map(({ path }) => path.slice("split/".length));
  return {
    name,
    text: file.text,
    staticImports,
    exports: output?.exports ?? [],
    sources: Object.keys(output?.inputs ?? {}),
  };
}

function staticClosure(files: ReadonlyMap<string, Split>, start: string): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const name of reached)
    for (const next of files.get(name)?.staticImports ?? []) reached.add(next);
  return reached;
}

/** Under which name `main.js` offers what another file exports as `name`. */
const offeredName = (file: string, name: string): string =>
  `${file.replace(/\W/g, "_")}_${name.replace(/\W/g, "_")}`;

async function linkMain(
  files: ReadonlyMap<string, Split>,
  eager: ReadonlySet<string>,
): Promise<BundledFile> {
  const needed = new Set(
    [...files.values()]
      .filter(({ name }) => !eager.has(name))
      .flatMap(({ staticImports }) => staticImports.filter((name) => eager.has(name))),
  );
  const offers = [...needed].map((name) => {
    const names = files.get(name)?.exports ?? [];
    const list = names.map((one) => `${one} as ${offeredName(name, one)}`).join(", ");
    return `export { ${list} } from "./${name}";`;
  });
  const text = `import "./${mainName}";\n${offers.join("\n")}`;
  return {
    name: mainName,
    contents: await toCommonJs(text, filesInMemory(files, eager)),
    sources: [...eager].flatMap((name) => files.get(name)?.sources ?? []),
  };
}

async function linkLazy(
  { name, text, sources }: Split,
  files: ReadonlyMap<string, Split>,
  eager: ReadonlySet<string>,
): Promise<BundledFile> {
  return { name, contents: await toCommonJs(text, takenFromMain(files, eager)), sources };
}

async function toCommonJs(contents: string, ...plugins: Plugin[]): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...common,
    stdin: { contents, loader: "js" },
    format: "cjs",
    // What the sources are as modules.
    banner: { js: `"use strict";${contents.includes(moduleUrl) ? ownUrl : ""}` },
    // Packages look for others from there.
    define: { [moduleUrl]: "ownUrl$" },
    // An import() of a file of ours becomes a require: the loader of ES modules would look at the file once more.
    supported: { "dynamic-import": false },
    plugins,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/**
 * The file that Node is started with. What it imports dynamically is the program; without that it is itself the program
 * and only the start of it is here.
 * @param source `src/bin/<name>.ts`
 * @returns its text, and the program's entry
 */
export async function bundleEntry(
  root: string,
  name: string,
  source: string,
): Promise<{ readonly text: string; readonly program: string }> {
  let program: string | undefined;
  const { outputFiles } = await build({
    ...common,
    absWorkingDir: root,
    entryPoints: [source],
    format: "cjs",
    define: { [moduleUrl]: "ownUrl$" },
    supported: { "dynamic-import": false },
    plugins: [
      {
        name: "program",
        setup(setup) {
          setup.onResolve({ filter: /./ }, ({ path, kind, resolveDir }) => {
            if (kind !== "dynamic-import" || resolveDir !== join(root, "src/bin")) return undefined;
            program = relative(root, join(resolveDir, path));
            return { path: `./${name}/${mainName}`, external: true };
          });
        },
      },
      builtinModulesByName,
    ],
  });
  return program === undefined
    ? { text: `require("./${name}/${mainName}");\n`, program: source }
    : { text: outputFiles[0]?.text ?? "", program };
}

const fileName = (path: string): string => path.replace(/^\.\//, "");

/** Eager files are put in; all others stay files. */
function filesInMemory(files: ReadonlyMap<string, Split>, eager: ReadonlySet<string>): Plugin {
  return {
    name: "files-in-memory",
    setup(setup) {
      setup.onResolve({ filter: /^\.\// }, ({ path, kind }) => {
        const name = fileName(path);
        if (kind !== "import-statement" || !eager.has(name)) return { path, external: true };
        return { path: name, namespace: "split" };
      });
      setup.onResolve({ filter: /^[^.]/ }, ({ path }) => ({ path, external: true }));
      setup.onLoad({ filter: /./, namespace: "split" }, ({ path }) => ({
        contents: files.get(path)?.text ?? "",
      }));
    },
  };
}

/** What an eager file exports is asked from `main.js`. */
function takenFromMain(files: ReadonlyMap<string, Split>, eager: ReadonlySet<string>): Plugin {
  return {
    name: "taken-from-main",
    setup(setup) {
      setup.onResolve({ filter: /./ }, ({ path }) => {
        const name = fileName(path);
        if (path.startsWith("./") && eager.has(name) && name !== mainName) {
          return { path: name, namespace: "offered" };
        }
        return { path, external: true };
      });
      setup.onLoad({ filter: /./, namespace: "offered" }, ({ path: file }) => {
        const names = files.get(file)?.exports ?? [];
        const list = names.map((name) => `${offeredName(file, name)} as ${name}`).join(", ");
        return { contents: `export { ${list} } from "./${mainName}";` };
      });
    },
  };
}
