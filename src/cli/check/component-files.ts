/**
 * Component files beside checked resources: their types against the contracts, and which component types they bring.
 * @see docs/own-components.md
 */
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import {
  checkTypes,
  declaredType,
  findTypeChecker,
  isComponentFile,
} from "../../components/typescript/type-check.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Problem } from "./files.ts";

export interface ComponentFilesResult {
  readonly files: readonly string[];
  /** In lower case. */
  readonly types: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/**
 * @param paths as the user wrote them; only folders can have component files
 * @param program file of the running program, near which the compiler is; undefined: types are not checked
 */
export async function checkComponentFiles(
  paths: readonly string[],
  cwd: string,
  program: string | undefined,
): Promise<ComponentFilesResult> {
  const shownBy = new Map<string, string>();
  const types = new Set<string>();
  for (const path of new Set(paths)) {
    for (const shown of await filesIn(path, cwd)) {
      const full = await realpath(isAbsolute(shown) ? shown : join(cwd, shown));
      shownBy.set(full, shown);
      const type = declaredType(await readFile(full, "utf8"));
      if (type !== undefined) types.add(type.toLowerCase());
    }
  }
  const problems = await problemsOf(shownBy, program);
  return { files: [...shownBy.values()], types, problems };
}

async function filesIn(path: string, cwd: string): Promise<readonly string[]> {
  const folder = join(path, "components");
  const full = isAbsolute(folder) ? folder : join(cwd, folder);
  const isFolder = await stat(full).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return [];
  const names = (await readdir(full)).filter(isComponentFile).sort();
  return names.map((name) => join(folder, name));
}

async function problemsOf(
  shownBy: ReadonlyMap<string, string>,
  program: string | undefined,
): Promise<readonly Problem[]> {
  if (shownBy.size === 0) return [];
  const all = [...shownBy];
  const unchecked = (why: string): Problem[] =>
    all.map(([, path]) => ({
      path,
      line: 0,
      level: "warning",
      text: `types are not checked: ${why}`,
    }));
  const checker = program === undefined ? undefined : findTypeChecker(program);
  if (checker === undefined) return unchecked("there is no TypeScript compiler here");
  try {
    const found = await checkTypes(checker, [...shownBy.keys()]);
    return all.flatMap(([full, path]) =>
      (found.get(full) ?? []).map((text): Problem => {
        const line = Number(/^\((\d+),/.exec(text)?.[1] ?? 0);
        return { path, line, level: "error", text: text.replace(/^\(\d+,\d+\) /, "") };
      }),
    );
  } catch (error) {
    return unchecked(errorText(error));
  }
}
