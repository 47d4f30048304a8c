/**
 * Checks component files against the contracts that they implement, with the TypeScript compiler where there is one.
 */
import { execFile } from "node:child_process";
import { existsSync, promises as files } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { moduleName } from "./module-name.ts";

/** Where the compiler and the contracts are. */
export interface TypeChecker {
  readonly compiler: string;
  readonly contracts: string;
  readonly typeRoots: string;
}

/** ms; a check takes less than a second. */
const limitMs = 60_000;
const maxOutputBytes = 1024 * 1024;

/**
 * Looks upwards from the running program.
 * @returns undefined: an installation without compiler or contracts
 */
export function findTypeChecker(programPath: string): TypeChecker | undefined {
  for (let folder = dirname(programPath); ; folder = dirname(folder)) {
    const compiler = join(folder, "node_modules/.bin/tsc");
    const contracts = join(folder, "src/components/typescript/exports.ts");
    if (existsSync(compiler) && existsSync(contracts)) {
      return { compiler, contracts, typeRoots: join(folder, "node_modules/@types") };
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * @param paths absolute
 * @returns what is wrong, line by line, by the file's path; files without faults are left out
 * @throws {Error} the compiler could not be run
 */
export async function checkTypes(
  checker: TypeChecker,
  paths: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = await files.realpath(await files.mkdtemp(join(tmpdir(), "tricorne-types-")));
  try {
    const uses = paths.map((path, i) => ({ path, use: join(folder, `use-${i}.ts`) }));
    for (const { path, use } of uses) {
      await files.writeFile(use, useOf(path, contractOf(await files.readFile(path, "utf8"))));
    }
    const project = join(folder, "tsconfig.json");
    await files.writeFile(project, JSON.stringify(projectOf(checker, uses)));
    return problemsIn(await run(checker.compiler, ["-p", project, "--pretty", "false"]), uses);
  } finally {
    await files.rm(folder, { recursive: true, force: true });
  }
}

const projectOf = (
  checker: TypeChecker,
  uses: readonly { readonly path: string; readonly use: string }[],
) => ({
  compilerOptions: {
    target: "esnext",
    lib: ["esnext"],
    module: "nodenext",
    types: ["node"],
    typeRoots: [checker.typeRoots],
    noEmit: true,
    strict: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    paths: { [moduleName]: [checker.contracts] },
  },
  files: uses.flatMap(({ path, use }) => [path, use]),
});

/** By the first part of a component's type. */
const contracts: ReadonlyMap<string, string> = new Map([
  ["state", "StateStore"],
  ["pubsub", "PubSub"],
  ["bindings", "Binding"],
  ["secretstores", "SecretStore"],
  ["configuration", "ConfigurationStore"],
  ["lock", "LockStore"],
  ["crypto", "CryptoProvider"],
  ["conversation", "Conversation"],
  ["middleware", "Middleware"],
]);

/** From the text, because the type of `type` may be no more than `string`. */
function contractOf(text: string): string {
  const [category = ""] = declaredType(text)?.split(".", 1) ?? [];
  return contracts.get(category) ?? "RunningComponent";
}

/** The component type that a file says it implements, without running it; undefined: it is not plain to see. */
export const declaredType = (text: string): string | undefined =>
  /\btype:\s*["'`]([a-z]+\.[^"'`/\n]+)["'`]/.exec(text)?.[1];

/** Whether a file of the folder `components` holds a component. */
export const isComponentFile = (name: string): boolean =>
  name.endsWith(".ts") && !/\.(d|test)\.ts$/.test(name);

const useOf = (path: string, contract: string): string =>
  `import type { ComponentDefinition, ${contract} } from "${moduleName}";
import { component } from ${JSON.stringify(path)};
component satisfies ComponentDefinition<${contract}>;
`;

function run(compiler: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    // It writes paths relative to where it runs.
    const options = { cwd: "/", timeout: limitMs, maxBuffer: maxOutputBytes };
    execFile(compiler, args, options, (error, stdout, stderr) => {
      // Faults in the files are told by the exit code, and on standard output.
      if (error === null || (typeof error.code === "number" && stdout !== "")) resolve(stdout);
      else reject(new Error(`${compiler}: ${stderr || error.message}`, { cause: error }));
    });
  });
}

/** `path(line,column): error TS...: text`, with indented lines that belong to it. */
function problemsIn(
  output: string,
  uses: readonly { readonly path: string; readonly use: string }[],
): ReadonlyMap<string, readonly string[]> {
  const problems = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of output.split(/\r?\n/)) {
    const [, shown, position = "", text = ""] = /^(.*?)\((\d+,\d+)\): (.*)$/.exec(line) ?? [];
    if (shown === undefined) {
      if (line.trim() !== "") current?.push(line);
      continue;
    }
    const place = `/${shown.replace(/^\/+/, "")}`;
    const found = uses.find(({ path, use }) => place === path || place === use);
    current = found && (problems.get(found.path) ?? []);
    if (found === undefined || current === undefined) continue;
    current.push(place === found.path ? `(${position}) ${text}` : text);
    problems.set(found.path, current);
  }
  return problems;
}
