import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Logger } from "../logging/logger.ts";
import { ManualClock } from "../time/manual-clock.ts";
import { startRotation } from "./rotation.ts";
import { SpiffeId } from "./spiffe.ts";
import type { Svids } from "./svid.ts";

const start = Date.UTC(2026, 0, 1);
const minute = 60_000;
const hour = 60 * minute;
const { privateKey } = generateKeyPairSync("ed25519");
const id = SpiffeId.of("public", "a", "b");

function svids(notBefore: number, notAfter: number, jwtExpiresAt?: number): Svids {
  return {
    x509: {
      id,
      certificates: [],
      key: privateKey,
      certificatePem: "",
      keyPem: "",
      notBefore,
      notAfter,
    },
    jwt:
      jwtExpiresAt === undefined
        ? undefined
        : { id, token: "", audience: [], expiresAt: jwtExpiresAt },
    jwtByAudience: new Map(),
  };
}
function recorder(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const log = (message: string): void => void lines.push(message);
  return { lines, isEnabled: () => true, debug: log, info: log, warn: log, error: log, fatal: log };
}
const never = new AbortController().signal;

async function rotation(make: (call: number, now: number) => Svids | Promise<Svids>) {
  const clock = new ManualClock(start);
  const logger = recorder();
  let calls = 0;
  const rotating = await startRotation(
    { clock, logger, fetch: async () => await make(++calls, clock.now()) },
    never,
  );
  return { clock, logger, rotating, calls: () => calls };
}

describe("rotation", () => {
  it("renews at half of the life, without jitter", async () => {
    const { clock, logger, rotating, calls } = await rotation((_call, now) =>
      svids(now - 15 * minute, now + 24 * hour),
    );
    await using _ = rotating;
    const first = rotating.current;
    const seen: Svids["x509"][] = [];
    rotating.onRotate((renewed) => seen.push(renewed.x509));
    const half = 11 * hour + 52.5 * minute;
    await clock.advance(half - 1);
    expect(calls()).toBe(1);
    await clock.advance(1);
    expect(calls()).toBe(2);
    expect(rotating.current).not.toBe(first);
    expect(seen).toEqual([rotating.current.x509]);
    await clock.advance(half);
    expect(calls()).toBe(3);
    expect(logger.lines.slice(0, 3)).toEqual([
      "Starting workload identity expiry watcher; cert expires on: 2026-01-02 00:00:00 +0000 UTC, renewal at: 2026-01-01 11:52:30 +0000 UTC",
      "Renewing workload identity; cert expires on: 2026-01-02 00:00:00 +0000 UTC",
      "Successfully renewed workload identity; cert expires on: 2026-01-02 11:52:30 +0000 UTC, renewal at: 2026-01-01 23:45:00 +0000 UTC",
    ]);
  });

  it("follows the token when its half life ends earlier", async () => {
    const { clock, logger, rotating, calls } = await rotation((_call, now) =>
      svids(now, now + 24 * hour, now + 2 * hour),
    );
    await using _ = rotating;
    expect(logger.lines[0]).toContain(
      "jwt expires on: 2026-01-01 02:00:00 +0000 UTC, renewal at: 2026-01-01 01:00:00",
    );
    await clock.advance(hour - 1);
    expect(calls()).toBe(1);
    await clock.advance(1);
    expect(calls()).toBe(2);
  });

  it("tries again every 10 seconds and keeps the old identity", async () => {
    const { clock, logger, rotating, calls } = await rotation((call, now) => {
      if (call === 2 || call === 3) throw new Error("no sentry");
      return svids(now, now + hour);
    });
    await using _ = rotating;
    const first = rotating.current;
    await clock.advance(30 * minute);
    expect(calls()).toBe(2);
    expect(rotating.current).toBe(first);
    expect(logger.lines.at(-1)).toBe(
      "Error renewing identity, trying again in 10 seconds: no sentry",
    );
    await clock.advance(9999);
    expect(calls()).toBe(2);
    await clock.advance(1);
    expect(calls()).toBe(3);
    await clock.advance(10_000);
    expect(calls()).toBe(4);
    expect(rotating.current).not.toBe(first);
  });

  it("renews soon, but not without pause, when half of the life is over from the start", async () => {
    const { clock, rotating, calls } = await rotation((_call, now) =>
      svids(now - 15 * minute, now + 1000),
    );
    await using _ = rotating;
    await clock.advance(1000);
    expect(calls()).toBe(5);
  });

  it("notices that the clock jumped", async () => {
    const { clock, rotating, calls } = await rotation((_call, now) => svids(now, now + 24 * hour));
    await using _ = rotating;
    clock.jump(12 * hour);
    await clock.advance(minute);
    expect(calls()).toBe(2);
  });

  it("fails when there is nothing to begin with", async () => {
    await expect(
      rotation(() => {
        throw new Error("refused");
      }),
    ).rejects.toThrow("refused");
  });

  it("ends in the middle of a renewal", async () => {
    const clock = new ManualClock(start);
    let calls = 0;
    const rotating = await startRotation(
      {
        clock,
        logger: recorder(),
        fetch(signal) {
          if (++calls === 1) return Promise.resolve(svids(start, start + hour));
          return new Promise((_resolve, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason)),
          );
        },
      },
      never,
    );
    await clock.advance(30 * minute);
    expect(calls).toBe(2);
    await rotating[Symbol.asyncDispose]();
    await rotating[Symbol.asyncDispose]();
    expect(clock.pending).toBe(0);
  });
});
