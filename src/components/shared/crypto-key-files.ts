/** Files with keys. */
import { isAbsolute } from "node:path";
import { errorText } from "../../kit/errors/api-error.ts";

/** No key and no set of keys is longer; a bound for what is read by a name that a caller chose. */
export const maxKeyBytes = 4 * 1024 * 1024;

export const resolvePath = (cwd: string, path: string): string =>
  isAbsolute(path) ? path : `${cwd}/${path}`;

const reasons: ReadonlyMap<string | undefined, string> = new Map([
  ["ENOENT", "no such file or directory"],
  ["ENOTDIR", "not a directory"],
  ["EACCES", "permission denied"],
  ["EISDIR", "is a directory"],
  ["ENAMETOOLONG", "file name too long"],
  ["ELOOP", "too many levels of symbolic links"],
]);

/** The reference's words: `open PATH: no such file or directory`. */
export function fileErrorText(verb: string, path: string, cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  const reason = reasons.get(code);
  if (reason === undefined) return errorText(cause);
  return `${code === "EISDIR" ? "read" : verb} ${path}: ${reason}`;
}
