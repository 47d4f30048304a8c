/**
 * Name resolution by multicast DNS, for sidecars in one network segment. Speaks to the reference's sidecars.
 * @see spec 02 §10.2
 */
import { CanceledError, type Clock } from "../../kit/time/clock.ts";
import type {
  NameResolver,
  ResolveRequest,
  ResolverContext,
  ResolverDefinition,
} from "./contract.ts";
import {
  classInternet,
  DnsFormatError,
  type DnsMessage,
  decodeDns,
  encodeDns,
  escapeLabel,
  recordType,
} from "./dns-message.ts";
import { type MulticastNetwork, openMulticast, type Sender } from "./mdns-network.ts";
import { AnnouncedService, Responder, serviceName } from "./mdns-service.ts";

/** How long the first lookup of an app waits. */
const browseMs = 1000;
/** How long lookups wait that find another one under way or just over. */
const followMs = 2000;
/** Nobody browses for an app again for so long after a lookup. */
const quietMs = 2500;
const refreshMs = 30_000;
/** An address is used for so long after it was last seen. */
const addressMs = 60_000;
const maxApps = 1000;
const maxAddresses = 1000;

export const component = {
  type: "mdns",
  versions: ["v1"],
  summary: "Finds sidecars in the same network segment by multicast DNS.",
  async create(context) {
    const { logger } = context;
    const trouble = (error: Error): void => logger.debug(`mdns: ${error.message}`);
    return createMdnsResolver(context, await openMulticast(trouble));
  },
} satisfies ResolverDefinition;

/** @param network disposed with the resolver */
export function createMdnsResolver(
  context: ResolverContext,
  network: MulticastNetwork,
): NameResolver {
  const resolver = new MdnsResolver(context, network);
  resolver.start();
  return resolver;
}

interface Seen {
  readonly isIpv6: boolean;
  /** What resolve() returns for it. */
  readonly result: readonly [string];
  /** Monotonic ms. */
  expiresAt: number;
}

/** An app that somebody asked for. */
class App {
  readonly id: string;
  /** By `host:port`. */
  readonly addresses = new Map<string, Seen>();
  readonly waiters = new Set<() => void>();
  isBrowsed = false;
  /** Monotonic ms. */
  quietUntil = 0;
  #turn = 0;

  constructor(id: string) {
    this.id = id;
  }

  /** The next address in turn, IPv4 before IPv6. */
  next(now: number): readonly [string] | undefined {
    const live: Seen[] = [];
    let isIpv6 = true;
    for (const seen of this.addresses.values()) {
      if (seen.expiresAt <= now) continue;
      if (isIpv6 && !seen.isIpv6) {
        isIpv6 = false;
        live.length = 0;
      }
      if (seen.isIpv6 === isIpv6) live.push(seen);
    }
    if (live.length === 0) return undefined;
    this.#turn = (this.#turn + 1) % live.length;
    return live[this.#turn]?.result;
  }

  see(host: string, port: number, now: number): void {
    const isIpv6 = host.includes(":");
    // The reference leaves the brackets out, which cannot be dialled.
    const address = isIpv6 ? `[${host}]:${port}` : `${host}:${port}`;
    const known = this.addresses.get(address);
    if (known !== undefined) known.expiresAt = now + addressMs;
    else if (this.addresses.size < maxAddresses) {
      this.addresses.set(address, { isIpv6, result: [address], expiresAt: now + addressMs });
    }
    for (const wake of [...this.waiters]) wake();
  }

  drop(host: string, port: number): void {
    this.addresses.delete(host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`);
  }

  /** Forgets old addresses. @returns whether anything is worth keeping */
  prune(now: number): boolean {
    for (const [address, seen] of this.addresses) {
      if (seen.expiresAt <= now) this.addresses.delete(address);
    }
    return (
      this.addresses.size > 0 || this.waiters.size > 0 || this.isBrowsed || now < this.quietUntil
    );
  }
}

class MdnsResolver implements NameResolver {
  readonly isMultiAddress = false;
  readonly #context: ResolverContext;
  readonly #network: MulticastNetwork;
  readonly #clock: Clock;
  readonly #responder: Responder | undefined;
  readonly #apps = new Map<string, App>();
  readonly #byService = new Map<string, App>();
  readonly #stop = new AbortController();
  #refresh: Disposable | undefined;
  #announcing: Promise<void> = Promise.resolve();

  constructor(context: ResolverContext, network: MulticastNetwork) {
    this.#context = context;
    this.#network = network;
    this.#clock = context.platform.clock;
    this.#responder = this.#createResponder();
  }

  start(): void {
    this.#network.onMessage((message, from) => this.#onMessage(message, from));
    this.#refresh = this.#clock.interval(refreshMs, () => this.#refreshAll());
    if (this.#responder === undefined) return;
    const { appId, hostAddress, internalPort } = this.#context.instance;
    this.#announcing = this.#responder.announce(this.#stop.signal);
    this.#context.logger.info(
      `local service entry announced: ${appId} -> ${hostAddress}:${internalPort}`,
    );
  }

  resolve(
    { appId }: ResolveRequest,
    signal?: AbortSignal,
  ): Promise<readonly string[]> | readonly string[] {
    const known = this.#apps.get(appId)?.next(this.#clock.monotonic());
    return known ?? this.#lookUp(appId, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort(new CanceledError());
    this.#refresh?.[Symbol.dispose]();
    await this.#announcing;
    this.#responder?.goodbye();
    await this.#network[Symbol.asyncDispose]();
  }

  /** A service that cannot be announced can still find others. */
  #createResponder(): Responder | undefined {
    const { instance, platform, logger } = this.#context;
    const { appId, internalPort: port, hostAddress: address } = instance;
    const { hostname, pid, clock, random } = platform;
    try {
      const service = new AnnouncedService({ appId, hostname, pid, port, address });
      return new Responder(service, this.#network, clock, random);
    } catch (error) {
      logger.error(`failed to register local service: ${(error as Error).message}`);
      return undefined;
    }
  }

  async #lookUp(appId: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
    this.#stop.signal.throwIfAborted();
    const app = this.#app(appId);
    if (app.isBrowsed || this.#clock.monotonic() < app.quietUntil) {
      const found = await this.#wait(app, followMs, signal);
      if (found !== undefined) return found;
      throw new Error(`timeout waiting for address for app id ${appId}`);
    }
    app.isBrowsed = true;
    try {
      this.#browse(app);
      const found = await this.#wait(app, browseMs, signal);
      if (found === undefined) throw new Error(`couldn't find service: ${appId}`);
      // Ask again for those that were slower; answers are taken at any time.
      this.#browse(app);
      return found;
    } finally {
      app.isBrowsed = false;
      app.quietUntil = this.#clock.monotonic() + quietMs;
    }
  }

  /** Waits for an address; undefined when none comes in time. @throws the signal's reason */
  #wait(
    app: App,
    ms: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly string[] | undefined> {
    return new Promise((resolve, reject) => {
      const { signal: stop } = this.#stop;
      const finish = (): void => {
        app.waiters.delete(onAddress);
        timer[Symbol.dispose]();
        signal?.removeEventListener("abort", onAbort);
        stop.removeEventListener("abort", onAbort);
      };
      const onAddress = (): void => {
        const found = app.next(this.#clock.monotonic());
        if (found === undefined) return;
        finish();
        resolve(found);
      };
      const onAbort = (): void => {
        finish();
        reject(stop.aborted ? stop.reason : signal?.reason);
      };
      const timer = this.#clock.timer(ms, () => {
        finish();
        resolve(undefined);
      });
      app.waiters.add(onAddress);
      stop.addEventListener("abort", onAbort);
      signal?.addEventListener("abort", onAbort);
      if (signal?.aborted) onAbort();
    });
  }

  #app(appId: string): App {
    const known = this.#apps.get(appId);
    if (known !== undefined) return known;
    if (this.#apps.size >= maxApps) this.#makeRoom();
    const app = new App(appId);
    this.#apps.set(appId, app);
    this.#byService.set(serviceName(escapeLabel(appId)), app);
    return app;
  }

  #makeRoom(): void {
    const now = this.#clock.monotonic();
    for (const app of this.#apps.values()) if (!app.prune(now)) this.#forget(app);
    for (const app of this.#apps.values()) {
      if (this.#apps.size < maxApps) return;
      if (app.waiters.size === 0) this.#forget(app);
    }
  }

  #forget(app: App): void {
    this.#apps.delete(app.id);
    this.#byService.delete(serviceName(escapeLabel(app.id)));
  }

  /** Asks for an app, twice; a third time would be due only after 4 s, when no browse lasts as long. */
  #browse(app: App): void {
    const name = serviceName(escapeLabel(app.id));
    let query: Buffer;
    try {
      query = encodeDns({
        id: Math.floor(this.#context.platform.random.number() * 0x10000),
        isResponse: false,
        isAuthoritative: false,
        questions: [{ name, type: recordType.ptr, class: classInternet }],
        answers: [],
        authorities: [],
        additionals: [],
      });
    } catch {
      // No app can have a name that does not fit.
      return;
    }
    this.#network.multicast(query);
    this.#network.multicast(query);
  }

  #refreshAll(): void {
    const now = this.#clock.monotonic();
    for (const app of [...this.#apps.values()]) {
      if (!app.prune(now)) this.#forget(app);
      else if (app.addresses.size > 0) this.#browse(app);
    }
    void this.#network.refresh();
  }

  #onMessage(bytes: Buffer, from: Sender): void {
    let message: DnsMessage;
    try {
      message = decodeDns(bytes);
    } catch (error) {
      if (!(error instanceof DnsFormatError)) throw error;
      return;
    }
    if (message.isResponse) this.#take(message);
    else if (!this.#stop.signal.aborted) this.#responder?.answer(message, from);
  }

  /** Takes the instances of apps that were asked for; an instance counts only if it is all in one message. */
  #take(message: DnsMessage): void {
    const records = [...message.answers, ...message.authorities, ...message.additionals];
    for (const pointer of records) {
      if (pointer.type !== recordType.ptr) continue;
      const app = this.#byService.get(pointer.name);
      if (app === undefined) continue;
      const instance = pointer.target;
      const service = records.find((one) => one.type === recordType.srv && one.name === instance);
      if (service?.type !== recordType.srv) continue;
      const isAnothers = records.some(
        (one) =>
          one.type === recordType.txt &&
          one.name === instance &&
          one.texts.some((text) => text !== app.id),
      );
      if (isAnothers) continue;
      const host = hostOf(records, service.target);
      if (host === undefined) continue;
      if (pointer.ttl === 0 || service.ttl === 0) app.drop(host, service.port);
      else app.see(host, service.port, this.#clock.monotonic());
    }
  }
}

/** The first IPv4 address of a name, else the first IPv6 address. */
function hostOf(records: DnsMessage["answers"], name: string): string | undefined {
  let ipv6: string | undefined;
  for (const record of records) {
    if (record.name !== name) continue;
    if (record.type === recordType.a) return record.address;
    if (record.type === recordType.aaaa) ipv6 ??= record.address;
  }
  return ipv6;
}
