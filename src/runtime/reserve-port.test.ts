import { createServer } from "node:net";
import { expect, test } from "vitest";
import type { Logger } from "../kit/logging/logger.ts";
import { reservePort } from "./reserve-port.ts";

const warnings: string[] = [];
const logger = { warn: (text: string) => warnings.push(text) } as unknown as Logger;

test("a fixed port that is taken is a warning, and is bound later; any other port is one that is free", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const address = other.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  try {
    const fixed = await reservePort("127.0.0.1", { port, isFixed: true }, logger);
    expect(fixed).toEqual({ port, socket: undefined });
    expect(warnings).toEqual([
      `could not reserve internal gRPC port before component initialization; it will be bound when the internal gRPC server starts: listen tcp 127.0.0.1:${port}: bind: address already in use`,
    ]);
    const free = await reservePort("127.0.0.1", { port, isFixed: false }, logger);
    expect(free.port).not.toBe(port);
    free.socket?.close();
  } finally {
    other.close();
  }
});
