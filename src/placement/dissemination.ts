/**
 * How one namespace's table of actor hosts reaches its sidecars, so that all change over together: every sidecar locks,
 * then takes the table, then unlocks, and nobody goes ahead before all have confirmed.
 *
 * It knows neither streams nor time: what happens comes in as calls, what is to be done goes out through its port.
 * @see spec 05 §7.4
 */
import { HostOperation } from "../kit/proto/dapr/proto/placement/v1/placement.ts";
import { type ReportedHost, TypeTable } from "./table.ts";

/** What is told to a sidecar; the tables are there with `update` alone. */
export interface Order {
  readonly operation: "lock" | "update" | "unlock";
  readonly version: number;
  readonly table: TypeTable | undefined;
}

export interface DisseminationPort<Stream> {
  /** The same order goes to many streams: it may be encoded once. */
  send(stream: Stream, order: Order): void;
  /** Ends the stream of a sidecar that did not confirm in time; {@link Dissemination.closed} is not called for it. */
  expel(stream: Stream, version: number): void;
  /** To be told by {@link Dissemination.roundExpired}, unless another round begins or this one ends. */
  startRoundTimer(version: number): void;
  stopRoundTimer(): void;
  /** To be told by {@link Dissemination.windowClosed}. Never called without a window. */
  startWindow(): void;
  onTimeout(version: number): void;
}

export interface DisseminationOptions<Stream> {
  readonly port: DisseminationPort<Stream>;
  readonly replicationFactor: number;
  /** Whether changes shortly after a round wait for one another. */
  readonly hasWindow: boolean;
}

/** What a message of a sidecar says about itself and about the round. */
export interface Report {
  readonly host: ReportedHost;
  readonly operation: HostOperation;
  /** 0: none. */
  readonly version: number;
}

type Phase = "idle" | "lock" | "update" | "unlock";

const nextPhase = { lock: "update", update: "unlock", unlock: "idle" } as const;
const confirmed: ReadonlyMap<HostOperation, Phase> = new Map([
  [HostOperation.LOCK, "lock"],
  [HostOperation.UPDATE, "update"],
  [HostOperation.UNLOCK, "unlock"],
]);

export class Dissemination<Stream> {
  readonly #port: DisseminationPort<Stream>;
  readonly #replicationFactor: number;
  readonly #hasWindow: boolean;
  /** Streams that take part in rounds. */
  readonly #members = new Set<Stream>();
  /** Only those that host something. */
  readonly #hosts = new Map<Stream, ReportedHost>();
  /** Streams that wait for the end of the round. */
  readonly #arrivals = new Map<Stream, ReportedHost>();
  /** Streams that are gone while their hosts are still in the table. */
  readonly #departures = new Set<Stream>();
  /** Members that have not confirmed the phase. */
  #awaited = new Set<Stream>();
  #phase: Phase = "idle";
  #version = 0;
  #isWindowOpen = false;

  constructor(options: DisseminationOptions<Stream>) {
    this.#port = options.port;
    this.#replicationFactor = options.replicationFactor;
    this.#hasWindow = options.hasWindow;
  }

  get version(): number {
    return this.#version;
  }

  /** Hosts of the table, in no order. */
  get hosts(): Iterable<ReportedHost> {
    return this.#hosts.values();
  }

  /** Nobody is connected: the numbering may begin anew. */
  get isEmpty(): boolean {
    return this.#members.size === 0 && this.#arrivals.size === 0;
  }

  /** A sidecar has connected. Its operation and version do not matter: the first message is a report. */
  opened(stream: Stream, host: ReportedHost): void {
    this.#arrivals.set(stream, host);
    if (this.#isFree) this.#takeIn();
  }

  /** A sidecar that is connected says something. */
  received(stream: Stream, { host, operation, version }: Report): void {
    if (this.#arrivals.has(stream)) {
      if (operation === HostOperation.REPORT) this.#arrivals.set(stream, host);
      return;
    }
    if (!this.#members.has(stream) || (version > 0 && version < this.#version)) return;
    // Sidecars of older versions confirm without saying what.
    const isOldConfirmation = operation === HostOperation.UNKNOWN && this.#phase !== "idle";
    const phase = isOldConfirmation ? this.#phase : confirmed.get(operation);
    if (phase === undefined) this.#reported(stream, host);
    else if (phase === this.#phase && (isOldConfirmation || version === this.#version)) {
      this.#confirm(stream);
    }
  }

  /** A sidecar is gone. */
  closed(stream: Stream): void {
    if (this.#arrivals.delete(stream)) return;
    if (!this.#members.delete(stream)) return;
    if (this.#hosts.has(stream)) this.#departures.add(stream);
    if (this.#phase === "idle") {
      if (this.#departures.size > 0 && this.#isFree) this.#takeIn();
    } else this.#confirm(stream);
  }

  /** The time of a round is over. */
  roundExpired(version: number): void {
    if (version !== this.#version || this.#phase === "idle") return;
    this.#port.onTimeout(version);
    for (const stream of this.#awaited) {
      this.#members.delete(stream);
      this.#hosts.delete(stream);
      this.#port.expel(stream, version);
    }
    this.#mergeWaiting();
    if (this.#members.size > 0) this.#startRound();
    else this.#end();
  }

  /** Changes wait no longer. */
  windowClosed(): void {
    this.#isWindowOpen = false;
    if (this.#phase === "idle") this.#takeIn();
  }

  get #isFree(): boolean {
    return this.#phase === "idle" && !this.#isWindowOpen;
  }

  /** Whoever waits comes in, whoever is gone goes out, in one round. */
  #takeIn(): void {
    const { hasChanged, arrived } = this.#mergeWaiting();
    if (hasChanged) this.#startRound();
    else for (const stream of arrived) this.#tellAlone(stream);
  }

  #mergeWaiting(): { readonly hasChanged: boolean; readonly arrived: readonly Stream[] } {
    let hasChanged = this.#departures.size > 0;
    for (const stream of this.#departures) this.#hosts.delete(stream);
    this.#departures.clear();
    const arrived = [...this.#arrivals.keys()];
    for (const [stream, host] of this.#arrivals) {
      this.#members.add(stream);
      if (host.entities.length === 0) continue;
      this.#hosts.set(stream, host);
      hasChanged = true;
    }
    this.#arrivals.clear();
    return { hasChanged, arrived };
  }

  #reported(stream: Stream, host: ReportedHost): void {
    const known = this.#hosts.get(stream);
    if (host.entities.length === 0) {
      if (!this.#hosts.delete(stream)) {
        // In a round it is told anyway.
        if (this.#phase === "idle") this.#tellAlone(stream);
        return;
      }
    } else if (known?.isSameAs(host)) return;
    else this.#hosts.set(stream, host);
    this.#startRound();
  }

  /** Who hosts nothing changes nothing for others: it gets the table as it is. */
  #tellAlone(stream: Stream): void {
    const { table } = this;
    for (const operation of ["lock", "update", "unlock"] as const) {
      this.#port.send(stream, {
        operation,
        version: this.#version,
        table: operation === "update" ? table : undefined,
      });
    }
  }

  get table(): TypeTable {
    return new TypeTable(this.#hosts.values(), this.#version, this.#replicationFactor);
  }

  #startRound(): void {
    if (this.#members.size === 0) {
      this.#end();
      return;
    }
    this.#version++;
    this.#port.startRoundTimer(this.#version);
    this.#enter("lock");
  }

  #enter(phase: "lock" | "update" | "unlock"): void {
    this.#phase = phase;
    this.#awaited = new Set(this.#members);
    const order: Order = {
      operation: phase,
      version: this.#version,
      table: phase === "update" ? this.table : undefined,
    };
    for (const stream of this.#awaited) this.#port.send(stream, order);
  }

  #confirm(stream: Stream): void {
    const phase = this.#phase;
    if (phase === "idle" || !this.#awaited.delete(stream) || this.#awaited.size > 0) return;
    const next = this.#members.size === 0 ? "idle" : nextPhase[phase];
    if (next === "idle") this.#finishRound();
    else this.#enter(next);
  }

  #finishRound(): void {
    this.#end();
    if (this.#hasWindow && !this.isEmpty) {
      this.#isWindowOpen = true;
      this.#port.startWindow();
    } else if (this.#arrivals.size > 0 || this.#departures.size > 0) this.#takeIn();
  }

  #end(): void {
    this.#phase = "idle";
    this.#awaited.clear();
    this.#port.stopRoundTimer();
  }
}
