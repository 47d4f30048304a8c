/**
 * Generates the modules below src/kit/proto from the files below proto. `--check` writes nothing and fails when a module
 * is not what it would be.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { emitDescriptors } from "./proto/emit-descriptors.ts";
import { modulePath, TypescriptEmitter } from "./proto/emit-typescript.ts";
import { parseProtoFolder } from "./proto/parse.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));

/** Every generated file by its path from the repository's root. */
export function generateProto(): Map<string, string> {
  const folder = join(repository, "proto");
  const files = parseProtoFolder(folder);
  const emitter = new TypescriptEmitter(files);
  const modules = new Map<string, string>();
  for (const file of files) {
    modules.set(`src/kit/proto/${modulePath(file.name)}`, emitter.emit(file));
  }
  const descriptors = "src/kit/proto/descriptor-set.gen.ts";
  modules.set(descriptors, emitDescriptors(files, folder, read(descriptors)));
  return modules;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(join(repository, path), "utf8");
  } catch {
    return undefined;
  }
}

/** The paths of generated files that differ from what is in the tree. */
export function staleModules(): string[] {
  return [...generateProto()].filter(([path, text]) => read(path) !== text).map(([path]) => path);
}

function main(): void {
  const stale = staleModules();
  if (process.argv.includes("--check")) {
    for (const path of stale) console.error(`${path} is not up to date: run npm run generate`);
    process.exitCode = stale.length === 0 ? 0 : 1;
    return;
  }
  const modules = generateProto();
  for (const path of stale) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), modules.get(path)!);
  }
}

if (import.meta.main) main();
