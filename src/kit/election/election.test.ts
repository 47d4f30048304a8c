import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Election, type ElectionRequest } from "./election.ts";

const promiseMs = 2000;
const tickMs = 500;

/** Numbers in [0, 1) from a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Faults {
  /** Share of messages that are lost. */
  readonly loss: number;
  /** ms */
  readonly maxDelayMs: number;
  /** Per replica and second. */
  readonly restarts: number;
  readonly partitions: number;
}

/** Replicas that talk over a bad network; time goes on in steps of 10 ms. */
class Cluster {
  readonly #ids: readonly string[];
  readonly #random: () => number;
  readonly #nodes = new Map<string, Election>();
  readonly #ticksAt = new Map<string, number>();
  #under: { at: number; deliver: () => void }[] = [];
  #cut = new Set<string>();
  faults: Faults;
  now = 0;

  constructor(size: number, seed: number, faults: Faults) {
    this.#ids = Array.from({ length: size }, (_, i) => `n${i}`);
    this.#random = randomFrom(seed);
    this.faults = faults;
    for (const id of this.#ids) this.restart(id);
  }

  get leaders(): string[] {
    return this.#ids.filter((id) => this.#node(id).isLeader(this.now));
  }

  /** With nothing of what it knew. */
  restart(id: string): void {
    const peers = this.#ids.filter((other) => other !== id);
    const options = { id, peers, promiseMs, tickMs, random: this.#random };
    this.#nodes.set(id, new Election(options, this.now));
    this.#ticksAt.set(id, this.now + Math.floor(this.#random() * tickMs));
  }

  /** Nobody hears the replica, and it hears nobody. */
  cutOff(id: string): void {
    this.#cut.add(id);
  }

  step(): void {
    this.now += 10;
    for (const id of this.#ids) {
      if (this.#random() < this.faults.restarts / 100) this.restart(id);
      if (this.#random() < this.faults.partitions / 100) {
        if (!this.#cut.delete(id)) this.#cut.add(id);
      }
      if (this.now < (this.#ticksAt.get(id) as number)) continue;
      this.#ticksAt.set(id, this.now + tickMs);
      this.#broadcast(id, this.#node(id).tick(this.now));
    }
    const due = this.#under.filter(({ at }) => at <= this.now);
    this.#under = this.#under.filter(({ at }) => at > this.now);
    for (const { deliver } of due) deliver();
  }

  run(ms: number, check: () => void = () => {}): void {
    for (const end = this.now + ms; this.now < end; ) {
      this.step();
      check();
    }
  }

  #node(id: string): Election {
    return this.#nodes.get(id) as Election;
  }

  #broadcast(from: string, request: ElectionRequest | undefined): void {
    if (request === undefined) return;
    const askedAt = this.now;
    const asking = this.#node(from);
    for (const to of this.#ids) {
      if (to === from) continue;
      this.#send(from, to, () => {
        const reply = this.#node(to).answer(request, this.now);
        this.#send(to, from, () => {
          // Answers to a process that is gone reach nobody.
          if (this.#node(from) !== asking) return;
          this.#broadcast(from, asking.hear(to, request, askedAt, reply, this.now));
        });
      });
    }
  }

  #send(from: string, to: string, deliver: () => void): void {
    if (this.#random() < this.faults.loss || this.#cut.has(from) || this.#cut.has(to)) return;
    this.#under.push({ at: this.now + this.#random() * this.faults.maxDelayMs, deliver });
  }
}

const calm: Faults = { loss: 0, maxDelayMs: 20, restarts: 0, partitions: 0 };

describe("Election", () => {
  it("has never two leaders at one moment, whatever is lost, late, cut off or started anew", () => {
    const sizes = fc.integer({ min: 2, max: 5 });
    const faults = fc.record({
      loss: fc.double({ min: 0, max: 0.5, noNaN: true }),
      maxDelayMs: fc.integer({ min: 1, max: 3000 }),
      restarts: fc.double({ min: 0, max: 0.2, noNaN: true }),
      partitions: fc.double({ min: 0, max: 0.3, noNaN: true }),
    });
    fc.assert(
      fc.property(sizes, fc.integer(), faults, (size, seed, bad) => {
        const cluster = new Cluster(size, seed, bad);
        cluster.run(40_000, () => expect(cluster.leaders.length).toBeLessThan(2));
      }),
      { numRuns: 60 },
    );
  });

  it("has a leader soon after the faults are over, and keeps it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.integer(), (size, seed) => {
        const cluster = new Cluster(size, seed, {
          loss: 0.3,
          maxDelayMs: 500,
          restarts: 0.1,
          partitions: 0,
        });
        cluster.run(10_000);
        cluster.faults = calm;
        cluster.run(30_000);
        const [leader] = cluster.leaders;
        expect(leader).toBeDefined();
        cluster.run(30_000, () => expect(cluster.leaders).toEqual([leader]));
      }),
      { numRuns: 40 },
    );
  });

  it("replaces a leader that falls silent, which knows by itself that it is none any more", () => {
    const cluster = new Cluster(3, 1, calm);
    cluster.run(15_000);
    const [first] = cluster.leaders as [string];
    cluster.cutOff(first);
    cluster.run(promiseMs);
    expect(cluster.leaders).toEqual([]);
    cluster.run(15_000);
    const [second] = cluster.leaders;
    expect(second).toBeDefined();
    expect(second).not.toBe(first);
  });

  it("has none without a majority", () => {
    const cluster = new Cluster(3, 2, calm);
    cluster.cutOff("n0");
    cluster.cutOff("n1");
    cluster.run(30_000, () => expect(cluster.leaders).toEqual([]));
  });

  it("leads at once and for ever when it is alone", () => {
    const alone = new Election({ id: "a", peers: [], promiseMs, tickMs, random: () => 0.5 }, 7);
    expect(alone.isLeader(7)).toBe(false);
    alone.tick(7);
    expect([alone.isLeader(7), alone.isLeader(1e9), alone.term]).toEqual([true, true, 1]);
  });

  describe("its promises", () => {
    const options = { id: "a", peers: ["b", "c"], promiseMs, tickMs, random: () => 0 };
    const ask = (
      election: Election,
      now: number,
      kind: ElectionRequest["kind"],
      from: string,
      term: number,
    ) => election.answer({ kind, from, term }, now).isYes;

    it("may have been made before it was started: it keeps still at first, but follows a leader", () => {
      const election = new Election(options, 0);
      expect(ask(election, promiseMs - 1, "probe", "b", 1)).toBe(false);
      expect(ask(election, promiseMs - 1, "vote", "b", 1)).toBe(false);
      expect(ask(election, promiseMs, "vote", "b", 1)).toBe(true);
      expect(ask(new Election(options, 0), 1, "heartbeat", "b", 1)).toBe(true);
    });

    it("hold for one leader at a time, and for the one who asks again", () => {
      const election = new Election(options, 0);
      expect(ask(election, 2000, "vote", "b", 1)).toBe(true);
      expect(ask(election, 2001, "vote", "b", 1)).toBe(true);
      expect(ask(election, 2002, "vote", "c", 1)).toBe(false);
      expect(ask(election, 4100, "vote", "c", 1)).toBe(false);
      expect(ask(election, 4100, "heartbeat", "c", 2)).toBe(true);
      // It once voted for b; that is over.
      expect(ask(election, 4200, "vote", "b", 3)).toBe(false);
      expect(ask(election, 6099, "probe", "b", 3)).toBe(false);
      expect(ask(election, 6100, "probe", "b", 3)).toBe(true);
      expect(ask(election, 6100, "heartbeat", "b", 1)).toBe(false);
    });

    it("are given to nobody while it leads", () => {
      const election = new Election(options, 0);
      const yes = { term: 0, isYes: true };
      const probe = election.tick(2000) as ElectionRequest;
      const vote = election.hear("b", probe, 2000, yes, 2000) as ElectionRequest;
      expect(vote).toEqual({ kind: "vote", term: 1, from: "a" });
      expect(election.hear("b", vote, 2000, yes, 2100)?.kind).toBe("heartbeat");
      const heartbeat = election.tick(3000) as ElectionRequest;
      election.hear("b", heartbeat, 3000, yes, 3000);
      expect(ask(election, 4400, "vote", "c", 2)).toBe(false);
      expect([election.isLeader(4499), election.isLeader(4500)]).toEqual([true, false]);
      expect(ask(election, 4500, "vote", "c", 2)).toBe(true);
    });
  });

  it("has no ear for strangers", () => {
    const options = { id: "a", peers: ["b", "c"], promiseMs, tickMs, random: () => 0 };
    const election = new Election(options, 0);
    const vote = { kind: "vote", term: 9, from: "x" } as const;
    expect(election.answer(vote, 10_000)).toEqual({ term: 0, isYes: false });
    expect(election.tick(10_000)).toEqual({ kind: "probe", term: 1, from: "a" });
    const probe = { kind: "probe", term: 1, from: "a" } as const;
    expect(election.hear("x", probe, 10_000, { term: 0, isYes: true }, 10_000)).toBeUndefined();
    expect(election.term).toBe(0);
  });
});
