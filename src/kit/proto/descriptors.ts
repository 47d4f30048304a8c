/**
 * What the messages, enums and services look like, for server reflection and the JSON codec. Nothing is decoded before it
 * is asked for.
 */
import { inflateRawSync } from "node:zlib";
import { descriptorSet } from "./descriptor-set.gen.ts";
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FileDescriptorProto,
  FileDescriptorSet,
} from "./google/protobuf/descriptor.ts";

/** Finds files, messages and enums by their names, without leading dots. */
export class Descriptors {
  readonly #files = new Map<string, FileDescriptorProto>();
  readonly #messages = new Map<string, DescriptorProto>();
  readonly #enums = new Map<string, EnumDescriptorProto>();
  /** Every full name, and the file that declares it. */
  readonly #symbols = new Map<string, string>();

  constructor(set: FileDescriptorSet) {
    for (const descriptor of set.file) {
      this.#files.set(descriptor.name, descriptor);
      this.#addFile(descriptor);
    }
  }

  /** @param name as in an import: `dapr/proto/runtime/v1/dapr.proto` */
  file(name: string): FileDescriptorProto | undefined {
    return this.#files.get(name);
  }

  message(fullName: string): DescriptorProto | undefined {
    return this.#messages.get(fullName);
  }

  enum(fullName: string): EnumDescriptorProto | undefined {
    return this.#enums.get(fullName);
  }

  /** The file that declares a service, method, message, field, oneof, enum or enum value. */
  fileOf(fullName: string): FileDescriptorProto | undefined {
    const name = this.#symbols.get(fullName);
    return name === undefined ? undefined : this.#files.get(name);
  }

  #addFile(file: FileDescriptorProto): void {
    const scope = file.package === "" ? "" : `${file.package}.`;
    for (const message of file.messageType) this.#addMessage(message, scope, file.name);
    for (const enumType of file.enumType) this.#addEnum(enumType, scope, file.name);
    for (const service of file.service) {
      this.#symbols.set(`${scope}${service.name}`, file.name);
      for (const method of service.method) {
        this.#symbols.set(`${scope}${service.name}.${method.name}`, file.name);
      }
    }
  }

  #addMessage(message: DescriptorProto, scope: string, file: string): void {
    const name = `${scope}${message.name}`;
    this.#messages.set(name, message);
    this.#symbols.set(name, file);
    for (const field of message.field) this.#symbols.set(`${name}.${field.name}`, file);
    for (const oneof of message.oneofDecl) this.#symbols.set(`${name}.${oneof.name}`, file);
    for (const nested of message.nestedType) this.#addMessage(nested, `${name}.`, file);
    for (const enumType of message.enumType) this.#addEnum(enumType, `${name}.`, file);
  }

  /** Values of an enum are named in the scope around it. */
  #addEnum(enumType: EnumDescriptorProto, scope: string, file: string): void {
    const name = `${scope}${enumType.name}`;
    this.#enums.set(name, enumType);
    this.#symbols.set(name, file);
    for (const value of enumType.value) this.#symbols.set(`${scope}${value.name}`, file);
  }
}

/** All files of proto/. Decoding them takes some milliseconds, once. */
export const protocol: () => Descriptors = once(
  () =>
    new Descriptors(FileDescriptorSet.decode(inflateRawSync(Buffer.from(descriptorSet, "base64")))),
);

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
