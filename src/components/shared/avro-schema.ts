/**
 * Schemas of Avro.
 * @see https://avro.apache.org/docs/1.11.1/specification/
 */

export type Primitive =
  | "null"
  | "boolean"
  | "int"
  | "long"
  | "float"
  | "double"
  | "bytes"
  | "string";

export interface RecordField {
  readonly name: string;
  readonly type: AvroType;
  readonly byDefault: unknown;
  readonly hasDefault: boolean;
}

export type AvroType =
  | { readonly kind: Primitive }
  | { readonly kind: "record"; readonly name: string; fields: readonly RecordField[] }
  | { readonly kind: "enum"; readonly name: string; readonly symbols: readonly string[] }
  | { readonly kind: "fixed"; readonly name: string; readonly size: number }
  | { readonly kind: "array"; readonly items: AvroType }
  | { readonly kind: "map"; readonly values: AvroType }
  | {
      readonly kind: "union";
      readonly branches: readonly AvroType[];
      /** What a value of each branch is wrapped in; undefined: values stand as they are. */
      readonly tags: readonly string[] | undefined;
    };

/** `avro`: the JSON form of the specification, where a value of a union names its branch. */
export type AvroJsonForm = "standard" | "avro";

const primitives: ReadonlySet<string> = new Set([
  "null",
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "bytes",
  "string",
]);

/** Values nested deeper than this are refused. */
export const maxDepth = 256;

/** @throws {Error} no schema */
export function parseAvro(schema: unknown, form: AvroJsonForm = "standard"): AvroType {
  return new SchemaParser(form === "avro").parse(schema, "", 0);
}

const tagOf = (type: AvroType): string => ("name" in type ? type.name : type.kind);

class SchemaParser {
  readonly #named = new Map<string, AvroType>();
  readonly #isTagged: boolean;

  constructor(isTagged: boolean) {
    this.#isTagged = isTagged;
  }

  parse(schema: unknown, namespace: string, depth: number): AvroType {
    if (depth > maxDepth) throw new Error("avro: schema is nested too deeply");
    if (typeof schema === "string") return this.#reference(schema, namespace);
    if (Array.isArray(schema)) {
      const branches = schema.map((one) => this.parse(one, namespace, depth + 1));
      return { kind: "union", branches, tags: this.#isTagged ? branches.map(tagOf) : undefined };
    }
    if (typeof schema !== "object" || schema === null) throw new Error("avro: invalid schema");
    const members = new Map(Object.entries(schema));
    const type = members.get("type");
    if (typeof type !== "string") return this.parse(type, namespace, depth + 1);
    if (type === "array") {
      return { kind: "array", items: this.parse(members.get("items"), namespace, depth + 1) };
    }
    if (type === "map") {
      return { kind: "map", values: this.parse(members.get("values"), namespace, depth + 1) };
    }
    if (["record", "error", "enum", "fixed"].includes(type)) {
      return this.#define(type, members, namespace, depth);
    }
    return this.#reference(type, namespace);
  }

  #reference(name: string, namespace: string): AvroType {
    if (primitives.has(name)) return { kind: name as Primitive };
    const found = this.#named.get(fullName(name, namespace)) ?? this.#named.get(name);
    if (found === undefined) throw new Error(`avro: unknown type ${JSON.stringify(name)}`);
    return found;
  }

  #define(
    type: string,
    members: ReadonlyMap<string, unknown>,
    outer: string,
    depth: number,
  ): AvroType {
    const given = members.get("name");
    if (typeof given !== "string" || given === "") throw new Error(`avro: ${type} without name`);
    const own = members.get("namespace");
    const name = fullName(given, typeof own === "string" ? own : outer);
    const namespace = name.slice(0, Math.max(name.lastIndexOf("."), 0));
    if (type === "enum") {
      const symbols = members.get("symbols");
      if (!Array.isArray(symbols)) throw new Error(`avro: enum ${name} without symbols`);
      return this.#name(name, { kind: "enum", name, symbols: symbols.map(String) });
    }
    if (type === "fixed") {
      const size = Number(members.get("size"));
      if (!Number.isSafeInteger(size) || size < 0) throw new Error(`avro: fixed ${name}: size`);
      return this.#name(name, { kind: "fixed", name, size });
    }
    const record = { kind: "record" as const, name, fields: [] as readonly RecordField[] };
    // Known before its fields, which may hold it.
    this.#name(name, record);
    const fields = members.get("fields");
    if (!Array.isArray(fields)) throw new Error(`avro: record ${name} without fields`);
    record.fields = fields.map((field) => this.#field(field, name, namespace, depth));
    return record;
  }

  #field(field: unknown, record: string, namespace: string, depth: number): RecordField {
    const members = new Map(Object.entries((field ?? {}) as object));
    const name = members.get("name");
    if (typeof name !== "string") throw new Error(`avro: record ${record}: field without name`);
    return {
      name,
      type: this.parse(members.get("type"), namespace, depth + 1),
      byDefault: members.get("default"),
      hasDefault: members.has("default"),
    };
  }

  #name(name: string, type: AvroType): AvroType {
    this.#named.set(name, type);
    return type;
  }
}

const fullName = (name: string, namespace: string): string =>
  name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
