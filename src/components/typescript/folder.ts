/**
 * Components that a user writes: one TypeScript file each, in the folder `components` of a resources folder.
 * @see docs/own-components.md
 */
import { createHash } from "node:crypto";
import { promises as files } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { constants, Script } from "node:vm";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { ComponentDefinition, RunningComponent } from "../contract.ts";
import { offerModule } from "./module-name.ts";
import { checkTypes, isComponentFile, type TypeChecker } from "./type-check.ts";

type Definition = ComponentDefinition<RunningComponent>;

interface ComponentFile {
  readonly digest: string;
  /** undefined: the file has never been in order. */
  readonly definition: Definition | undefined;
}

export interface ComponentFilesOptions {
  /** Those that are not there hold no files. */
  readonly folders: readonly string[];
  readonly logger: Logger;
  /** undefined: types are not checked. */
  readonly checker: TypeChecker | undefined;
}

export class ComponentFiles {
  readonly #options: ComponentFilesOptions;
  #files: ReadonlyMap<string, ComponentFile> = new Map();

  constructor(options: ComponentFilesOptions) {
    this.#options = options;
  }

  /** Type and version in lower case. */
  find(type: string, version: string): Definition | undefined {
    for (const { definition } of this.#files.values()) {
      if (definition === undefined) continue;
      if (![definition.type, ...(definition.aliases ?? [])].some((t) => t.toLowerCase() === type)) {
        continue;
      }
      const isDefault = version === "" || version === "v0";
      if (isDefault || definition.versions.includes(version)) return definition;
    }
    return undefined;
  }

  /**
   * Looks through the folders. A file with faults is logged and changes nothing: what it was before stays.
   * @returns types whose implementation is another one now, or gone; in lower case
   */
  async refresh(): Promise<ReadonlySet<string>> {
    const found = await this.#read();
    const fresh = [...found].filter(
      ([path, { digest }]) => this.#files.get(path)?.digest !== digest,
    );
    const faults = await this.#faults(fresh.map(([path]) => path));
    const next = new Map<string, ComponentFile>();
    const changed = new Set<string>();
    const touch = (definition: Definition | undefined): void => {
      if (definition === undefined) return;
      for (const type of [definition.type, ...(definition.aliases ?? [])]) {
        changed.add(type.toLowerCase());
      }
    };
    for (const [path, { digest }] of found) {
      const old = this.#files.get(path);
      if (old?.digest === digest) {
        next.set(path, old);
        continue;
      }
      const definition = await this.#load(path, digest, faults.get(path));
      next.set(path, { digest, definition: definition ?? old?.definition });
      if (definition === undefined) continue;
      touch(old?.definition);
      touch(definition);
    }
    for (const [path, { definition }] of this.#files) if (!found.has(path)) touch(definition);
    this.#files = next;
    return changed;
  }

  async #read(): Promise<ReadonlyMap<string, { readonly digest: string }>> {
    const found = new Map<string, { readonly digest: string }>();
    for (const folder of this.#options.folders) {
      for (const name of (await namesIn(folder)).sort()) {
        if (!isComponentFile(name)) continue;
        const [path, text] = await this.#readFile(join(folder, name));
        if (text === undefined) continue;
        const digest = createHash("sha256").update(text).digest("hex");
        // An editor empties a file before it writes it: until then it is what it was.
        const old = text.length === 0 ? this.#files.get(path) : { digest };
        if (old !== undefined) found.set(path, old);
      }
    }
    return found;
  }

  /** undefined: it is not there any more, a link leads nowhere, or it is nothing to read. */
  async #readFile(link: string): Promise<[path: string, text: Buffer | undefined]> {
    try {
      const path = await files.realpath(link);
      return [path, await files.readFile(path)];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
        this.#options.logger.error(`component file ${link} cannot be read: ${errorText(error)}`);
      }
      return [link, undefined];
    }
  }

  async #faults(paths: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const { checker, logger } = this.#options;
    if (paths.length === 0) return new Map();
    if (checker === undefined) {
      logger.info("component files are used without a check of their types: no TypeScript here");
      return new Map();
    }
    try {
      return await checkTypes(checker, paths);
    } catch (error) {
      logger.warn(`component files are used without a check of their types: ${errorText(error)}`);
      return new Map();
    }
  }

  async #load(
    path: string,
    digest: string,
    faults: readonly string[] | undefined,
  ): Promise<Definition | undefined> {
    const { logger } = this.#options;
    try {
      if (faults !== undefined) throw new Error(faults.join("\n"));
      offerModule();
      // The digest makes it another module after each change; the old one stays in memory, as modules do.
      const module = await importModule(`${pathToFileURL(path).href}?${digest}`);
      const definition = definitionIn(module);
      logger.info(`component file ${path} implements ${definition.type}`);
      return definition;
    } catch (error) {
      const text = `${placeIn(error, path)}${errorText(error)}`;
      logger.error(`component file ${path} cannot be used: ${text}`);
      return undefined;
    }
  }
}

/** Where in the file something was thrown, as the compiler writes places: `(3,7) `. */
function placeIn(error: unknown, path: string): string {
  const { stack = "" } = error as Error;
  const at = stack.indexOf(path);
  const found =
    at < 0 ? null : /^(?:\?[0-9a-f]+)?:(\d+)(?::(\d+))?/.exec(stack.slice(at + path.length));
  return found === null ? "" : `(${found[1]},${found[2] ?? "1"}) `;
}

/** `import()` as Node does it: bundlers make `require` of one in a source file. */
const importModule = new Script("(address) => import(address)", {
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}).runInThisContext() as (address: string) => Promise<unknown>;

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await files.readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** What the compiler would say, for files that it has not seen. @throws {Error} */
function definitionIn(module: unknown): Definition {
  const component = (module as { readonly component?: unknown }).component;
  if (typeof component !== "object" || component === null) {
    throw new Error("it does not export `component`");
  }
  const { type, versions, properties, create, aliases } = component as Partial<Definition>;
  const isText = (value: unknown): value is string => typeof value === "string";
  if (!isText(type) || !/^[a-z]+\.[^/]+$/.test(type)) {
    throw new Error("`component.type` must be a text such as `state.mine`");
  }
  if (!Array.isArray(versions) || versions.length === 0 || !versions.every(isText)) {
    throw new Error('`component.versions` must be a list such as `["v1"]`');
  }
  if (!Array.isArray(properties)) throw new Error("`component.properties` must be a list");
  if (aliases !== undefined && !(Array.isArray(aliases) && aliases.every(isText))) {
    throw new Error("`component.aliases` must be a list of texts");
  }
  if (typeof create !== "function") throw new Error("`component.create` must be a function");
  return component as Definition;
}
