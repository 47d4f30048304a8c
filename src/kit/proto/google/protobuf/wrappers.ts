// Generated from proto/google/protobuf/wrappers.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, noBytes } from "../../wire.ts";

export interface DoubleValue {
  value: number;
}
export interface DoubleValueInit {
  value?: number | undefined;
}

function readDoubleValue(
  r: Reader,
  end: number,
  m: DoubleValue = {
    value: 0,
  },
): DoubleValue {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 9:
        m.value = r.double();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDoubleValue(w: Writer, m: DoubleValueInit): void {
  const v0 = m.value;
  if (v0 !== undefined && !Object.is(v0, 0)) {
    w.double(v0);
    w.uint32(9);
  }
}

export const DoubleValue = /* @__PURE__ */ new MessageCodec<DoubleValue, DoubleValueInit>(
  "google.protobuf.DoubleValue",
  readDoubleValue,
  writeDoubleValue,
);

export interface FloatValue {
  value: number;
}
export interface FloatValueInit {
  value?: number | undefined;
}

function readFloatValue(
  r: Reader,
  end: number,
  m: FloatValue = {
    value: 0,
  },
): FloatValue {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 13:
        m.value = r.float();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeFloatValue(w: Writer, m: FloatValueInit): void {
  const v0 = m.value;
  if (v0 !== undefined && !Object.is(v0, 0)) {
    w.float(v0);
    w.uint32(13);
  }
}

export const FloatValue = /* @__PURE__ */ new MessageCodec<FloatValue, FloatValueInit>(
  "google.protobuf.FloatValue",
  readFloatValue,
  writeFloatValue,
);

export interface Int64Value {
  value: bigint;
}
export interface Int64ValueInit {
  value?: bigint | undefined;
}

function readInt64Value(
  r: Reader,
  end: number,
  m: Int64Value = {
    value: 0n,
  },
): Int64Value {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.value = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeInt64Value(w: Writer, m: Int64ValueInit): void {
  const v0 = m.value;
  if (v0) {
    w.uint64(v0);
    w.uint32(8);
  }
}

export const Int64Value = /* @__PURE__ */ new MessageCodec<Int64Value, Int64ValueInit>(
  "google.protobuf.Int64Value",
  readInt64Value,
  writeInt64Value,
);

export interface UInt64Value {
  value: bigint;
}
export interface UInt64ValueInit {
  value?: bigint | undefined;
}

function readUInt64Value(
  r: Reader,
  end: number,
  m: UInt64Value = {
    value: 0n,
  },
): UInt64Value {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.value = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeUInt64Value(w: Writer, m: UInt64ValueInit): void {
  const v0 = m.value;
  if (v0) {
    w.uint64(v0);
    w.uint32(8);
  }
}

export const UInt64Value = /* @__PURE__ */ new MessageCodec<UInt64Value, UInt64ValueInit>(
  "google.protobuf.UInt64Value",
  readUInt64Value,
  writeUInt64Value,
);

export interface Int32Value {
  value: number;
}
export interface Int32ValueInit {
  value?: number | undefined;
}

function readInt32Value(
  r: Reader,
  end: number,
  m: Int32Value = {
    value: 0,
  },
): Int32Value {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.value = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeInt32Value(w: Writer, m: Int32ValueInit): void {
  const v0 = m.value;
  if (v0) {
    w.int32(v0);
    w.uint32(8);
  }
}

export const Int32Value = /* @__PURE__ */ new MessageCodec<Int32Value, Int32ValueInit>(
  "google.protobuf.Int32Value",
  readInt32Value,
  writeInt32Value,
);

export interface UInt32Value {
  value: number;
}
export interface UInt32ValueInit {
  value?: number | undefined;
}

function readUInt32Value(
  r: Reader,
  end: number,
  m: UInt32Value = {
    value: 0,
  },
): UInt32Value {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.value = r.uint32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeUInt32Value(w: Writer, m: UInt32ValueInit): void {
  const v0 = m.value;
  if (v0) {
    w.uint32(v0 >>> 0);
    w.uint32(8);
  }
}

export const UInt32Value = /* @__PURE__ */ new MessageCodec<UInt32Value, UInt32ValueInit>(
  "google.protobuf.UInt32Value",
  readUInt32Value,
  writeUInt32Value,
);

export interface BoolValue {
  value: boolean;
}
export interface BoolValueInit {
  value?: boolean | undefined;
}

function readBoolValue(
  r: Reader,
  end: number,
  m: BoolValue = {
    value: false,
  },
): BoolValue {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.value = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBoolValue(w: Writer, m: BoolValueInit): void {
  const v0 = m.value;
  if (v0) {
    w.bool(v0);
    w.uint32(8);
  }
}

export const BoolValue = /* @__PURE__ */ new MessageCodec<BoolValue, BoolValueInit>(
  "google.protobuf.BoolValue",
  readBoolValue,
  writeBoolValue,
);

export interface StringValue {
  value: string;
}
export interface StringValueInit {
  value?: string | undefined;
}

function readStringValue(
  r: Reader,
  end: number,
  m: StringValue = {
    value: "",
  },
): StringValue {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.value = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeStringValue(w: Writer, m: StringValueInit): void {
  const v0 = m.value;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const StringValue = /* @__PURE__ */ new MessageCodec<StringValue, StringValueInit>(
  "google.protobuf.StringValue",
  readStringValue,
  writeStringValue,
);

export interface BytesValue {
  value: Buffer;
}
export interface BytesValueInit {
  value?: Uint8Array | undefined;
}

function readBytesValue(
  r: Reader,
  end: number,
  m: BytesValue = {
    value: noBytes,
  },
): BytesValue {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.value = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBytesValue(w: Writer, m: BytesValueInit): void {
  const v0 = m.value;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(10);
  }
}

export const BytesValue = /* @__PURE__ */ new MessageCodec<BytesValue, BytesValueInit>(
  "google.protobuf.BytesValue",
  readBytesValue,
  writeBytesValue,
);
