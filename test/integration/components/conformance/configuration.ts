/**
 * What every configuration store must do: one suite, called from the tests of each store.
 *
 * `open` is called for each test: a store of its own on a server that all share.
 * @see spec 01 §7, spec 04 §8.5
 */
import { afterAll, describe, expect, it } from "vitest";
import {
  type ConfigurationEvent,
  type ConfigurationItem,
  type ConfigurationStore,
  noItem,
} from "../../../../src/components/configuration/contract.ts";

export interface ConfigurationFixture extends AsyncDisposable {
  readonly store: ConfigurationStore;
  /** What a subscription must say beside its keys. */
  readonly subscribeMetadata: ReadonlyMap<string, string>;
  /** Writes as the owner of the values does; a version only where the store keeps one. */
  set(key: string, value: string, version?: string): Promise<void>;
  remove(key: string): Promise<void>;
  /** Connections of this store, as the server counts them. */
  connections(): Promise<number>;
  /** The server drops all connections of the store. */
  cut(): Promise<void>;
}

export interface ConfigurationSubject {
  readonly name: string;
  /** Tests are skipped without a server. */
  readonly isAvailable: boolean;
  open(): Promise<ConfigurationFixture>;
  /** What a deleted key arrives as: nothing, or its last row. */
  readonly removal: "empty" | "last";
  /** Of an unknown subscription `x`. */
  readonly unknownSubscription: string;
  /** Characters that keys may have. */
  readonly oddKeys: readonly string[];
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  /** After all tests. */
  close(): Promise<void>;
}

const none: ReadonlyMap<string, string> = new Map();
const wait = { timeout: 5_000, interval: 10 };

/** A subscription with what it was told. */
class Listener {
  readonly events: ConfigurationEvent[] = [];
  id = "";

  static async open(fixture: ConfigurationFixture, keys: readonly string[]): Promise<Listener> {
    const listener = new Listener();
    listener.id = await fixture.store.subscribe(
      { keys, metadata: fixture.subscribeMetadata },
      (event) => listener.events.push(event),
    );
    return listener;
  }

  /** `key=value` of all events so far. */
  get told(): string[] {
    return this.events.flatMap(({ items }) =>
      [...items].map(([key, item]) => `${key}=${item.value}`),
    );
  }

  async until(text: string): Promise<void> {
    await expect.poll(() => this.told, wait).toContain(text);
  }
}

const get = (fixture: ConfigurationFixture, keys: readonly string[]) =>
  fixture.store.get({ keys, metadata: none });

const item = (value: string, version = ""): ConfigurationItem => ({
  value,
  version,
  metadata: none,
});

export function configurationConformance(subject: ConfigurationSubject): void {
  describe.skipIf(!subject.isAvailable)(`configuration store ${subject.name}`, () => {
    afterAll(() => subject.close());
    reading(subject);
    subscribing(subject);
    unsubscribing(subject);
    outages(subject);
  });
}

function reading(subject: ConfigurationSubject): void {
  it("reads some keys, and leaves out what is not there", async () => {
    await using fixture = await subject.open();
    await fixture.set("a", "one", "1");
    await fixture.set("b", "<two> & ü😀", "7");
    expect(await get(fixture, ["b", "a", "none", "a"])).toEqual(
      new Map([
        ["a", item("one", "1")],
        ["b", item("<two> & ü😀", "7")],
      ]),
    );
    expect((await get(fixture, ["none"])).size).toBe(0);
  });

  it("reads all keys", async () => {
    await using fixture = await subject.open();
    const names = Array.from({ length: 1200 }, (_, i) => `k${i}`);
    for (const name of names) await fixture.set(name, name);
    const items = await get(fixture, []);
    expect([...items.keys()].sort()).toEqual([...names].sort());
    expect(items.get("k7")?.value).toBe("k7");
  });

  it.each(subject.oddKeys)("takes the key %j", async (key) => {
    await using fixture = await subject.open();
    await fixture.set(key, "v");
    expect([...(await get(fixture, [key]))]).toEqual([[key, item("v")]]);
    const listener = await Listener.open(fixture, [key]);
    await fixture.set(key, "w");
    await listener.until(`${key}=w`);
  });
}

function subscribing(subject: ConfigurationSubject): void {
  it("tells the keys asked for, and no others", async () => {
    await using fixture = await subject.open();
    await fixture.set("a", "0");
    const listener = await Listener.open(fixture, ["a", "b", "a"]);
    expect(listener.id).toMatch(/^[0-9a-f-]{36}$/);
    await fixture.set("a", "1", "2");
    await fixture.set("other", "x");
    await fixture.set("b", "2");
    await listener.until("b=2");
    expect(listener.told).toEqual(["a=1", "b=2"]);
    expect(listener.events[0]).toEqual({
      id: listener.id,
      items: new Map([["a", item("1", "2")]]),
    });
  });

  it("tells all keys", async () => {
    await using fixture = await subject.open();
    const all = await Listener.open(fixture, []);
    const one = await Listener.open(fixture, ["b"]);
    await fixture.set("a", "1");
    await fixture.set("b", "2");
    await all.until("b=2");
    await one.until("b=2");
    expect(all.told).toEqual(["a=1", "b=2"]);
    expect(one.told).toEqual(["b=2"]);
  });

  it("tells that a key was deleted", async () => {
    await using fixture = await subject.open();
    await fixture.set("a", "1");
    const listener = await Listener.open(fixture, ["a"]);
    await fixture.remove("a");
    await expect.poll(() => listener.events.length, wait).toBe(1);
    const expected = subject.removal === "empty" ? noItem : item("1");
    expect(listener.events[0]?.items).toEqual(new Map([["a", expected]]));
  });

  it("tells many changes in order, the last one last", async () => {
    await using fixture = await subject.open();
    const listener = await Listener.open(fixture, ["n"]);
    const writes = Array.from({ length: 500 }, (_, i) => fixture.set("n", `${i}`));
    await Promise.all(writes);
    await listener.until("n=499");
    const values = listener.events.map(({ items }) => Number(items.get("n")?.value));
    expect(values).toEqual([...values].sort((a, b) => a - b));
  });
}

function unsubscribing(subject: ConfigurationSubject): void {
  it("ends one subscription and leaves the others", async () => {
    await using fixture = await subject.open();
    const first = await Listener.open(fixture, ["a"]);
    const second = await Listener.open(fixture, ["a", "b"]);
    await fixture.store.unsubscribe(first.id);
    await fixture.set("a", "1");
    await second.until("a=1");
    expect(first.told).toEqual([]);
    await expect(fixture.store.unsubscribe("x")).rejects.toThrow(subject.unknownSubscription);
    await expect(fixture.store.unsubscribe(first.id)).rejects.toThrow();
    await fixture.store.unsubscribe(second.id);
  });

  it("leaves no connection behind", async () => {
    await using fixture = await subject.open();
    await get(fixture, ["a"]);
    const before = await fixture.connections();
    for (let i = 0; i < 50; i++) {
      const listener = await Listener.open(fixture, i % 3 === 0 ? [] : ["a", `b${i}`]);
      await fixture.store.unsubscribe(listener.id);
    }
    await expect.poll(() => fixture.connections(), wait).toBe(before);
  });

  it("shares a connection", async () => {
    await using fixture = await subject.open();
    const before = await fixture.connections();
    const listeners = await Promise.all(
      Array.from({ length: 100 }, (_, i) => Listener.open(fixture, [`k${i}`])),
    );
    expect(await fixture.connections()).toBeLessThanOrEqual(before + 2);
    await fixture.set("k42", "x");
    await (listeners[42] as Listener).until("k42=x");
    expect(listeners.filter(({ told }) => told.length > 0)).toHaveLength(1);
  });

  it("does not subscribe for a caller who left", async () => {
    await using fixture = await subject.open();
    const left = AbortSignal.abort(new Error("context canceled"));
    const request = { keys: ["a"], metadata: fixture.subscribeMetadata };
    await expect(fixture.store.subscribe(request, () => {}, left)).rejects.toThrow(
      "context canceled",
    );
  });
}

function outages(subject: ConfigurationSubject): void {
  it("goes on after 50 lost connections", { timeout: 120_000 }, async () => {
    await using fixture = await subject.open();
    const listener = await Listener.open(fixture, ["a"]);
    await get(fixture, ["a"]);
    const before = await fixture.connections();
    for (let i = 0; i < 50; i++) {
      await fixture.cut();
      // Nobody listens at this moment: the value must be told all the same.
      await fixture.set("a", `v${i}`);
      await listener.until(`a=v${i}`);
    }
    await expect.poll(() => fixture.connections(), wait).toBeLessThanOrEqual(before);
    await fixture.store.unsubscribe(listener.id);
    await fixture.store[Symbol.asyncDispose]();
    await expect.poll(() => fixture.connections(), wait).toBe(0);
  });

  it("fails clearly while the server is away, and listens again when it is back", async () => {
    await using fixture = await subject.open();
    const all = await Listener.open(fixture, []);
    const listener = await Listener.open(fixture, ["a"]);
    await subject.stopServer();
    await expect(get(fixture, ["a"])).rejects.toThrow(/connection|connect|terminat/i);
    for (const keys of [["a"], ["b"]]) {
      await expect(Listener.open(fixture, keys)).rejects.toThrow(/connection|connect|terminat/i);
    }
    await subject.startServer();
    const backAt = performance.now();
    await fixture.set("a", "back");
    await listener.until("a=back");
    await all.until("a=back");
    expect(performance.now() - backAt).toBeLessThan(2_000);
    expect((await get(fixture, ["a"])).get("a")?.value).toBe("back");
    await fixture.store.unsubscribe(listener.id);
  });
}
