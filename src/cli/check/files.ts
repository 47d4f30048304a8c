/**
 * Reads resource files and gathers what is wrong with them.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import { type LocatedDocument, parseLocatedYaml } from "../../kit/resources/located-yaml.ts";
import { maxYamlBytes } from "../../kit/resources/yaml.ts";
import { checkComponentFiles } from "./component-files.ts";
import { memberText } from "./members.ts";
import { checkDocument, checkReferences, type Resource } from "./resources.ts";
import type { Report } from "./schema.ts";

export interface Problem {
  /** As the user would write it. */
  readonly path: string;
  /** From 1; 0: the file as a whole. */
  readonly line: number;
  readonly level: "error" | "warning";
  readonly text: string;
}

export interface CheckResult {
  readonly files: number;
  readonly resources: number;
  /** By file, then line. */
  readonly problems: readonly Problem[];
}

/** A path that cannot be checked at all. */
export class PathError extends Error {
  override readonly name = "PathError";
}

/**
 * @param paths files, and folders whose YAML files and component files are checked
 * @param program file of the running program, for {@link checkComponentFiles}
 * @throws {PathError}
 */
export async function checkPaths(
  paths: readonly string[],
  cwd: string,
  program?: string,
): Promise<CheckResult> {
  const files: string[] = [];
  for (const path of paths) files.push(...(await filesOf(path, cwd)));
  const own = await checkComponentFiles(paths, cwd, program);
  const problems: Problem[] = [...own.problems];
  const resources: (Resource & { readonly path: string })[] = [];
  const unique = [...new Set(files)];
  for (const path of unique) {
    for (const document of await readDocuments(path, cwd, problems)) {
      const report: Report = (level, at, text) =>
        problems.push({ path, line: document.lineOf(at), level, text });
      const resource = await checkDocument(document, report, own.types);
      if (resource !== undefined) resources.push({ ...resource, path });
    }
  }
  checkReferences(resources);
  checkDuplicates(resources);
  const order = new Map([...unique, ...own.files].map((path, index) => [path, index]));
  problems.sort((a, b) => (order.get(a.path) ?? 0) - (order.get(b.path) ?? 0) || a.line - b.line);
  return { files: unique.length + own.files.length, resources: resources.length, problems };
}

async function filesOf(path: string, cwd: string): Promise<string[]> {
  const full = isAbsolute(path) ? path : join(cwd, path);
  let isFolder: boolean;
  try {
    isFolder = (await stat(full)).isDirectory();
  } catch {
    throw new PathError(`${path}: no such file or folder`);
  }
  const shown = isAbsolute(path) ? path : relative(cwd, full) || ".";
  if (!isFolder) return [shown];
  // Like the sidecar: no folders within folders.
  const entries = await readdir(full, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  return names
    .filter((name) => /\.ya?ml$/i.test(name))
    .sort()
    .map((name) => (shown === "." ? name : join(shown, name)));
}

async function readDocuments(
  path: string,
  cwd: string,
  problems: Problem[],
): Promise<LocatedDocument[]> {
  const full = isAbsolute(path) ? path : join(cwd, path);
  let text: string;
  try {
    const { size } = await stat(full);
    if (size > maxYamlBytes) throw new Error(`the file is larger than ${maxYamlBytes} bytes`);
    text = await readFile(full, "utf8");
  } catch (error) {
    problems.push({ path, line: 0, level: "error", text: (error as Error).message });
    return [];
  }
  const documents = parseLocatedYaml(text);
  for (const { errors } of documents) {
    for (const error of errors) problems.push({ path, level: "error", ...error });
  }
  return documents.filter(({ errors }) => errors.length === 0);
}

/** Kinds that do not load when a name stands twice. @see spec 04 §2.3 */
const uniqueKinds = new Set(["Component", "HTTPEndpoint", "WorkflowAccessPolicy", "MCPServer"]);

function checkDuplicates(resources: readonly (Resource & { readonly path: string })[]): void {
  const byName = new Map<string, (Resource & { readonly path: string })[]>();
  for (const resource of resources) {
    const { kind, name, map } = resource;
    if (!uniqueKinds.has(kind) || name === "") continue;
    const key = `${kind} ${name}`;
    const others = byName.get(key) ?? [];
    byName.set(key, [...others, resource]);
    const namespace = memberText(map, "metadata", "namespace");
    const first = others.find((other) => {
      const theirs = memberText(other.map, "metadata", "namespace");
      return namespace === "" || theirs === "" || namespace === theirs;
    });
    if (first === undefined) continue;
    const where = `${first.path}:${first.document.lineOf(["metadata", "name"])}`;
    const text = `${kind} ${JSON.stringify(name)} is already defined at ${where}`;
    resource.report("error", ["metadata", "name"], text);
  }
}
