// Generated from proto/opentelemetry/proto/common/v1/common.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";

/** The value of an attribute. */
export interface AnyValue {
  stringValue: string | undefined;
  boolValue: boolean | undefined;
  intValue: bigint | undefined;
  doubleValue: number | undefined;
  arrayValue: ArrayValue | undefined;
  kvlistValue: KeyValueList | undefined;
  bytesValue: Buffer | undefined;
}
export interface AnyValueInit {
  stringValue?: string | undefined;
  boolValue?: boolean | undefined;
  intValue?: bigint | undefined;
  doubleValue?: number | undefined;
  arrayValue?: ArrayValueInit | undefined;
  kvlistValue?: KeyValueListInit | undefined;
  bytesValue?: Uint8Array | undefined;
}

function readAnyValue(
  r: Reader,
  end: number,
  m: AnyValue = {
    stringValue: undefined,
    boolValue: undefined,
    intValue: undefined,
    doubleValue: undefined,
    arrayValue: undefined,
    kvlistValue: undefined,
    bytesValue: undefined,
  },
): AnyValue {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.stringValue = r.string();
        m.boolValue = undefined;
        m.intValue = undefined;
        m.doubleValue = undefined;
        m.arrayValue = undefined;
        m.kvlistValue = undefined;
        m.bytesValue = undefined;
        break;
      case 16:
        m.boolValue = r.bool();
        m.stringValue = undefined;
        m.intValue = undefined;
        m.doubleValue = undefined;
        m.arrayValue = undefined;
        m.kvlistValue = undefined;
        m.bytesValue = undefined;
        break;
      case 24:
        m.intValue = r.int64();
        m.stringValue = undefined;
        m.boolValue = undefined;
        m.doubleValue = undefined;
        m.arrayValue = undefined;
        m.kvlistValue = undefined;
        m.bytesValue = undefined;
        break;
      case 33:
        m.doubleValue = r.double();
        m.stringValue = undefined;
        m.boolValue = undefined;
        m.intValue = undefined;
        m.arrayValue = undefined;
        m.kvlistValue = undefined;
        m.bytesValue = undefined;
        break;
      case 42: {
        const e = r.enter();
        m.arrayValue = readArrayValue(r, e, m.arrayValue);
        r.leave(e);
        m.stringValue = undefined;
        m.boolValue = undefined;
        m.intValue = undefined;
        m.doubleValue = undefined;
        m.kvlistValue = undefined;
        m.bytesValue = undefined;
        break;
      }
      case 50: {
        const e = r.enter();
        m.kvlistValue = readKeyValueList(r, e, m.kvlistValue);
        r.leave(e);
        m.stringValue = undefined;
        m.boolValue = undefined;
        m.intValue = undefined;
        m.doubleValue = undefined;
        m.arrayValue = undefined;
        m.bytesValue = undefined;
        break;
      }
      case 58:
        m.bytesValue = r.bytes();
        m.stringValue = undefined;
        m.boolValue = undefined;
        m.intValue = undefined;
        m.doubleValue = undefined;
        m.arrayValue = undefined;
        m.kvlistValue = undefined;
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeAnyValue(w: Writer, m: AnyValueInit): void {
  const v0 = m.bytesValue;
  if (v0 !== undefined) {
    w.bytes(v0);
    w.uint32(58);
  }
  const v1 = m.kvlistValue;
  if (v1 !== undefined) {
    const s = w.written;
    writeKeyValueList(w, v1);
    w.delimit(s, 50);
  }
  const v2 = m.arrayValue;
  if (v2 !== undefined) {
    const s = w.written;
    writeArrayValue(w, v2);
    w.delimit(s, 42);
  }
  const v3 = m.doubleValue;
  if (v3 !== undefined) {
    w.double(v3);
    w.uint32(33);
  }
  const v4 = m.intValue;
  if (v4 !== undefined) {
    w.uint64(v4);
    w.uint32(24);
  }
  const v5 = m.boolValue;
  if (v5 !== undefined) {
    w.bool(v5);
    w.uint32(16);
  }
  const v6 = m.stringValue;
  if (v6 !== undefined) {
    w.string(v6);
    w.uint32(10);
  }
}

export const AnyValue = /* @__PURE__ */ new MessageCodec<AnyValue, AnyValueInit>(
  "opentelemetry.proto.common.v1.AnyValue",
  readAnyValue,
  writeAnyValue,
);

/** A list of values. */
export interface ArrayValue {
  values: AnyValue[];
}
export interface ArrayValueInit {
  values?: readonly AnyValueInit[] | undefined;
}

function readArrayValue(
  r: Reader,
  end: number,
  m: ArrayValue = {
    values: [],
  },
): ArrayValue {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.values.push(readAnyValue(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeArrayValue(w: Writer, m: ArrayValueInit): void {
  const v0 = m.values;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeAnyValue(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const ArrayValue = /* @__PURE__ */ new MessageCodec<ArrayValue, ArrayValueInit>(
  "opentelemetry.proto.common.v1.ArrayValue",
  readArrayValue,
  writeArrayValue,
);

/** A map as a list, because maps of messages have no order. */
export interface KeyValueList {
  values: KeyValue[];
}
export interface KeyValueListInit {
  values?: readonly KeyValueInit[] | undefined;
}

function readKeyValueList(
  r: Reader,
  end: number,
  m: KeyValueList = {
    values: [],
  },
): KeyValueList {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.values.push(readKeyValue(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeKeyValueList(w: Writer, m: KeyValueListInit): void {
  const v0 = m.values;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeKeyValue(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const KeyValueList = /* @__PURE__ */ new MessageCodec<KeyValueList, KeyValueListInit>(
  "opentelemetry.proto.common.v1.KeyValueList",
  readKeyValueList,
  writeKeyValueList,
);

/** One attribute. */
export interface KeyValue {
  key: string;
  value: AnyValue | undefined;
}
export interface KeyValueInit {
  key?: string | undefined;
  value?: AnyValueInit | undefined;
}

function readKeyValue(
  r: Reader,
  end: number,
  m: KeyValue = {
    key: "",
    value: undefined,
  },
): KeyValue {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.value = readAnyValue(r, e, m.value);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeKeyValue(w: Writer, m: KeyValueInit): void {
  const v0 = m.value;
  if (v0 !== undefined) {
    const s = w.written;
    writeAnyValue(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.key;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const KeyValue = /* @__PURE__ */ new MessageCodec<KeyValue, KeyValueInit>(
  "opentelemetry.proto.common.v1.KeyValue",
  readKeyValue,
  writeKeyValue,
);

/** The library that made the spans. */
export interface InstrumentationScope {
  name: string;
  version: string;
  attributes: KeyValue[];
  droppedAttributesCount: number;
}
export interface InstrumentationScopeInit {
  name?: string | undefined;
  version?: string | undefined;
  attributes?: readonly KeyValueInit[] | undefined;
  droppedAttributesCount?: number | undefined;
}

function readInstrumentationScope(
  r: Reader,
  end: number,
  m: InstrumentationScope = {
    name: "",
    version: "",
    attributes: [],
    droppedAttributesCount: 0,
  },
): InstrumentationScope {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.version = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.attributes.push(readKeyValue(r, e));
        r.leave(e);
        break;
      }
      case 32:
        m.droppedAttributesCount = r.uint32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeInstrumentationScope(w: Writer, m: InstrumentationScopeInit): void {
  const v0 = m.droppedAttributesCount;
  if (v0) {
    w.uint32(v0 >>> 0);
    w.uint32(32);
  }
  const v1 = m.attributes;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeKeyValue(w, v1[i]!);
      w.delimit(s, 26);
    }
  }
  const v2 = m.version;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.name;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const InstrumentationScope = /* @__PURE__ */ new MessageCodec<InstrumentationScope, InstrumentationScopeInit>(
  "opentelemetry.proto.common.v1.InstrumentationScope",
  readInstrumentationScope,
  writeInstrumentationScope,
);
