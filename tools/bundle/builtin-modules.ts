/** How the bundles get at Node's own modules. */
import { builtinModules } from "node:module";
import type { Plugin } from "esbuild";

/**
 * Takes Node's own modules with `process.getBuiltinModule` instead of `import`. An `import` of node:http reads every
 * export to build the module's namespace, and reading `http.WebSocket` loads Node's copy of undici, HTTP/2 and TLS:
 * 50 ms of CPU and 16 MiB at every start. Here a name is only read where it is used.
 */
export const builtinModulesByName: Plugin = {
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
  "fs/promises",
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
