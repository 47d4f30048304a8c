/**
 * What stores do while their server is away: clear errors in bounded time, service again within two seconds of its return
 * without a restart, and nothing left behind by fifty interruptions.
 */
import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StateStore } from "../../../../src/components/state/contract.ts";
import { heapMiB } from "../../heap.ts";
import type { RestartableServer } from "../../servers/restartable.ts";
import { getRequest, read, setRequest } from "../state-context.ts";

export interface OutageSubject {
  readonly name: string;
  readonly isAvailable: boolean;
  readonly launch: () => Promise<RestartableServer>;
  readonly open: (address: string) => Promise<StateStore>;
  /** Longest time of one call, in ms. */
  readonly timeoutMs: number;
  /** What a call says while nothing listens. */
  readonly error: RegExp;
}

/** ms after the server's return. */
const recoveryLimitMs = 2000;

/** More than the timeout that a call may take on a busy machine. */
const slackMs = 1500;
/** A pool may keep some connections more than it had at first; a leak would be one per cycle. */
const pooled = 10;

/** A TCP proxy that can be cut and put up again on its port. */
class Cable {
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  port = 0;

  constructor(port: number) {
    this.#port = port;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async plugIn(): Promise<void> {
    const server = createServer((near) => {
      const far = dial(this.#port, "127.0.0.1");
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        socket.on("error", () => {});
        socket.on("close", () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
      this.#sockets.add(near);
    });
    await new Promise<void>((done) => server.listen(this.port, "127.0.0.1", done));
    const address = server.address();
    if (address !== null && typeof address === "object") this.port = address.port;
    this.#server = server;
  }

  async pull(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server?.close(() => resolve());
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await promise;
  }
}

interface Outcome {
  readonly error: Error | undefined;
  readonly ms: number;
}

async function timed(call: () => unknown): Promise<Outcome> {
  const startedAt = performance.now();
  try {
    await call();
    return { error: undefined, ms: performance.now() - startedAt };
  } catch (error) {
    return { error: error as Error, ms: performance.now() - startedAt };
  }
}

/** Calls until one succeeds. @returns ms */
async function recovery(store: StateStore, key: string): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const { error } = await timed(() => store.set(setRequest(key, "back")));
    const ms = performance.now() - startedAt;
    if (error === undefined) return ms;
    if (ms > 20_000) throw error;
  }
}

const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

export function storeOutages(subject: OutageSubject): void {
  describe.skipIf(!subject.isAvailable)(`an outage of ${subject.name}`, () => {
    let server: RestartableServer;
    let store: StateStore;
    beforeAll(async () => {
      server = await subject.launch();
      store = await subject.open(server.address);
    }, 60_000);
    afterAll(async () => {
      await store[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    }, 60_000);

    it("is told in time while nothing listens, and is over when the server is back", async () => {
      await store.set(setRequest("k", "1"));
      await server.stop();
      const calls = [
        () => store.get(getRequest("k")),
        () => store.set(setRequest("k", "2")),
        () => store.delete(setRequest("k", "")),
        () => store.keysLike?.({ pattern: "k%", pageSize: 10, token: undefined }),
      ];
      const outcomes = await Promise.all(calls.map(timed));
      for (const { error, ms } of outcomes) {
        expect(error?.message).toMatch(subject.error);
        expect(ms).toBeLessThan(subject.timeoutMs + slackMs);
      }
      await server.start();
      expect(await recovery(store, "k")).toBeLessThan(recoveryLimitMs);
      expect(await read(store, "k")).toBe("back");
    }, 60_000);

    it("is told in time when the server hangs in the middle of a call", async () => {
      await store.set(setRequest("h", "1"));
      server.process.signal("SIGSTOP");
      try {
        // It takes a moment until the last of its threads has stopped.
        const glance = (): Promise<Outcome> =>
          timed(() => store.get(getRequest("h"), AbortSignal.timeout(50)));
        await expect.poll(async () => (await glance()).error).toBeInstanceOf(Error);
        const outcomes = await Promise.all([
          timed(() => store.get(getRequest("h"))),
          timed(() => store.set(setRequest("h", "2"))),
        ]);
        for (const { error, ms } of outcomes) {
          expect(error).toBeInstanceOf(Error);
          expect(ms).toBeLessThan(subject.timeoutMs + slackMs);
        }
        const gone = AbortSignal.timeout(100);
        const { error, ms } = await timed(() => store.get(getRequest("h"), gone));
        expect(error).toBeInstanceOf(Error);
        expect(ms).toBeLessThan(1000);
      } finally {
        server.process.signal("SIGCONT");
      }
      expect(await recovery(store, "h")).toBeLessThan(recoveryLimitMs);
    }, 60_000);

    it("leaves nothing behind, fifty times", async () => {
      const cable = new Cable(server.port);
      await cable.plugIn();
      const own = await subject.open(`127.0.0.1:${cable.port}`);
      try {
        const cycle = async (i: number): Promise<void> => {
          await own.set(setRequest(`c-${i}`, "1"));
          const running = timed(() => own.get(getRequest(`c-${i}`), AbortSignal.timeout(50)));
          await cable.pull();
          const { error } = await timed(() =>
            own.set(setRequest(`c-${i}`, "2"), AbortSignal.timeout(20)),
          );
          expect(error).toBeInstanceOf(Error);
          await running;
          await cable.plugIn();
          expect(await recovery(own, `c-${i}`)).toBeLessThan(recoveryLimitMs);
        };
        for (let i = 0; i < 5; i++) await cycle(i);
        const before = { heap: heapMiB(), connections: cable.connections };
        for (let i = 5; i < 50; i++) await cycle(i);
        await expect
          .poll(() => cable.connections, { timeout: 5000 })
          .toBeLessThanOrEqual(before.connections + pooled);
        expect(heapMiB() - before.heap).toBeLessThan(8);
      } finally {
        await own[Symbol.asyncDispose]();
        expect(await read(store, "c-49")).toBe("back");
        await expect.poll(() => cable.connections, { timeout: 5000 }).toBe(0);
        await cable.pull();
      }
    }, 120_000);

    it("leaves no socket when it is closed in the middle", async () => {
      const before = openSockets();
      for (let i = 0; i < 10; i++) {
        const own = await subject.open(server.address);
        const call = timed(() => own.get(getRequest("k")));
        await own[Symbol.asyncDispose]();
        await own[Symbol.asyncDispose]();
        await call;
      }
      await expect.poll(openSockets, { timeout: 5000 }).toBeLessThanOrEqual(before + 1);
    }, 60_000);
  });
}
