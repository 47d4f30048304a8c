// Generated from proto/google/protobuf/descriptor.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer } from "../../wire.ts";

/** A set of files that is complete under import. */
export interface FileDescriptorSet {
  file: FileDescriptorProto[];
}
export interface FileDescriptorSetInit {
  file?: readonly FileDescriptorProtoInit[] | undefined;
}

function readFileDescriptorSet(
  r: Reader,
  end: number,
  m: FileDescriptorSet = {
    file: [],
  },
): FileDescriptorSet {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.file.push(readFileDescriptorProto(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeFileDescriptorSet(w: Writer, m: FileDescriptorSetInit): void {
  const v0 = m.file;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeFileDescriptorProto(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const FileDescriptorSet = /* @__PURE__ */ new MessageCodec<FileDescriptorSet, FileDescriptorSetInit>(
  "google.protobuf.FileDescriptorSet",
  readFileDescriptorSet,
  writeFileDescriptorSet,
);

/** One .proto file. */
export interface FileDescriptorProto {
  name: string;
  package: string;
  dependency: string[];
  messageType: DescriptorProto[];
  enumType: EnumDescriptorProto[];
  service: ServiceDescriptorProto[];
  syntax: string;
}
export interface FileDescriptorProtoInit {
  name?: string | undefined;
  package?: string | undefined;
  dependency?: readonly string[] | undefined;
  messageType?: readonly DescriptorProtoInit[] | undefined;
  enumType?: readonly EnumDescriptorProtoInit[] | undefined;
  service?: readonly ServiceDescriptorProtoInit[] | undefined;
  syntax?: string | undefined;
}

function readFileDescriptorProto(
  r: Reader,
  end: number,
  m: FileDescriptorProto = {
    name: "",
    package: "",
    dependency: [],
    messageType: [],
    enumType: [],
    service: [],
    syntax: "",
  },
): FileDescriptorProto {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.package = r.string();
        break;
      case 26:
        m.dependency.push(r.string());
        break;
      case 34: {
        const e = r.enter();
        m.messageType.push(readDescriptorProto(r, e));
        r.leave(e);
        break;
      }
      case 42: {
        const e = r.enter();
        m.enumType.push(readEnumDescriptorProto(r, e));
        r.leave(e);
        break;
      }
      case 50: {
        const e = r.enter();
        m.service.push(readServiceDescriptorProto(r, e));
        r.leave(e);
        break;
      }
      case 98:
        m.syntax = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeFileDescriptorProto(w: Writer, m: FileDescriptorProtoInit): void {
  const v0 = m.syntax;
  if (v0) {
    w.string(v0);
    w.uint32(98);
  }
  const v1 = m.service;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeServiceDescriptorProto(w, v1[i]!);
      w.delimit(s, 50);
    }
  }
  const v2 = m.enumType;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      const s = w.written;
      writeEnumDescriptorProto(w, v2[i]!);
      w.delimit(s, 42);
    }
  }
  const v3 = m.messageType;
  if (v3 !== undefined && v3.length > 0) {
    for (let i = v3.length - 1; i >= 0; i--) {
      const s = w.written;
      writeDescriptorProto(w, v3[i]!);
      w.delimit(s, 34);
    }
  }
  const v4 = m.dependency;
  if (v4 !== undefined && v4.length > 0) {
    for (let i = v4.length - 1; i >= 0; i--) {
      w.string(v4[i]!);
      w.uint32(26);
    }
  }
  const v5 = m.package;
  if (v5) {
    w.string(v5);
    w.uint32(18);
  }
  const v6 = m.name;
  if (v6) {
    w.string(v6);
    w.uint32(10);
  }
}

export const FileDescriptorProto = /* @__PURE__ */ new MessageCodec<FileDescriptorProto, FileDescriptorProtoInit>(
  "google.protobuf.FileDescriptorProto",
  readFileDescriptorProto,
  writeFileDescriptorProto,
);

/** One message. */
export interface DescriptorProto {
  name: string;
  field: FieldDescriptorProto[];
  nestedType: DescriptorProto[];
  enumType: EnumDescriptorProto[];
  options: MessageOptions | undefined;
  oneofDecl: OneofDescriptorProto[];
  reservedRange: DescriptorProto_ReservedRange[];
  reservedName: string[];
}
export interface DescriptorProtoInit {
  name?: string | undefined;
  field?: readonly FieldDescriptorProtoInit[] | undefined;
  nestedType?: readonly DescriptorProtoInit[] | undefined;
  enumType?: readonly EnumDescriptorProtoInit[] | undefined;
  options?: MessageOptionsInit | undefined;
  oneofDecl?: readonly OneofDescriptorProtoInit[] | undefined;
  reservedRange?: readonly DescriptorProto_ReservedRangeInit[] | undefined;
  reservedName?: readonly string[] | undefined;
}

function readDescriptorProto(
  r: Reader,
  end: number,
  m: DescriptorProto = {
    name: "",
    field: [],
    nestedType: [],
    enumType: [],
    options: undefined,
    oneofDecl: [],
    reservedRange: [],
    reservedName: [],
  },
): DescriptorProto {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.field.push(readFieldDescriptorProto(r, e));
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.nestedType.push(readDescriptorProto(r, e));
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.enumType.push(readEnumDescriptorProto(r, e));
        r.leave(e);
        break;
      }
      case 58: {
        const e = r.enter();
        m.options = readMessageOptions(r, e, m.options);
        r.leave(e);
        break;
      }
      case 66: {
        const e = r.enter();
        m.oneofDecl.push(readOneofDescriptorProto(r, e));
        r.leave(e);
        break;
      }
      case 74: {
        const e = r.enter();
        m.reservedRange.push(readDescriptorProto_ReservedRange(r, e));
        r.leave(e);
        break;
      }
      case 82:
        m.reservedName.push(r.string());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDescriptorProto(w: Writer, m: DescriptorProtoInit): void {
  const v0 = m.reservedName;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.string(v0[i]!);
      w.uint32(82);
    }
  }
  const v1 = m.reservedRange;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeDescriptorProto_ReservedRange(w, v1[i]!);
      w.delimit(s, 74);
    }
  }
  const v2 = m.oneofDecl;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      const s = w.written;
      writeOneofDescriptorProto(w, v2[i]!);
      w.delimit(s, 66);
    }
  }
  const v3 = m.options;
  if (v3 !== undefined) {
    const s = w.written;
    writeMessageOptions(w, v3);
    w.delimit(s, 58);
  }
  const v4 = m.enumType;
  if (v4 !== undefined && v4.length > 0) {
    for (let i = v4.length - 1; i >= 0; i--) {
      const s = w.written;
      writeEnumDescriptorProto(w, v4[i]!);
      w.delimit(s, 34);
    }
  }
  const v5 = m.nestedType;
  if (v5 !== undefined && v5.length > 0) {
    for (let i = v5.length - 1; i >= 0; i--) {
      const s = w.written;
      writeDescriptorProto(w, v5[i]!);
      w.delimit(s, 26);
    }
  }
  const v6 = m.field;
  if (v6 !== undefined && v6.length > 0) {
    for (let i = v6.length - 1; i >= 0; i--) {
      const s = w.written;
      writeFieldDescriptorProto(w, v6[i]!);
      w.delimit(s, 18);
    }
  }
  const v7 = m.name;
  if (v7) {
    w.string(v7);
    w.uint32(10);
  }
}

export const DescriptorProto = /* @__PURE__ */ new MessageCodec<DescriptorProto, DescriptorProtoInit>(
  "google.protobuf.DescriptorProto",
  readDescriptorProto,
  writeDescriptorProto,
);

/** Numbers that must not be used again; the end is exclusive. */
export interface DescriptorProto_ReservedRange {
  start: number | undefined;
  end: number | undefined;
}
export interface DescriptorProto_ReservedRangeInit {
  start?: number | undefined;
  end?: number | undefined;
}

function readDescriptorProto_ReservedRange(
  r: Reader,
  end: number,
  m: DescriptorProto_ReservedRange = {
    start: undefined,
    end: undefined,
  },
): DescriptorProto_ReservedRange {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.start = r.int32();
        break;
      case 16:
        m.end = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDescriptorProto_ReservedRange(w: Writer, m: DescriptorProto_ReservedRangeInit): void {
  const v0 = m.end;
  if (v0 !== undefined) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.start;
  if (v1 !== undefined) {
    w.int32(v1);
    w.uint32(8);
  }
}

export const DescriptorProto_ReservedRange = /* @__PURE__ */ new MessageCodec<DescriptorProto_ReservedRange, DescriptorProto_ReservedRangeInit>(
  "google.protobuf.DescriptorProto.ReservedRange",
  readDescriptorProto_ReservedRange,
  writeDescriptorProto_ReservedRange,
);

/** One field of a message. */
export interface FieldDescriptorProto {
  name: string;
  number: number;
  label: FieldDescriptorProto_Label;
  type: FieldDescriptorProto_Type;
  /** Full name with a leading dot, of messages and enums. */
  typeName: string;
  options: FieldOptions | undefined;
  oneofIndex: number | undefined;
  jsonName: string;
  /** Written with `optional`: it is then in a oneof of its own. */
  proto3Optional: boolean;
}
export interface FieldDescriptorProtoInit {
  name?: string | undefined;
  number?: number | undefined;
  label?: FieldDescriptorProto_Label | undefined;
  type?: FieldDescriptorProto_Type | undefined;
  typeName?: string | undefined;
  options?: FieldOptionsInit | undefined;
  oneofIndex?: number | undefined;
  jsonName?: string | undefined;
  proto3Optional?: boolean | undefined;
}

function readFieldDescriptorProto(
  r: Reader,
  end: number,
  m: FieldDescriptorProto = {
    name: "",
    number: 0,
    label: 0,
    type: 0,
    typeName: "",
    options: undefined,
    oneofIndex: undefined,
    jsonName: "",
    proto3Optional: false,
  },
): FieldDescriptorProto {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 24:
        m.number = r.int32();
        break;
      case 32:
        m.label = r.int32();
        break;
      case 40:
        m.type = r.int32();
        break;
      case 50:
        m.typeName = r.string();
        break;
      case 66: {
        const e = r.enter();
        m.options = readFieldOptions(r, e, m.options);
        r.leave(e);
        break;
      }
      case 72:
        m.oneofIndex = r.int32();
        break;
      case 82:
        m.jsonName = r.string();
        break;
      case 136:
        m.proto3Optional = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeFieldDescriptorProto(w: Writer, m: FieldDescriptorProtoInit): void {
  const v0 = m.proto3Optional;
  if (v0) {
    w.bool(v0);
    w.uint32(136);
  }
  const v1 = m.jsonName;
  if (v1) {
    w.string(v1);
    w.uint32(82);
  }
  const v2 = m.oneofIndex;
  if (v2 !== undefined) {
    w.int32(v2);
    w.uint32(72);
  }
  const v3 = m.options;
  if (v3 !== undefined) {
    const s = w.written;
    writeFieldOptions(w, v3);
    w.delimit(s, 66);
  }
  const v4 = m.typeName;
  if (v4) {
    w.string(v4);
    w.uint32(50);
  }
  const v5 = m.type;
  if (v5) {
    w.int32(v5);
    w.uint32(40);
  }
  const v6 = m.label;
  if (v6) {
    w.int32(v6);
    w.uint32(32);
  }
  const v7 = m.number;
  if (v7) {
    w.int32(v7);
    w.uint32(24);
  }
  const v8 = m.name;
  if (v8) {
    w.string(v8);
    w.uint32(10);
  }
}

export const FieldDescriptorProto = /* @__PURE__ */ new MessageCodec<FieldDescriptorProto, FieldDescriptorProtoInit>(
  "google.protobuf.FieldDescriptorProto",
  readFieldDescriptorProto,
  writeFieldDescriptorProto,
);

export const FieldDescriptorProto_Type = {
  TYPE_UNSPECIFIED: 0,
  TYPE_DOUBLE: 1,
  TYPE_FLOAT: 2,
  TYPE_INT64: 3,
  TYPE_UINT64: 4,
  TYPE_INT32: 5,
  TYPE_FIXED64: 6,
  TYPE_FIXED32: 7,
  TYPE_BOOL: 8,
  TYPE_STRING: 9,
  TYPE_GROUP: 10,
  TYPE_MESSAGE: 11,
  TYPE_BYTES: 12,
  TYPE_UINT32: 13,
  TYPE_ENUM: 14,
  TYPE_SFIXED32: 15,
  TYPE_SFIXED64: 16,
  TYPE_SINT32: 17,
  TYPE_SINT64: 18,
} as const;
export type FieldDescriptorProto_Type = number;

export const FieldDescriptorProto_Label = {
  LABEL_UNSPECIFIED: 0,
  LABEL_OPTIONAL: 1,
  LABEL_REQUIRED: 2,
  LABEL_REPEATED: 3,
} as const;
export type FieldDescriptorProto_Label = number;

/** The name of a oneof; its members refer to it by its index. */
export interface OneofDescriptorProto {
  name: string;
}
export interface OneofDescriptorProtoInit {
  name?: string | undefined;
}

function readOneofDescriptorProto(
  r: Reader,
  end: number,
  m: OneofDescriptorProto = {
    name: "",
  },
): OneofDescriptorProto {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeOneofDescriptorProto(w: Writer, m: OneofDescriptorProtoInit): void {
  const v0 = m.name;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const OneofDescriptorProto = /* @__PURE__ */ new MessageCodec<OneofDescriptorProto, OneofDescriptorProtoInit>(
  "google.protobuf.OneofDescriptorProto",
  readOneofDescriptorProto,
  writeOneofDescriptorProto,
);

/** One enum. */
export interface EnumDescriptorProto {
  name: string;
  value: EnumValueDescriptorProto[];
}
export interface EnumDescriptorProtoInit {
  name?: string | undefined;
  value?: readonly EnumValueDescriptorProtoInit[] | undefined;
}

function readEnumDescriptorProto(
  r: Reader,
  end: number,
  m: EnumDescriptorProto = {
    name: "",
    value: [],
  },
): EnumDescriptorProto {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.value.push(readEnumValueDescriptorProto(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeEnumDescriptorProto(w: Writer, m: EnumDescriptorProtoInit): void {
  const v0 = m.value;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeEnumValueDescriptorProto(w, v0[i]!);
      w.delimit(s, 18);
    }
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const EnumDescriptorProto = /* @__PURE__ */ new MessageCodec<EnumDescriptorProto, EnumDescriptorProtoInit>(
  "google.protobuf.EnumDescriptorProto",
  readEnumDescriptorProto,
  writeEnumDescriptorProto,
);

/** One value of an enum. */
export interface EnumValueDescriptorProto {
  name: string;
  number: number | undefined;
}
export interface EnumValueDescriptorProtoInit {
  name?: string | undefined;
  number?: number | undefined;
}

function readEnumValueDescriptorProto(
  r: Reader,
  end: number,
  m: EnumValueDescriptorProto = {
    name: "",
    number: undefined,
  },
): EnumValueDescriptorProto {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 16:
        m.number = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeEnumValueDescriptorProto(w: Writer, m: EnumValueDescriptorProtoInit): void {
  const v0 = m.number;
  if (v0 !== undefined) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const EnumValueDescriptorProto = /* @__PURE__ */ new MessageCodec<EnumValueDescriptorProto, EnumValueDescriptorProtoInit>(
  "google.protobuf.EnumValueDescriptorProto",
  readEnumValueDescriptorProto,
  writeEnumValueDescriptorProto,
);

/** One service. */
export interface ServiceDescriptorProto {
  name: string;
  method: MethodDescriptorProto[];
}
export interface ServiceDescriptorProtoInit {
  name?: string | undefined;
  method?: readonly MethodDescriptorProtoInit[] | undefined;
}

function readServiceDescriptorProto(
  r: Reader,
  end: number,
  m: ServiceDescriptorProto = {
    name: "",
    method: [],
  },
): ServiceDescriptorProto {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.method.push(readMethodDescriptorProto(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeServiceDescriptorProto(w: Writer, m: ServiceDescriptorProtoInit): void {
  const v0 = m.method;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeMethodDescriptorProto(w, v0[i]!);
      w.delimit(s, 18);
    }
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ServiceDescriptorProto = /* @__PURE__ */ new MessageCodec<ServiceDescriptorProto, ServiceDescriptorProtoInit>(
  "google.protobuf.ServiceDescriptorProto",
  readServiceDescriptorProto,
  writeServiceDescriptorProto,
);

/** One method of a service. */
export interface MethodDescriptorProto {
  name: string;
  inputType: string;
  outputType: string;
  options: MethodOptions | undefined;
  clientStreaming: boolean;
  serverStreaming: boolean;
}
export interface MethodDescriptorProtoInit {
  name?: string | undefined;
  inputType?: string | undefined;
  outputType?: string | undefined;
  options?: MethodOptionsInit | undefined;
  clientStreaming?: boolean | undefined;
  serverStreaming?: boolean | undefined;
}

function readMethodDescriptorProto(
  r: Reader,
  end: number,
  m: MethodDescriptorProto = {
    name: "",
    inputType: "",
    outputType: "",
    options: undefined,
    clientStreaming: false,
    serverStreaming: false,
  },
): MethodDescriptorProto {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.inputType = r.string();
        break;
      case 26:
        m.outputType = r.string();
        break;
      case 34: {
        const e = r.enter();
        m.options = readMethodOptions(r, e, m.options);
        r.leave(e);
        break;
      }
      case 40:
        m.clientStreaming = r.bool();
        break;
      case 48:
        m.serverStreaming = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMethodDescriptorProto(w: Writer, m: MethodDescriptorProtoInit): void {
  const v0 = m.serverStreaming;
  if (v0) {
    w.bool(v0);
    w.uint32(48);
  }
  const v1 = m.clientStreaming;
  if (v1) {
    w.bool(v1);
    w.uint32(40);
  }
  const v2 = m.options;
  if (v2 !== undefined) {
    const s = w.written;
    writeMethodOptions(w, v2);
    w.delimit(s, 34);
  }
  const v3 = m.outputType;
  if (v3) {
    w.string(v3);
    w.uint32(26);
  }
  const v4 = m.inputType;
  if (v4) {
    w.string(v4);
    w.uint32(18);
  }
  const v5 = m.name;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const MethodDescriptorProto = /* @__PURE__ */ new MessageCodec<MethodDescriptorProto, MethodDescriptorProtoInit>(
  "google.protobuf.MethodDescriptorProto",
  readMethodDescriptorProto,
  writeMethodDescriptorProto,
);

export interface MessageOptions {
  deprecated: boolean;
  /** The message stands for one entry of a map field. */
  mapEntry: boolean;
}
export interface MessageOptionsInit {
  deprecated?: boolean | undefined;
  mapEntry?: boolean | undefined;
}

function readMessageOptions(
  r: Reader,
  end: number,
  m: MessageOptions = {
    deprecated: false,
    mapEntry: false,
  },
): MessageOptions {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 24:
        m.deprecated = r.bool();
        break;
      case 56:
        m.mapEntry = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMessageOptions(w: Writer, m: MessageOptionsInit): void {
  const v0 = m.mapEntry;
  if (v0) {
    w.bool(v0);
    w.uint32(56);
  }
  const v1 = m.deprecated;
  if (v1) {
    w.bool(v1);
    w.uint32(24);
  }
}

export const MessageOptions = /* @__PURE__ */ new MessageCodec<MessageOptions, MessageOptionsInit>(
  "google.protobuf.MessageOptions",
  readMessageOptions,
  writeMessageOptions,
);

export interface FieldOptions {
  deprecated: boolean;
}
export interface FieldOptionsInit {
  deprecated?: boolean | undefined;
}

function readFieldOptions(
  r: Reader,
  end: number,
  m: FieldOptions = {
    deprecated: false,
  },
): FieldOptions {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 24:
        m.deprecated = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeFieldOptions(w: Writer, m: FieldOptionsInit): void {
  const v0 = m.deprecated;
  if (v0) {
    w.bool(v0);
    w.uint32(24);
  }
}

export const FieldOptions = /* @__PURE__ */ new MessageCodec<FieldOptions, FieldOptionsInit>(
  "google.protobuf.FieldOptions",
  readFieldOptions,
  writeFieldOptions,
);

export interface MethodOptions {
  deprecated: boolean;
}
export interface MethodOptionsInit {
  deprecated?: boolean | undefined;
}

function readMethodOptions(
  r: Reader,
  end: number,
  m: MethodOptions = {
    deprecated: false,
  },
): MethodOptions {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 264:
        m.deprecated = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMethodOptions(w: Writer, m: MethodOptionsInit): void {
  const v0 = m.deprecated;
  if (v0) {
    w.bool(v0);
    w.uint32(264);
  }
}

export const MethodOptions = /* @__PURE__ */ new MessageCodec<MethodOptions, MethodOptionsInit>(
  "google.protobuf.MethodOptions",
  readMethodOptions,
  writeMethodOptions,
);
