/** Redis with RedisJSON on a loopback port, as fakeredis plays it: scripts and documents, in memory; no searches. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { freePort, Launched, root } from "../launch.ts";
import { isListening } from "./listening.ts";
import { python } from "./python.ts";

export function hasRedisDocuments(): boolean {
  const library = join(root, ".venv/lib");
  if (!existsSync(library)) return false;
  return readdirSync(library).some((version) =>
    existsSync(join(library, version, "site-packages/fakeredis")),
  );
}

export interface RedisDocuments extends AsyncDisposable {
  readonly port: number;
}

export async function launchRedisDocuments(): Promise<RedisDocuments> {
  const port = await freePort();
  const script = join(root, "test/integration/servers/redis-documents-server.py");
  const server = new Launched(python, [script, `${port}`], { stopLimitMs: 2_000 });
  try {
    await server.waitUntil("port", () => isListening(port), 60_000);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    port,
    async [Symbol.asyncDispose]() {
      await server.stop();
    },
  };
}
