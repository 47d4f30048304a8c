/**
 * Two resolvers over the machine's real sockets. Needs an interface that can multicast, as mDNS itself does.
 */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type {
  NameResolver,
  ResolverContext,
} from "../../../src/components/nameresolution/contract.ts";
import { component } from "../../../src/components/nameresolution/mdns.ts";
import { systemClock } from "../../../src/kit/time/clock.ts";

const run = randomBytes(3).toString("hex");

function start(appId: string, pid: number, port: number): Promise<NameResolver> {
  const ignore = (): void => {};
  return component.create({
    instance: {
      appId,
      namespace: "default",
      hostAddress: "127.0.0.1",
      daprHttpPort: 3500,
      internalPort: port,
      appPort: 0,
    },
    configuration: undefined,
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    platform: { clock: systemClock, hostname: "test", pid, random: { number: Math.random } },
  } as unknown as ResolverContext);
}

test("two sidecars on one host find each other, and notice that one leaves", async () => {
  await using a = await start(`a-${run}`, 1, 1001);
  const b = await start(`b-${run}`, 2, 1002);
  const find = async (resolver: NameResolver, id: string): Promise<readonly string[]> =>
    await resolver.resolve({ appId: `${id}-${run}`, namespace: "default", port: 1 });
  const startedAt = performance.now();
  expect(await find(a, "b")).toEqual(["127.0.0.1:1002"]);
  expect(performance.now() - startedAt).toBeLessThan(900);
  expect(await find(b, "a")).toEqual(["127.0.0.1:1001"]);
  await expect(find(a, "c")).rejects.toThrow(`couldn't find service: c-${run}`);
  // A third one that starts later is found although its lookup failed just before.
  await using _ = await start(`c-${run}`, 3, 1003);
  expect(await find(a, "c")).toEqual(["127.0.0.1:1003"]);
  await b[Symbol.asyncDispose]();
  await expect
    .poll(() => Promise.resolve(find(a, "b")).catch((error: Error) => error.message), {
      timeout: 5000,
    })
    .toMatch(/couldn't find service|timeout waiting/);
});
