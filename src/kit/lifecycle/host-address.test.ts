import { expect, test } from "vitest";
import { type AddressSources, advertisedAddress, hostAddress } from "./host-address.ts";

const find = (
  env: Record<string, string>,
  routes: Record<string, string>,
  interfaces: readonly string[] = [],
): Promise<string> => {
  const sources: AddressSources = {
    sourceTowards: async (destination) => routes[destination],
    interfaceAddresses: () => interfaces,
  };
  return hostAddress(new Map(Object.entries(env)), sources);
};

test("the variable wins, unless it is empty", async () => {
  expect(await find({ DAPR_HOST_IP: "h" }, { "192.0.2.1": "10.0.0.1" })).toBe("h");
  expect(await find({ DAPR_HOST_IP: "" }, { "192.0.2.1": "10.0.0.1" })).toBe("10.0.0.1");
});

test("the default route comes before interfaces, IPv4 before IPv6", async () => {
  const both = { "192.0.2.1": "10.0.0.1", "2001:db8::1": "2a00::1" };
  expect(await find({}, both, ["8.8.8.8"])).toBe("10.0.0.1");
  expect(await find({}, { "2001:db8::1": "2a00::1" }, ["8.8.8.8"])).toBe("2a00::1");
  expect(await find({}, { "192.0.2.1": "192.0.0.2" }, ["10.1.1.1"])).toBe("10.1.1.1");
  expect(await find({}, { "192.0.2.1": "192.0.0.8" }, ["10.1.1.1"])).toBe("192.0.0.8");
});

const inOrder = ["8.8.8.8", "2a00::1", "100.64.0.1", "fd00::1", "169.254.1.1"];
test.each([
  [inOrder.toReversed(), "8.8.8.8"],
  [inOrder.slice(1).toReversed(), "2a00::1"],
  [inOrder.slice(2).toReversed(), "100.64.0.1"],
  [inOrder.slice(3).toReversed(), "fd00::1"],
  [["127.0.0.1", "::1", "fe80::1%eth0"], "fe80::1%eth0"],
  [["172.31.0.1", "172.32.0.1"], "172.32.0.1"],
  [["10.0.0.2", "10.0.0.1"], "10.0.0.2"],
])("the best of %j is %s", async (addresses, best) => {
  expect(await find({}, {}, addresses)).toBe(best);
});

test("without any address it fails", async () => {
  await expect(find({}, {}, ["127.0.0.1", "::1", "0.0.0.0"])).rejects.toThrow(
    "failed to determine host address: could not determine host IP address",
  );
});

test("the machine itself has an answer or an error", async () => {
  const found = await hostAddress(new Map()).catch((error: Error) => error.message);
  expect(found).toMatch(/^[\d.]+$|:|could not determine/);
});

test.each([
  ["127.0.0.1", "127.0.0.1"],
  ["localhost", "localhost"],
  ["[::1]", "[::1]"],
  ["::1", "10.0.0.1"],
  ["", "10.0.0.1"],
  ["0.0.0.0", "10.0.0.1"],
])("listening on %j advertises %s", (listen, advertised) => {
  expect(advertisedAddress("10.0.0.1", listen)).toBe(advertised);
});
