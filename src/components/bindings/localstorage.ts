/**
 * bindings.localstorage: files below one folder.
 * @see spec 03 §9, spec 04 §8.9
 */
import type { Stats } from "node:fs";
import { lstat, mkdir, readdir, realpath, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { quoteJson } from "../../kit/json/encode.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import { readInside, systemReason, writeInside } from "./confined-file.ts";
import type { Binding, BindingMetadata, BindingRequest, BindingResponse } from "./contract.ts";
import { fromBase64, unquote } from "./request-data.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "rootPath",
    kind: "string",
    required: true,
    description: "Folder of the files; made if it does not exist. Nothing outside it is touched.",
  },
];

/** Parts of the system that no app has to write to. */
const forbidden = ["/proc", "/sys", "/boot", "/var/run/secrets", "/run/secrets"];

export const component = {
  type: "bindings.localstorage",
  versions: ["v1"],
  summary: "Keeps files in a folder of the sidecar's machine.",
  provenAgainst: "recordings of the original",
  properties,
  async create({ properties: given, platform }) {
    const rootPath = new Properties(given, properties).text("rootPath");
    const failure = (text: string): Error => new Error(`failed to parse metadata: ${text}`);
    if (rootPath === "") throw failure("property rootPath must not be empty");
    const wanted = resolve(rootPath);
    const refuseForbidden = (path: string): void => {
      if (forbidden.some((one) => isInside(one, path))) {
        throw failure("property rootPath points to a disallowed location");
      }
    };
    refuseForbidden(wanted);
    const existing = await nearestReal(wanted);
    refuseForbidden(existing);
    try {
      await mkdir(wanted, { recursive: true, mode: 0o777 });
    } catch (cause) {
      throw new Error(
        `unable to create directory specified by 'rootPath' ${wanted}: ${systemReason(cause)}`,
        {
          cause,
        },
      );
    }
    const root = await realpath(wanted);
    refuseForbidden(root);
    return new LocalStorage(root, platform.random);
  },
} satisfies ComponentDefinition<Binding>;

/** Where a path would lead: links are followed as far as it exists. */
async function nearestReal(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    if (parent === path) return path;
    return join(await nearestReal(parent), relative(parent, path));
  }
}

function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

class LocalStorage implements Binding {
  readonly operations = ["create", "get", "list", "delete"];
  readonly #root: string;
  readonly #random: Random;

  constructor(root: string, random: Random) {
    this.#root = root;
    this.#random = random;
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async invoke(request: BindingRequest): Promise<BindingResponse | undefined> {
    const { operation, data, metadata } = request;
    switch (operation) {
      case "create":
        return await this.#create(metadata, Buffer.from(data));
      case "get":
        return { data: await this.#get(metadata) };
      case "list":
        return { data: await this.#list(metadata) };
      default:
        return await this.#delete(metadata);
    }
  }

  /** Absolute, below the root as it is written; links are dealt with when the file is opened. */
  #path(name: string): string {
    return resolve(join(this.#root, posix.normalize(`/${name}`)));
  }

  async #create(metadata: BindingMetadata, data: Buffer): Promise<BindingResponse> {
    const path = this.#path(metadata.get("fileName") || this.#random.uuid());
    if (path === this.#root) throw new Error(`error creating file ${path}: is a directory`);
    await this.#confine(dirname(path));
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o777 });
    } catch (cause) {
      throw new Error(`error creating directory ${dirname(path)}: ${systemReason(cause)}`, {
        cause,
      });
    }
    await this.#confine(dirname(path));
    await writeInside(path, decodeData(data));
    const fileName = relative(this.#root, path);
    return { data: Buffer.from(`{"fileName":${quoteJson(fileName)}}`) };
  }

  async #get(metadata: BindingMetadata): Promise<Buffer> {
    const path = this.#path(metadata.get("fileName") ?? "");
    await this.#confine(path);
    return await readInside(path);
  }

  async #list(metadata: BindingMetadata): Promise<Buffer> {
    const path = this.#path(metadata.get("fileName") ?? "");
    await this.#confine(path);
    let info: Stats;
    try {
      info = await stat(path);
    } catch (cause) {
      throw new Error(
        `error getting stats for path ${path}: stat ${path}: ${systemReason(cause)}`,
        {
          cause,
        },
      );
    }
    if (!info.isDirectory()) {
      throw new Error(`unable to list files as the file specified is not a directory: ${path}`);
    }
    const files = await walk(path);
    return Buffer.from(files.length === 0 ? "null" : `[${files.map(quoteJson).join(",")}]`);
  }

  async #delete(metadata: BindingMetadata): Promise<undefined> {
    const path = this.#path(metadata.get("fileName") ?? "");
    if (path === this.#root) throw new Error(`error deleting file ${path}: it is the root`);
    await this.#confine(dirname(path));
    try {
      const info = await lstat(path);
      await (info.isDirectory() ? rmdir(path) : unlink(path));
    } catch (cause) {
      throw new Error(`error deleting file ${path}: remove ${path}: ${systemReason(cause)}`, {
        cause,
      });
    }
  }

  /** @throws {Error} links lead out of the root */
  async #confine(path: string): Promise<void> {
    if (!isInside(this.#root, await nearestReal(path))) {
      throw new Error(`path ${path} leads out of the root`);
    }
  }
}

/** Absolute paths of all files below a folder in lexical order; links are files and not followed. */
async function walk(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) for (const file of await walk(path)) files.push(file);
    else files.push(path);
  }
  return files;
}

/** A quoted string loses its quotes, and what is base64 then is decoded. */
function decodeData(data: Buffer): Buffer {
  const bytes = unquote(data);
  return fromBase64(bytes) ?? bytes;
}
