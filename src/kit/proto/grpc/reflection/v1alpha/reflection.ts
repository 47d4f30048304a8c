// Generated from proto/grpc/reflection/v1alpha/reflection.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer } from "../../../wire.ts";

/** Tells clients such as grpcurl which services a server has, and how their messages look. */
export const ServerReflectionService = {
  name: "grpc.reflection.v1alpha.ServerReflection",
  methods: {
    serverReflectionInfo: {
      path: "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
      requestStream: true,
      responseStream: true,
    },
  },
} as const;

/** One question; each is answered by one response. */
export interface ServerReflectionRequest {
  host: string;
  /** The name of a .proto file. */
  fileByFilename: string | undefined;
  /** The full name of a service, method, message or enum. */
  fileContainingSymbol: string | undefined;
  fileContainingExtension: ExtensionRequest | undefined;
  /** The full name of a message that may have extensions. */
  allExtensionNumbersOfType: string | undefined;
  /** Any text, for example "*"; it is not looked at. */
  listServices: string | undefined;
}
export interface ServerReflectionRequestInit {
  host?: string | undefined;
  fileByFilename?: string | undefined;
  fileContainingSymbol?: string | undefined;
  fileContainingExtension?: ExtensionRequestInit | undefined;
  allExtensionNumbersOfType?: string | undefined;
  listServices?: string | undefined;
}

function readServerReflectionRequest(
  r: Reader,
  end: number,
  m: ServerReflectionRequest = {
    host: "",
    fileByFilename: undefined,
    fileContainingSymbol: undefined,
    fileContainingExtension: undefined,
    allExtensionNumbersOfType: undefined,
    listServices: undefined,
  },
): ServerReflectionRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.host = r.string();
        break;
      case 26:
        m.fileByFilename = r.string();
        m.fileContainingSymbol = undefined;
        m.fileContainingExtension = undefined;
        m.allExtensionNumbersOfType = undefined;
        m.listServices = undefined;
        break;
      case 34:
        m.fileContainingSymbol = r.string();
        m.fileByFilename = undefined;
        m.fileContainingExtension = undefined;
        m.allExtensionNumbersOfType = undefined;
        m.listServices = undefined;
        break;
      case 42: {
        const e = r.enter();
        m.fileContainingExtension = readExtensionRequest(r, e, m.fileContainingExtension);
        r.leave(e);
        m.fileByFilename = undefined;
        m.fileContainingSymbol = undefined;
        m.allExtensionNumbersOfType = undefined;
        m.listServices = undefined;
        break;
      }
      case 50:
        m.allExtensionNumbersOfType = r.string();
        m.fileByFilename = undefined;
        m.fileContainingSymbol = undefined;
        m.fileContainingExtension = undefined;
        m.listServices = undefined;
        break;
      case 58:
        m.listServices = r.string();
        m.fileByFilename = undefined;
        m.fileContainingSymbol = undefined;
        m.fileContainingExtension = undefined;
        m.allExtensionNumbersOfType = undefined;
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeServerReflectionRequest(w: Writer, m: ServerReflectionRequestInit): void {
  const v0 = m.listServices;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(58);
  }
  const v1 = m.allExtensionNumbersOfType;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(50);
  }
  const v2 = m.fileContainingExtension;
  if (v2 !== undefined) {
    const s = w.written;
    writeExtensionRequest(w, v2);
    w.delimit(s, 42);
  }
  const v3 = m.fileContainingSymbol;
  if (v3 !== undefined) {
    w.string(v3);
    w.uint32(34);
  }
  const v4 = m.fileByFilename;
  if (v4 !== undefined) {
    w.string(v4);
    w.uint32(26);
  }
  const v5 = m.host;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const ServerReflectionRequest = /* @__PURE__ */ new MessageCodec<ServerReflectionRequest, ServerReflectionRequestInit>(
  "grpc.reflection.v1alpha.ServerReflectionRequest",
  readServerReflectionRequest,
  writeServerReflectionRequest,
);

/** An extension by the message that it extends and its field number. */
export interface ExtensionRequest {
  containingType: string;
  extensionNumber: number;
}
export interface ExtensionRequestInit {
  containingType?: string | undefined;
  extensionNumber?: number | undefined;
}

function readExtensionRequest(
  r: Reader,
  end: number,
  m: ExtensionRequest = {
    containingType: "",
    extensionNumber: 0,
  },
): ExtensionRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.containingType = r.string();
        break;
      case 16:
        m.extensionNumber = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeExtensionRequest(w: Writer, m: ExtensionRequestInit): void {
  const v0 = m.extensionNumber;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.containingType;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ExtensionRequest = /* @__PURE__ */ new MessageCodec<ExtensionRequest, ExtensionRequestInit>(
  "grpc.reflection.v1alpha.ExtensionRequest",
  readExtensionRequest,
  writeExtensionRequest,
);

/** The answer to one request, which it repeats. */
export interface ServerReflectionResponse {
  validHost: string;
  originalRequest: ServerReflectionRequest | undefined;
  fileDescriptorResponse: FileDescriptorResponse | undefined;
  allExtensionNumbersResponse: ExtensionNumberResponse | undefined;
  listServicesResponse: ListServiceResponse | undefined;
  errorResponse: ErrorResponse | undefined;
}
export interface ServerReflectionResponseInit {
  validHost?: string | undefined;
  originalRequest?: ServerReflectionRequestInit | undefined;
  fileDescriptorResponse?: FileDescriptorResponseInit | undefined;
  allExtensionNumbersResponse?: ExtensionNumberResponseInit | undefined;
  listServicesResponse?: ListServiceResponseInit | undefined;
  errorResponse?: ErrorResponseInit | undefined;
}

function readServerReflectionResponse(
  r: Reader,
  end: number,
  m: ServerReflectionResponse = {
    validHost: "",
    originalRequest: undefined,
    fileDescriptorResponse: undefined,
    allExtensionNumbersResponse: undefined,
    listServicesResponse: undefined,
    errorResponse: undefined,
  },
): ServerReflectionResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.validHost = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.originalRequest = readServerReflectionRequest(r, e, m.originalRequest);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.fileDescriptorResponse = readFileDescriptorResponse(r, e, m.fileDescriptorResponse);
        r.leave(e);
        m.allExtensionNumbersResponse = undefined;
        m.listServicesResponse = undefined;
        m.errorResponse = undefined;
        break;
      }
      case 42: {
        const e = r.enter();
        m.allExtensionNumbersResponse = readExtensionNumberResponse(r, e, m.allExtensionNumbersResponse);
        r.leave(e);
        m.fileDescriptorResponse = undefined;
        m.listServicesResponse = undefined;
        m.errorResponse = undefined;
        break;
      }
      case 50: {
        const e = r.enter();
        m.listServicesResponse = readListServiceResponse(r, e, m.listServicesResponse);
        r.leave(e);
        m.fileDescriptorResponse = undefined;
        m.allExtensionNumbersResponse = undefined;
        m.errorResponse = undefined;
        break;
      }
      case 58: {
        const e = r.enter();
        m.errorResponse = readErrorResponse(r, e, m.errorResponse);
        r.leave(e);
        m.fileDescriptorResponse = undefined;
        m.allExtensionNumbersResponse = undefined;
        m.listServicesResponse = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeServerReflectionResponse(w: Writer, m: ServerReflectionResponseInit): void {
  const v0 = m.errorResponse;
  if (v0 !== undefined) {
    const s = w.written;
    writeErrorResponse(w, v0);
    w.delimit(s, 58);
  }
  const v1 = m.listServicesResponse;
  if (v1 !== undefined) {
    const s = w.written;
    writeListServiceResponse(w, v1);
    w.delimit(s, 50);
  }
  const v2 = m.allExtensionNumbersResponse;
  if (v2 !== undefined) {
    const s = w.written;
    writeExtensionNumberResponse(w, v2);
    w.delimit(s, 42);
  }
  const v3 = m.fileDescriptorResponse;
  if (v3 !== undefined) {
    const s = w.written;
    writeFileDescriptorResponse(w, v3);
    w.delimit(s, 34);
  }
  const v4 = m.originalRequest;
  if (v4 !== undefined) {
    const s = w.written;
    writeServerReflectionRequest(w, v4);
    w.delimit(s, 18);
  }
  const v5 = m.validHost;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const ServerReflectionResponse = /* @__PURE__ */ new MessageCodec<ServerReflectionResponse, ServerReflectionResponseInit>(
  "grpc.reflection.v1alpha.ServerReflectionResponse",
  readServerReflectionResponse,
  writeServerReflectionResponse,
);

/** Serialized google.protobuf.FileDescriptorProto messages: the file and those that it imports. */
export interface FileDescriptorResponse {
  fileDescriptorProto: Buffer[];
}
export interface FileDescriptorResponseInit {
  fileDescriptorProto?: readonly Uint8Array[] | undefined;
}

function readFileDescriptorResponse(
  r: Reader,
  end: number,
  m: FileDescriptorResponse = {
    fileDescriptorProto: [],
  },
): FileDescriptorResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.fileDescriptorProto.push(r.bytes());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeFileDescriptorResponse(w: Writer, m: FileDescriptorResponseInit): void {
  const v0 = m.fileDescriptorProto;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.bytes(v0[i]!);
      w.uint32(10);
    }
  }
}

export const FileDescriptorResponse = /* @__PURE__ */ new MessageCodec<FileDescriptorResponse, FileDescriptorResponseInit>(
  "grpc.reflection.v1alpha.FileDescriptorResponse",
  readFileDescriptorResponse,
  writeFileDescriptorResponse,
);

/** The field numbers of a message's extensions. */
export interface ExtensionNumberResponse {
  baseTypeName: string;
  extensionNumber: number[];
}
export interface ExtensionNumberResponseInit {
  baseTypeName?: string | undefined;
  extensionNumber?: readonly number[] | undefined;
}

function readExtensionNumberResponse(
  r: Reader,
  end: number,
  m: ExtensionNumberResponse = {
    baseTypeName: "",
    extensionNumber: [],
  },
): ExtensionNumberResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.baseTypeName = r.string();
        break;
      case 16:
        m.extensionNumber.push(r.int32());
        break;
      case 18: {
        const e = r.enter();
        while (r.pos < e) m.extensionNumber.push(r.int32());
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeExtensionNumberResponse(w: Writer, m: ExtensionNumberResponseInit): void {
  const v0 = m.extensionNumber;
  if (v0 !== undefined && v0.length > 0) {
    const s = w.written;
    for (let i = v0.length - 1; i >= 0; i--) {
      w.int32(v0[i]!);
    }
    w.delimit(s, 18);
  }
  const v1 = m.baseTypeName;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ExtensionNumberResponse = /* @__PURE__ */ new MessageCodec<ExtensionNumberResponse, ExtensionNumberResponseInit>(
  "grpc.reflection.v1alpha.ExtensionNumberResponse",
  readExtensionNumberResponse,
  writeExtensionNumberResponse,
);

/** The services that the server has. */
export interface ListServiceResponse {
  service: ServiceResponse[];
}
export interface ListServiceResponseInit {
  service?: readonly ServiceResponseInit[] | undefined;
}

function readListServiceResponse(
  r: Reader,
  end: number,
  m: ListServiceResponse = {
    service: [],
  },
): ListServiceResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.service.push(readServiceResponse(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListServiceResponse(w: Writer, m: ListServiceResponseInit): void {
  const v0 = m.service;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeServiceResponse(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const ListServiceResponse = /* @__PURE__ */ new MessageCodec<ListServiceResponse, ListServiceResponseInit>(
  "grpc.reflection.v1alpha.ListServiceResponse",
  readListServiceResponse,
  writeListServiceResponse,
);

/** One service by its full name. */
export interface ServiceResponse {
  name: string;
}
export interface ServiceResponseInit {
  name?: string | undefined;
}

function readServiceResponse(
  r: Reader,
  end: number,
  m: ServiceResponse = {
    name: "",
  },
): ServiceResponse {
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

function writeServiceResponse(w: Writer, m: ServiceResponseInit): void {
  const v0 = m.name;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const ServiceResponse = /* @__PURE__ */ new MessageCodec<ServiceResponse, ServiceResponseInit>(
  "grpc.reflection.v1alpha.ServiceResponse",
  readServiceResponse,
  writeServiceResponse,
);

/** Why a question has no answer: a gRPC status code and a text. */
export interface ErrorResponse {
  errorCode: number;
  errorMessage: string;
}
export interface ErrorResponseInit {
  errorCode?: number | undefined;
  errorMessage?: string | undefined;
}

function readErrorResponse(
  r: Reader,
  end: number,
  m: ErrorResponse = {
    errorCode: 0,
    errorMessage: "",
  },
): ErrorResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.errorCode = r.int32();
        break;
      case 18:
        m.errorMessage = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeErrorResponse(w: Writer, m: ErrorResponseInit): void {
  const v0 = m.errorMessage;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.errorCode;
  if (v1) {
    w.int32(v1);
    w.uint32(8);
  }
}

export const ErrorResponse = /* @__PURE__ */ new MessageCodec<ErrorResponse, ErrorResponseInit>(
  "grpc.reflection.v1alpha.ErrorResponse",
  readErrorResponse,
  writeErrorResponse,
);
