/**
 * Keeps SVIDs fresh: renews at half of their life, without jitter, and serves the old ones while that fails.
 * @see spec 07 §3.4
 */
import type { Logger } from "../logging/logger.ts";
import type { Clock } from "../time/clock.ts";
import type { Svids } from "./svid.ts";

export interface RotationOptions {
  /** Gets new SVIDs with a new key; rejects when the signal is aborted. */
  readonly fetch: (signal: AbortSignal) => Promise<Svids>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Rotation extends AsyncDisposable {
  readonly current: Svids;
  /** Called after each renewal. */
  onRotate(callback: (svids: Svids) => void): Disposable;
}

const retryMs = 10_000;
/** Where the first half of a life is already over when it begins (long clock skew, short life), renewals keep this distance. */
const leastMs = 250;
/** The clock may jump and timers stand still while a machine sleeps, so waiting looks at the time in between. */
const lookMs = 60_000;

/** @throws whatever the first fetch throws */
export async function startRotation(
  options: RotationOptions,
  signal: AbortSignal,
): Promise<Rotation> {
  const { fetch, clock, logger } = options;
  let current = await fetch(signal);
  const listeners = new Set<(svids: Svids) => void>();
  const stopping = new AbortController();
  let renewAt = renewalTime(current, clock.now());
  logger.info(
    `Starting workload identity expiry watcher; ${expiry(current)}, renewal at: ${goTime(renewAt)}`,
  );
  const loop = async (): Promise<void> => {
    for (;;) {
      await sleepUntil(clock, renewAt, stopping.signal);
      logger.info(`Renewing workload identity; ${expiry(current)}`);
      try {
        current = await fetch(stopping.signal);
        renewAt = renewalTime(current, clock.now());
        logger.info(
          `Successfully renewed workload identity; ${expiry(current)}, renewal at: ${goTime(renewAt)}`,
        );
        for (const listener of listeners) listener(current);
      } catch (error) {
        stopping.signal.throwIfAborted();
        logger.error(
          `Error renewing identity, trying again in 10 seconds: ${(error as Error).message}`,
        );
        renewAt = clock.now() + retryMs;
      }
    }
  };
  const running = loop().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    get current() {
      return current;
    },
    onRotate(callback) {
      listeners.add(callback);
      return { [Symbol.dispose]: () => void listeners.delete(callback) };
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      listeners.clear();
      await running;
    },
  };
}

/** ms since 1970. */
function renewalTime({ x509, jwt }: Svids, now: number): number {
  let at = x509.notBefore + (x509.notAfter - x509.notBefore) / 2;
  if (jwt !== undefined) at = Math.min(at, now + (jwt.expiresAt - now) / 2);
  return Math.max(at, now + leastMs);
}

async function sleepUntil(clock: Clock, at: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const left = at - clock.now();
    if (left <= 0) return signal.throwIfAborted();
    await clock.sleep(Math.min(left, lookMs), signal);
  }
}

function expiry({ x509, jwt }: Svids): string {
  const text = `cert expires on: ${goTime(x509.notAfter)}`;
  return jwt === undefined ? text : `${text}, jwt expires on: ${goTime(jwt.expiresAt)}`;
}

/** Go's Time.String in UTC. */
function goTime(ms: number): string {
  const [seconds, fraction = ""] = new Date(ms).toISOString().slice(0, -1).split(".");
  const digits = fraction.replace(/0+$/, "");
  return `${seconds?.replace("T", " ")}${digits === "" ? "" : `.${digits}`} +0000 UTC`;
}
