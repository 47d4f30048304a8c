/** Server reflection as a foreign client sees it: grpc-js on the wire, protobufjs to understand the descriptors. */
import { Client, credentials } from "@grpc/grpc-js";
import protobuf from "protobufjs";
import "protobufjs/ext/descriptor/index.js";
import { expect, test } from "vitest";
import { h2Transport } from "../../src/kit/rpc/h2/transport.ts";
import { registerReflection } from "../../src/kit/rpc/reflection.ts";

// The client's own idea of the protocol.
const { root } = protobuf.parse(`syntax = "proto3";
  message Request { string host = 1; oneof question { string file_by_filename = 3; string file_containing_symbol = 4;
    string list_services = 7; } }
  message Response { string valid_host = 1; Request original_request = 2;
    oneof answer { Files files = 4; Services services = 6; Failure failure = 7; } }
  message Files { repeated bytes file_descriptor_proto = 1; }
  message Services { repeated Service service = 1; }
  message Service { string name = 1; }
  message Failure { int32 error_code = 1; string error_message = 2; }`);
const requestType = root.lookupType("Request");
const responseType = root.lookupType("Response");

test.each(["v1", "v1alpha"])(
  "a grpc-js client explores the Dapr service with %s",
  async (version) => {
    const server = h2Transport.createServer({
      maxMessageBytes: 4 << 20,
      maxMetadataBytes: 8192,
    });
    registerReflection(server, { services: ["dapr.proto.runtime.v1.Dapr"] });
    const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    try {
      const call = client.makeBidiStreamRequest(
        `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
        (request: object) =>
          Buffer.from(requestType.encode(requestType.fromObject(request)).finish()),
        (bytes: Buffer) => responseType.toObject(responseType.decode(bytes)),
      );
      // biome-ignore lint/suspicious/noExplicitAny: plain objects of a foreign decoder
      const answers: any[] = [];
      call.on("data", (answer) => answers.push(answer));
      const ended = new Promise((resolve, reject) => {
        call.on("end", resolve);
        call.on("error", reject);
      });
      call.write({ listServices: "*" });
      call.write({ fileContainingSymbol: "dapr.proto.runtime.v1.Dapr" });
      call.write({ fileByFilename: "no.proto" });
      call.end();
      await ended;

      expect(answers[0].services.service.map(({ name }: { name: string }) => name)).toContain(
        "dapr.proto.runtime.v1.Dapr",
      );
      const { fileDescriptorProto } = answers[1].files;
      const explored = (protobuf.Root as unknown as { fromDescriptor(set: Buffer): protobuf.Root })
        .fromDescriptor(fileDescriptorSet(fileDescriptorProto))
        .resolveAll();
      const getState = explored.lookupService("dapr.proto.runtime.v1.Dapr").methods.GetState!;
      expect(getState.resolvedRequestType!.fields.storeName!.id).toBe(1);
      expect(answers[2].failure).toEqual({ errorCode: 5, errorMessage: "proto: not found" });
    } finally {
      client.close();
      await server.close(0);
    }
  },
);

/** The files as fields number 1 of a FileDescriptorSet. */
function fileDescriptorSet(files: Buffer[]): Buffer {
  const writer = protobuf.Writer.create();
  for (const file of files) writer.uint32(10).bytes(file);
  return Buffer.from(writer.finish());
}
