import { expect, test } from "vitest";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { NameResolver, ResolverContext } from "./contract.ts";
import {
  type DnsMessage,
  type DnsRecord,
  decodeDns,
  encodeDns,
  recordType,
} from "./dns-message.ts";
import { createMdnsResolver } from "./mdns.ts";
import type { MulticastNetwork, Sender } from "./mdns-network.ts";

/** Delivers every multicast to all members, the sender too, as the kernel does. */
class Segment {
  readonly packets: { message: DnsMessage; at: number; to: string }[] = [];
  readonly clock: ManualClock;
  readonly #members: ((message: Buffer, from: Sender) => void)[] = [];
  isCut = false;

  constructor(clock: ManualClock) {
    this.clock = clock;
  }

  join(): MulticastNetwork {
    const from = { address: `10.0.0.${this.#members.length + 1}`, port: 5353 };
    const index = this.#members.push(() => {}) - 1;
    return {
      multicast: (message) => this.deliver(message, "all", from),
      unicast: (message, to) => this.deliver(message, `${to.address}:${to.port}`, from),
      onMessage: (callback) => {
        this.#members[index] = callback;
      },
      refresh: async () => {},
      [Symbol.asyncDispose]: async () => {
        this.#members[index] = () => {};
      },
    };
  }

  deliver(bytes: Buffer, to: string, from: Sender): void {
    this.packets.push({ message: decodeDns(bytes), at: this.clock.monotonic(), to });
    if (!this.isCut) this.inject(bytes, from);
  }

  /** Something that a stranger sends. */
  inject(bytes: Buffer, from: Sender = { address: "10.0.0.99", port: 5353 }): void {
    for (const member of this.#members) setImmediate(() => member(bytes, from));
  }

  /** What was sent since the last time. */
  take(): { message: DnsMessage; at: number; to: string }[] {
    return this.packets.splice(0);
  }
}

interface Member {
  readonly appId: string;
  readonly host?: string;
  readonly port?: number;
  readonly pid?: number;
}

function contextOf(
  clock: ManualClock,
  member: Member,
): { context: ResolverContext; lines: string[] } {
  const lines: string[] = [];
  const add = (level: string) => (text: string) => void lines.push(`${level} ${text}`);
  const context = {
    instance: {
      appId: member.appId,
      namespace: "default",
      hostAddress: member.host ?? "10.1.1.1",
      daprHttpPort: 3500,
      internalPort: member.port ?? 50_002,
      appPort: 0,
    },
    configuration: undefined,
    logger: { debug: add("debug"), info: add("info"), warn: add("warn"), error: add("error") },
    platform: {
      clock,
      hostname: "box",
      pid: member.pid ?? 7,
      random: { number: () => 0.5 },
    },
  } as unknown as ResolverContext;
  return { context, lines };
}

function setUp() {
  const clock = new ManualClock();
  const segment = new Segment(clock);
  const lines: string[] = [];
  const start = (member: Member): NameResolver => {
    const made = contextOf(clock, member);
    const resolver = createMdnsResolver(made.context, segment.join());
    lines.push(...made.lines);
    return resolver;
  };
  return { clock, segment, start, lines };
}

const ask = async (resolver: NameResolver, appId: string): Promise<string> => {
  try {
    return (await resolver.resolve({ appId, namespace: "default", port: 1 })).join(" ");
  } catch (error) {
    return (error as Error).message;
  }
};

const query = (name: string, extra: Partial<DnsMessage> = {}, questionClass = 1): Buffer =>
  encodeDns({
    id: 4711,
    isResponse: false,
    isAuthoritative: false,
    questions: [{ name, type: 255, class: questionClass }],
    answers: [],
    authorities: [],
    additionals: [],
    ...extra,
  });

const instance = "box:7.app.local.";
const ptr: DnsRecord = {
  name: "app.local.",
  type: recordType.ptr,
  class: 1,
  ttl: 3200,
  target: instance,
};
const service: DnsRecord = {
  name: "_services._dns-sd._udp.local.",
  type: recordType.ptr,
  class: 1,
  ttl: 3200,
  target: "app.local.",
};
const records = (flush: number, ttl = 3200): DnsRecord[] => [
  {
    name: instance,
    type: recordType.srv,
    class: 1 | flush,
    ttl,
    target: "box.local.",
    port: 50_002,
  },
  { name: instance, type: recordType.txt, class: 1 | flush, ttl, texts: ["app"] },
  { ...ptr, ttl },
  { ...service, ttl },
  {
    name: "box.local.",
    type: recordType.a,
    class: 1 | flush,
    ttl: Math.min(ttl, 120),
    address: "10.1.1.1",
  },
];

test("a service is probed twice, announced twice, and taken back at the end", async () => {
  const { clock, segment, start, lines } = setUp();
  const resolver = start({ appId: "app" });
  expect(lines).toEqual(["info local service entry announced: app -> 10.1.1.1:50002"]);
  await clock.advance(5000);
  const sent = segment.take();
  expect(sent.map(({ at }) => at)).toEqual([0, 125, 250, 1250]);
  const [srv, txt] = records(0);
  expect(sent[0]?.message).toEqual({
    id: 0x8000,
    isResponse: false,
    isAuthoritative: false,
    questions: [{ name: instance, type: recordType.ptr, class: 1 }],
    answers: [],
    authorities: [srv, txt],
    additionals: [],
  });
  expect(sent[1]).toMatchObject({ message: sent[0]?.message });
  const announcement = {
    id: 0,
    isResponse: true,
    isAuthoritative: false,
    questions: [],
    answers: records(0x8000),
    authorities: [],
    additionals: [],
  };
  expect(sent[2]?.message).toEqual(announcement);
  expect(sent[3]?.message).toEqual(announcement);
  await resolver[Symbol.asyncDispose]();
  await resolver[Symbol.asyncDispose]();
  expect(segment.take().map(({ message }) => message)).toEqual([
    { ...announcement, answers: records(0x8000, 0) },
  ]);
});

test("questions are answered as the reference answers them", async () => {
  const { clock, segment, start } = setUp();
  await using _ = start({ appId: "app" });
  await clock.advance(5000);
  segment.take();
  const [srv, txt, , , address] = records(0);
  const answers = async (message: Buffer) => {
    segment.inject(message);
    await clock.advance(1);
    return segment.take();
  };
  const head = {
    id: 4711,
    isResponse: true,
    isAuthoritative: true,
    questions: [],
    authorities: [],
  };
  expect(await answers(query("app.local."))).toMatchObject([
    { to: "all", message: { ...head, answers: [ptr], additionals: [srv, txt, address] } },
  ]);
  expect(await answers(query(instance))).toMatchObject([
    { to: "all", message: { ...head, answers: records(0), additionals: [] } },
  ]);
  expect(await answers(query("_services._dns-sd._udp.local."))).toMatchObject([
    { message: { ...head, answers: [service], additionals: [] } },
  ]);
  expect(await answers(query("app.local.", {}, 0x8001))).toMatchObject([{ to: "10.0.0.99:5353" }]);
  for (const silent of [
    query("APP.local."),
    query("other.local."),
    query("app.local.", { authorities: [ptr] }),
    query("app.local.", { isResponse: true }),
    query("app.local.", { answers: [{ ...ptr, ttl: 1600 }] }),
    Buffer.from("nonsense"),
  ]) {
    segment.inject(silent);
    await clock.advance(1);
    expect(segment.take()).toEqual([]);
  }
  expect(await answers(query("app.local.", { answers: [{ ...ptr, ttl: 1599 }] }))).toHaveLength(1);
  const two = [
    { name: "app.local.", type: 12, class: 1 },
    { name: instance, type: 33, class: 1 },
  ];
  expect(await answers(query("", { questions: two }))).toHaveLength(2);
});

test("two sidecars find each other", async () => {
  const { clock, segment, start } = setUp();
  await using a = start({ appId: "a", host: "10.1.1.1", port: 1001 });
  await using b = start({ appId: "b", host: "fd00::2", port: 1002 });
  await clock.advance(5000);
  segment.take();
  const found = ask(a, "b");
  await clock.advance(1);
  expect(await found).toBe("[fd00::2]:1002");
  const queries = segment.take().filter(({ message }) => !message.isResponse);
  expect(queries).toHaveLength(4);
  expect(queries[0]?.message).toMatchObject({
    id: 0x8000,
    questions: [{ name: "b.local.", type: recordType.ptr, class: 1 }],
    answers: [],
  });
  // From now on without a promise.
  expect(a.resolve({ appId: "b", namespace: "x", port: 1 })).toEqual(["[fd00::2]:1002"]);
  const back = ask(b, "a");
  await clock.advance(1);
  expect(await back).toBe("10.1.1.1:1001");
});

test("a miss takes a second; for 2.5 s after it others wait two seconds", async () => {
  const { clock, segment, start } = setUp();
  await using a = start({ appId: "a" });
  await clock.advance(5000);
  segment.take();
  const first = ask(a, "x");
  const second = ask(a, "x");
  await clock.advance(999);
  const pending = await Promise.race([first, Promise.resolve("pending")]);
  expect(pending).toBe("pending");
  await clock.advance(1);
  expect(await first).toBe("couldn't find service: x");
  expect(segment.take()).toHaveLength(2);
  await clock.advance(1000);
  expect(await second).toBe("timeout waiting for address for app id x");
  const third = ask(a, "x");
  await clock.advance(2000);
  expect(await third).toBe("timeout waiting for address for app id x");
  expect(segment.take()).toHaveLength(0);
  // 4 s after the first: browsing is allowed again.
  const fourth = ask(a, "x");
  await clock.advance(1000);
  expect(await fourth).toBe("couldn't find service: x");
});

test("one who waits gets the address of a sidecar that starts meanwhile", async () => {
  const { clock, start } = setUp();
  await using a = start({ appId: "a" });
  await clock.advance(5000);
  const first = ask(a, "late");
  await clock.advance(1000);
  expect(await first).toBe("couldn't find service: late");
  const second = ask(a, "late");
  await using _ = start({ appId: "late", port: 9 });
  await clock.advance(300);
  expect(await second).toBe("10.1.1.1:9");
});

test("several instances take turns, IPv4 before IPv6", async () => {
  const { clock, start } = setUp();
  await using a = start({ appId: "a" });
  await using _1 = start({ appId: "b", port: 1, pid: 1 });
  await using _2 = start({ appId: "b", port: 2, pid: 2 });
  await using _3 = start({ appId: "b", port: 3, pid: 3, host: "fd00::3" });
  await clock.advance(5000);
  const first = ask(a, "b");
  await clock.advance(100);
  await first;
  const seen = [];
  for (let i = 0; i < 4; i++) seen.push(await ask(a, "b"));
  expect(new Set(seen)).toEqual(new Set(["10.1.1.1:1", "10.1.1.1:2"]));
  expect(seen[0]).toBe(seen[2]);
  expect(seen[0]).not.toBe(seen[1]);
});

test("addresses are refreshed every 30 s and live for 60 s", async () => {
  const { clock, segment, start } = setUp();
  await using a = start({ appId: "a" });
  await using _ = start({ appId: "b", port: 2 });
  await clock.advance(5000);
  const first = ask(a, "b");
  await clock.advance(100);
  await first;
  await clock.advance(200_000);
  expect(await ask(a, "b")).toBe("10.1.1.1:2");
  segment.isCut = true;
  // Seen last at 180 s, and it is 205 s now.
  await clock.advance(34_000);
  expect(await ask(a, "b")).toBe("10.1.1.1:2");
  await clock.advance(2000);
  const gone = ask(a, "b");
  await clock.advance(1000);
  expect(await gone).toBe("couldn't find service: b");
});

test("a sidecar that leaves is forgotten at once", async () => {
  const { clock, start } = setUp();
  await using a = start({ appId: "a" });
  const b = start({ appId: "b", port: 2 });
  await clock.advance(5000);
  const first = ask(a, "b");
  await clock.advance(100);
  await first;
  await b[Symbol.asyncDispose]();
  await clock.advance(5000);
  const gone = ask(a, "b");
  await clock.advance(1000);
  expect(await gone).toBe("couldn't find service: b");
});

test.each([
  ["another's text", { texts: ["app", "other"] }, {}, {}],
  ["no address", {}, {}, { name: "elsewhere.local." }],
  ["another name", {}, { name: "APP.local." }, {}],
])("a response with %s does not count", async (_, text, pointer, address) => {
  const { clock, segment, start } = setUp();
  await using a = start({ appId: "a" });
  await clock.advance(5000);
  const found = ask(a, "app");
  const [srv, txt, own, , at] = records(0) as [
    DnsRecord,
    DnsRecord,
    DnsRecord,
    DnsRecord,
    DnsRecord,
  ];
  const answers = [srv, { ...txt, ...text }, { ...own, ...pointer }, { ...at, ...address }];
  segment.inject(query("", { isResponse: true, questions: [], answers: answers as DnsRecord[] }));
  await clock.advance(1000);
  expect(await found).toBe("couldn't find service: app");
});

test("the first IPv4 address is taken, wherever the records are", async () => {
  const { clock, segment, start } = setUp();
  await using a = start({ appId: "a" });
  const [srv, txt, own, , at] = records(0) as [
    DnsRecord,
    DnsRecord,
    DnsRecord,
    DnsRecord,
    DnsRecord,
  ];
  const ipv6 = { name: "box.local.", type: recordType.aaaa, class: 1, ttl: 1, address: "fd00::1" };
  const found = ask(a, "app");
  segment.inject(
    query("", {
      isResponse: true,
      questions: [],
      answers: [ipv6, own],
      additionals: [at, txt, srv],
    }),
  );
  await clock.advance(1);
  expect(await found).toBe("10.1.1.1:50002");
});

test("an address that is none is not announced, but others are found", async () => {
  const { clock, segment, start, lines } = setUp();
  await using a = start({ appId: "a", host: "localhost" });
  await using _ = start({ appId: "b", port: 2 });
  expect(lines[0]).toBe(
    "error failed to register local service: Failed to parse given IP: localhost",
  );
  await clock.advance(5000);
  expect(JSON.stringify(segment.take())).not.toContain("a.local.");
  const found = ask(a, "b");
  await clock.advance(1);
  expect(await found).toBe("10.1.1.1:2");
});

test.each(["", "x".repeat(64), "a..b", "a\\"])("the odd id %j is just not found", async (id) => {
  const { clock, start } = setUp();
  await using a = start({ appId: "a" });
  const found = ask(a, id);
  await clock.advance(1000);
  expect(await found).toBe(`couldn't find service: ${id}`);
});

test("lookups end with their signal and with the resolver", async () => {
  const { clock, start } = setUp();
  const a = start({ appId: "a" });
  const stop = new AbortController();
  const request = { appId: "x", namespace: "default", port: 1 };
  const cancelled = expect(a.resolve(request, stop.signal)).rejects.toThrow("left");
  const other = expect(a.resolve(request)).rejects.toThrow("context canceled");
  await clock.advance(10);
  stop.abort(new Error("left"));
  await cancelled;
  await a[Symbol.asyncDispose]();
  await other;
  expect(await ask(a, "y")).toBe("context canceled");
  expect(clock.pending).toBe(0);
});
