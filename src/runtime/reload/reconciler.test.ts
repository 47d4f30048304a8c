import { describe, expect, it } from "vitest";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { ResourceError } from "../resources/folder.ts";
import { recordedLog } from "../resources/recorded-log.ts";
import { Reconciler } from "./reconciler.ts";
import { FakeSource } from "./reload-context.ts";

/** Kinds that note when they are asked, and may be held up. */
function start(options: { readonly hold?: Promise<void>; readonly fail?: Error } = {}) {
  const clock = new ManualClock();
  const source = new FakeSource();
  const asked: string[] = [];
  const faults: string[] = [];
  const { lines, logger } = recordedLog();
  const reconciler = new Reconciler({
    source,
    clock,
    logger,
    intervalMs: 60_000,
    onFault: (error) => faults.push(error.message),
    kinds: [
      {
        kind: "Restarting",
        isPeriodic: false,
        reconcile: () => Promise.resolve(void asked.push("restarting")),
      },
      {
        kind: "Live",
        isPeriodic: true,
        async reconcile() {
          asked.push("live");
          await options.hold;
          if (options.fail !== undefined) throw options.fail;
        },
      },
    ],
  });
  return { clock, source, asked, faults, lines, reconciler };
}

describe("Reconciler", () => {
  it("looks at every kind after a change, one after the other", async () => {
    const { clock, source, asked } = start();
    await clock.advance(59_000);
    expect(asked).toEqual([]);
    source.change({});
    await clock.advance(0);
    expect(asked).toEqual(["restarting", "live"]);
  });

  it("looks at some kinds from time to time", async () => {
    const { clock, asked, lines } = start();
    await clock.advance(120_000);
    expect(asked).toEqual(["live", "live"]);
    expect(lines).toEqual(Array(2).fill("debug: Running scheduled Live reconcile"));
  });

  it("looks once more after all the changes that came meanwhile", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { clock, source, asked } = start({ hold: promise });
    for (let i = 0; i < 5; i++) {
      source.change({});
      await clock.advance(0);
    }
    expect(asked).toEqual(["restarting", "live"]);
    resolve();
    await clock.advance(0);
    expect(asked).toEqual(["restarting", "live", "restarting", "live"]);
  });

  it("ends with the first failure, of a kind or of the source", async () => {
    const ofKind = start({ fail: new Error("no component") });
    ofKind.source.change({});
    await ofKind.clock.advance(0);
    ofKind.source.change({});
    await ofKind.clock.advance(120_000);
    expect(ofKind.faults).toEqual(["no component"]);
    expect(ofKind.asked).toEqual(["restarting", "live"]);

    const ofSource = start();
    ofSource.source.failure = new Error("no folder");
    ofSource.source.change({});
    await ofSource.clock.advance(120_000);
    expect(ofSource.faults).toEqual(["no folder"]);
    expect(ofSource.asked).toEqual([]);
  });

  it("goes on when it only looked from time to time and cannot see", async () => {
    const { clock, source, asked, faults, lines } = start();
    for (const text of ["duplicate definition of MCPServer name x", "open /r: permission denied"]) {
      source.failure = new ResourceError(`failed to load resources from disk: ${text}`);
      await clock.advance(60_000);
    }
    expect(lines).toEqual([
      "error: Error listing MCPServer: duplicate definition of MCPServer name x",
      "error: Error listing Component: open /r: permission denied",
    ]);
    source.failure = undefined;
    await clock.advance(60_000);
    expect(asked).toEqual(["live"]);
    expect(faults).toEqual([]);
  });

  it("waits at its end for what is under way, and does nothing afterwards", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { clock, source, asked, faults, reconciler } = start({ hold: promise });
    source.change({});
    await clock.advance(0);
    let isOver = false;
    const ending = reconciler[Symbol.asyncDispose]().then(() => {
      isOver = true;
    });
    await clock.advance(0);
    expect(isOver).toBe(false);
    resolve();
    await ending;
    source.change({});
    await clock.advance(120_000);
    expect(asked).toEqual(["restarting", "live"]);
    expect(faults).toEqual([]);
    expect(source.isDisposed).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
