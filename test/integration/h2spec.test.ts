/**
 * RFC 9113 and RFC 7541 conformance of our HTTP/2, by h2spec (`go install github.com/summerwind/h2spec/cmd/h2spec@latest`).
 * Runs when `H2SPEC` names the binary.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { rawEcho } from "../../src/kit/rpc/h2/raw-echo.ts";
import { H2Server } from "../../src/kit/rpc/h2/server.ts";

const binary = process.env.H2SPEC ?? "";

it.skipIf(binary === "")("passes every case of h2spec", async () => {
  const server = new H2Server({ maxMessageBytes: 4 << 20, maxMetadataBytes: 65536 }, rawEcho);
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  try {
    const { stdout } = await promisify(execFile)(binary, ["-p", String(port), "-o", "2"]);
    expect(stdout.trim().split("\n").at(-1)).toMatch(/tests, \d+ passed, 0 skipped, 0 failed/);
  } finally {
    await server.close(0);
  }
});
