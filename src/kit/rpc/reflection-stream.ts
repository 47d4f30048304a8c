/**
 * What server reflection answers; loaded when a client asks.
 * @see spec 01 §3
 */
import type { Descriptors } from "../proto/descriptors.ts";
import { FileDescriptorProto } from "../proto/google/protobuf/descriptor.ts";
import {
  ServerReflectionRequest,
  ServerReflectionResponse,
  type ServerReflectionResponseInit,
} from "../proto/grpc/reflection/v1/reflection.ts";
import { code } from "./status.ts";
import type { StreamCall } from "./transport.ts";

/** One client's questions. Nothing is known about messages before the first one that needs it. */
export class ReflectionStream {
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
