/**
 * The sidecars that are connected, by namespace: carries out what each namespace's dissemination asks for.
 * @see spec 05 §7.4, §7.5
 */
import type { Logger } from "../kit/logging/logger.ts";
import {
  type Host,
  type HostInit,
  PlacementOrder,
} from "../kit/proto/dapr/proto/placement/v1/placement.ts";
import { code } from "../kit/rpc/status.ts";
import type { Finish } from "../kit/rpc/transport.ts";
import type { Clock } from "../kit/time/clock.ts";
import { formatDuration } from "../kit/time/duration.ts";
import { Dissemination, type DisseminationPort, type Order } from "./dissemination.ts";
import type { PlacementMetrics } from "./metrics.ts";
import { ReportedHost } from "./table.ts";

export interface NamespacesOptions {
  readonly replicationFactor: number;
  readonly disseminateTimeoutMs: number;
  /** 0: changes do not wait for one another. */
  readonly coalesceWindowMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: PlacementMetrics;
}

/** A sidecar that is connected. */
export interface Connection {
  received(host: Host): void;
  /** Once, however its stream ended. */
  closed(): void;
}

/** What is told to a sidecar. */
export interface SidecarStream {
  send(order: Uint8Array): void;
  /** Ends the stream; {@link Connection.closed} follows. */
  expel(status: Finish): void;
}

interface Namespace {
  readonly dissemination: Dissemination<SidecarStream>;
  readonly stop: () => void;
}

export class Namespaces {
  readonly #options: NamespacesOptions;
  readonly #namespaces = new Map<string, Namespace>();

  constructor(options: NamespacesOptions) {
    this.#options = options;
  }

  /** @param first what it says first; it was authorised */
  open(stream: SidecarStream, first: Host): Connection {
    const { metrics } = this.#options;
    const name = first.namespace;
    const { dissemination } = this.#namespace(name);
    const hosting = Number(first.entities.length > 0);
    metrics.runtimes(name).add(1);
    metrics.actorRuntimes(name).add(hosting);
    dissemination.opened(stream, new ReportedHost(first));
    return {
      received: (host) => {
        dissemination.received(stream, {
          host: new ReportedHost(host),
          operation: host.operation,
          version: Number(host.version ?? 0n),
        });
      },
      closed: () => {
        metrics.runtimes(name).add(-1);
        metrics.actorRuntimes(name).add(-hosting);
        dissemination.closed(stream);
        this.#dropIfEmpty(name);
      },
    };
  }

  /** The body of `/placement/state`: keys are snake case, what is zero is left out. */
  state(): string {
    const tables = [...this.#namespaces]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { dissemination }]) => {
        const hosts = [...dissemination.hosts]
          .toSorted((a, b) => (a.name < b.name ? -1 : 1))
          .map(({ message }) => shownHost(message));
        return `${JSON.stringify(name)}:${shown({ hosts, version: dissemination.version })}`;
      });
    return tables.length === 0 ? "{}" : `{"tables":{${tables.join(",")}}}`;
  }

  #namespace(name: string): Namespace {
    let namespace = this.#namespaces.get(name);
    if (namespace === undefined) {
      namespace = this.#create(name);
      this.#namespaces.set(name, namespace);
    }
    return namespace;
  }

  #create(name: string): Namespace {
    const { clock, logger, disseminateTimeoutMs, coalesceWindowMs } = this.#options;
    let round: Disposable | undefined;
    let window: Disposable | undefined;
    let encoded: { readonly order: Order; readonly bytes: Uint8Array } | undefined;
    const stopRound = (): void => {
      round?.[Symbol.dispose]();
      round = undefined;
    };
    const port: DisseminationPort<SidecarStream> = {
      send(stream, order) {
        // Tables are large and go to everybody.
        if (encoded?.order !== order) encoded = { order, bytes: encode(order) };
        stream.send(encoded.bytes);
      },
      expel(stream, version) {
        stream.expel({
          code: code.deadlineExceeded,
          message: `dissemination timeout after ${formatDuration(disseminateTimeoutMs)} for version ${version}`,
        });
      },
      startRoundTimer: (version) => {
        stopRound();
        round = clock.timer(disseminateTimeoutMs, () => {
          dissemination.roundExpired(version);
          this.#dropIfEmpty(name);
        });
      },
      stopRoundTimer: stopRound,
      startWindow() {
        window = clock.timer(coalesceWindowMs, () => dissemination.windowClosed());
      },
      onTimeout: (version) => logger.warn(`Dissemination timeout for version ${version}`),
    };
    const dissemination = new Dissemination<SidecarStream>({
      port,
      replicationFactor: this.#options.replicationFactor,
      hasWindow: coalesceWindowMs > 0,
    });
    return {
      dissemination,
      stop() {
        stopRound();
        window?.[Symbol.dispose]();
      },
    };
  }

  #dropIfEmpty(name: string): void {
    const namespace = this.#namespaces.get(name);
    if (!namespace?.dissemination.isEmpty) return;
    namespace.stop();
    this.#namespaces.delete(name);
  }
}

const encode = ({ operation, version, table }: Order): Uint8Array =>
  PlacementOrder.encode({ operation, version: BigInt(version), tables: table?.message });

const shownHost = (host: HostInit): Readonly<Record<string, unknown>> => ({
  name: host.name,
  port: host.port,
  load: host.load,
  entities: host.entities,
  id: host.id,
  pod: host.pod,
  api_level: host.apiLevel,
  namespace: host.namespace,
  operation: host.operation,
  version: host.version,
});

/** JSON without members that are zero, empty or absent. */
function shown(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === "bigint") return member === 0n ? undefined : Number(member);
    if (member === 0 || member === "") return undefined;
    return Array.isArray(member) && member.length === 0 ? undefined : member;
  });
}
