/** Reads `.proto` files into descriptors. The grammar is protobufjs's; the result has protoc's shape and order. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import protobuf from "protobufjs";
import { camelCase } from "../../src/kit/proto/names.ts";
import type {
  EnumDescriptor,
  FieldDescriptor,
  FileDescriptor,
  MessageDescriptor,
  MethodDescriptor,
  ServiceDescriptor,
} from "./descriptor.ts";

/** All files below a folder, in the order of their names, which are relative to the folder. */
export function parseProtoFolder(folder: string): FileDescriptor[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".proto"))
    .map((name) => relative(folder, join(folder, name)).split(sep).join("/"))
    .sort();
  const root = new protobuf.Root();
  const headers = names.map((name) =>
    parseFile(root, name, readFileSync(join(folder, name), "utf8")),
  );
  root.resolveAll();
  return headers.map((header) => describeFile(root, header));
}

interface Header {
  name: string;
  package: string;
  imports: string[];
}

function parseFile(root: protobuf.Root, name: string, text: string): Header {
  // The parser tells its objects which file they are from through this property.
  (protobuf.parse as unknown as { filename: string }).filename = name;
  const parsed = protobuf.parse(text, root, {
    keepCase: true,
    alternateCommentMode: true,
    preferTrailingComment: false,
  });
  if (!/^syntax = "proto3";$/m.test(text)) throw new Error(`${name}: only proto3 is supported`);
  return { name, package: parsed.package ?? "", imports: parsed.imports ?? [] };
}

function describeFile(root: protobuf.Root, header: Header): FileDescriptor {
  const namespace = header.package === "" ? root : root.lookup(header.package);
  if (!(namespace instanceof protobuf.Namespace)) throw new Error(`${header.name}: no package`);
  const own = namespace.nestedArray.filter((object) => object.filename === header.name);
  const messages = own.filter((object) => object instanceof protobuf.Type).map(describeMessage);
  const enums = own.filter((object) => object instanceof protobuf.Enum).map(describeEnum);
  const services = own.filter((object) => object instanceof protobuf.Service).map(describeService);
  return {
    name: header.name,
    ...(header.package === "" ? {} : { package: header.package }),
    ...(header.imports.length === 0 ? {} : { dependency: header.imports }),
    ...(messages.length === 0 ? {} : { messageType: messages }),
    ...(enums.length === 0 ? {} : { enumType: enums }),
    ...(services.length === 0 ? {} : { service: services }),
    syntax: "proto3",
  };
}

const comment = (object: protobuf.ReflectionObject): { comment?: string } =>
  object.comment ? { comment: object.comment } : {};

const deprecated = (object: protobuf.ReflectionObject): { options?: { deprecated: true } } =>
  object.options?.deprecated === true ? { options: { deprecated: true } } : {};

function describeMessage(type: protobuf.Type): MessageDescriptor {
  const fields = type.fieldsArray;
  // protoc lists the oneofs it makes for `optional` after the written ones.
  const written = type.oneofsArray.filter((oneof) => !isSynthetic(oneof));
  const oneofs = [...written, ...type.oneofsArray.filter(isSynthetic)];
  const nested = type.nestedArray.filter((object) => object instanceof protobuf.Type);
  const enums = type.nestedArray.filter((object) => object instanceof protobuf.Enum);
  const entries = fields.filter((field) => field instanceof protobuf.MapField).map(describeEntry);
  const ranges = (type.reserved ?? []).filter((reserved) => typeof reserved !== "string");
  const names = (type.reserved ?? []).filter((reserved) => typeof reserved === "string");
  const messages = [...nested.map(describeMessage), ...entries];
  return {
    name: type.name,
    ...(fields.length === 0 ? {} : { field: fields.map((field) => describeField(field, oneofs)) }),
    ...(messages.length === 0 ? {} : { nestedType: messages }),
    ...(enums.length === 0 ? {} : { enumType: enums.map(describeEnum) }),
    ...(oneofs.length === 0 ? {} : { oneofDecl: oneofs.map((oneof) => ({ name: oneof.name })) }),
    ...deprecated(type),
    ...(ranges.length === 0
      ? {}
      : { reservedRange: ranges.map(([start, end]) => ({ start: start!, end: end! + 1 })) }),
    ...(names.length === 0 ? {} : { reservedName: names }),
    ...comment(type),
  };
}

const isSynthetic = (oneof: protobuf.OneOf): boolean =>
  oneof.fieldsArray.length === 1 && oneof.fieldsArray[0]!.options?.proto3_optional === true;

function describeField(field: protobuf.Field, oneofs: protobuf.OneOf[]): FieldDescriptor {
  const isMap = field instanceof protobuf.MapField;
  const oneofIndex = field.partOf === null ? -1 : oneofs.indexOf(field.partOf);
  const kind = isMap
    ? { type: "TYPE_MESSAGE", typeName: `${field.parent!.fullName}.${entryName(field.name)}` }
    : describeType(field);
  const jsonName = field.options?.json_name;
  return {
    name: field.name,
    number: field.id,
    label: isMap || field.repeated ? "LABEL_REPEATED" : "LABEL_OPTIONAL",
    ...kind,
    ...(oneofIndex === -1 ? {} : { oneofIndex }),
    jsonName: typeof jsonName === "string" ? jsonName : camelCase(field.name),
    ...(field.options?.proto3_optional === true ? { proto3Optional: true } : {}),
    ...deprecated(field),
    ...comment(field),
  };
}

function describeType(field: protobuf.FieldBase): { type: string; typeName?: string } {
  const resolved = field.resolvedType;
  if (resolved === null) return { type: `TYPE_${field.type.toUpperCase()}` };
  const type = resolved instanceof protobuf.Enum ? "TYPE_ENUM" : "TYPE_MESSAGE";
  return { type, typeName: resolved.fullName };
}

/** The message that stands for one entry of a map on the wire. */
function describeEntry(field: protobuf.MapField): MessageDescriptor {
  return {
    name: entryName(field.name),
    field: [
      {
        name: "key",
        number: 1,
        label: "LABEL_OPTIONAL",
        type: `TYPE_${field.keyType.toUpperCase()}`,
        jsonName: "key",
      },
      {
        name: "value",
        number: 2,
        label: "LABEL_OPTIONAL",
        ...describeType(field),
        jsonName: "value",
      },
    ],
    options: { mapEntry: true },
  };
}

const entryName = (field: string): string => {
  const name = camelCase(field);
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}Entry`;
};

function describeEnum(type: protobuf.Enum): EnumDescriptor {
  const value = Object.entries(type.values).map(([name, number]) => ({ name, number }));
  return { name: type.name, value, ...comment(type) };
}

function describeService(service: protobuf.Service): ServiceDescriptor {
  return {
    name: service.name,
    method: service.methodsArray.map(describeMethod),
    ...comment(service),
  };
}

function describeMethod(method: protobuf.Method): MethodDescriptor {
  return {
    name: method.name,
    inputType: method.resolvedRequestType!.fullName,
    outputType: method.resolvedResponseType!.fullName,
    ...(method.requestStream ? { clientStreaming: true } : {}),
    ...(method.responseStream ? { serverStreaming: true } : {}),
    ...deprecated(method),
    ...comment(method),
  };
}
