import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { StateStoreService } from "../../kit/proto/dapr/proto/components/v1/state.ts";
import { h2Transport } from "../../kit/rpc/h2/transport.ts";
import type { ServerTransport } from "../../kit/rpc/transport.ts";
import { CanceledError, DeadlineError } from "../../kit/time/clock.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { ComponentContext } from "../contract.ts";
import { openStateStore } from "./state.ts";

let folder: string;
let server: ServerTransport;
let asked: PromiseWithResolvers<void>;
let answer: PromiseWithResolvers<Uint8Array>;
let clock: ManualClock;
let stop: AbortController;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pluggable-"));
  server = h2Transport.createServer({ maxMessageBytes: 1 << 20, maxMetadataBytes: 65_536 });
  asked = Promise.withResolvers();
  answer = Promise.withResolvers();
  clock = new ManualClock();
  stop = new AbortController();
  server.unary(StateStoreService.methods.init.path, () => {
    asked.resolve();
    return answer.promise;
  });
  server.unary(StateStoreService.methods.features.path, () => new Uint8Array());
  await server.listen({ path: join(folder, "x.sock") });
});

afterEach(async () => {
  answer.resolve(new Uint8Array());
  await server.close(0);
  rmSync(folder, { recursive: true, force: true });
});

/** Of what a context has, a pluggable component uses these. */
const open = () =>
  openStateStore(join(folder, "x.sock"), {
    name: "x",
    properties: new Map(),
    platform: { clock },
    signal: stop.signal,
  } as unknown as ComponentContext);

it("lets a component that starts slowly start, though initTimeout is over", async () => {
  const opening = open();
  await asked.promise;
  stop.abort(new DeadlineError());
  answer.resolve(new Uint8Array());
  await using store = await opening;
  expect(store.features).toEqual([]);
  expect(clock.pending).toBe(0);
});

it("waits for a component a minute longer than initTimeout, and not for ever", async () => {
  const opening = open().then(
    () => "open",
    () => "given up",
  );
  await asked.promise;
  stop.abort(new DeadlineError());
  await clock.advance(60_000);
  expect(await opening).toBe("given up");
});

it("gives up at once when the sidecar stops", async () => {
  const opening = open().then(
    () => "open",
    () => "given up",
  );
  await asked.promise;
  stop.abort(new CanceledError());
  expect(await opening).toBe("given up");
});
