import { describe, expect, test } from "vitest";
import { FileDescriptorProto } from "../proto/google/protobuf/descriptor.ts";
import {
  ServerReflectionRequest,
  type ServerReflectionRequestInit,
  ServerReflectionResponse,
} from "../proto/grpc/reflection/v1/reflection.ts";
import { Metadata } from "./metadata.ts";
import { registerReflection } from "./reflection.ts";
import type { Finish, ServerTransport, StreamCall, StreamHandler } from "./transport.ts";

/** A stream without wire. */
class FakeCall {
  readonly responses: ServerReflectionResponse[] = [];
  readonly metadata = new Metadata();
  status: Finish | undefined;
  isPaused = false;
  /** What send says. */
  isWritable = true;
  cancelled = false;
  /** What comes before anybody listens waits. */
  readonly #early: (() => void)[] = [];
  message = (message: Buffer): void => {
    this.#early.push(() => this.message(message));
  };
  halfClose = (): void => {
    this.#early.push(() => this.halfClose());
  };
  drain: () => void = () => {};
  readonly finished = Promise.withResolvers<Finish>();

  onMessage(callback: (message: Buffer) => void): void {
    this.message = callback;
    for (const say of this.#early.splice(0)) say();
  }
  onHalfClose(callback: () => void): void {
    this.halfClose = callback;
  }
  onDrain(callback: () => void): void {
    this.drain = callback;
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  send(message: Uint8Array): boolean {
    this.responses.push(ServerReflectionResponse.decode(Buffer.from(message)));
    return this.isWritable;
  }
  finish(status: Finish = {}): void {
    this.status ??= status;
    this.finished.resolve(status);
  }
}

const paths = [
  "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
  "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

function open(services = ["dapr.proto.runtime.v1.Dapr"], path = paths[0]!): FakeCall {
  const handlers = new Map<string, StreamHandler>();
  const server = {
    stream: (name: string, handler: StreamHandler) => handlers.set(name, handler),
  } as unknown as ServerTransport;
  registerReflection(server, { services });
  expect([...handlers.keys()]).toEqual(paths);
  const call = new FakeCall();
  handlers.get(path)!(call as unknown as StreamCall);
  return call;
}

async function ask(
  call: FakeCall,
  ...requests: ServerReflectionRequestInit[]
): Promise<ServerReflectionResponse[]> {
  for (const request of requests) call.message(ServerReflectionRequest.encode(request));
  call.halfClose();
  expect(await call.finished.promise).toEqual({});
  return call.responses;
}

const filesOf = (response: ServerReflectionResponse | undefined): string[] =>
  response!.fileDescriptorResponse!.fileDescriptorProto.map(
    (bytes) => FileDescriptorProto.decode(bytes).name,
  );

describe("list_services", () => {
  test.each(paths)("has the services and both versions of reflection, sorted: %s", async (path) => {
    const call = open(["dapr.proto.runtime.v1.Dapr"], path);
    const [response] = await ask(call, { host: "h", listServices: "*" });
    expect(response).toMatchObject({
      validHost: "h",
      originalRequest: { host: "h", listServices: "*" },
      listServicesResponse: {
        service: [
          { name: "dapr.proto.runtime.v1.Dapr" },
          { name: "grpc.reflection.v1.ServerReflection" },
          { name: "grpc.reflection.v1alpha.ServerReflection" },
        ],
      },
    });
  });
});

describe("files", () => {
  test("come with what they import, each once per stream", async () => {
    const [first, again, other] = await ask(
      open(),
      { fileByFilename: "dapr/proto/runtime/v1/state.proto" },
      { fileByFilename: "dapr/proto/runtime/v1/state.proto" },
      { fileByFilename: "dapr/proto/runtime/v1/crypto.proto" },
    );
    expect(filesOf(first)).toEqual([
      "dapr/proto/runtime/v1/state.proto",
      "dapr/proto/common/v1/common.proto",
      "google/protobuf/any.proto",
      "google/protobuf/duration.proto",
    ]);
    expect(filesOf(again)).toEqual(["dapr/proto/runtime/v1/state.proto"]);
    expect(filesOf(other)).toEqual(["dapr/proto/runtime/v1/crypto.proto"]);
  });

  test.each([
    ["dapr.proto.runtime.v1.Dapr", "dapr/proto/runtime/v1/dapr.proto"],
    ["dapr.proto.runtime.v1.Dapr.GetState", "dapr/proto/runtime/v1/dapr.proto"],
    ["dapr.proto.runtime.v1.GetStateRequest", "dapr/proto/runtime/v1/state.proto"],
    ["dapr.proto.runtime.v1.GetStateRequest.store_name", "dapr/proto/runtime/v1/state.proto"],
    ["dapr.proto.common.v1.StateOptions.StateConcurrency", "dapr/proto/common/v1/common.proto"],
    [
      "dapr.proto.common.v1.StateOptions.CONCURRENCY_LAST_WRITE",
      "dapr/proto/common/v1/common.proto",
    ],
    ["google.protobuf.Value.kind", "google/protobuf/struct.proto"],
    ["TaskHubSidecarService", "orchestrator_service.proto"],
    ["grpc.reflection.v1alpha.ServerReflection", "grpc/reflection/v1alpha/reflection.proto"],
  ])("are found by the symbol %s", async (symbol, file) => {
    const [response] = await ask(open(), { fileContainingSymbol: symbol });
    expect(filesOf(response)[0]).toBe(file);
  });
});

describe("errors", () => {
  test.each<ServerReflectionRequestInit>([
    { fileByFilename: "no.proto" },
    { fileContainingSymbol: "no.Symbol" },
    { fileContainingSymbol: "" },
    { fileContainingSymbol: "dapr.proto.runtime.v1" },
    { fileContainingExtension: { containingType: "google.protobuf.Any", extensionNumber: 1 } },
    { allExtensionNumbersOfType: "no.Message" },
  ])("%j is not found", async (request) => {
    const [response] = await ask(open(), request);
    expect(response?.errorResponse).toEqual({ errorCode: 5, errorMessage: "proto: not found" });
  });

  test("a message without extensions has an empty list", async () => {
    const [response] = await ask(open(), { allExtensionNumbersOfType: "google.protobuf.Any" });
    expect(response?.allExtensionNumbersResponse).toEqual({
      baseTypeName: "google.protobuf.Any",
      extensionNumber: [],
    });
  });

  test("a request without question ends the stream", async () => {
    const call = open();
    call.message(Buffer.alloc(0));
    expect(await call.finished.promise).toMatchObject({ code: 3 });
    expect(call.responses).toEqual([]);
  });

  test("bytes that are no request end the stream", async () => {
    const call = open();
    call.message(Buffer.from([0x3a, 5]));
    expect(await call.finished.promise).toMatchObject({
      code: 13,
      message: "grpc: error unmarshalling request: unexpected EOF",
    });
  });
});

test("a client that does not read is not asked for more", async () => {
  const call = open();
  call.isWritable = false;
  call.message(ServerReflectionRequest.encode({ listServices: "" }));
  await expect.poll(() => call.responses.length).toBe(1);
  expect(call.isPaused).toBe(true);
  call.drain();
  expect(call.isPaused).toBe(false);
});
