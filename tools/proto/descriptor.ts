/**
 * File descriptors as plain objects, in the JSON form that protoc's descriptor sets have: the common ground between the
 * parsed `.proto` files, the recorded protocol and the two things that are generated.
 */
export interface FieldDescriptor {
  name: string;
  number: number;
  label: "LABEL_OPTIONAL" | "LABEL_REPEATED";
  type: string;
  /** With a leading dot. */
  typeName?: string;
  oneofIndex?: number;
  jsonName: string;
  proto3Optional?: boolean;
  options?: { deprecated?: boolean };
  comment?: string;
}

export interface EnumDescriptor {
  name: string;
  value: { name: string; number: number }[];
  comment?: string;
}

export interface MessageDescriptor {
  name: string;
  field?: FieldDescriptor[];
  nestedType?: MessageDescriptor[];
  enumType?: EnumDescriptor[];
  oneofDecl?: { name: string }[];
  options?: { mapEntry?: boolean; deprecated?: boolean };
  reservedRange?: { start: number; end: number }[];
  reservedName?: string[];
  comment?: string;
}

export interface MethodDescriptor {
  name: string;
  inputType: string;
  outputType: string;
  clientStreaming?: boolean;
  serverStreaming?: boolean;
  options?: { deprecated?: boolean };
  comment?: string;
}

export interface ServiceDescriptor {
  name: string;
  method: MethodDescriptor[];
  comment?: string;
}

export interface FileDescriptor {
  name: string;
  package?: string;
  dependency?: string[];
  messageType?: MessageDescriptor[];
  enumType?: EnumDescriptor[];
  service?: ServiceDescriptor[];
  syntax: "proto3";
}
