/**
 * `npm run golden`: replays the recorded scenarios of what is built so far against our programs, two at a time, each
 * worker with a Redis of its own, and prints what differs. The last line is `N passed, N failed`.
 *
 *   --only REGEX   scenarios by id       --verbose   every difference
 *   --daprd PATH   another executable (the control plane is looked for beside it)
 *
 * `test/golden/expected-later.json` names scenarios that need parts which do not exist yet, each with its reason and, where
 * only some of its steps need them, the numbers of those: the other steps must be as recorded. They are replayed too and
 * must differ: one that passes is an error that asks to take it from the list.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { hasRedis, launchRedis, type Redis } from "../test/integration/launch.ts";
import { bin, root, runStep } from "./run-step.ts";

const workers = 2;
/** Scenarios of one run of the replayer: starting it costs half a second. */
const batchSize = 6;

/** The files, and which of their scenarios are in scope. */
const recordings: readonly (readonly [file: string, ids: RegExp])[] = [
  ["state.json", /./],
  ["errors.json", /./],
  ["invoke.json", /./],
  ["core.json", /./],
  ["metrics.json", /./],
  ["resources.json", /./],
  ["access.json", /./],
  [
    "redis.json",
    /^state-|^configuration-|^stream-|^unreachable-(state|pubsub|bindings)$|^binding-operations$|^port-conflict$|^bad-boolean$/,
  ],
  // The original's way where ours differs unless it is asked for.
  ["redis-decided.json", /./],
  ["pubsub.json", /./],
  ["bindings.json", /./],
  ["outbox.json", /./],
  ["resiliency.json", /./],
  ["core-full.json", /./],
  ["redis-full.json", /./],
  ["control-plane.json", /^control-(placement|sentry|mtls-placement)-/],
];

/** For recordings that start programs of the control plane. */
const controlPlane = ["placement", "scheduler", "sentry"];

interface Scenario {
  readonly id: string;
  readonly file: string;
  /** The script that replays it. */
  readonly runner: string;
  readonly needsRedis: boolean;
}

interface Outcome {
  readonly scenario: Scenario;
  readonly ok: boolean;
  /** Lines of differences. */
  readonly details: readonly string[];
}

function scenarios(only: RegExp): Scenario[] {
  return recordings.flatMap(([name, ids]) => {
    const file = join(root, "test/golden/recordings", name);
    const { scenarios: all, runner = "run.mjs" } = JSON.parse(readFileSync(file, "utf8")) as {
      scenarios: { id: string }[];
      runner?: string;
    };
    return all
      .filter(({ id }) => ids.test(id) && only.test(id))
      .map((s) => ({
        id: s.id,
        file,
        runner: join("test/golden", runner),
        needsRedis: JSON.stringify({ ...s, recorded: undefined }).includes("$REDIS"),
      }));
  });
}

/** Batches hold scenarios of one file. */
function batches(all: readonly Scenario[]): Scenario[][] {
  const result: Scenario[][] = [];
  for (const scenario of all) {
    const last = result.at(-1);
    if (last && last.length < batchSize && last[0]?.file === scenario.file) last.push(scenario);
    else result.push([scenario]);
  }
  return result;
}

function outcomes(batch: readonly Scenario[], output: string): Outcome[] {
  const lines = output.split("\n");
  return batch.map((scenario) => {
    if (lines.includes(`ok ${scenario.id}`)) return { scenario, ok: true, details: [] };
    const at = lines.indexOf(`not ok ${scenario.id}`);
    if (at < 0) return { scenario, ok: false, details: ["    not replayed", ...lines.slice(-5)] };
    const rest = lines.slice(at + 1);
    const end = rest.findIndex((line) => !line.startsWith("    "));
    return { scenario, ok: false, details: rest.slice(0, end < 0 ? undefined : end) };
  });
}

interface ReplayOptions {
  readonly daprd: string;
  readonly redis: Redis | undefined;
  readonly detailLines: number;
}

async function replay(batch: readonly Scenario[], options: ReplayOptions): Promise<Outcome[]> {
  const only = `^(${batch.map((s) => s.id.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})$`;
  const [{ file, runner }] = batch as [Scenario];
  const beside = dirname(options.daprd);
  const programs = runner.endsWith("run.mjs")
    ? []
    : controlPlane.flatMap((name) => [`--${name}`, join(beside, name)]);
  const { output } = await runStep({
    name: "golden",
    command: [
      ...[bin("node"), runner, "--daprd", options.daprd, ...programs],
      ...["--verbose", "--only", only, file],
    ],
    limitSeconds: 120 + 30 * batch.length,
    env: { GOLDEN_REDIS: options.redis?.address ?? "127.0.0.1:1" },
  });
  return outcomes(batch, output);
}

/** Why a scenario fails today; without `steps` anything in it may differ. */
interface Later {
  readonly reason: string;
  readonly steps?: readonly number[];
}

/** Differences outside the steps that may differ. */
function unexpected({ details }: Outcome, { steps }: Later): readonly string[] {
  if (!steps) return [];
  return details.filter((line) => {
    const step = /^ {4}\.steps\.(\d+)\b/.exec(line)?.[1];
    return /^ {4}\./.test(line) && (step === undefined || !steps.includes(Number(step)));
  });
}

interface Tally {
  passed: number;
  failed: number;
  later: number;
}

function report(
  outcome: Outcome,
  later: Later | undefined,
  detailLines: number,
  tally: Tally,
): void {
  const { scenario, ok } = outcome;
  const details = later ? unexpected(outcome, later) : outcome.details;
  if (later && !ok && details.length === 0) {
    tally.later++;
  } else if (later && ok) {
    tally.failed++;
    console.log(`not ok ${scenario.id}: passes now; take it from test/golden/expected-later.json`);
  } else if (ok) {
    tally.passed++;
  } else {
    tally.failed++;
    console.log(`not ok ${scenario.id}`);
    for (const line of details.slice(0, detailLines)) console.log(line);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: "string" }, daprd: { type: "string" }, verbose: { type: "boolean" } },
  });
  const later: Record<string, Later> = JSON.parse(
    readFileSync(join(root, "test/golden/expected-later.json"), "utf8"),
  );
  const all = scenarios(new RegExp(values.only ?? "."));
  const withRedis = await hasRedis();
  const playable = all.filter((s) => withRedis || !s.needsRedis);
  const skipped = all.length - playable.length;
  if (skipped > 0)
    console.log(`SKIPPED: ${skipped} scenarios, because redis-server is not installed`);
  const known = new Set(scenarios(/./).map((s) => s.id));
  const tally: Tally = { passed: 0, failed: 0, later: 0 };
  for (const id of Object.keys(later).filter((name) => !known.has(name))) {
    tally.failed++;
    console.log(`not ok ${id}: listed in expected-later.json, but there is no such scenario`);
  }
  const waiting = batches(playable);
  const daprd = values.daprd ?? join(root, "bin/daprd");
  const detailLines = values.verbose ? 50 : 4;
  const work = async (): Promise<void> => {
    await using redis = withRedis ? await launchRedis() : undefined;
    for (let batch = waiting.shift(); batch; batch = waiting.shift()) {
      for (const outcome of await replay(batch, { daprd, redis, detailLines })) {
        report(outcome, later[outcome.scenario.id], detailLines, tally);
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  if (tally.later > 0)
    console.log(`later: ${tally.later} scenarios need parts that do not exist yet`);
  console.log(
    `${tally.passed} passed, ${tally.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
  );
  process.exitCode = tally.failed > 0 ? 1 : 0;
}

await main();
