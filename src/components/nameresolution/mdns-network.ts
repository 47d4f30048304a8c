/**
 * Sockets of multicast DNS: one per family for receiving, bound to the wildcard address and joined on every interface
 * that can multicast, and one per interface for sending.
 * @see spec 02 §10.2
 */
import type { RemoteInfo, Socket } from "node:dgram";
import { readFileSync } from "node:fs";
import { BlockList, isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { createUdpSocket } from "../../kit/lifecycle/udp-socket.ts";

const mdnsPort = 5353;
const groups = { udp4: "224.0.0.251", udp6: "ff02::fb" } as const;
type Family = keyof typeof groups;
const maxHops = 255;

export interface Sender {
  readonly address: string;
  readonly port: number;
}

/** What multicast DNS needs of the network; tests put a simulated one in its place. */
export interface MulticastNetwork extends AsyncDisposable {
  /** Sends to the group, on the interface that `near` was heard on, or on all. */
  multicast(message: Buffer, near?: Sender): void;
  unicast(message: Buffer, to: Sender): void;
  /** Set once. */
  onMessage(callback: (message: Buffer, from: Sender) => void): void;
  /** Joins on interfaces that came up meanwhile. */
  refresh(): Promise<void>;
}

/** @throws {Error} when neither IPv4 nor IPv6 can be used */
export async function openMulticast(onTrouble: (error: Error) => void): Promise<MulticastNetwork> {
  const network = new SocketNetwork(onTrouble);
  try {
    await network.open();
    return network;
  } catch (error) {
    await network[Symbol.asyncDispose]();
    throw error;
  }
}

/** One interface in one family. */
interface Link {
  readonly family: Family;
  /** What sockets are told: `10.0.0.2`, `::%eth0`. */
  readonly scope: string;
  readonly bindAddress: string;
  /** Addresses whose senders are on this link. */
  readonly subnet: BlockList;
  readonly zone: string;
}

class SocketNetwork implements MulticastNetwork {
  readonly #onTrouble: (error: Error) => void;
  readonly #receivers = new Map<Family, Socket>();
  readonly #senders = new Map<string, { readonly link: Link; readonly socket: Socket }>();
  readonly #sending = new Set<Promise<void>>();
  #callback: (message: Buffer, from: Sender) => void = () => {};
  #isClosed = false;

  constructor(onTrouble: (error: Error) => void) {
    this.#onTrouble = onTrouble;
  }

  async open(): Promise<void> {
    const failures: Error[] = [];
    for (const family of ["udp4", "udp6"] as const) {
      try {
        const bindAddress = family === "udp4" ? "0.0.0.0" : "::";
        this.#receivers.set(family, await this.#bind(family, bindAddress));
      } catch (error) {
        failures.push(error as Error);
      }
    }
    await this.refresh();
    if (this.#senders.size > 0) return;
    const reasons = failures.map((error) => error.message).join("; ");
    throw new Error(`no interface can multicast${reasons && `: ${reasons}`}`);
  }

  async refresh(): Promise<void> {
    for (const link of multicastLinks()) {
      const key = `${link.family} ${link.scope}`;
      const receiver = this.#receivers.get(link.family);
      if (receiver === undefined || this.#senders.has(key) || this.#isClosed) continue;
      try {
        join(receiver, link);
        const socket = await this.#bind(link.family, link.bindAddress);
        if (this.#isClosed) {
          socket.close();
          return;
        }
        socket.setMulticastTTL(maxHops);
        socket.setMulticastLoopback(true);
        socket.setMulticastInterface(link.scope);
        socket.on("error", () => this.#senders.delete(key));
        this.#senders.set(key, { link, socket });
      } catch (error) {
        this.#onTrouble(error as Error);
      }
    }
  }

  multicast(message: Buffer, near?: Sender): void {
    const all = [...this.#senders.values()];
    const links = near === undefined ? [] : all.filter(({ link }) => isOn(link, near));
    for (const { link, socket } of links.length > 0 ? links : all) {
      this.#send(socket, message, { address: groups[link.family], port: mdnsPort });
    }
  }

  unicast(message: Buffer, to: Sender): void {
    const socket = this.#receivers.get(isIPv4(to.address) ? "udp4" : "udp6");
    if (socket !== undefined) this.#send(socket, message, to);
  }

  onMessage(callback: (message: Buffer, from: Sender) => void): void {
    this.#callback = callback;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all(this.#sending);
    for (const { socket } of this.#senders.values()) socket.close();
    for (const socket of this.#receivers.values()) socket.close();
    this.#senders.clear();
    this.#receivers.clear();
  }

  #send(socket: Socket, message: Buffer, to: Sender): void {
    if (this.#isClosed) return;
    const sent = new Promise<void>((resolve) => {
      socket.send(message, to.port, to.address, (error) => {
        if (error) this.#onTrouble(error);
        resolve();
      });
    });
    this.#sending.add(sent);
    void sent.then(() => this.#sending.delete(sent));
  }

  #bind(family: Family, address: string): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = createUdpSocket({
        type: family,
        reuseAddr: true,
        ipv6Only: family === "udp6",
      });
      socket.once("error", (error) => {
        socket.close();
        reject(error);
      });
      socket.bind({ port: mdnsPort, address, exclusive: true }, () => {
        socket.removeAllListeners("error");
        socket.on("error", this.#onTrouble);
        socket.on("message", (message: Buffer, from: RemoteInfo) => this.#callback(message, from));
        socket.unref();
        resolve(socket);
      });
    });
  }
}

function join(receiver: Socket, link: Link): void {
  try {
    receiver.addMembership(groups[link.family], link.scope);
  } catch (error) {
    // Joined before, when a sender of this interface failed later.
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
  }
}

function isOn(link: Link, from: Sender): boolean {
  const family = isIPv4(from.address) ? "udp4" : "udp6";
  if (family !== link.family) return false;
  const [address = "", zone = ""] = from.address.split("%");
  return zone !== ""
    ? zone === link.zone
    : link.subnet.check(address, family === "udp4" ? "ipv4" : "ipv6");
}

/** Interfaces that are up and can multicast; the loopback only where there is no other. */
function multicastLinks(): Link[] {
  const links: Link[] = [];
  const loopback: Link[] = [];
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    for (const family of ["udp4", "udp6"] as const) {
      const own = (addresses ?? []).filter(
        (one) => (one.family === "IPv4") === (family === "udp4"),
      );
      const first = own.find((one) => one.address.startsWith("fe80:")) ?? own[0];
      if (first === undefined) continue;
      const subnet = new BlockList();
      for (const { cidr } of own) {
        const [network = "", prefix = ""] = (cidr ?? "").split("/");
        if (prefix !== "")
          subnet.addSubnet(network, Number(prefix), family === "udp4" ? "ipv4" : "ipv6");
      }
      const isLinkLocal = first.address.startsWith("fe80:");
      const link: Link = {
        family,
        scope: family === "udp4" ? first.address : `::%${name}`,
        bindAddress: isLinkLocal ? `${first.address}%${name}` : first.address,
        subnet,
        zone: name,
      };
      if (first.internal) loopback.push(link);
      else if (canMulticast(name)) links.push(link);
    }
  }
  return links.length > 0 ? links : loopback;
}

const flagUp = 0x1;
const flagMulticast = 0x1000;

/** Only Linux tells; elsewhere joining shows it. */
function canMulticast(name: string): boolean {
  try {
    const flags = Number(readFileSync(`/sys/class/net/${name}/flags`, "utf8"));
    return (flags & flagUp) !== 0 && (flags & flagMulticast) !== 0;
  } catch {
    return true;
  }
}
