/** The virtual environment that `npm test` makes for servers written in Python. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../launch.ts";

const folder = join(root, ".venv/bin");
export const python = join(folder, "python");

/** undefined: it is not installed; tests without it say so and are skipped. */
export function pythonProgram(name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? path : undefined;
}
