/**
 * Clients that other programs use, against all three servers. Each is built once into .cache; a client whose
 * toolchain is missing is skipped, and says so with the number of cases that did not run.
 */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { names, startServer } from "../pairs.ts";

const caseNames = [
  "unary_echo",
  "many_unary_calls",
  "server_stream",
  "client_stream",
  "bidi",
  "error_with_details",
  "unknown_method",
  "metadata_echo",
  "big_message",
  "gzip_message",
  "deadline",
  "cancel",
] as const;

const cache = fileURLToPath(new URL("../../../../.cache", import.meta.url));
const fixtures = fileURLToPath(new URL("../../../fixtures/real-clients", import.meta.url));

interface RealClient {
  readonly name: string;
  /** Builds it. @returns the program and its arguments, without the port */
  prepare(): readonly string[];
}

function run(cwd: string, program: string, ...args: string[]): void {
  execFileSync(program, args, { cwd, stdio: "pipe" });
}

const clients: readonly RealClient[] = [
  {
    name: "@grpc/grpc-js",
    prepare: () => [process.execPath, `${fixtures}/node/client.mjs`],
  },
  {
    name: "grpc-go",
    prepare() {
      mkdirSync(`${cache}/go`, { recursive: true });
      run(`${fixtures}/go`, "go", "build", "-o", `${cache}/go/real-client`, ".");
      return [`${cache}/go/real-client`];
    },
  },
  {
    name: "Python grpcio",
    prepare() {
      const python = `${cache}/python/bin/python`;
      if (!existsSync(`${cache}/python/ready`)) {
        mkdirSync(cache, { recursive: true });
        run(cache, "python3", "-m", "venv", "python");
        run(cache, python, "-m", "pip", "install", "-q", "grpcio==1.76.0");
        mkdirSync(`${cache}/python/ready`);
      }
      return [python, `${fixtures}/python/client.py`];
    },
  },
  {
    name: "grpc-java",
    prepare() {
      const lib = `${cache}/java/lib`;
      const classes = `${cache}/java/classes`;
      if (!existsSync(`${cache}/java/ready`)) {
        mkdirSync(classes, { recursive: true });
        const copy = ["dependency:copy-dependencies", `-DoutputDirectory=${lib}`];
        run(`${fixtures}/java`, "mvn", "-q", "-B", ...copy);
        mkdirSync(`${cache}/java/ready`);
      }
      const jars = readdirSync(lib).map((jar) => `${lib}/${jar}`);
      const path = [...jars, classes].join(delimiter);
      run(`${fixtures}/java`, "javac", "-d", classes, "-cp", path, "Client.java");
      return ["java", "-cp", path, "Client"];
    },
  },
];

interface Line {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
}

async function results(command: readonly string[], port: number): Promise<Line[]> {
  const [program = "", ...args] = [...command, String(port)];
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 16e6, timeout: 60_000 }, (error, stdout, stderr) => {
      const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
      if (lines.length === 0) reject(error ?? new Error(stderr));
      else resolve(lines.map((line) => JSON.parse(line) as Line));
    });
  });
}

for (const client of clients) {
  let command: readonly string[] | undefined;
  try {
    command = client.prepare();
  } catch (error) {
    const count = caseNames.length * names.length;
    console.warn(
      `${count} cases of ${client.name} are skipped, it cannot be built: ${String(error)}`,
    );
  }
  describe.skipIf(command === undefined)(client.name, { timeout: 90_000 }, () => {
    it.each(names)(`passes ${caseNames.length} cases against %s`, async (name) => {
      await using server = await startServer(name, { onError: () => {} });
      const lines = await results(command ?? [], (server.target as { port: number }).port);
      expect(lines).toEqual(caseNames.map((one) => ({ name: one, ok: true })));
      expect(server.state.hanging).toBe(0);
    });
  });
}
