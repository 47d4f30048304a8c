/** Local files that become objects. */
import { open } from "node:fs/promises";
import { systemReason } from "./confined-file.ts";

/** @throws {Error} */
export async function readUploadFile(path: string, maxBytes: number): Promise<Buffer> {
  try {
    await using file = await open(path);
    const info = await file.stat();
    if (!info.isFile()) throw new Error("not a regular file");
    if (info.size > maxBytes) throw new Error("the file is larger than maxObjectSize");
    return await file.readFile();
  } catch (cause) {
    throw new Error(`s3 binding error: file read error: ${systemReason(cause)}`, { cause });
  }
}
