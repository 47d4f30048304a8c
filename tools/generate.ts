/** `npm run generate`: runs every `tools/generate-*.ts`; arguments (`--check`) are passed on. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { bin, root, runStep } from "./run-step.ts";

for (const name of readdirSync(join(root, "tools")).sort()) {
  if (!/^generate-[a-z-]+\.ts$/.test(name)) continue;
  const command = [bin("node"), join(root, "tools", name), ...process.argv.slice(2)];
  const { ok } = await runStep({ name, command, limitSeconds: 120, live: true });
  if (!ok) process.exitCode = 1;
}
