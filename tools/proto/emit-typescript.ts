/** Writes one TypeScript module per `.proto` file: interfaces, codecs, enums and the paths of services. */
import { dirname, relative } from "node:path/posix";
import { camelCase } from "../../src/kit/proto/names.ts";
import type {
  EnumDescriptor,
  FieldDescriptor,
  FileDescriptor,
  MessageDescriptor,
  ServiceDescriptor,
} from "./descriptor.ts";
import {
  bigintTypes,
  hasPresence,
  isPackable,
  method,
  numberTypes,
  siblings,
  wireType,
  writeMethods,
} from "./field-types.ts";

/** Where the module of a `.proto` file goes, relative to `src/kit/proto`. Files without a folder are durabletask's. */
export function modulePath(protoFile: string): string {
  const path = protoFile.includes("/") ? protoFile : `durabletask/${protoFile}`;
  return path.replace(/\.proto$/, ".ts");
}

/** A message or an enum, wherever it is declared. */
interface Declared {
  file: FileDescriptor;
  /** The constant and interface: nested names are joined with `_`. */
  identifier: string;
  message?: MessageDescriptor;
}

export class TypescriptEmitter {
  readonly #declared = new Map<string, Declared>();

  constructor(files: readonly FileDescriptor[]) {
    for (const file of files) {
      const scope = file.package === undefined ? "" : `.${file.package}`;
      for (const message of file.messageType ?? []) this.#declare(file, message, scope, "");
      for (const enumType of file.enumType ?? []) {
        this.#declared.set(`${scope}.${enumType.name}`, { file, identifier: enumType.name });
      }
    }
  }

  #declare(file: FileDescriptor, message: MessageDescriptor, scope: string, outer: string): void {
    const fullName = `${scope}.${message.name}`;
    const identifier = `${outer}${message.name}`;
    this.#declared.set(fullName, { file, identifier, message });
    for (const nested of message.nestedType ?? []) {
      this.#declare(file, nested, fullName, `${identifier}_`);
    }
    for (const enumType of message.enumType ?? []) {
      const name = `${identifier}_${enumType.name}`;
      this.#declared.set(`${fullName}.${enumType.name}`, { file, identifier: name });
    }
  }

  /** @throws {Error} when the file uses a type that is not declared */
  emit(file: FileDescriptor): string {
    return new ModuleEmitter(file, this.#declared).emit();
  }
}

class ModuleEmitter {
  readonly #file: FileDescriptor;
  readonly #declared: ReadonlyMap<string, Declared>;
  /** By module path: what is imported, as written in the import. */
  readonly #imports = new Map<string, Set<string>>();
  readonly #own = new Set<string>();
  readonly #wire = new Set<string>();

  constructor(file: FileDescriptor, declared: ReadonlyMap<string, Declared>) {
    this.#file = file;
    this.#declared = declared;
    for (const { file: owner, identifier } of declared.values()) {
      if (owner.name === file.name) this.#own.add(identifier);
    }
  }

  emit(): string {
    const scope = this.#file.package ?? "";
    const body: string[] = [];
    for (const service of this.#file.service ?? []) body.push(this.#service(service, scope));
    for (const enumType of this.#file.enumType ?? []) body.push(this.#enum(enumType, ""));
    for (const message of this.#file.messageType ?? [])
      body.push(...this.#message(message, scope, ""));
    return [
      `// Generated from proto/${this.#file.name} by tools/generate-proto.ts. Do not edit.`,
      ...this.#importLines(),
      "",
      `${body.join("\n\n")}\n`,
    ].join("\n");
  }

  #importLines(): string[] {
    const here = dirname(modulePath(this.#file.name));
    const lines = [...this.#imports].map(([path, names]) => {
      const from = relative(here, path);
      return `import { ${[...names].sort().join(", ")} } from "${from.startsWith(".") ? from : `./${from}`}";`;
    });
    const wire = [...this.#wire].sort();
    const up = relative(here, "wire.ts");
    if (wire.length > 0) {
      const types = new Set(["Reader", "Writer"]);
      const names = wire.map((name) => (types.has(name) ? `type ${name}` : name));
      lines.push(`import { ${names.join(", ")} } from "${up}";`);
    }
    return lines.sort();
  }

  /** The name under which a type of any file is known here. */
  #name(typeName: string, kind: "codec" | "init" | "enum"): string {
    const declared = this.#declared.get(typeName);
    if (declared === undefined) throw new Error(`${this.#file.name}: unknown type ${typeName}`);
    const suffix = kind === "init" ? "Init" : "";
    if (declared.file.name === this.#file.name) return `${declared.identifier}${suffix}`;
    const name = `${declared.identifier}${suffix}`;
    const local = this.#own.has(declared.identifier)
      ? `${this.#prefix(declared.file)}${name}`
      : name;
    const imported = local === name ? name : `${name} as ${local}`;
    const path = modulePath(declared.file.name);
    let names = this.#imports.get(path);
    if (names === undefined) {
      names = new Set();
      this.#imports.set(path, names);
    }
    names.add(kind === "codec" ? imported : `type ${imported}`);
    return local;
  }

  /** Tells two types of one name apart: `common.v1` gives `Common`. */
  #prefix(file: FileDescriptor): string {
    const words = (file.package ?? "durabletask").split(".").filter((word) => !/^v\d/.test(word));
    const word = words.at(-1)!;
    return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
  }

  #service(service: ServiceDescriptor, scope: string): string {
    const name = scope === "" ? service.name : `${scope}.${service.name}`;
    const methods = service.method.map((rpc) =>
      [
        ...docLines(rpc.comment, "    "),
        `    ${rpc.name.charAt(0).toLowerCase()}${rpc.name.slice(1)}: {`,
        `      path: "/${name}/${rpc.name}",`,
        `      requestStream: ${rpc.clientStreaming === true},`,
        `      responseStream: ${rpc.serverStreaming === true},`,
        "    },",
      ].join("\n"),
    );
    return [
      ...docLines(service.comment, ""),
      `export const ${service.name}Service = {`,
      `  name: "${name}",`,
      "  methods: {",
      ...methods,
      "  },",
      "} as const;",
    ].join("\n");
  }

  #enum(enumType: EnumDescriptor, outer: string): string {
    const name = `${outer}${enumType.name}`;
    return [
      ...docLines(enumType.comment, ""),
      `export const ${name} = {`,
      ...enumType.value.map((value) => `  ${value.name}: ${value.number},`),
      "} as const;",
      `export type ${name} = number;`,
    ].join("\n");
  }

  #message(message: MessageDescriptor, scope: string, outer: string): string[] {
    const identifier = `${outer}${message.name}`;
    const fullName = scope === "" ? message.name : `${scope}.${message.name}`;
    this.#wire.add("MessageCodec").add("Reader").add("Writer");
    const parts = [
      [...docLines(message.comment, ""), ...this.#interfaces(message, identifier)].join("\n"),
      this.#readFunction(message, identifier),
      this.#writeFunction(message, identifier),
      `export const ${identifier} = /* @__PURE__ */ new MessageCodec<${identifier}, ${identifier}Init>(\n` +
        `  "${fullName}",\n  read${identifier},\n  write${identifier},\n);`,
    ];
    for (const enumType of message.enumType ?? [])
      parts.push(this.#enum(enumType, `${identifier}_`));
    for (const nested of message.nestedType ?? []) {
      if (nested.options?.mapEntry === true) continue;
      parts.push(...this.#message(nested, fullName, `${identifier}_`));
    }
    return parts;
  }

  #interfaces(message: MessageDescriptor, identifier: string): string[] {
    const fields = message.field ?? [];
    if (fields.length === 0) {
      return [`export interface ${identifier} {}`, `export interface ${identifier}Init {}`];
    }
    return [
      `export interface ${identifier} {`,
      ...fields.flatMap((field) => [
        ...docLines(field.comment, "  ", field.options?.deprecated),
        `  ${camelCase(field.name)}: ${this.#decodedType(field)};`,
      ]),
      "}",
      `export interface ${identifier}Init {`,
      ...fields.map(
        (field) => `  ${camelCase(field.name)}?: ${this.#initType(field)} | undefined;`,
      ),
      "}",
    ];
  }

  #scalarType(type: string): string {
    if (numberTypes.has(type)) return "number";
    if (bigintTypes.has(type)) return "bigint";
    if (type === "TYPE_BOOL") return "boolean";
    return type === "TYPE_STRING" ? "string" : "Buffer";
  }

  #entry(field: FieldDescriptor): [FieldDescriptor, FieldDescriptor] | undefined {
    if (field.typeName === undefined) return undefined;
    const message = this.#declared.get(field.typeName)?.message;
    if (message?.options?.mapEntry !== true) return undefined;
    return [message.field![0]!, message.field![1]!];
  }

  #itemType(field: FieldDescriptor): string {
    if (field.type === "TYPE_MESSAGE") return this.#name(field.typeName!, "codec");
    if (field.type === "TYPE_ENUM") return this.#name(field.typeName!, "enum");
    return this.#scalarType(field.type);
  }

  #itemInitType(field: FieldDescriptor): string {
    if (field.type === "TYPE_MESSAGE") return this.#name(field.typeName!, "init");
    if (field.type === "TYPE_BYTES") return "Uint8Array";
    return this.#itemType(field);
  }

  #decodedType(field: FieldDescriptor): string {
    const entry = this.#entry(field);
    if (entry !== undefined) return `Map<${this.#itemType(entry[0])}, ${this.#itemType(entry[1])}>`;
    const item = this.#itemType(field);
    if (field.label === "LABEL_REPEATED") return `${item}[]`;
    return hasPresence(field) ? `${item} | undefined` : item;
  }

  #initType(field: FieldDescriptor): string {
    const entry = this.#entry(field);
    if (entry !== undefined) {
      return `ReadonlyMap<${this.#itemType(entry[0])}, ${this.#itemInitType(entry[1])}>`;
    }
    const item = this.#itemInitType(field);
    return field.label === "LABEL_REPEATED" ? `readonly ${item}[]` : item;
  }

  #default(field: FieldDescriptor): string {
    if (this.#entry(field) !== undefined) return "new Map()";
    if (field.label === "LABEL_REPEATED") return "[]";
    return hasPresence(field) ? "undefined" : this.#zero(field.type);
  }

  #zero(type: string): string {
    if (numberTypes.has(type)) return "0";
    if (bigintTypes.has(type)) return "0n";
    if (type === "TYPE_BOOL") return "false";
    if (type === "TYPE_STRING") return '""';
    this.#wire.add("noBytes");
    return "noBytes";
  }

  #readFunction(message: MessageDescriptor, identifier: string): string {
    const fields = message.field ?? [];
    const defaults = fields.map(
      (field) => `    ${camelCase(field.name)}: ${this.#default(field)},`,
    );
    const cases = fields.flatMap((field) => this.#readCases(field, message));
    const loop =
      cases.length === 0
        ? ["  while (r.pos < end) r.skip(r.tag());"]
        : [
            "  while (r.pos < end) {",
            "    const tag = r.tag();",
            "    switch (tag) {",
            ...cases.map((line) => `      ${line}`),
            "      default:",
            "        r.skip(tag);",
            "    }",
            "  }",
          ];
    const into = cases.length === 0 ? "{}" : `{\n${defaults.join("\n")}\n  }`;
    return [
      `function read${identifier}(`,
      "  r: Reader,",
      "  end: number,",
      `  m: ${identifier} = ${into},`,
      `): ${identifier} {`,
      ...loop,
      "  return m;",
      "}",
    ].join("\n");
  }

  #readCases(field: FieldDescriptor, message: MessageDescriptor): string[] {
    const target = `m.${camelCase(field.name)}`;
    const tag = (field.number << 3) | wireType(field.type);
    const entry = this.#entry(field);
    if (entry !== undefined) return this.#readEntry(target, tag, entry);
    if (field.label === "LABEL_REPEATED") return this.#readRepeated(target, tag, field);
    const others = siblings(field, message).map((name) => `  m.${name} = undefined;`);
    if (field.type === "TYPE_MESSAGE") {
      return [
        `case ${tag}: {`,
        "  const e = r.enter();",
        `  ${target} = ${this.#readCall(field.typeName!, "e", target)};`,
        "  r.leave(e);",
        ...others,
        "  break;",
        "}",
      ];
    }
    return [`case ${tag}:`, `  ${target} = r.${method(field.type)}();`, ...others, "  break;"];
  }

  #readCall(typeName: string, end: string, into?: string): string {
    const name = this.#name(typeName, "codec");
    const local = this.#declared.get(typeName)!.file.name === this.#file.name;
    const args = into === undefined ? `r, ${end}` : `r, ${end}, ${into}`;
    return local ? `read${name}(${args})` : `${name}.read(${args})`;
  }

  #readRepeated(target: string, tag: number, field: FieldDescriptor): string[] {
    if (field.type === "TYPE_MESSAGE") {
      return [
        `case ${tag}: {`,
        "  const e = r.enter();",
        `  ${target}.push(${this.#readCall(field.typeName!, "e")});`,
        "  r.leave(e);",
        "  break;",
        "}",
      ];
    }
    const read = `r.${method(field.type)}()`;
    const single = [`case ${tag}:`, `  ${target}.push(${read});`, "  break;"];
    if (!isPackable(field.type)) return single;
    return [
      ...single,
      `case ${(field.number << 3) | 2}: {`,
      "  const e = r.enter();",
      `  while (r.pos < e) ${target}.push(${read});`,
      "  r.leave(e);",
      "  break;",
      "}",
    ];
  }

  #readEntry(
    target: string,
    tag: number,
    [key, value]: [FieldDescriptor, FieldDescriptor],
  ): string[] {
    if (key.type === "TYPE_STRING" && value.type === "TYPE_STRING") {
      this.#wire.add("readStringEntry");
      return [`case ${tag}:`, `  readStringEntry(r, ${target});`, "  break;"];
    }
    const isMessage = value.type === "TYPE_MESSAGE";
    const valueTag = 16 | wireType(value.type);
    const readValue = isMessage
      ? `{ const n = r.enter(); v = ${this.#readCall(value.typeName!, "n", "v")}; r.leave(n); }`
      : `v = r.${method(value.type)}();`;
    return [
      `case ${tag}: {`,
      "  const e = r.enter();",
      `  let k: ${this.#scalarType(key.type)} = ${this.#zero(key.type)};`,
      isMessage
        ? `  let v: ${this.#itemType(value)} | undefined;`
        : `  let v: ${this.#itemType(value)} = ${this.#zero(value.type)};`,
      "  while (r.pos < e) {",
      "    const t = r.tag();",
      `    if (t === ${8 | wireType(key.type)}) k = r.${method(key.type)}();`,
      `    else if (t === ${valueTag}) ${readValue}`,
      "    else r.skip(t);",
      "  }",
      "  r.leave(e);",
      `  ${target}.set(k, ${isMessage ? `v ?? ${this.#readCall(value.typeName!, "e")}` : "v"});`,
      "  break;",
      "}",
    ];
  }

  #writeFunction(message: MessageDescriptor, identifier: string): string {
    const fields = [...(message.field ?? [])].sort((a, b) => b.number - a.number);
    const parameters = fields.length === 0 ? ["_w", "_m"] : ["w", "m"];
    return [
      `function write${identifier}(${parameters[0]}: Writer, ${parameters[1]}: ${identifier}Init): void {`,
      ...fields.flatMap((field, index) => this.#writeField(field, `v${index}`)),
      "}",
    ].join("\n");
  }

  #writeField(field: FieldDescriptor, v: string): string[] {
    const tag = (field.number << 3) | wireType(field.type);
    const entry = this.#entry(field);
    const body = entry
      ? this.#writeMap(tag, entry, v)
      : field.label === "LABEL_REPEATED"
        ? this.#writeRepeated(tag, field, v)
        : this.#writeValue(tag, field, v);
    return [
      `  const ${v} = m.${camelCase(field.name)};`,
      `  if (${this.#isWritten(field, v)}) {`,
      ...body.map((line) => `    ${line}`),
      "  }",
    ];
  }

  #isWritten(field: FieldDescriptor, v: string): string {
    if (this.#entry(field) !== undefined) return `${v} !== undefined && ${v}.size > 0`;
    if (field.label === "LABEL_REPEATED") return `${v} !== undefined && ${v}.length > 0`;
    if (hasPresence(field)) return `${v} !== undefined`;
    if (field.type === "TYPE_BYTES") return `${v} !== undefined && ${v}.length > 0`;
    if (/FLOAT|DOUBLE/.test(field.type)) return `${v} !== undefined && !Object.is(${v}, 0)`;
    return v;
  }

  #writeValue(tag: number, field: FieldDescriptor, v: string): string[] {
    if (field.type !== "TYPE_MESSAGE")
      return [this.#writeScalar(field.type, v), `w.uint32(${tag});`];
    return this.#writeMessage(tag, field.typeName!, v);
  }

  #writeMessage(tag: number, typeName: string, v: string): string[] {
    const name = this.#name(typeName, "codec");
    const local = this.#declared.get(typeName)!.file.name === this.#file.name;
    return [
      "const s = w.written;",
      `${local ? `write${name}` : `${name}.write`}(w, ${v});`,
      `w.delimit(s, ${tag});`,
    ];
  }

  #writeScalar(type: string, v: string): string {
    const value = type === "TYPE_UINT32" ? `${v} >>> 0` : v;
    return `w.${writeMethods[type] ?? method(type)}(${value});`;
  }

  #writeRepeated(tag: number, field: FieldDescriptor, v: string): string[] {
    const loop = (lines: string[]): string[] => [
      `for (let i = ${v}.length - 1; i >= 0; i--) {`,
      ...lines.map((line) => `  ${line}`),
      "}",
    ];
    if (!isPackable(field.type)) return loop(this.#writeValue(tag, field, `${v}[i]!`));
    return [
      "const s = w.written;",
      ...loop([this.#writeScalar(field.type, `${v}[i]!`)]),
      `w.delimit(s, ${(field.number << 3) | 2});`,
    ];
  }

  #writeMap(tag: number, [key, value]: [FieldDescriptor, FieldDescriptor], v: string): string[] {
    if (key.type === "TYPE_STRING" && value.type === "TYPE_STRING") {
      this.#wire.add("writeStringMap");
      return [`writeStringMap(w, ${v}, ${tag});`];
    }
    const valueTag = 16 | wireType(value.type);
    const writeValue =
      value.type === "TYPE_MESSAGE"
        ? ["{", ...this.#writeMessage(valueTag, value.typeName!, "x"), "}"]
        : [this.#writeScalar(value.type, "x"), `w.uint32(${valueTag});`];
    return [
      `for (const [k, x] of [...${v}].reverse()) {`,
      "  const before = w.written;",
      ...writeValue.map((line) => `  ${line}`),
      `  ${this.#writeScalar(key.type, "k")}`,
      `  w.uint32(${8 | wireType(key.type)});`,
      `  w.delimit(before, ${tag});`,
      "}",
    ];
  }
}

function docLines(comment: string | undefined, indent: string, deprecated = false): string[] {
  const lines = comment === undefined ? [] : comment.split("\n");
  if (deprecated) lines.push("@deprecated");
  if (lines.length === 0) return [];
  if (lines.length === 1) return [`${indent}/** ${lines[0]} */`];
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`];
}
