/**
 * `npm run bench`: CPU time per request of the whole runtime, throughput, latency, memory and start-up, each also as a
 * ratio to a bare node:http server measured in the same run.
 *
 *   --only REGEX    workloads by name (`start-up` is one too)
 *   --seconds N     of measured load per workload (default 5)
 *   --rounds N      repetitions; the median is shown (default 1)
 *   --peer DIR      executables `daprd` and `sentry` of another runtime, measured side by side; repeatable
 *   --json FILE     the figures as JSON
 *
 * Over databases "- driver" is what is left without the CPU time of the bare driver with the same statement.
 * Every figure comes after at least 60 000 requests of warm-up. CPU time is user + system time of the sidecars alone:
 * one for state, both for invocation. Use a quiet machine.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundle, isFresh } from "../../tools/build.ts";
import { freePort, Launched, root } from "../integration/launch.ts";
import {
  findGenerators,
  type Generators,
  type HttpRequest,
  type LoadRequest,
  load,
} from "./load.ts";
import { cpuMs, median, rssMiB } from "./process-stat.ts";
import { measureStartUp, type StartUp } from "./start-up.ts";
import { value } from "./state-fixture.ts";
import type { Running } from "./topology.ts";
import { checkOnce, stateRequest, type Workload, workloads } from "./workloads.ts";

const warmUpRequests = 60_000;
const warmUpSlice = 2;
const warmUpLimitSeconds = 60;

interface Figures {
  readonly cpuMicros: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Largest of the measured processes, right after the load. */
  readonly rssMiB: number;
  readonly errors: number;
  /** CPU time per statement of the bare driver alone, for stores over a database. */
  readonly driverMicros?: number;
}

interface Row {
  readonly workload: string;
  readonly runtime: string;
  readonly figures: Figures;
  /** CPU time over that of the bare echo. */
  readonly ratio: number;
}

interface Context {
  readonly seconds: number;
  readonly rounds: number;
  readonly generators: Generators;
}

/** Warms up, then loads and reads the processes' clocks around it. */
async function measure(
  request: LoadRequest,
  pids: readonly number[],
  context: Context,
): Promise<Figures> {
  let warm = 0;
  for (let spent = 0; warm < warmUpRequests && spent < warmUpLimitSeconds; spent += warmUpSlice) {
    warm += (await load(request, warmUpSlice, context.generators)).requests;
  }
  const cpu = (): number => pids.reduce((sum, pid) => sum + cpuMs(pid), 0);
  const runs: Figures[] = [];
  for (let round = 0; round < context.rounds; round++) {
    const before = cpu();
    const result = await load(request, context.seconds, context.generators);
    const spentMs = cpu() - before;
    runs.push({
      cpuMicros: (spentMs * 1000) / result.counted,
      perSecond: result.requests / result.seconds,
      p50Ms: result.p50Ms,
      p99Ms: result.p99Ms,
      rssMiB: Math.max(...pids.map(rssMiB)),
      errors: result.errors,
    });
  }
  const middle = (pick: (f: Figures) => number): number => median(runs.map(pick));
  return {
    cpuMicros: middle((f) => f.cpuMicros),
    perSecond: middle((f) => f.perSecond),
    p50Ms: middle((f) => f.p50Ms),
    p99Ms: middle((f) => f.p99Ms),
    rssMiB: Math.max(...runs.map((f) => f.rssMiB)),
    errors: runs.reduce((sum, f) => sum + f.errors, 0),
  };
}

/** Those of bin/daprd. */
const nodeFlags = [
  "--min-semi-space-size=4",
  "--max-semi-space-size=4",
  "--heap-growing-percent=50",
  "--no-allocation-site-pretenuring",
  "--disable-proto=delete",
];

async function measureEcho(context: Context): Promise<Figures> {
  const port = await freePort();
  await using echo = new Launched(process.execPath, [
    ...nodeFlags,
    join(import.meta.dirname, "echo.ts"),
    `${port}`,
    value,
  ]);
  await echo.waitForLog("listening");
  const request: HttpRequest = { kind: "http", port, method: "GET", path: "/", connections: 32 };
  return await measure(request, [echo.pid], context);
}

async function measureWorkload(
  workload: Workload,
  programs: string,
  context: Context,
): Promise<Figures> {
  await using running = await workload.start(programs);
  const request = workload.request(running);
  await checkOnce(request);
  const figures = await measure(request, running.measured, context);
  const driverMicros = await measureDriver(running, context);
  return driverMicros === undefined ? figures : { ...figures, driverMicros };
}

/** The same statement behind node:http without us, against the same server and under the same load. */
async function measureDriver(running: Running, context: Context): Promise<number | undefined> {
  if (running.database === undefined) return undefined;
  const { kind, url, call } = running.database;
  const port = await freePort();
  const program = join(import.meta.dirname, "drivers.ts");
  const args = [...nodeFlags, program, kind, call, url, `${port}`];
  await using driver = new Launched(process.execPath, args);
  await driver.waitForLog("listening");
  const request = stateRequest(call, port);
  await checkOnce(request);
  return (await measure(request, [driver.pid], context)).cpuMicros;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) =>
    Math.max(title.length, ...rows.map((r) => r[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return [head, ...rows].map(line).join("\n");
}

function loadTable(rows: readonly Row[]): string {
  const head = [
    "workload",
    "runtime",
    "CPU µs",
    "- driver",
    "× echo",
    "req/s",
    "p50 ms",
    "p99 ms",
    "RSS MiB",
    "errors",
  ];
  const cells = rows.map(({ workload, runtime, figures: f, ratio }) => [
    workload,
    runtime,
    f.cpuMicros.toFixed(1),
    f.driverMicros === undefined ? "" : (f.cpuMicros - f.driverMicros).toFixed(1),
    ratio.toFixed(2),
    f.perSecond.toFixed(0),
    f.p50Ms.toFixed(2),
    f.p99Ms.toFixed(2),
    f.rssMiB.toFixed(0),
    `${f.errors}`,
  ]);
  return table(head, cells);
}

function startUpTable(rows: readonly (StartUp & { readonly runtime: string })[]): string {
  const head = ["start to 204", "runtime", "median ms", "min ms", "CPU ms", "idle RSS MiB"];
  const cells = rows.map((r) => [
    "state.in-memory",
    r.runtime,
    r.medianMs.toFixed(0),
    r.minMs.toFixed(0),
    r.cpuMs.toFixed(0),
    r.idleRssMiB.toFixed(0),
  ]);
  return table(head, cells);
}

interface Runtime {
  readonly runtime: string;
  readonly programs: string;
}

/** The echo is measured before and after; final ratios are to the mean of both. */
async function measureAll(
  chosen: readonly Workload[],
  runtimes: readonly Runtime[],
  context: Context,
): Promise<readonly Row[]> {
  const before = await measureEcho(context);
  const measured: Row[] = [];
  const rowOf = (workload: string, runtime: string, figures: Figures, echo: number): Row => ({
    workload,
    runtime,
    figures,
    ratio: figures.cpuMicros / echo,
  });
  for (const workload of chosen) {
    for (const { runtime, programs } of runtimes) {
      const figures = await measureWorkload(workload, programs, context);
      measured.push(rowOf(workload.name, runtime, figures, before.cpuMicros));
      console.log(loadTable(measured.slice(-1)).split("\n")[1]);
    }
  }
  const after = await measureEcho(context);
  const echo = (before.cpuMicros + after.cpuMicros) / 2;
  const rows = [
    rowOf("node:http echo, before", "-", before, echo),
    rowOf("node:http echo, after", "-", after, echo),
    ...measured.map((r) => rowOf(r.workload, r.runtime, r.figures, echo)),
  ];
  console.log(`\n${loadTable(rows)}`);
  return rows;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: "." },
      seconds: { type: "string", default: "5" },
      rounds: { type: "string", default: "1" },
      peer: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
    },
  });
  // From sources, start-up would be several times slower.
  if (!isFresh()) await bundle();
  const only = new RegExp(values.only);
  const context = {
    seconds: Number(values.seconds),
    rounds: Number(values.rounds),
    generators: await findGenerators(),
  };
  const runtimes: readonly Runtime[] = [
    { runtime: "tricorne", programs: join(root, "bin") },
    ...values.peer.map((dir) => ({ runtime: basename(resolve(dir)), programs: resolve(dir) })),
  ];
  const { wrk, h2load } = context.generators;
  console.log(
    `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, load from ${wrk ? "wrk" : "own generator"} and ${h2load ? "h2load" : "own generator"}`,
  );
  const startUps: (StartUp & { readonly runtime: string })[] = [];
  if (only.test("start-up")) {
    for (const { runtime, programs } of runtimes)
      startUps.push({ runtime, ...(await measureStartUp(programs)) });
    console.log(`${startUpTable(startUps)}\n`);
  }
  const chosen = workloads.filter((w) => only.test(w.name));
  const rows = chosen.length > 0 ? await measureAll(chosen, runtimes, context) : [];
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ startUps, rows }, null, 2)}\n`);
  if (rows.some((r) => r.figures.errors > 0)) process.exitCode = 1;
}

await main();
