/**
 * The echo service on our own HTTP/2 in a process of its own, so that its CPU time and memory can be measured.
 */
import { startServer } from "./pairs.ts";

const server = await startServer("h2", { onError: () => {} });

process.on("message", () => {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() });
});
process.on("disconnect", () => process.exit());
process.send?.({ port: (server.target as { port: number }).port });
