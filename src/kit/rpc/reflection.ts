/**
 * Server reflection, v1 and v1alpha: clients such as grpcurl ask which services there are and how messages look. All
 * files of proto/ can be asked for; the list holds what the server says it has.
 * @see spec 01 §3, https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
import type { Descriptors } from "../proto/descriptors.ts";
import { FileDescriptorProto } from "../proto/google/protobuf/descriptor.ts";
import {
  ServerReflectionRequest,
  ServerReflectionResponse,
  type ServerReflectionResponseInit,
  ServerReflectionService,
} from "../proto/grpc/reflection/v1/reflection.ts";
import { ServerReflectionService as AlphaService } from "../proto/grpc/reflection/v1alpha/reflection.ts";
import { code } from "./status.ts";
import type { ServerTransport, StreamCall } from "./transport.ts";

export interface ReflectionOptions {
  /** Full names of the server's own services; the two reflection services are added. */
  readonly services: readonly string[];
}

export interface ReflectionMethod {
  readonly path: string;
  readonly handle: (call: StreamCall) => void;
}

/** `ServerReflectionInfo` of both versions, which differ in their package only. */
export function reflectionMethods(options: ReflectionOptions): readonly ReflectionMethod[] {
  const services = [...options.services, ServerReflectionService.name, AlphaService.name].sort();
  const handle = (call: StreamCall): void => new ReflectionStream(call, services).start();
  return [ServerReflectionService, AlphaService].map(({ methods }) => ({
    path: methods.serverReflectionInfo.path,
    handle,
  }));
}

/** For servers without interceptors. */
export function registerReflection(server: ServerTransport, options: ReflectionOptions): void {
  for (const { path, handle } of reflectionMethods(options)) server.stream(path, handle);
}

/** One client's questions. Nothing is known about messages before the first one that needs it. */
class ReflectionStream {
  readonly #call: StreamCall;
  readonly #services: readonly string[];
  /** Files that this client has; imports are sent once per stream. */
  readonly #sent = new Set<string>();
  #descriptors: Promise<Descriptors> | undefined;
  /** Answers go out in the order of the questions. */
  #turn: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isBlocked = false;

  constructor(call: StreamCall, services: readonly string[]) {
    this.#call = call;
    this.#services = services;
  }

  start(): void {
    this.#call.onDrain(() => {
      this.#isBlocked = false;
      this.#resume();
    });
    this.#call.onHalfClose(() => {
      this.#turn = this.#turn.then(() => this.#call.finish());
    });
    this.#call.onMessage((message) => this.#ask(message));
  }

  #ask(message: Buffer): void {
    let request: ServerReflectionRequest;
    try {
      // Answers repeat the request after this callback returned, so that its bytes must last; it has only text.
      request = ServerReflectionRequest.decode(message);
    } catch (error) {
      const text = `grpc: error unmarshalling request: ${(error as Error).message}`;
      this.#call.finish({ code: code.internal, message: text });
      return;
    }
    this.#waiting++;
    this.#call.pause();
    this.#turn = this.#turn
      .then(() => this.#reply(request))
      .catch((error: Error) => this.#call.finish({ code: code.internal, message: error.message }));
  }

  async #reply(request: ServerReflectionRequest): Promise<void> {
    const answer = await this.#answer(request);
    this.#waiting--;
    if (this.#call.cancelled) return;
    if (answer === undefined) {
      const message = "invalid MessageRequest: <nil>";
      this.#call.finish({ code: code.invalidArgument, message });
      return;
    }
    const response = { validHost: request.host, originalRequest: request, ...answer };
    this.#isBlocked = !this.#call.send(ServerReflectionResponse.encode(response));
    this.#resume();
  }

  #resume(): void {
    if (this.#waiting === 0 && !this.#isBlocked) this.#call.resume();
  }

  /** undefined when nothing was asked. */
  async #answer(
    request: ServerReflectionRequest,
  ): Promise<ServerReflectionResponseInit | undefined> {
    if (request.listServices !== undefined) {
      const service = this.#services.map((name) => ({ name }));
      return { listServicesResponse: { service } };
    }
    this.#descriptors ??= import("../proto/descriptors.ts").then((module) => module.protocol());
    const descriptors = await this.#descriptors;
    if (request.fileByFilename !== undefined) {
      return this.#files(descriptors, descriptors.file(request.fileByFilename));
    }
    if (request.fileContainingSymbol !== undefined) {
      return this.#files(descriptors, descriptors.fileOf(request.fileContainingSymbol));
    }
    // No message of the protocol has extensions.
    if (request.fileContainingExtension !== undefined) return notFound();
    const type = request.allExtensionNumbersOfType;
    if (type === undefined) return undefined;
    if (descriptors.message(type) === undefined) return notFound();
    return { allExtensionNumbersResponse: { baseTypeName: type } };
  }

  /** The file and everything it imports that was not sent before. */
  #files(
    descriptors: Descriptors,
    file: FileDescriptorProto | undefined,
  ): ServerReflectionResponseInit {
    if (file === undefined) return notFound();
    const encoded: Buffer[] = [];
    const queue = [file];
    const seen = new Set(queue);
    for (const next of queue) {
      if (encoded.length === 0 || !this.#sent.has(next.name)) {
        this.#sent.add(next.name);
        encoded.push(FileDescriptorProto.encode(next));
      }
      for (const name of next.dependency) {
        const dependency = descriptors.file(name);
        if (dependency === undefined || seen.has(dependency)) continue;
        seen.add(dependency);
        queue.push(dependency);
      }
    }
    return { fileDescriptorResponse: { fileDescriptorProto: encoded } };
  }
}

const notFound = (): ServerReflectionResponseInit => ({
  errorResponse: { errorCode: code.notFound, errorMessage: "proto: not found" },
});
