/**
 * What Sentinel's rules do: each check lets a request enter or not, and sees it leave.
 */
import type { Clock } from "../../kit/time/clock.ts";
import type { BreakerRule, FlowRule, IsolationRule, SystemRule } from "./sentinel-rules.ts";
import { SlidingWindow } from "./sliding-window.ts";

export interface Left {
  /** ms */
  readonly tookMs: number;
  readonly isError: boolean;
}

export interface Check {
  /** @returns false: refused; a number: let in after so many ms */
  enter(): boolean | number;
  /** The request was let in here and refused by a later check. */
  undo?(): void;
  /** Only of requests that all checks have let in. */
  leave?(left: Left): void;
}

/** What is counted about a resource. */
export class ResourceCounts {
  readonly #clock: Clock;
  readonly #windows = new Map<number, SlidingWindow>();
  concurrency = 0;
  /** Passed in whole seconds: of this one and the one before. */
  #second = 0;
  #inSecond = 0;
  #inSecondBefore = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Passed requests of the last so many ms. */
  window(intervalMs: number): SlidingWindow {
    let window = this.#windows.get(intervalMs);
    if (window === undefined) {
      window = new SlidingWindow(this.#clock, intervalMs, 2, 1);
      this.#windows.set(intervalMs, window);
    }
    return window;
  }

  get lastSecond(): number {
    this.#turnSecond();
    return this.#inSecondBefore;
  }

  entered(): void {
    this.concurrency++;
    this.#turnSecond();
    this.#inSecond++;
    for (const window of this.#windows.values()) window.add(0);
  }

  #turnSecond(): void {
    const second = Math.floor(this.#clock.monotonic() / 1000);
    if (second === this.#second) return;
    this.#inSecondBefore = second === this.#second + 1 ? this.#inSecond : 0;
    this.#second = second;
    this.#inSecond = 0;
  }
}

/** @param counts of the resource that the rule looks at */
export function flowCheck(rule: FlowRule, counts: ResourceCounts, clock: Clock): Check {
  const { threshold, statIntervalInMs, controlBehavior } = rule;
  const passed = counts.window(statIntervalInMs);
  const allowed =
    rule.tokenCalculateStrategy === 1 ? warmUp(rule, counts, clock) : (): number => threshold;
  if (controlBehavior === 0) return { enter: () => passed.sum(0) + 1 <= allowed() };
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    enter() {
      const limit = allowed();
      if (limit <= 0) return false;
      const now = clock.monotonic();
      const at = Math.max(now, lastAt + statIntervalInMs / limit);
      const waitMs = at - now;
      if (waitMs > rule.maxQueueingTimeMs) return false;
      lastAt = at;
      return waitMs <= 0 ? true : waitMs;
    },
  };
}

/** A cold resource starts with a part of its threshold and gets the whole of it within the warm-up time. */
function warmUp(rule: FlowRule, counts: ResourceCounts, clock: Clock): () => number {
  const { threshold, warmUpPeriodSec: period, warmUpColdFactor: cold } = rule;
  const warning = (period * threshold) / (cold - 1);
  const most = warning + (2 * period * threshold) / (1 + cold);
  const slope = (cold - 1) / threshold / (most - warning);
  let stored = most;
  let filledAt = Math.floor(clock.monotonic() / 1000);
  return () => {
    const second = Math.floor(clock.monotonic() / 1000);
    if (second > filledAt) {
      const rate = counts.lastSecond;
      if (stored < warning || rate < threshold / cold) {
        stored = Math.min(most, stored + (second - filledAt) * threshold);
      }
      stored = Math.max(0, stored - rate);
      filledAt = second;
    }
    if (stored < warning) return threshold;
    return 1 / ((stored - warning) * slope + 1 / threshold);
  };
}

export function isolationCheck(rule: IsolationRule, counts: ResourceCounts): Check {
  return { enter: () => counts.concurrency + 1 <= rule.threshold };
}

/** Indexes of what a breaker counts. */
const total = 0;
const bad = 1;

export function breakerCheck(rule: BreakerRule, clock: Clock): Check {
  const { statIntervalMs, statSlidingWindowBucketCount, strategy } = rule;
  const window = new SlidingWindow(clock, statIntervalMs, statSlidingWindowBucketCount, 2);
  let state: "closed" | "open" | "half-open" = "closed";
  let retryAt = 0;
  let probes = 0;
  const open = (): void => {
    state = "open";
    probes = 0;
    retryAt = clock.monotonic() + rule.retryTimeoutMs;
  };
  const isTripped = (): boolean => {
    const all = window.sum(total);
    if (all < rule.minRequestAmount || all === 0) return false;
    const faults = window.sum(bad);
    return strategy === 2 ? faults >= rule.threshold : faults / all >= rule.threshold && faults > 0;
  };
  return {
    enter() {
      if (state === "closed") return true;
      if (state === "half-open" || clock.monotonic() < retryAt) return false;
      state = "half-open";
      return true;
    },
    undo() {
      if (state !== "half-open") return;
      state = "open";
      retryAt = clock.monotonic();
    },
    leave({ tookMs, isError }) {
      const isBad = strategy === 0 ? tookMs > rule.maxAllowedRtMs : isError;
      window.add(total);
      if (isBad) window.add(bad);
      if (state === "half-open") {
        if (isBad) open();
        else if (++probes >= rule.probeNum) {
          state = "closed";
          window.clear();
        } else {
          state = "open";
          retryAt = clock.monotonic();
        }
      } else if (state === "closed" && isTripped()) open();
    },
  };
}

/** What the machine does; read at most once a second. */
export interface MachineLoad {
  /** Of the last minute. */
  load(): number;
  /** 0 to 1. */
  cpu(): number;
}

/** Looks at everything that comes in through this middleware. */
export function systemChecks(
  rules: readonly SystemRule[],
  clock: Clock,
  machine: MachineLoad,
): Check {
  const window = new SlidingWindow(clock, 1000, 2, 3);
  let concurrency = 0;
  let fastestMs = Number.POSITIVE_INFINITY;
  /** As much as went through at its best is let in, also while the machine is busy. */
  const fits = (strategy: number): boolean => {
    if (strategy !== 0) return false;
    const perSecond = window.largest(1) * 2;
    return concurrency <= 1 || concurrency <= (perSecond * Math.min(fastestMs, 1e9)) / 1000;
  };
  const isMet = ({ metricType, triggerCount, strategy }: SystemRule): boolean => {
    const left = window.sum(1);
    switch (metricType) {
      case 0:
        return machine.load() <= triggerCount || fits(strategy);
      case 1:
        return left === 0 || window.sum(2) / left < triggerCount;
      case 2:
        return concurrency < triggerCount;
      case 3:
        return window.sum(0) < triggerCount;
      default:
        return machine.cpu() <= triggerCount || fits(strategy);
    }
  };
  return {
    enter() {
      if (!rules.every(isMet)) return false;
      window.add(0);
      concurrency++;
      return true;
    },
    undo() {
      concurrency--;
    },
    leave({ tookMs }) {
      concurrency--;
      window.add(1);
      window.add(2, tookMs);
      fastestMs = Math.min(fastestMs, Math.max(1, tookMs));
    },
  };
}
