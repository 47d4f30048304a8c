import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Host,
  HostOperation as operation,
} from "../kit/proto/dapr/proto/placement/v1/placement.ts";
import { Dissemination, type Order } from "./dissemination.ts";
import { ReportedHost } from "./table.ts";

const hostOf = (name: string, entities: readonly string[], id = name): ReportedHost =>
  new ReportedHost(
    Host.decode(Buffer.from(Host.encode({ name, id, namespace: "default", entities }))),
  );

const confirmations = {
  lock: operation.LOCK,
  update: operation.UPDATE,
  unlock: operation.UNLOCK,
} as const;

/** A sidecar as a test plays it. */
class Sidecar {
  readonly name: string;
  entities: readonly string[];
  /** What it was told, and has not yet confirmed. */
  readonly inbox: Order[] = [];
  readonly told: Order[] = [];
  table: ReadonlyMap<string, readonly string[]> = new Map();
  isExpelled = false;

  constructor(name: string, entities: readonly string[]) {
    this.name = name;
    this.entities = entities;
  }

  get host(): ReportedHost {
    return hostOf(this.name, this.entities);
  }

  take(order: Order): void {
    this.told.push(order);
    this.inbox.push(order);
    if (order.operation !== "update") return;
    const { entries } = order.table?.message ?? {};
    this.table = new Map(
      [...(entries ?? [])].map(([type, { loadMap }]) => [
        type,
        [...(loadMap?.keys() ?? [])].sort(),
      ]),
    );
  }
}

/** One namespace with sidecars that the test leads by the hand. */
class Stage {
  readonly sidecars = new Set<Sidecar>();
  readonly timeouts: number[] = [];
  roundTimer: number | undefined;
  isWindowOpen = false;
  readonly dissemination: Dissemination<Sidecar>;

  constructor(hasWindow = false) {
    this.dissemination = new Dissemination<Sidecar>({
      replicationFactor: 100,
      hasWindow,
      port: {
        send: (sidecar, order) => {
          if (order.operation !== "lock") this.#checkPhase(sidecar, order);
          sidecar.take(order);
        },
        expel: (sidecar) => {
          sidecar.isExpelled = true;
          this.sidecars.delete(sidecar);
        },
        startRoundTimer: (version) => {
          this.roundTimer = version;
        },
        stopRoundTimer: () => {
          this.roundTimer = undefined;
        },
        startWindow: () => {
          this.isWindowOpen = true;
        },
        onTimeout: (version) => void this.timeouts.push(version),
      },
    });
  }

  open(name: string, ...entities: string[]): Sidecar {
    const sidecar = new Sidecar(name, entities);
    this.sidecars.add(sidecar);
    this.dissemination.opened(sidecar, sidecar.host);
    return sidecar;
  }

  report(sidecar: Sidecar, ...entities: string[]): void {
    sidecar.entities = entities;
    this.#receive(sidecar, operation.REPORT, 0);
  }

  /** It confirms the oldest order that it has not confirmed yet. */
  confirm(sidecar: Sidecar): void {
    const order = sidecar.inbox.shift();
    if (order !== undefined) {
      this.#receive(sidecar, confirmations[order.operation], order.version);
    }
  }

  confirmAs(sidecar: Sidecar, what: number, version: number): void {
    sidecar.inbox.shift();
    this.#receive(sidecar, what, version);
  }

  close(sidecar: Sidecar): void {
    this.sidecars.delete(sidecar);
    this.dissemination.closed(sidecar);
  }

  expireRound(): void {
    if (this.roundTimer !== undefined) this.dissemination.roundExpired(this.roundTimer);
  }

  closeWindow(): void {
    if (!this.isWindowOpen) return;
    this.isWindowOpen = false;
    this.dissemination.windowClosed();
  }

  /** Everybody confirms everything, until nothing happens any more. */
  settle(): void {
    for (let busy = true; busy; ) {
      busy = false;
      for (const sidecar of this.sidecars) {
        while (sidecar.inbox.length > 0) {
          busy = true;
          this.confirm(sidecar);
        }
      }
      if (!busy && this.isWindowOpen) {
        busy = true;
        this.closeWindow();
      }
    }
  }

  #receive(sidecar: Sidecar, what: number, version: number): void {
    this.dissemination.received(sidecar, { host: sidecar.host, operation: what, version });
  }

  /** Nobody is told the next step of a round before all that are in it have confirmed the one before. */
  #checkPhase(told: Sidecar, { operation: step, version }: Order): void {
    const before = step === "update" ? "lock" : "update";
    for (const sidecar of this.sidecars) {
      const open = sidecar.inbox.find((o) => o.operation === before && o.version === version);
      const isOfOwnRound = sidecar === told || version < this.dissemination.version;
      if (open !== undefined && !isOfOwnRound && !isAlone(sidecar, open)) {
        throw new Error(`${told.name} is told ${step} ${version} before ${sidecar.name} confirmed`);
      }
    }
  }
}

/** Whether the order belongs to a table that one sidecar was told outside rounds: all three orders came at once. */
function isAlone({ told, entities }: Sidecar, order: Order): boolean {
  const same = told.filter(({ version }) => version === order.version);
  return entities.length === 0 && same.length >= 3;
}

const steps = ({ told }: Sidecar): string[] =>
  told.map(({ operation: step, version }) => `${step} ${version}`);

describe("Dissemination", () => {
  it("goes through lock, update and unlock, each confirmed by all", () => {
    const stage = new Stage();
    const a = stage.open("a", "t");
    expect(steps(a)).toEqual(["lock 1"]);
    stage.settle();
    expect(steps(a)).toEqual(["lock 1", "update 1", "unlock 1"]);
    const b = stage.open("b", "t");
    expect([steps(a).slice(3), steps(b)]).toEqual([["lock 2"], ["lock 2"]]);
    stage.confirm(a);
    expect(steps(b)).toEqual(["lock 2"]);
    stage.confirm(b);
    expect(steps(b)).toEqual(["lock 2", "update 2"]);
    stage.settle();
    expect(a.table).toEqual(new Map([["t", ["a", "b"]]]));
    expect(b.table).toEqual(a.table);
  });

  it("gives a sidecar that hosts nothing the table as it is, and leaves the others in peace", () => {
    const stage = new Stage();
    const a = stage.open("a", "t");
    stage.settle();
    const guest = stage.open("guest");
    expect(steps(guest)).toEqual(["lock 1", "update 1", "unlock 1"]);
    expect(guest.table).toEqual(new Map([["t", ["a"]]]));
    stage.settle();
    stage.report(guest);
    expect(guest.told.length).toBe(6);
    stage.close(guest);
    expect([a.told.length, stage.dissemination.version]).toEqual([3, 1]);
  });

  it("has whoever comes in a round wait for its end, all of them together", () => {
    const stage = new Stage();
    const a = stage.open("a", "t");
    const b = stage.open("b", "u");
    const c = stage.open("c");
    const d = stage.open("d", "v");
    stage.close(d);
    expect([b.told, c.told]).toEqual([[], []]);
    stage.settle();
    expect(steps(a)).toEqual(["lock 1", "update 1", "unlock 1", "lock 2", "update 2", "unlock 2"]);
    expect(steps(c)).toEqual(["lock 2", "update 2", "unlock 2"]);
    expect(c.table).toEqual(
      new Map([
        ["t", ["a"]],
        ["u", ["b"]],
      ]),
    );
  });

  it("begins anew when a sidecar changes its types in the middle of a round", () => {
    const stage = new Stage();
    const a = stage.open("a", "t");
    stage.confirm(a);
    stage.report(a, "t", "u");
    expect(steps(a)).toEqual(["lock 1", "update 1", "lock 2"]);
    stage.settle();
    expect(steps(a).slice(2)).toEqual(["lock 2", "update 2", "unlock 2"]);
    stage.report(a, "u", "t");
    expect(a.told.length).toBe(5);
    stage.report(a);
    stage.settle();
    expect([a.table, stage.dissemination.version]).toEqual([new Map(), 3]);
  });

  it("goes on without whoever leaves, and takes its hosts out when the round is over", () => {
    const stage = new Stage();
    const [a, b] = [stage.open("a", "t"), stage.open("b", "t")];
    stage.settle();
    stage.report(a, "t", "u");
    stage.confirm(a);
    stage.close(b);
    expect(steps(a).at(-1)).toBe("update 3");
    expect(a.table.get("t")).toEqual(["a", "b"]);
    stage.settle();
    expect([steps(a).at(-1), a.table.get("t")]).toEqual(["unlock 4", ["a"]]);
    stage.close(a);
    expect(stage.dissemination.isEmpty).toBe(true);
  });

  it("cuts off only those that did not confirm in time", () => {
    const stage = new Stage();
    const ok = stage.open("ok", "t");
    stage.settle();
    const mute = stage.open("mute", "t");
    const late = stage.open("late", "t");
    stage.confirm(ok);
    stage.dissemination.roundExpired(1);
    expect(mute.isExpelled).toBe(false);
    stage.expireRound();
    expect([mute.isExpelled, ok.isExpelled, late.isExpelled]).toEqual([true, false, false]);
    expect(stage.timeouts).toEqual([2]);
    expect(steps(ok).at(-1)).toBe("lock 3");
    stage.settle();
    expect(ok.table.get("t")).toEqual(["late", "ok"]);
    expect(stage.roundTimer).toBeUndefined();
  });

  it("understands sidecars of older versions, which do not say what they confirm", () => {
    const stage = new Stage();
    const old = stage.open("old", "t");
    for (const step of ["lock 1", "update 1", "unlock 1"]) {
      expect(steps(old).at(-1)).toBe(step);
      stage.confirmAs(old, operation.UNKNOWN, 0);
    }
    expect(stage.roundTimer).toBeUndefined();
    // Between rounds it is a report.
    old.entities = ["u"];
    stage.confirmAs(old, operation.UNKNOWN, 0);
    expect(steps(old).at(-1)).toBe("lock 2");
  });

  it("does not count confirmations of other rounds and phases, nor twice", () => {
    const stage = new Stage();
    const [a, b] = [stage.open("a", "t"), stage.open("b", "t")];
    stage.settle();
    stage.report(a, "u");
    const { version } = stage.dissemination;
    for (const [what, of] of [
      [operation.LOCK, version - 1],
      [operation.LOCK, version + 1],
      [operation.UPDATE, version],
      [operation.UNLOCK, version],
    ] as const) {
      stage.confirmAs(b, what, of);
    }
    stage.confirmAs(a, operation.LOCK, version);
    stage.confirmAs(a, operation.LOCK, version);
    expect(steps(a).at(-1)).toBe(`lock ${version}`);
    stage.confirmAs(b, operation.LOCK, version);
    expect(steps(a).at(-1)).toBe(`update ${version}`);
  });

  it("gathers what changes shortly after a round", () => {
    const stage = new Stage(true);
    const a = stage.open("a", "t");
    stage.settle();
    stage.isWindowOpen = false;
    const b = stage.open("b", "t");
    expect(steps(b)).toEqual(["lock 2"]);
    for (const sidecar of [a, b, a, b, a, b]) stage.confirm(sidecar);
    expect(stage.isWindowOpen).toBe(true);
    const c = stage.open("c", "t");
    stage.close(a);
    expect([c.told.length, b.told.length]).toEqual([0, 3]);
    stage.closeWindow();
    expect(steps(b).at(-1)).toBe("lock 3");
    stage.settle();
    expect(c.table.get("t")).toEqual(["b", "c"]);
    expect(steps(b).at(-1)).toBe("unlock 3");
  });

  it("ends with one table at everybody, whatever happens in which order", () => {
    const types = fc.uniqueArray(fc.constantFrom("t", "u", "v"), { maxLength: 2 });
    const events = fc.array(
      fc.oneof(
        fc.record({ what: fc.constant("open" as const), types }),
        fc.record({ what: fc.constant("report" as const), whose: fc.nat(9), types }),
        fc.record({ what: fc.constant("close" as const), whose: fc.nat(9) }),
        fc.record({ what: fc.constant("confirm" as const), whose: fc.nat(9) }),
        fc.record({ what: fc.constant("confirm" as const), whose: fc.nat(9) }),
        fc.record({ what: fc.constant("expire" as const) }),
        fc.record({ what: fc.constant("window" as const) }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(fc.boolean(), events, (hasWindow, script) => {
        const stage = new Stage(hasWindow);
        let [count, version] = [0, 0];
        for (const event of script) {
          const all = [...stage.sidecars];
          const whose = "whose" in event ? all[event.whose % Math.max(1, all.length)] : undefined;
          if (event.what === "open") stage.open(`h${count++}`, ...event.types);
          else if (event.what === "expire") stage.expireRound();
          else if (event.what === "window") stage.closeWindow();
          else if (whose === undefined) continue;
          else if (event.what === "report") stage.report(whose, ...event.types);
          else if (event.what === "close") stage.close(whose);
          else stage.confirm(whose);
          expect(stage.dissemination.version).toBeGreaterThanOrEqual(version);
          version = stage.dissemination.version;
        }
        stage.settle();
        const wanted = new Map<string, string[]>();
        for (const { name, entities } of stage.sidecars) {
          for (const type of entities) wanted.set(type, [...(wanted.get(type) ?? []), name].sort());
        }
        for (const sidecar of stage.sidecars) {
          expect(sidecar.told.at(-1)?.operation).toBe("unlock");
          expect(sidecar.table).toEqual(wanted);
        }
        expect(stage.roundTimer).toBeUndefined();
        expect(stage.dissemination.isEmpty).toBe(stage.sidecars.size === 0);
      }),
      { numRuns: 1000 },
    );
  });
});
