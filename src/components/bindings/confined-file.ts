/**
 * Reading and writing files whose names come from outside: the last part is never followed if it is a link.
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

const reasons = new Map([
  ["ENOENT", "no such file or directory"],
  ["EISDIR", "is a directory"],
  ["ENOTDIR", "not a directory"],
  ["ENOTEMPTY", "directory not empty"],
  ["EACCES", "permission denied"],
  ["EPERM", "operation not permitted"],
  ["ENOSPC", "no space left on device"],
  ["ENAMETOOLONG", "file name too long"],
  ["ELOOP", "too many levels of symbolic links"],
  ["EROFS", "read-only file system"],
  ["EBUSY", "device or resource busy"],
  ["EEXIST", "file exists"],
  ["EINVAL", "invalid argument"],
]);

/** What the system says, in its own words. */
export function systemReason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return reasons.get("code" in cause ? String(cause.code) : "") ?? cause.message;
}

/** Larger files do not fit into an answer. */
const readLimit = 512 * 1024 * 1024;

/** O_NONBLOCK: a pipe must not hold the caller up. */
const safe = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** @throws {Error} `file not found: PATH`, `error reading file PATH: ...` */
export async function readInside(path: string): Promise<Buffer> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | safe);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") {
      throw new Error(`file not found: ${path}`, { cause });
    }
    throw new Error(`error opening path ${path}: open ${path}: ${systemReason(cause)}`, { cause });
  }
  try {
    const info = await file.stat();
    if (!info.isFile() && !info.isDirectory()) throw new Error("not a regular file");
    if (info.size > readLimit) throw new Error("file too large");
    return await file.readFile();
  } catch (cause) {
    throw new Error(`error reading file ${path}: read ${path}: ${systemReason(cause)}`, { cause });
  } finally {
    await file.close();
  }
}

/** @throws {Error} */
export async function writeInside(path: string, data: Uint8Array): Promise<void> {
  let file: FileHandle;
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | safe;
    file = await open(path, flags, 0o666);
  } catch (cause) {
    throw new Error(`error creating file ${path}: open ${path}: ${systemReason(cause)}`, { cause });
  }
  try {
    if (!(await file.stat()).isFile()) throw new Error("not a regular file");
    await file.writeFile(data);
  } catch (cause) {
    throw new Error(`error writing to file ${path}: ${systemReason(cause)}`, { cause });
  } finally {
    await file.close();
  }
}
