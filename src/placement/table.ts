/**
 * Hosts as sidecars report them, and the table of one namespace.
 * @see spec 05 §7.4
 */
import type {
  Host,
  HostInit,
  PlacementTablesInit,
} from "../kit/proto/dapr/proto/placement/v1/placement.ts";

/** A sidecar and the actor types that it hosts. */
export class ReportedHost {
  /** As it was reported, but for the order of the types. */
  readonly message: HostInit;
  /** In order. */
  readonly entities: readonly string[];
  readonly id: string;
  readonly namespace: string;
  /** `host:port`, the key in tables. */
  readonly name: string;

  constructor(host: Host) {
    this.entities = host.entities.toSorted();
    this.message = { ...host, entities: [...this.entities] };
    this.id = host.id;
    this.namespace = host.namespace;
    this.name = host.name;
  }

  isSameAs(other: ReportedHost): boolean {
    return (
      this.id === other.id &&
      this.namespace === other.namespace &&
      this.entities.length === other.entities.length &&
      this.entities.every((entity, i) => entity === other.entities[i])
    );
  }
}

/** Who hosts which type. */
export class TypeTable {
  readonly version: number;
  readonly #replicationFactor: number;
  readonly #types = new Map<string, Map<string, HostInit>>();

  /** Of two hosts with one name the later one stays. */
  constructor(hosts: Iterable<ReportedHost>, version: number, replicationFactor: number) {
    this.version = version;
    this.#replicationFactor = replicationFactor;
    for (const { entities, name, message } of hosts) {
      for (const entity of entities) {
        const known = this.#types.get(entity);
        if (known !== undefined) known.set(name, message);
        else this.#types.set(entity, new Map([[name, message]]));
      }
    }
  }

  get message(): PlacementTablesInit {
    return {
      entries: new Map([...this.#types].map(([type, loadMap]) => [type, { loadMap }])),
      version: String(this.version),
      replicationFactor: BigInt(this.#replicationFactor),
    };
  }
}
