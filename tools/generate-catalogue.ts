/**
 * Writes src/components/catalogue.ts and docs/components/ from the component files: adding a component is adding a file.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type {
  ComponentDefinition,
  PropertySchema,
  RunningComponent,
} from "../src/components/contract.ts";

const root = join(import.meta.dirname, "..");
/** Folders of src/components/; their order is that of the catalogue. */
const kinds = [
  "state",
  "secretstores",
  "configuration",
  "lock",
  "crypto",
  "conversation",
  "pubsub",
  "bindings",
  "middleware",
];

interface Found {
  readonly kind: string;
  readonly file: string;
  readonly definition: ComponentDefinition<RunningComponent>;
}

async function findComponents(): Promise<Found[]> {
  const found: Found[] = [];
  for (const kind of kinds) {
    const folder = join(root, "src/components", kind);
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder).sort()) {
      if (!file.endsWith(".ts") || file.endsWith(".test.ts") || file === "contract.ts") continue;
      const module = await import(pathToFileURL(join(folder, file)).href);
      if (module.component) found.push({ kind, file, definition: module.component });
    }
  }
  return found;
}

/**
 * `state.redis` and `state.redis/v1` for a component with one version; each version of one with several. A type whose
 * versions are files of their own has its v1 without a version, if there is one; if it has another one only, that.
 */
function keysOf({ definition }: Found): string[] {
  const { type, aliases = [], versions } = definition;
  const isPlain = versions.length === 1 && (versions[0] === "v1" || onlyVersions.has(type));
  return [type, ...aliases].flatMap((name) => [
    ...versions.map((version) => `${name}/${version}`),
    ...(isPlain ? [name] : []),
  ]);
}

/** Types that never had another version than the one here. */
const onlyVersions: ReadonlySet<string> = new Set(["state.yugabytedb"]);

/** `state.redis`, and `state.postgresql.v2` for a later version in a file of its own. */
const pageName = ({ type, versions }: ComponentDefinition<RunningComponent>): string =>
  versions.length === 1 && versions[0] !== "v1" && !onlyVersions.has(type)
    ? `${type}.${versions[0]}`
    : type;

function catalogue(found: readonly Found[]): string {
  const rows = found.flatMap((item) =>
    keysOf(item).map(
      (key) => `  ["${key}", async () => (await import("./${item.kind}/${item.file}")).component],`,
    ),
  );
  const defaults = found
    .filter((item) => item.definition.versions.length > 1)
    .map((item) => `  ["${item.definition.type}", "${item.definition.versions[0]}"],`);
  return `/**
 * Which file implements which component. Written by \`npm run generate\`; do not edit.
 */
import type { ComponentDefinition, RunningComponent } from "./contract.ts";

export type LoadComponent = () => Promise<ComponentDefinition<RunningComponent>>;

const components: ReadonlyMap<string, LoadComponent> = new Map<string, LoadComponent>([
${rows.join("\n")}
]);

/** Every type and alias. */
export const componentTypes = (): readonly string[] => [
  ...new Set([...components.keys()].map((key) => key.split("/", 1)[0] as string)),
];

/** What an empty version means for types that have several. */
const defaultVersions: ReadonlyMap<string, string> = new Map<string, string>([
${defaults.join("\n")}
]);

/**
 * Looks a component up; type and version in lower case.
 * @see spec 04 §4.3
 */
export function findComponent(type: string, version: string): LoadComponent | undefined {
  const exact = components.get(\`\${type}/\${version}\`);
  if (exact !== undefined) return exact;
  if (version !== "" && version !== "v0" && version !== "v1") return undefined;
  return components.get(type) ?? components.get(\`\${type}/\${defaultVersions.get(type) ?? "v1"}\`);
}
`;
}

const cell = (text: string): string => text.replace(/\|/g, "\\|").replace(/\n/g, " ");

function propertyRow(property: PropertySchema): string {
  const names = [property.name, ...(property.aliases ?? [])]
    .map((name) => `\`${name}\``)
    .join(", ");
  const fallback = property.required
    ? "**required**"
    : property.default === undefined
      ? ""
      : `\`${property.default}\``;
  return `| ${names} | ${property.kind} | ${cell(fallback)} | ${cell(property.description)} |`;
}

function page({ definition }: Found): string {
  const { type, aliases, versions, summary, provenAgainst, properties } = definition;
  const other = aliases?.length ? ` (also ${aliases.map((name) => `\`${name}\``).join(", ")})` : "";
  const table =
    properties.length === 0
      ? "It has no metadata.\n"
      : `| Metadata | Kind | Default | Meaning |\n|---|---|---|---|\n${properties.map(propertyRow).join("\n")}\n`;
  const proof = provenAgainst === undefined ? "" : `Proven against: ${provenAgainst}.\n\n`;
  return `# ${type}\n\n${summary}\n\nType \`${type}\`${other}, version ${versions.map((v) => `\`${v}\``).join(", ")}.\n\n${proof}${table}`;
}

/** The table that opens docs/components. */
function index(found: readonly Found[]): string {
  const rows = [...found]
    .sort((a, b) => (a.definition.type < b.definition.type ? -1 : 1))
    .map(({ definition }) => {
      const { type, aliases = [], versions, summary, provenAgainst = "" } = definition;
      const other = aliases.map((name) => `, \`${name}\``).join("");
      const cells = [summary, provenAgainst].map(cell);
      return `| [${type}](${pageName(definition)}.md)${other} | ${versions.join(", ")} | ${cells.join(" | ")} |`;
    });
  return `# Components\n\nWritten by \`npm run generate\` from the files in \`src/components\`.\n\n| Type | Versions (default first) | What it is | Proven against |\n|---|---|---|---|\n${rows.join("\n")}\n`;
}

/** @returns paths whose content was not up to date */
export async function generateCatalogue(write: boolean): Promise<string[]> {
  const found = await findComponents();
  const files = new Map([[join(root, "src/components/catalogue.ts"), catalogue(found)]]);
  mkdirSync(join(root, "docs/components"), { recursive: true });
  files.set(join(root, "docs/components/README.md"), index(found));
  for (const item of found)
    files.set(join(root, "docs/components", `${pageName(item.definition)}.md`), page(item));
  const stale: string[] = [];
  for (const [path, text] of files) {
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    stale.push(path);
    if (write) writeFileSync(path, text);
  }
  return stale;
}

if (import.meta.main) {
  const check = process.argv.includes("--check");
  const stale = await generateCatalogue(!check);
  for (const path of stale)
    console.log(`${check ? "not up to date" : "written"}: ${path.slice(root.length + 1)}`);
  if (check && stale.length > 0) process.exitCode = 1;
}
