/**
 * Puts load on one server: wrk for HTTP/1.1 and h2load for gRPC where they are installed, else our own generator in a
 * process of its own. Every request of a run is the same.
 */
import { createReadStream, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Launched, runToEnd, Scratch } from "../integration/launch.ts";

export interface HttpRequest {
  readonly kind: "http";
  readonly port: number;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
  readonly connections: number;
}

export interface GrpcRequest {
  readonly kind: "grpc";
  readonly port: number;
  /** `/package.Service/Method` */
  readonly path: string;
  readonly message: Uint8Array;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly connections: number;
  /** Calls in flight on each connection. */
  readonly streams: number;
}

export type LoadRequest = HttpRequest | GrpcRequest;

export interface LoadResult {
  readonly requests: number;
  /** All requests that the server answered because of this call: {@link requests} and what was not timed. */
  readonly counted: number;
  /** Answers that were no success. */
  readonly errors: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Generators {
  readonly wrk: boolean;
  readonly h2load: boolean;
}

export async function findGenerators(): Promise<Generators> {
  const has = async (name: string, word: string): Promise<boolean> =>
    (await runToEnd(name, ["--version"])).log.includes(word);
  return { wrk: await has("wrk", "wrk"), h2load: await has("h2load", "nghttp2") };
}

/** Loads for about that long. */
export async function load(
  request: LoadRequest,
  seconds: number,
  generators: Generators,
): Promise<LoadResult> {
  if (request.kind === "http" && generators.wrk) return wrk(request, seconds);
  if (request.kind === "grpc" && generators.h2load) return h2load(request, seconds);
  return own(request, seconds);
}

/** A gRPC message with its five-byte prefix. */
export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  return frame;
}

async function run(file: string, args: readonly string[], seconds: number): Promise<string> {
  const { exit, log } = await runToEnd(file, args, { limitMs: (seconds + 20) * 1000 });
  if (exit?.code !== 0)
    throw new Error(`${file} ${args.join(" ")}: ${JSON.stringify(exit)}\n${log}`);
  return log;
}

const field = (text: string, pattern: RegExp): string => {
  const value = pattern.exec(text)?.[1];
  if (value === undefined) throw new Error(`no ${pattern} in\n${text}`);
  return value;
};

/** `1.23ms`, `456.00us`, `1.02s` */
function milliseconds(text: string): number {
  const [, value = "0", unit = "ms"] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  return Number(value) * (unit === "us" ? 0.001 : unit === "s" ? 1000 : 1);
}

async function wrk(request: HttpRequest, seconds: number): Promise<LoadResult> {
  using scratch = new Scratch();
  const script = `wrk.method = ${JSON.stringify(request.method)}
wrk.headers["Content-Type"] = "application/json"
${request.body === undefined ? "" : `wrk.body = ${JSON.stringify(request.body)}`}\n`;
  const text = await run(
    "wrk",
    [
      "-t1",
      `-c${request.connections}`,
      `-d${seconds}s`,
      "--latency",
      "-s",
      scratch.write("load.lua", script),
      `http://127.0.0.1:${request.port}${request.path}`,
    ],
    seconds,
  );
  const bad = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  const broken =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ??
    [];
  const requests = Number(field(text, /(\d+) requests in/));
  return {
    requests,
    counted: requests,
    errors: bad + broken.reduce((sum, n) => sum + Number(n), 0),
    seconds: Number(field(text, /requests in ([\d.]+)s/)),
    p50Ms: milliseconds(field(text, /^\s+50%\s+(\S+)/m)),
    p99Ms: milliseconds(field(text, /^\s+99%\s+(\S+)/m)),
  };
}

async function h2load(request: GrpcRequest, seconds: number): Promise<LoadResult> {
  using scratch = new Scratch();
  const metadata = Object.entries(request.metadata ?? {}).flatMap(([k, v]) => ["-H", `${k}: ${v}`]);
  const common = [
    "-t1",
    `-c${request.connections}`,
    `-m${request.streams}`,
    "-d",
    scratch.write("message", framed(request.message)),
    "-H",
    "content-type: application/grpc",
    "-H",
    "te: trailers",
    ...metadata,
  ];
  const url = `http://127.0.0.1:${request.port}${request.path}`;
  const text = await run("h2load", [...common, "-D", `${seconds}`, url], seconds);
  // Times of single requests come from a short run of their own: writing them costs the generator too much.
  const logFile = join(tmpdir(), `h2load-${process.pid}.log`);
  const timed = await run("h2load", [...common, "-D", "1", `--log-file=${logFile}`, url], 1);
  const [p50Ms, p99Ms] = await percentiles(logFile);
  rmSync(logFile, { force: true });
  const requests = Number(field(text, /(\d+) succeeded/));
  return {
    requests,
    counted: requests + Number(field(timed, /(\d+) succeeded/)),
    errors: Number(field(text, /(\d+) failed/)) + Number(field(text, /(\d+) errored/)),
    seconds: Number(field(text, /finished in ([\d.]+)s/)),
    p50Ms,
    p99Ms,
  };
}

/** Third column of h2load's log: µs of one request. */
async function percentiles(file: string): Promise<readonly [p50: number, p99: number]> {
  const times: number[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    times.push(Number(line.split("\t")[2]));
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    (times[Math.floor(times.length * share)] ?? Number.NaN) / 1000;
  return [at(0.5), at(0.99)];
}

async function own(request: LoadRequest, seconds: number): Promise<LoadResult> {
  const message =
    request.kind === "grpc" ? { message: Buffer.from(request.message).toString("base64") } : {};
  const generator = new Launched(process.execPath, [
    join(import.meta.dirname, "generator.ts"),
    JSON.stringify({ ...request, ...message, seconds }),
  ]);
  const exit = await generator.exited;
  if (exit.code !== 0) throw new Error(`load generator: ${JSON.stringify(exit)}\n${generator.log}`);
  return JSON.parse(generator.stdout);
}
