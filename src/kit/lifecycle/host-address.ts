/**
 * The address under which other sidecars reach this host.
 * @see spec 08 §2.7, spec 02 §10.1
 */
import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { createUdpSocket } from "./udp-socket.ts";

/** What is asked about the machine's network. */
export interface AddressSources {
  /** Source address that the kernel would use towards a destination; nothing is sent. undefined: there is no route. */
  sourceTowards(destination: string): Promise<string | undefined>;
  /** Addresses of all interfaces that are up. */
  interfaceAddresses(): readonly string[];
}

/** Addresses reserved for documentation: no one answers there, but the default route leads there. */
const destinations = ["192.0.2.1", "2001:db8::1"];

/**
 * @returns DAPR_HOST_IP, or the default route's source address, or the best interface address
 * @throws {Error} `failed to determine host address: could not determine host IP address`
 */
export async function hostAddress(
  env: ReadonlyMap<string, string>,
  sources: AddressSources = systemSources,
): Promise<string> {
  const given = env.get("DAPR_HOST_IP");
  if (given) return given;
  for (const destination of destinations) {
    const source = await sources.sourceTowards(destination);
    if (source !== undefined && rank(source) > 0) return source;
  }
  let best = "";
  for (const address of sources.interfaceAddresses()) {
    if (rank(address) > (best === "" ? 0 : rank(best))) best = address;
  }
  if (best !== "") return best;
  throw new Error("failed to determine host address: could not determine host IP address");
}

/** What peers and actors are told: some listen addresses go out as they are (spec 08 §2.7). */
export function advertisedAddress(host: string, internalListenAddress: string): string {
  const isLoopback = ["127.0.0.1", "localhost", "[::1]"].includes(internalListenAddress);
  return isLoopback ? internalListenAddress : host;
}

/** 0: never. Then, rising: link-local, IPv6 unique local, private IPv4, global IPv6, public IPv4. */
function rank(address: string): number {
  const text = address.replace(/%.*$/, "").toLowerCase();
  return isIPv4(text) ? rank4(text) : rank6(text);
}

function rank4(address: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  if (a === 0 || a === 127 || a >= 224) return 0;
  // IPv4 over IPv6 transition (192.0.0.0/29) is nobody's address.
  if (a === 192 && b === 0 && c === 0 && d < 8) return 0;
  if (a === 169 && b === 254) return 1;
  const isPrivate =
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b < 128);
  return isPrivate ? 3 : 5;
}

function rank6(address: string): number {
  if (address === "::" || address === "::1" || address.startsWith("::ffff:")) return 0;
  const first = Number.parseInt(address.split(":")[0] || "0", 16);
  if (first >= 0xff00) return 0;
  if ((first & 0xffc0) === 0xfe80) return 1;
  return (first & 0xfe00) === 0xfc00 ? 2 : 4;
}

const systemSources: AddressSources = {
  sourceTowards(destination) {
    return new Promise((resolve) => {
      const socket = createUdpSocket({ type: isIPv4(destination) ? "udp4" : "udp6" });
      const finish = (address: string | undefined): void => {
        socket.close();
        resolve(address);
      };
      socket.once("error", () => finish(undefined));
      socket.connect(80, destination, () => {
        finish(socket.address().address);
      });
    });
  },
  interfaceAddresses() {
    const addresses: string[] = [];
    for (const list of Object.values(networkInterfaces())) {
      for (const one of list ?? []) if (!one.internal) addresses.push(one.address);
    }
    return addresses;
  },
};
