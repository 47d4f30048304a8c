/**
 * bindings.cron: events at the times of a schedule.
 * @see spec 03 §9, spec 04 §8.9
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import type { Binding, BindingHandler } from "./contract.ts";
import { parseSchedule, type Schedule } from "./cron-schedule.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "schedule",
    kind: "string",
    required: true,
    description:
      "Five fields, six with seconds first, `@daily` and the like, or `@every 90s`; `TZ=Europe/Berlin ` before it sets the zone.",
  },
];

export const component = {
  type: "bindings.cron",
  versions: ["v1"],
  summary: "Calls the app at the times of a schedule.",
  provenAgainst: "recordings of the original",
  properties,
  async create({ properties: given, platform }) {
    const text = new Properties(given, properties).text("schedule");
    if (text === "") throw new Error("schedule not set");
    const zone = platform.env.get("TZ") ?? "";
    let schedule: Schedule;
    try {
      schedule = parseSchedule(text, zone || Intl.DateTimeFormat().resolvedOptions().timeZone);
    } catch (cause) {
      throw new Error(`invalid schedule format '${text}': ${errorText(cause)}`, { cause });
    }
    return new Cron(schedule, zone || "Local", platform.clock);
  },
} satisfies ComponentDefinition<Binding>;

/** The wall clock may be set, and computers sleep: long waits look at it now and then. */
const longestWaitMs = 60_000;

const noData = new Uint8Array();

class Cron implements Binding {
  readonly #schedule: Schedule;
  readonly #zoneName: string;
  readonly #clock: Clock;
  readonly #waiting = new Set<AbortController>();

  constructor(schedule: Schedule, zoneName: string, clock: Clock) {
    this.#schedule = schedule;
    this.#zoneName = zoneName;
    this.#clock = clock;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const waiting of this.#waiting) waiting.abort();
    this.#waiting.clear();
  }

  async read(handler: BindingHandler, signal: AbortSignal): Promise<void> {
    const own = new AbortController();
    this.#waiting.add(own);
    const stop = AbortSignal.any([own.signal, signal]);
    stop.addEventListener("abort", () => this.#waiting.delete(own), { once: true });
    const schedule = this.#schedule;
    // Events overlap: nobody waits for the app's answer, and its errors change nothing.
    const fire = (): void => void handler(this.#event()).catch(() => undefined);
    if ("periodMs" in schedule) this.#repeat(schedule.periodMs, fire, stop);
    else this.#follow((afterMs) => schedule.next(afterMs), fire, stop);
  }

  #event() {
    const time = new Date(this.#clock.now()).toISOString();
    const [day, rest = ""] = time.slice(0, -1).split("T");
    const metadata = new Map([
      ["timeZone", this.#zoneName],
      ["readTimeUTC", `${day} ${trimFraction(rest)} +0000 UTC`],
    ]);
    return { data: noData, metadata };
  }

  /** Steady, whatever the wall clock does. */
  #repeat(periodMs: number, fire: () => void, stop: AbortSignal): void {
    const wait = (dueMs: number): void => {
      const nowMs = this.#clock.monotonic();
      this.#timer(dueMs - nowMs, stop, () => {
        fire();
        // What was missed is left out.
        wait(Math.max(dueMs + periodMs, this.#clock.monotonic()));
      });
    };
    wait(this.#clock.monotonic() + periodMs);
  }

  #follow(
    next: (afterMs: number) => number | undefined,
    fire: () => void,
    stop: AbortSignal,
  ): void {
    const wait = (dueMs: number | undefined): void => {
      if (dueMs === undefined) return;
      const leftMs = dueMs - this.#clock.now();
      this.#timer(Math.min(Math.max(leftMs, 1), longestWaitMs), stop, () => {
        const nowMs = this.#clock.now();
        if (nowMs < dueMs) wait(dueMs);
        else {
          fire();
          wait(next(nowMs));
        }
      });
    };
    wait(next(this.#clock.now()));
  }

  #timer(ms: number, stop: AbortSignal, callback: () => void): void {
    if (stop.aborted) return;
    const onStop = (): void => timer[Symbol.dispose]();
    const timer = this.#clock.timer(ms, () => {
      stop.removeEventListener("abort", onStop);
      callback();
    });
    stop.addEventListener("abort", onStop, { once: true });
  }
}

/** Go leaves out zeros at the end of a fraction. */
const trimFraction = (time: string): string => time.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
