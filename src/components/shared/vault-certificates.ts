/**
 * The certificate authorities that a Vault server is checked against.
 * @see spec 04 §8.4
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { getCACertificates } from "node:tls";
import { errorText } from "../../kit/errors/api-error.ts";
import { decodePem } from "../../kit/security/pem.ts";

export interface AuthoritySources {
  /** PEM text; wins over the others. "": none. */
  readonly pem: string;
  /** A folder, with its folders; wins over the file. */
  readonly folder: string;
  readonly file: string;
}

/** PEM texts; the system's authorities when there is no source. @throws {Error} */
export async function readAuthorities(sources: AuthoritySources): Promise<readonly string[]> {
  const { pem, folder, file } = sources;
  if (pem !== "") return [checked(pem)];
  if (folder !== "") {
    try {
      return await readFolder(folder);
    } catch (cause) {
      throw new Error(`couldn't read certificates at ${folder}: ${errorText(cause)}`, { cause });
    }
  }
  if (file !== "") return [await readCertificate(file)];
  return [...getCACertificates("system"), ...getCACertificates("default")];
}

async function readFolder(folder: string): Promise<string[]> {
  const texts: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    // Mounted folders hold links: to files, and one to the folder of the current version.
    if ((await stat(path)).isFile()) texts.push(await readCertificate(path));
  }
  return texts;
}

async function readCertificate(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new Error(`couldn't read CA file from disk: ${errorText(cause)}`, { cause });
  }
  return checked(text);
}

function checked(text: string): string {
  // The decoder wants a line feed at the end, which values in YAML often lack.
  const blocks = decodePem(`${text}\n`);
  if (!blocks.some(({ type }) => type === "CERTIFICATE")) throw new Error("couldn't read PEM");
  return text;
}
