import { describe, expect, it } from "vitest";
import type { Logger } from "../kit/logging/logger.ts";
import { Metrics } from "../kit/metrics/metrics.ts";
import {
  Host,
  type HostInit,
  HostOperation as operation,
  PlacementOrder,
} from "../kit/proto/dapr/proto/placement/v1/placement.ts";
import type { Finish } from "../kit/rpc/transport.ts";
import { ManualClock } from "../kit/time/manual-clock.ts";
import { placementMetrics } from "./metrics.ts";
import { type Connection, Namespaces } from "./namespaces.ts";

const hostOf = (init: HostInit): Host => Host.decode(Buffer.from(Host.encode(init)));

function start(coalesceWindowMs = 0) {
  const clock = new ManualClock();
  const metrics = new Metrics();
  const warnings: string[] = [];
  const logger = { warn: (text: string) => void warnings.push(text) } as unknown as Logger;
  const namespaces = new Namespaces({
    replicationFactor: 7,
    disseminateTimeoutMs: 8000,
    coalesceWindowMs,
    clock,
    logger,
    metrics: placementMetrics(metrics),
  });
  return { clock, metrics, warnings, namespaces };
}

/** A sidecar that confirms what it is told, unless it is mute. */
class Sidecar {
  readonly told: PlacementOrder[] = [];
  readonly #host: HostInit;
  expelled: Finish | undefined;
  isMute = false;
  #connection: Connection | undefined;
  readonly #early: PlacementOrder[] = [];

  constructor(namespaces: Namespaces, host: HostInit) {
    this.#host = { namespace: "default", id: host.name ?? "", ...host };
    this.#connection = namespaces.open(
      {
        send: (bytes) => this.#take(PlacementOrder.decode(Buffer.from(bytes))),
        expel: (status) => {
          this.expelled = status;
          this.close();
        },
      },
      hostOf({ ...this.#host, operation: operation.REPORT }),
    );
    for (const order of this.#early.splice(0)) this.#confirm(order);
  }

  get steps(): string[] {
    return this.told.map((order) => `${order.operation} ${order.version}`);
  }

  close(): void {
    this.#connection?.closed();
    this.#connection = undefined;
  }

  #take(order: PlacementOrder): void {
    this.told.push(order);
    if (this.#connection === undefined) this.#early.push(order);
    else this.#confirm(order);
  }

  #confirm({ operation: step, version }: PlacementOrder): void {
    if (this.isMute) return;
    const what = { lock: 2, update: 3, unlock: 4 }[step] ?? 0;
    this.#connection?.received(hostOf({ ...this.#host, entities: [], operation: what, version }));
  }
}

describe("Namespaces", () => {
  it("keep to themselves, and begin to count anew when they were empty", () => {
    const { namespaces } = start();
    const red = new Sidecar(namespaces, { name: "r:1", namespace: "red", entities: ["t"] });
    const blue = new Sidecar(namespaces, { name: "b:1", namespace: "blue", entities: ["t"] });
    expect([red.steps, blue.steps]).toEqual([
      ["lock 1", "update 1", "unlock 1"],
      ["lock 1", "update 1", "unlock 1"],
    ]);
    expect([...(red.told[1]?.tables?.entries.get("t")?.loadMap.keys() ?? [])]).toEqual(["r:1"]);
    expect(red.told[1]?.tables).toMatchObject({ version: "1", replicationFactor: 7n });
    red.close();
    expect(JSON.parse(namespaces.state())).toEqual({
      tables: {
        blue: {
          hosts: [{ name: "b:1", entities: ["t"], id: "b:1", namespace: "blue", operation: 1 }],
          version: 1,
        },
      },
    });
    const again = new Sidecar(namespaces, { name: "r:2", namespace: "red", entities: ["t"] });
    expect(again.steps[0]).toBe("lock 1");
  });

  it("show names that are keys of objects, too", () => {
    const { namespaces } = start();
    const odd = new Sidecar(namespaces, { name: 'a"b', namespace: "__proto__", entities: ["t"] });
    expect(odd.steps.at(-1)).toBe("unlock 1");
    expect(namespaces.state()).toBe(
      '{"tables":{"__proto__":{"hosts":[{"name":"a\\"b","entities":["t"],"id":"a\\"b","namespace":"__proto__","operation":1}],"version":1}}}',
    );
  });

  it("gather changes for the time of the window after a round", async () => {
    const { namespaces, clock } = start(500);
    const first = new Sidecar(namespaces, { name: "a:1", entities: ["t"] });
    expect(first.steps.at(-1)).toBe("unlock 1");
    const [b, c] = ["b:1", "c:1"].map((name) => new Sidecar(namespaces, { name, entities: ["t"] }));
    await clock.advance(499);
    expect([b?.steps, c?.steps]).toEqual([[], []]);
    await clock.advance(1);
    expect([first.steps.slice(3), b?.steps, c?.steps]).toEqual([
      ["lock 2", "update 2", "unlock 2"],
      ["lock 2", "update 2", "unlock 2"],
      ["lock 2", "update 2", "unlock 2"],
    ]);
    await clock.advance(500);
    const d = new Sidecar(namespaces, { name: "d:1", entities: ["t"] });
    expect(d.steps[0]).toBe("lock 3");
  });

  it("end the streams of those who do not confirm in time, by the clock", async () => {
    const { namespaces, clock, warnings } = start();
    const silent = new Sidecar(namespaces, { name: "silent:1", entities: ["t"] });
    silent.isMute = true;
    const other = new Sidecar(namespaces, { name: "other:1", entities: ["t"] });
    await clock.advance(7999);
    expect(silent.expelled).toBeUndefined();
    await clock.advance(1);
    expect(warnings).toEqual(["Dissemination timeout for version 2"]);
    expect(silent.expelled).toEqual({
      code: 4,
      message: "dissemination timeout after 8s for version 2",
    });
    expect([other.expelled, other.steps.at(-1)]).toEqual([undefined, "unlock 3"]);
  });

  it("count who is there, and go down to zero without vanishing", () => {
    const { namespaces, metrics } = start();
    const host = new Sidecar(namespaces, { name: "a:1", entities: ["t"] });
    const guest = new Sidecar(namespaces, { name: "b:1", entities: [] });
    const counts = (): string[] =>
      metrics
        .render()
        .split("\n")
        .filter((line) => line.includes("{host_namespace"))
        .map((line) =>
          line.replace("dapr_placement_", "").replace('{host_namespace="default"}', ""),
        );
    expect(counts().sort()).toEqual(["actor_runtimes_total 1", "runtimes_total 2"]);
    host.close();
    guest.close();
    expect(counts().sort()).toEqual(["actor_runtimes_total 0", "runtimes_total 0"]);
  });
});
