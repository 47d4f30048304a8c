/** Time from spawning a sidecar with one in-memory store to the first 204 of its health endpoint. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePorts, Scratch, statusOf } from "../integration/launch.ts";
import { cpuMs, median, rssMiB } from "./process-stat.ts";
import { memoryStore } from "./topology.ts";

export interface StartUp {
  readonly medianMs: number;
  readonly minMs: number;
  /** CPU time spent when the first 204 came. */
  readonly cpuMs: number;
  /** After two seconds without requests. */
  readonly idleRssMiB: number;
}

const runs = 11;
const limitMs = 15_000;

export async function measureStartUp(programs: string): Promise<StartUp> {
  const times: number[] = [];
  const cpu: number[] = [];
  const rss: number[] = [];
  for (let i = 0; i < runs; i++) {
    const one = await startOnce(programs, i === runs - 1);
    times.push(one.ms);
    cpu.push(one.cpuMs);
    if (one.rssMiB > 0) rss.push(one.rssMiB);
  }
  return {
    medianMs: median(times),
    minMs: Math.min(...times),
    cpuMs: median(cpu),
    idleRssMiB: median(rss),
  };
}

async function startOnce(
  programs: string,
  waitForIdle: boolean,
): Promise<{ ms: number; cpuMs: number; rssMiB: number }> {
  using scratch = new Scratch();
  scratch.write("resources/store.yaml", memoryStore);
  const [http, grpc, internal, metrics] = await freePorts(4);
  const args = [
    [
      "--app-id",
      "bench",
      "--log-level",
      "error",
      "--resources-path",
      join(scratch.path, "resources"),
    ],
    ["--dapr-http-port", `${http}`, "--dapr-grpc-port", `${grpc}`],
    ["--dapr-internal-grpc-port", `${internal}`, "--metrics-port", `${metrics}`],
    [
      "--dapr-listen-addresses",
      "127.0.0.1",
      "--placement-host-address",
      "",
      "--scheduler-host-address",
      "",
    ],
  ].flat();
  const started = performance.now();
  const child = spawn(join(programs, "daprd"), args, { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    while ((await statusOf(http ?? 0, "/v1.0/healthz")) !== 204) {
      if (child.exitCode !== null || performance.now() - started > limitMs)
        throw new Error(`${programs}/daprd did not start`);
      // Short against what is measured, long enough not to take the CPU from the program that starts.
      await pause(2);
    }
    const ms = performance.now() - started;
    const pid = child.pid ?? 0;
    const spent = cpuMs(pid);
    if (waitForIdle) await pause(2_000);
    return { ms, cpuMs: spent, rssMiB: waitForIdle ? rssMiB(pid) : 0 };
  } finally {
    child.kill("SIGTERM");
    const timer = globalThis.setTimeout(() => child.kill("SIGKILL"), 8_000);
    await ended;
    clearTimeout(timer);
  }
}
