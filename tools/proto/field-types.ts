/** What the generator knows about the types of fields. */
import { camelCase } from "../../src/kit/proto/names.ts";
import type { FieldDescriptor, MessageDescriptor } from "./descriptor.ts";

export const numberTypes = new Set(
  "INT32 UINT32 SINT32 FIXED32 SFIXED32 FLOAT DOUBLE ENUM".split(" ").map((name) => `TYPE_${name}`),
);
export const bigintTypes = new Set(
  "INT64 UINT64 SINT64 FIXED64 SFIXED64".split(" ").map((name) => `TYPE_${name}`),
);

/** The part of a field's type that the name of a Reader or Writer method is made of. */
export const method = (type: string): string =>
  type === "TYPE_ENUM" ? "int32" : type.slice(5).toLowerCase();

export const writeMethods: Record<string, string> = {
  TYPE_INT64: "uint64",
  TYPE_SFIXED32: "fixed32",
  TYPE_SFIXED64: "fixed64",
};

export const wireType = (type: string): number => {
  if (/FIXED64|DOUBLE/.test(type)) return 1;
  if (/STRING|BYTES|MESSAGE/.test(type)) return 2;
  return /FIXED32|FLOAT/.test(type) ? 5 : 0;
};

export const isPackable = (type: string): boolean => wireType(type) !== 2;

/** Absent is told apart from default: sub-messages, `optional` and members of a oneof. */
export const hasPresence = (field: FieldDescriptor): boolean =>
  field.type === "TYPE_MESSAGE" || field.oneofIndex !== undefined;

/** The other members of the oneof that the field is in. */
export const siblings = (field: FieldDescriptor, message: MessageDescriptor): string[] =>
  field.oneofIndex === undefined
    ? []
    : message
        .field!.filter((other) => other.oneofIndex === field.oneofIndex && other !== field)
        .map((other) => camelCase(other.name));
