/**
 * Starts the programs as processes on free ports, for integration tests, conformance, golden replays and benchmarks.
 *
 * Everything it returns is AsyncDisposable: `await using sidecar = await launchDaprd({ appId: "a" })` ends the process
 * (SIGTERM, SIGKILL after a limit) and removes its folder. Nothing sleeps for a fixed time: it waits for health.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const root = join(import.meta.dirname, "../..");

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Outside the range from which the kernel takes ports of outgoing connections, so that none is taken meanwhile. */
const firstPort = 10_000;
const portCount = 20_000;

const listening = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(server));
  });

/** Different ports that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = new Map<number, Server>();
  while (servers.size < count) {
    const port = firstPort + Math.floor(Math.random() * portCount);
    const server = servers.has(port) ? undefined : await listening(port);
    if (server) servers.set(port, server);
  }
  await Promise.all([...servers.values()].map((s) => new Promise((done) => s.close(done))));
  return [...servers.keys()];
}

/** A port whose companion 10,000 above it is free too: where a Redis of a cluster listens for the others. */
export async function freeClusterPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    const companion = port + 10_000;
    // Above, the kernel may hand it out meanwhile.
    const server = companion < 32_768 ? await listening(companion) : undefined;
    if (server === undefined) continue;
    await new Promise((done) => server.close(done));
    return port;
  }
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** A folder of its own under the system's temporary folder. */
export class Scratch implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "tricorne-test-"));

  /** @returns the absolute path of the file */
  write(name: string, text: string | Uint8Array): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), "utf8");
  }

  folder(name: string): string {
    const path = join(this.path, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export interface LaunchOptions {
  /** Replaces the environment but for PATH, HOME and TMPDIR. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Time for a clean stop before SIGKILL. Default 10 s. */
  readonly stopLimitMs?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process with its output. */
export class Launched implements AsyncDisposable {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Set once the process has ended. */
  exit: Exit | undefined;
  stdout = "";
  stderr = "";
  readonly #child: ChildProcess;
  readonly #stopLimitMs: number;
  readonly #command: string;

  constructor(file: string, args: readonly string[], options: LaunchOptions = {}) {
    this.#command = `${file} ${args.join(" ")}`;
    this.#stopLimitMs = options.stopLimitMs ?? 10_000;
    const { PATH = "", HOME = "", TMPDIR = tmpdir() } = process.env;
    this.#child = spawn(file, args, {
      cwd: options.cwd ?? root,
      env: { PATH, HOME, TMPDIR, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.pid = this.#child.pid ?? 0;
    // A test run that ends early must not leave programs behind.
    const onExit = (): void => void this.#child.kill("SIGKILL");
    process.once("exit", onExit);
    process.setMaxListeners(0);
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.stdout += chunk.toString();
    });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        process.off("exit", onExit);
        this.exit ??= { code, signal };
        resolve(this.exit);
      };
      this.#child.on("error", (error) => {
        this.stderr += error.message;
        end(127, null);
      });
      this.#child.on("close", end);
    });
  }

  get log(): string {
    return this.stdout + this.stderr;
  }

  /** Asks `isReady` every 10 ms. @throws {Error} with the log, when time is over or the process ended */
  async waitUntil(
    what: string,
    isReady: () => Promise<boolean> | boolean,
    limitMs = 15_000,
  ): Promise<void> {
    const end = performance.now() + limitMs;
    while (!(await isReady())) {
      if (this.exit)
        throw new Error(`${this.#command}\nended (${JSON.stringify(this.exit)})\n${this.log}`);
      if (performance.now() > end) {
        throw new Error(
          `${this.#command}\nnot within ${limitMs} ms: ${what}\n${this.log.slice(-4000)}`,
        );
      }
      await pause(10);
    }
  }

  waitForLog(text: string | RegExp, limitMs?: number): Promise<void> {
    const has = (): boolean =>
      typeof text === "string" ? this.log.includes(text) : text.test(this.log);
    return this.waitUntil(`log has ${text}`, has, limitMs);
  }

  signal(name: NodeJS.Signals): void {
    if (!this.exit) this.#child.kill(name);
  }

  /** SIGTERM, then SIGKILL after the limit. */
  async stop(): Promise<Exit> {
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), this.#stopLimitMs);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Runs a program to its end. */
export async function runToEnd(
  file: string,
  args: readonly string[],
  options: LaunchOptions & { readonly limitMs?: number } = {},
): Promise<Launched> {
  const program = new Launched(file, args, options);
  const timer = setTimeout(() => program.signal("SIGKILL"), options.limitMs ?? 20_000);
  await program.exited;
  clearTimeout(timer);
  return program;
}

/** Status of a GET on loopback, 0 while nobody answers. */
export function statusOf(port: number, path: string, host = "127.0.0.1"): Promise<number> {
  return new Promise((resolve) => {
    const request = get(
      { host, port, path, agent: false, timeout: 2_000 },
      (answer: IncomingMessage) => {
        answer.resume();
        answer.on("end", () => resolve(answer.statusCode ?? 0));
        answer.on("error", () => resolve(0));
      },
    );
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(0));
  });
}

export interface DaprdOptions extends LaunchOptions {
  readonly appId: string;
  /** Folder with the executables `daprd` and `sentry`. Default: ours. */
  readonly programs?: string;
  readonly appPort?: number;
  readonly appProtocol?: "http" | "https" | "h2c" | "grpc" | "grpcs";
  /** YAML documents, one file each. */
  readonly resources?: readonly string[];
  /** A Configuration document. */
  readonly config?: string;
  readonly flags?: readonly string[];
  /** Turns mTLS on with certificates of this sentry. */
  readonly sentry?: Sentry;
  /** Status of /v1.0/healthz that means started; 0: do not wait. Default 204. */
  readonly readyStatus?: number;
}

export interface Sidecar extends AsyncDisposable {
  readonly process: Launched;
  readonly scratch: Scratch;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly internalPort: number;
  readonly metricsPort: number;
  /** `http://127.0.0.1:PORT` of the HTTP API. */
  readonly url: string;
  /** Folder given as --resources-path. */
  readonly resourcesPath: string;
  /** Text of the metrics endpoint. */
  metrics(): Promise<string>;
}

/** Starts a sidecar and waits until /v1.0/healthz answers 204. */
export async function launchDaprd(options: DaprdOptions): Promise<Sidecar> {
  const scratch = new Scratch();
  const [httpPort = 0, grpcPort = 0, internalPort = 0, metricsPort = 0] = await freePorts(4);
  const resourcesPath = scratch.folder("resources");
  for (const [index, text] of (options.resources ?? []).entries()) {
    scratch.write(`resources/${index}.yaml`, text);
  }
  const flags = [
    ["--app-id", options.appId],
    ["--dapr-http-port", `${httpPort}`],
    ["--dapr-grpc-port", `${grpcPort}`],
    ["--dapr-internal-grpc-port", `${internalPort}`],
    ["--metrics-port", `${metricsPort}`],
    ["--metrics-listen-address", "127.0.0.1"],
    ["--dapr-listen-addresses", "127.0.0.1"],
    ["--dapr-internal-grpc-listen-address", "127.0.0.1"],
    ["--resources-path", resourcesPath],
    options.appPort ? ["--app-port", `${options.appPort}`] : [],
    options.appProtocol ? ["--app-protocol", options.appProtocol] : [],
    options.config === undefined ? [] : ["--config", scratch.write("config.yaml", options.config)],
    options.sentry ? ["--enable-mtls", "--sentry-address", options.sentry.address] : [],
    options.flags ?? [],
  ].flat();
  const trust = options.sentry ? { DAPR_TRUST_ANCHORS: options.sentry.trustAnchors } : {};
  const file = join(options.programs ?? join(root, "bin"), "daprd");
  const process = new Launched(file, flags, {
    ...options,
    env: { DAPR_HOST_IP: "127.0.0.1", ...trust, ...options.env },
  });
  const dispose = async (): Promise<void> => {
    await process.stop();
    scratch[Symbol.dispose]();
  };
  const status = options.readyStatus ?? 204;
  try {
    if (status !== 0) {
      const isReady = async (): Promise<boolean> =>
        (await statusOf(httpPort, "/v1.0/healthz")) === status;
      await process.waitUntil("healthz", isReady);
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    process,
    scratch,
    httpPort,
    grpcPort,
    internalPort,
    metricsPort,
    url: `http://127.0.0.1:${httpPort}`,
    resourcesPath,
    metrics: async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(),
    [Symbol.asyncDispose]: dispose,
  };
}

export interface SentryOptions extends LaunchOptions {
  readonly programs?: string;
  readonly flags?: readonly string[];
  /** Files of the issuer folder (ca.crt, issuer.crt, issuer.key) to start with. */
  readonly credentials?: Readonly<Record<string, string>>;
}

export interface Sentry extends AsyncDisposable {
  readonly process: Launched;
  readonly scratch: Scratch;
  readonly port: number;
  readonly healthPort: number;
  readonly metricsPort: number;
  readonly address: string;
  /** PEM, for DAPR_TRUST_ANCHORS. */
  readonly trustAnchors: string;
  readonly credentialsPath: string;
}

const sentryConfig = `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata:
  name: daprsystem
spec:
  mtls:
    enabled: true
`;

/** Starts a certificate authority that makes its own root, and waits until it is healthy. */
export async function launchSentry(options: SentryOptions = {}): Promise<Sentry> {
  const scratch = new Scratch();
  const [port = 0, healthPort = 0, metricsPort = 0] = await freePorts(3);
  const credentialsPath = scratch.folder("credentials");
  for (const [name, text] of Object.entries(options.credentials ?? {})) {
    scratch.write(`credentials/${name}`, text);
  }
  const flags = [
    ["--port", `${port}`],
    ["--healthz-port", `${healthPort}`],
    ["--metrics-port", `${metricsPort}`],
    ["--listen-address", "127.0.0.1"],
    ["--issuer-credentials", credentialsPath],
    ["--config", scratch.write("sentry.yaml", sentryConfig)],
    options.flags ?? [],
  ].flat();
  const process = new Launched(
    join(options.programs ?? join(root, "bin"), "sentry"),
    flags,
    options,
  );
  const dispose = async (): Promise<void> => {
    await process.stop();
    scratch[Symbol.dispose]();
  };
  try {
    await process.waitUntil(
      "healthz",
      async () => (await statusOf(healthPort, "/healthz")) === 200,
    );
    const trustAnchors = scratch.read("credentials/ca.crt");
    const address = `127.0.0.1:${port}`;
    return {
      process,
      scratch,
      port,
      healthPort,
      metricsPort,
      address,
      trustAnchors,
      credentialsPath,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

export interface Redis extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  readonly port: number;
  readonly process: Launched;
}

/** Whether a real Redis can be started here; tests without one say so and are skipped. */
export async function hasRedis(): Promise<boolean> {
  return (await runToEnd("redis-server", ["--version"])).exit?.code === 0;
}

/** Starts an empty Redis on a loopback port that keeps nothing on disk. */
export async function launchRedis(
  options: { readonly port?: number; readonly flags?: readonly string[] } = {},
): Promise<Redis> {
  const scratch = new Scratch();
  const port = options.port ?? (await freePort());
  const flags = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", scratch.path];
  const process = new Launched("redis-server", [
    ...flags,
    "--save",
    "",
    "--appendonly",
    "no",
    ...(options.flags ?? []),
  ]);
  try {
    await process.waitForLog("Ready to accept connections");
  } catch (error) {
    await process.stop();
    scratch[Symbol.dispose]();
    throw error;
  }
  return {
    address: `127.0.0.1:${port}`,
    port,
    process,
    async [Symbol.asyncDispose]() {
      await process.stop();
      scratch[Symbol.dispose]();
    },
  };
}
