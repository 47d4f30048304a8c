// Generated from proto/dapr/proto/placement/v1/placement.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";

/** Served by the placement service. A sidecar keeps one stream open for as long as it lives. */
export const PlacementService = {
  name: "dapr.proto.placement.v1.Placement",
  methods: {
    reportDaprStatus: {
      path: "/dapr.proto.placement.v1.Placement/ReportDaprStatus",
      requestStream: true,
      responseStream: true,
    },
  },
} as const;

/** The steps of a dissemination, in which all sidecars change over together. */
export const HostOperation = {
  UNKNOWN: 0,
  REPORT: 1,
  LOCK: 2,
  UPDATE: 3,
  UNLOCK: 4,
} as const;
export type HostOperation = number;

/** A step for the sidecar to take. */
export interface PlacementOrder {
  tables: PlacementTables | undefined;
  operation: string;
  version: bigint;
}
export interface PlacementOrderInit {
  tables?: PlacementTablesInit | undefined;
  operation?: string | undefined;
  version?: bigint | undefined;
}

function readPlacementOrder(
  r: Reader,
  end: number,
  m: PlacementOrder = {
    tables: undefined,
    operation: "",
    version: 0n,
  },
): PlacementOrder {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.tables = readPlacementTables(r, e, m.tables);
        r.leave(e);
        break;
      }
      case 18:
        m.operation = r.string();
        break;
      case 24:
        m.version = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePlacementOrder(w: Writer, m: PlacementOrderInit): void {
  const v0 = m.version;
  if (v0) {
    w.uint64(v0);
    w.uint32(24);
  }
  const v1 = m.operation;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.tables;
  if (v2 !== undefined) {
    const s = w.written;
    writePlacementTables(w, v2);
    w.delimit(s, 10);
  }
}

export const PlacementOrder = /* @__PURE__ */ new MessageCodec<PlacementOrder, PlacementOrderInit>(
  "dapr.proto.placement.v1.PlacementOrder",
  readPlacementOrder,
  writePlacementOrder,
);

/** All actor types and their hosts. */
export interface PlacementTables {
  entries: Map<string, PlacementTable>;
  /** @deprecated */
  version: string;
  /** @deprecated */
  apiLevel: number;
  replicationFactor: bigint;
}
export interface PlacementTablesInit {
  entries?: ReadonlyMap<string, PlacementTableInit> | undefined;
  version?: string | undefined;
  apiLevel?: number | undefined;
  replicationFactor?: bigint | undefined;
}

function readPlacementTables(
  r: Reader,
  end: number,
  m: PlacementTables = {
    entries: new Map(),
    version: "",
    apiLevel: 0,
    replicationFactor: 0n,
  },
): PlacementTables {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        let k: string = "";
        let v: PlacementTable | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = readPlacementTable(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.entries.set(k, v ?? readPlacementTable(r, e));
        break;
      }
      case 18:
        m.version = r.string();
        break;
      case 24:
        m.apiLevel = r.uint32();
        break;
      case 32:
        m.replicationFactor = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePlacementTables(w: Writer, m: PlacementTablesInit): void {
  const v0 = m.replicationFactor;
  if (v0) {
    w.uint64(v0);
    w.uint32(32);
  }
  const v1 = m.apiLevel;
  if (v1) {
    w.uint32(v1 >>> 0);
    w.uint32(24);
  }
  const v2 = m.version;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.entries;
  if (v3 !== undefined && v3.size > 0) {
    for (const [k, x] of [...v3].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      writePlacementTable(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 10);
    }
  }
}

export const PlacementTables = /* @__PURE__ */ new MessageCodec<PlacementTables, PlacementTablesInit>(
  "dapr.proto.placement.v1.PlacementTables",
  readPlacementTables,
  writePlacementTables,
);

/** The consistent hash ring of one actor type. */
export interface PlacementTable {
  /** @deprecated */
  hosts: Map<bigint, string>;
  /** @deprecated */
  sortedSet: bigint[];
  loadMap: Map<string, Host>;
  /** @deprecated */
  totalLoad: bigint;
}
export interface PlacementTableInit {
  hosts?: ReadonlyMap<bigint, string> | undefined;
  sortedSet?: readonly bigint[] | undefined;
  loadMap?: ReadonlyMap<string, HostInit> | undefined;
  totalLoad?: bigint | undefined;
}

function readPlacementTable(
  r: Reader,
  end: number,
  m: PlacementTable = {
    hosts: new Map(),
    sortedSet: [],
    loadMap: new Map(),
    totalLoad: 0n,
  },
): PlacementTable {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        let k: bigint = 0n;
        let v: string = "";
        while (r.pos < e) {
          const t = r.tag();
          if (t === 8) k = r.uint64();
          else if (t === 18) v = r.string();
          else r.skip(t);
        }
        r.leave(e);
        m.hosts.set(k, v);
        break;
      }
      case 16:
        m.sortedSet.push(r.uint64());
        break;
      case 18: {
        const e = r.enter();
        while (r.pos < e) m.sortedSet.push(r.uint64());
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        let k: string = "";
        let v: Host | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = readHost(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.loadMap.set(k, v ?? readHost(r, e));
        break;
      }
      case 32:
        m.totalLoad = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePlacementTable(w: Writer, m: PlacementTableInit): void {
  const v0 = m.totalLoad;
  if (v0) {
    w.uint64(v0);
    w.uint32(32);
  }
  const v1 = m.loadMap;
  if (v1 !== undefined && v1.size > 0) {
    for (const [k, x] of [...v1].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      writeHost(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 26);
    }
  }
  const v2 = m.sortedSet;
  if (v2 !== undefined && v2.length > 0) {
    const s = w.written;
    for (let i = v2.length - 1; i >= 0; i--) {
      w.uint64(v2[i]!);
    }
    w.delimit(s, 18);
  }
  const v3 = m.hosts;
  if (v3 !== undefined && v3.size > 0) {
    for (const [k, x] of [...v3].reverse()) {
      const before = w.written;
      w.string(x);
      w.uint32(18);
      w.uint64(k);
      w.uint32(8);
      w.delimit(before, 10);
    }
  }
}

export const PlacementTable = /* @__PURE__ */ new MessageCodec<PlacementTable, PlacementTableInit>(
  "dapr.proto.placement.v1.PlacementTable",
  readPlacementTable,
  writePlacementTable,
);

/** A sidecar with the actor types that it hosts. */
export interface Host {
  name: string;
  port: bigint;
  /** @deprecated */
  load: bigint;
  entities: string[];
  id: string;
  /** @deprecated */
  pod: string;
  /** @deprecated */
  apiLevel: number;
  namespace: string;
  operation: HostOperation;
  version: bigint | undefined;
}
export interface HostInit {
  name?: string | undefined;
  port?: bigint | undefined;
  load?: bigint | undefined;
  entities?: readonly string[] | undefined;
  id?: string | undefined;
  pod?: string | undefined;
  apiLevel?: number | undefined;
  namespace?: string | undefined;
  operation?: HostOperation | undefined;
  version?: bigint | undefined;
}

function readHost(
  r: Reader,
  end: number,
  m: Host = {
    name: "",
    port: 0n,
    load: 0n,
    entities: [],
    id: "",
    pod: "",
    apiLevel: 0,
    namespace: "",
    operation: 0,
    version: undefined,
  },
): Host {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 16:
        m.port = r.int64();
        break;
      case 24:
        m.load = r.int64();
        break;
      case 34:
        m.entities.push(r.string());
        break;
      case 42:
        m.id = r.string();
        break;
      case 50:
        m.pod = r.string();
        break;
      case 56:
        m.apiLevel = r.uint32();
        break;
      case 66:
        m.namespace = r.string();
        break;
      case 72:
        m.operation = r.int32();
        break;
      case 80:
        m.version = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeHost(w: Writer, m: HostInit): void {
  const v0 = m.version;
  if (v0 !== undefined) {
    w.uint64(v0);
    w.uint32(80);
  }
  const v1 = m.operation;
  if (v1) {
    w.int32(v1);
    w.uint32(72);
  }
  const v2 = m.namespace;
  if (v2) {
    w.string(v2);
    w.uint32(66);
  }
  const v3 = m.apiLevel;
  if (v3) {
    w.uint32(v3 >>> 0);
    w.uint32(56);
  }
  const v4 = m.pod;
  if (v4) {
    w.string(v4);
    w.uint32(50);
  }
  const v5 = m.id;
  if (v5) {
    w.string(v5);
    w.uint32(42);
  }
  const v6 = m.entities;
  if (v6 !== undefined && v6.length > 0) {
    for (let i = v6.length - 1; i >= 0; i--) {
      w.string(v6[i]!);
      w.uint32(34);
    }
  }
  const v7 = m.load;
  if (v7) {
    w.uint64(v7);
    w.uint32(24);
  }
  const v8 = m.port;
  if (v8) {
    w.uint64(v8);
    w.uint32(16);
  }
  const v9 = m.name;
  if (v9) {
    w.string(v9);
    w.uint32(10);
  }
}

export const Host = /* @__PURE__ */ new MessageCodec<Host, HostInit>(
  "dapr.proto.placement.v1.Host",
  readHost,
  writeHost,
);
