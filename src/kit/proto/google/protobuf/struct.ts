// Generated from proto/google/protobuf/struct.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer } from "../../wire.ts";

/** The only one. */
export const NullValue = {
  NULL_VALUE: 0,
} as const;
export type NullValue = number;

/** An object. */
export interface Struct {
  fields: Map<string, Value>;
}
export interface StructInit {
  fields?: ReadonlyMap<string, ValueInit> | undefined;
}

function readStruct(
  r: Reader,
  end: number,
  m: Struct = {
    fields: new Map(),
  },
): Struct {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        let k: string = "";
        let v: Value | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = readValue(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.fields.set(k, v ?? readValue(r, e));
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeStruct(w: Writer, m: StructInit): void {
  const v0 = m.fields;
  if (v0 !== undefined && v0.size > 0) {
    for (const [k, x] of [...v0].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      writeValue(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 10);
    }
  }
}

export const Struct = /* @__PURE__ */ new MessageCodec<Struct, StructInit>(
  "google.protobuf.Struct",
  readStruct,
  writeStruct,
);

/** Any value. */
export interface Value {
  nullValue: NullValue | undefined;
  numberValue: number | undefined;
  stringValue: string | undefined;
  boolValue: boolean | undefined;
  structValue: Struct | undefined;
  listValue: ListValue | undefined;
}
export interface ValueInit {
  nullValue?: NullValue | undefined;
  numberValue?: number | undefined;
  stringValue?: string | undefined;
  boolValue?: boolean | undefined;
  structValue?: StructInit | undefined;
  listValue?: ListValueInit | undefined;
}

function readValue(
  r: Reader,
  end: number,
  m: Value = {
    nullValue: undefined,
    numberValue: undefined,
    stringValue: undefined,
    boolValue: undefined,
    structValue: undefined,
    listValue: undefined,
  },
): Value {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.nullValue = r.int32();
        m.numberValue = undefined;
        m.stringValue = undefined;
        m.boolValue = undefined;
        m.structValue = undefined;
        m.listValue = undefined;
        break;
      case 17:
        m.numberValue = r.double();
        m.nullValue = undefined;
        m.stringValue = undefined;
        m.boolValue = undefined;
        m.structValue = undefined;
        m.listValue = undefined;
        break;
      case 26:
        m.stringValue = r.string();
        m.nullValue = undefined;
        m.numberValue = undefined;
        m.boolValue = undefined;
        m.structValue = undefined;
        m.listValue = undefined;
        break;
      case 32:
        m.boolValue = r.bool();
        m.nullValue = undefined;
        m.numberValue = undefined;
        m.stringValue = undefined;
        m.structValue = undefined;
        m.listValue = undefined;
        break;
      case 42: {
        const e = r.enter();
        m.structValue = readStruct(r, e, m.structValue);
        r.leave(e);
        m.nullValue = undefined;
        m.numberValue = undefined;
        m.stringValue = undefined;
        m.boolValue = undefined;
        m.listValue = undefined;
        break;
      }
      case 50: {
        const e = r.enter();
        m.listValue = readListValue(r, e, m.listValue);
        r.leave(e);
        m.nullValue = undefined;
        m.numberValue = undefined;
        m.stringValue = undefined;
        m.boolValue = undefined;
        m.structValue = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeValue(w: Writer, m: ValueInit): void {
  const v0 = m.listValue;
  if (v0 !== undefined) {
    const s = w.written;
    writeListValue(w, v0);
    w.delimit(s, 50);
  }
  const v1 = m.structValue;
  if (v1 !== undefined) {
    const s = w.written;
    writeStruct(w, v1);
    w.delimit(s, 42);
  }
  const v2 = m.boolValue;
  if (v2 !== undefined) {
    w.bool(v2);
    w.uint32(32);
  }
  const v3 = m.stringValue;
  if (v3 !== undefined) {
    w.string(v3);
    w.uint32(26);
  }
  const v4 = m.numberValue;
  if (v4 !== undefined) {
    w.double(v4);
    w.uint32(17);
  }
  const v5 = m.nullValue;
  if (v5 !== undefined) {
    w.int32(v5);
    w.uint32(8);
  }
}

export const Value = /* @__PURE__ */ new MessageCodec<Value, ValueInit>(
  "google.protobuf.Value",
  readValue,
  writeValue,
);

/** An array. */
export interface ListValue {
  values: Value[];
}
export interface ListValueInit {
  values?: readonly ValueInit[] | undefined;
}

function readListValue(
  r: Reader,
  end: number,
  m: ListValue = {
    values: [],
  },
): ListValue {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.values.push(readValue(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListValue(w: Writer, m: ListValueInit): void {
  const v0 = m.values;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeValue(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const ListValue = /* @__PURE__ */ new MessageCodec<ListValue, ListValueInit>(
  "google.protobuf.ListValue",
  readListValue,
  writeListValue,
);
