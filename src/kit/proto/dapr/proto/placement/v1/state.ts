// Generated from proto/dapr/proto/placement/v1/state.proto by tools/generate-proto.ts. Do not edit.
import { Host, type HostInit } from "./placement.ts";
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";

/** Tables of all namespaces. */
export interface StatePlacementTables {
  tables: Map<string, StatePlacementTable>;
}
export interface StatePlacementTablesInit {
  tables?: ReadonlyMap<string, StatePlacementTableInit> | undefined;
}

function readStatePlacementTables(
  r: Reader,
  end: number,
  m: StatePlacementTables = {
    tables: new Map(),
  },
): StatePlacementTables {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        let k: string = "";
        let v: StatePlacementTable | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = readStatePlacementTable(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.tables.set(k, v ?? readStatePlacementTable(r, e));
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeStatePlacementTables(w: Writer, m: StatePlacementTablesInit): void {
  const v0 = m.tables;
  if (v0 !== undefined && v0.size > 0) {
    for (const [k, x] of [...v0].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      writeStatePlacementTable(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 10);
    }
  }
}

export const StatePlacementTables = /* @__PURE__ */ new MessageCodec<StatePlacementTables, StatePlacementTablesInit>(
  "dapr.proto.placement.v1.StatePlacementTables",
  readStatePlacementTables,
  writeStatePlacementTables,
);

/** The table of one namespace. */
export interface StatePlacementTable {
  hosts: Host[];
  version: bigint;
}
export interface StatePlacementTableInit {
  hosts?: readonly HostInit[] | undefined;
  version?: bigint | undefined;
}

function readStatePlacementTable(
  r: Reader,
  end: number,
  m: StatePlacementTable = {
    hosts: [],
    version: 0n,
  },
): StatePlacementTable {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.hosts.push(Host.read(r, e));
        r.leave(e);
        break;
      }
      case 16:
        m.version = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeStatePlacementTable(w: Writer, m: StatePlacementTableInit): void {
  const v0 = m.version;
  if (v0) {
    w.uint64(v0);
    w.uint32(16);
  }
  const v1 = m.hosts;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      Host.write(w, v1[i]!);
      w.delimit(s, 10);
    }
  }
}

export const StatePlacementTable = /* @__PURE__ */ new MessageCodec<StatePlacementTable, StatePlacementTableInit>(
  "dapr.proto.placement.v1.StatePlacementTable",
  readStatePlacementTable,
  writeStatePlacementTable,
);
