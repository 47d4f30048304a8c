/**
 * h2spec against our own HTTP/2. It is installed through Go into .cache/go; without Go the cases are skipped, loudly.
 */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { rawEcho } from "../../../src/kit/rpc/h2/raw-echo.ts";
import { H2Server } from "../../../src/kit/rpc/h2/server.ts";
import { material, TestAuthority, verify } from "./certificates.ts";
import { addEchoService } from "./echo-service.ts";
import { defaultServerOptions } from "./pairs.ts";

const binDirectory = fileURLToPath(new URL("../../../.cache/go", import.meta.url));
const program = `${binDirectory}/h2spec`;

function install(): boolean {
  if (existsSync(program)) return true;
  mkdirSync(binDirectory, { recursive: true });
  try {
    execFileSync("go", ["install", "github.com/summerwind/h2spec/cmd/h2spec@latest"], {
      env: { ...process.env, GOBIN: binDirectory },
      stdio: "pipe",
    });
    return true;
  } catch (error) {
    console.warn(`3 h2spec runs are skipped, h2spec cannot be installed: ${String(error)}`);
    return false;
  }
}

interface Count {
  readonly passed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly report: string;
}

function run(port: number, ...options: string[]): Promise<Count> {
  return new Promise((resolve, reject) => {
    const args = ["-h", "127.0.0.1", "-p", String(port), "-o", "1", ...options];
    execFile(program, args, { maxBuffer: 16e6 }, (_error, stdout, stderr) => {
      const match = /(\d+) passed, (\d+) skipped, (\d+) failed/.exec(stdout);
      if (match === null) reject(new Error(`${stdout}\n${stderr}`));
      else {
        resolve({
          passed: Number(match[1]),
          skipped: Number(match[2]),
          failed: Number(match[3]),
          report: stdout.slice(stdout.indexOf("Failures:")),
        });
      }
    });
  });
}

describe.skipIf(!install())("h2spec", { timeout: 60_000 }, () => {
  const options = { ...defaultServerOptions, onError: () => {} };

  async function withServer(server: H2Server, ...flags: string[]): Promise<Count> {
    const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
    try {
      return await run(port, ...flags);
    } finally {
      await server.close(0);
    }
  }

  it("passes every case with an ordinary responder", async () => {
    const count = await withServer(new H2Server(options, rawEcho));
    expect(count, count.report).toMatchObject({ passed: 145, failed: 0 });
  });

  it("passes every case over TLS", async () => {
    using authority = new TestAuthority();
    const context = material(authority.issue("spiffe://public/ns/default/a"), authority.root);
    const tls = {
      context: () => context,
      requestPeerCertificate: false,
      verifyPeer: verify(authority.root),
    };
    const count = await withServer(new H2Server({ ...options, tls }, rawEcho), "-t", "-k");
    expect(count.failed, count.report).toBe(0);
    expect(count.passed).toBeGreaterThanOrEqual(145);
  });

  // h2spec sends GET, which is no gRPC: the refusal often goes out before h2spec makes its mistake, which it does
  // not expect. node:http2 and @grpc/grpc-js fail more of these cases.
  it("passes what a gRPC endpoint can", async () => {
    const server = new H2Server(options);
    addEchoService(server);
    const count = await withServer(server);
    expect(count.passed, count.report).toBeGreaterThanOrEqual(130);
    expect(count.failed, count.report).toBeLessThanOrEqual(11);
  });
});
