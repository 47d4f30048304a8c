/** What the JSON codec needs to know of a message, derived from its descriptor once. */
import { type Descriptors, protocol } from "./descriptors.ts";
import {
  type DescriptorProto,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type as Type,
} from "./google/protobuf/descriptor.ts";
import { camelCase } from "./names.ts";

export type JsonKind =
  | "string"
  | "bytes"
  | "bool"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float"
  | "double"
  | "enum"
  | "message";

export interface JsonField {
  /** The property of the message object. */
  readonly property: string;
  readonly jsonName: string;
  readonly protoName: string;
  readonly kind: JsonKind;
  /** Of messages and enums, without leading dot; else "". */
  readonly typeName: string;
  readonly isRepeated: boolean;
  /** Maps: the fields of an entry. */
  readonly entry: { readonly key: JsonField; readonly value: JsonField } | undefined;
  /** Index of the oneof, -1 without; those made for `optional` do not count. */
  readonly oneof: number;
  /** Absent is told apart from default. */
  readonly hasPresence: boolean;
}

export interface JsonMessage {
  readonly fields: readonly JsonField[];
  /** By JSON name and by the name in the file. */
  readonly byName: ReadonlyMap<string, JsonField>;
}

const kinds: Record<number, JsonKind> = {
  [Type.TYPE_STRING]: "string",
  [Type.TYPE_BYTES]: "bytes",
  [Type.TYPE_BOOL]: "bool",
  [Type.TYPE_INT32]: "int32",
  [Type.TYPE_SINT32]: "int32",
  [Type.TYPE_SFIXED32]: "int32",
  [Type.TYPE_UINT32]: "uint32",
  [Type.TYPE_FIXED32]: "uint32",
  [Type.TYPE_INT64]: "int64",
  [Type.TYPE_SINT64]: "int64",
  [Type.TYPE_SFIXED64]: "int64",
  [Type.TYPE_UINT64]: "uint64",
  [Type.TYPE_FIXED64]: "uint64",
  [Type.TYPE_FLOAT]: "float",
  [Type.TYPE_DOUBLE]: "double",
  [Type.TYPE_ENUM]: "enum",
  [Type.TYPE_MESSAGE]: "message",
};

/** Knows messages and enums by name. */
export class JsonSchema {
  readonly #load: () => Descriptors;
  readonly #messages = new Map<string, JsonMessage>();

  constructor(load: () => Descriptors) {
    this.#load = load;
  }

  /** @throws {Error} for a type that proto/ does not have */
  message(typeName: string): JsonMessage {
    let message = this.#messages.get(typeName);
    if (message === undefined) {
      const descriptor = this.#load().message(typeName);
      if (descriptor === undefined) throw new Error(`unknown message type ${typeName}`);
      message = this.#describe(descriptor);
      this.#messages.set(typeName, message);
    }
    return message;
  }

  enumName(typeName: string, number: number): string | undefined {
    const descriptor = this.#load().enum(typeName);
    return descriptor?.value.find((value) => (value.number ?? 0) === number)?.name;
  }

  enumNumber(typeName: string, name: string): number | undefined {
    const found = this.#load()
      .enum(typeName)
      ?.value.find((value) => value.name === name);
    return found === undefined ? undefined : (found.number ?? 0);
  }

  #describe(descriptor: DescriptorProto): JsonMessage {
    const fields = descriptor.field.map((field) => this.#field(field));
    const byName = new Map<string, JsonField>();
    for (const field of fields) byName.set(field.protoName, field);
    for (const field of fields) byName.set(field.jsonName, field);
    return { fields, byName };
  }

  #field(field: FieldDescriptorProto): JsonField {
    const typeName = field.typeName.slice(1);
    const kind = kinds[field.type]!;
    const nested = kind === "message" ? this.#load().message(typeName) : undefined;
    const entry =
      nested?.options?.mapEntry === true
        ? { key: this.#field(nested.field[0]!), value: this.#field(nested.field[1]!) }
        : undefined;
    return {
      property: camelCase(field.name),
      jsonName: field.jsonName,
      protoName: field.name,
      kind,
      typeName,
      isRepeated: field.label === FieldDescriptorProto_Label.LABEL_REPEATED,
      entry,
      oneof: field.proto3Optional ? -1 : (field.oneofIndex ?? -1),
      hasPresence: kind === "message" || field.oneofIndex !== undefined,
    };
  }
}

export const protocolSchema = new JsonSchema(protocol);
