/**
 * crypto.dapr.localstorage: keys in the files of a folder, read at every use.
 * @see spec 01 §9.3, spec 04 §8.6
 */
import { readFile, stat } from "node:fs/promises";
import { errorText } from "../../kit/errors/api-error.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { type KeyFormat, type LoadedKey, parseKey } from "../shared/crypto-key.ts";
import { fileErrorText, maxKeyBytes, resolvePath } from "../shared/crypto-key-files.ts";
import { Properties } from "../shared/properties.ts";
import type { CryptoProvider } from "./contract.ts";
import { type KeySource, LocalCrypto } from "./local-crypto.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "path",
    kind: "string",
    required: true,
    description: "Existing folder with the keys; the name of a key is that of its file.",
  },
];

export const component = {
  type: "crypto.dapr.localstorage",
  versions: ["v1"],
  summary: "Keys in local files: JWK, PEM or symmetric.",
  provenAgainst: "the recordings of the original",
  properties,
  create: async (context) => {
    const path = new Properties(context.properties, properties).text("path");
    try {
      const folder = resolvePath(context.platform.cwd, path);
      await checkFolder(path, folder);
      return new LocalCrypto(new FolderOfKeys(folder));
    } catch (cause) {
      throw new Error(`failed to load metadata: ${errorText(cause)}`, { cause });
    }
  },
} satisfies ComponentDefinition<CryptoProvider>;

/** @param path as written @param folder absolute */
async function checkFolder(path: string, folder: string): Promise<void> {
  if (path === "") throw new Error("metadata property 'path' is required");
  let isFolder: boolean;
  try {
    isFolder = (await stat(folder)).isDirectory();
  } catch (cause) {
    throw new Error(`could not stat path '${path}': ${fileErrorText("stat", path, cause)}`, {
      cause,
    });
  }
  if (!isFolder) throw new Error(`path '${path}' is not a directory`);
}

class FolderOfKeys implements KeySource {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async getKey(name: string, signal?: AbortSignal): Promise<LoadedKey> {
    if (name.includes("..")) throw new Error("invalid key path: cannot contain '..'");
    if (name === "" || name.includes("\0")) throw new Error("invalid key path");
    const path = `${this.#folder}/${name}`;
    return parseKey(await this.#read(name, path, signal), formatOf(name));
  }

  async #read(name: string, path: string, signal: AbortSignal | undefined): Promise<Buffer> {
    try {
      const info = await stat(path);
      if (!info.isFile() && !info.isDirectory()) throw new Error("not a regular file");
      if (info.size > maxKeyBytes) throw new Error(`file is larger than ${maxKeyBytes} bytes`);
      return await readFile(path, signal === undefined ? {} : { signal });
    } catch (cause) {
      const text = fileErrorText("open", path, cause);
      throw new Error(`failed to load key '${name}': ${text}`, { cause });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function formatOf(name: string): KeyFormat {
  if (name.endsWith(".json")) return "jwk";
  return name.endsWith(".pem") ? "pem" : undefined;
}
