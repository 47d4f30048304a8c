/**
 * Profiles of the process, in the formats of V8: Chrome's developer tools and speedscope open them.
 */
import { Session } from "node:inspector/promises";
import { getActiveResourcesInfo } from "node:process";
import type { Clock } from "../../kit/time/clock.ts";

/** Bytes between two samples of the heap, as V8 itself has it. */
const samplingInterval = 32_768;

/** Somebody else is taking the same profile. */
export class ProfilerBusyError extends Error {
  override readonly name = "ProfilerBusyError";
  constructor() {
    super("Could not enable CPU profiling: cpu profiling already in use");
  }
}

/** Allocations are sampled from the beginning, at little cost; a CPU profile is taken only while somebody asks for it. */
export class Profiles implements Disposable {
  readonly #session = new Session();
  readonly #clock: Clock;
  #isProfiling = false;

  private constructor(clock: Clock) {
    this.#clock = clock;
    this.#session.connect();
  }

  static async start(clock: Clock): Promise<Profiles> {
    const profiles = new Profiles(clock);
    await profiles.#session.post("Profiler.enable");
    await profiles.#session.post("HeapProfiler.enable");
    await profiles.#session.post("HeapProfiler.startSampling", { samplingInterval });
    return profiles;
  }

  /**
   * @returns JSON of a `.cpuprofile`
   * @throws {ProfilerBusyError}
   */
  async cpu(ms: number, signal: AbortSignal): Promise<string> {
    if (this.#isProfiling) throw new ProfilerBusyError();
    this.#isProfiling = true;
    try {
      await this.#session.post("Profiler.start");
      // Cut short, the profile holds what there is so far.
      await this.#clock.sleep(ms, signal).catch(() => {});
      const { profile } = await this.#session.post("Profiler.stop");
      return JSON.stringify(profile);
    } finally {
      this.#isProfiling = false;
    }
  }

  /** @returns JSON of a `.heapprofile`: what is alive, by the place that allocated it; no contents */
  async heap(): Promise<string> {
    const { profile } = await this.#session.post("HeapProfiler.getSamplingProfile");
    return JSON.stringify(profile);
  }

  /** What keeps the event loop alive, counted by kind: the next thing to a list of goroutines. */
  resources(): string {
    const counts = new Map<string, number>();
    const all = getActiveResourcesInfo();
    for (const name of all) counts.set(name, (counts.get(name) ?? 0) + 1);
    const lines = [...counts].sort(([, a], [, b]) => b - a).map(([name, n]) => `${n} ${name}\n`);
    return `goroutine profile: total ${all.length}\n${lines.join("")}`;
  }

  [Symbol.dispose](): void {
    this.#session.disconnect();
  }
}
