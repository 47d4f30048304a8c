/**
 * The gRPC transport on @grpc/grpc-js: what other Node programs use, as a reference and an escape hatch. The library is
 * loaded when the transport is made, not with this module.
 */
import { systemClock } from "../../time/clock.ts";
import type { Transport } from "../transport.ts";
import { GrpcjsClient } from "./client.ts";
import { GrpcjsServer } from "./server.ts";

export async function loadGrpcjsTransport(): Promise<Transport> {
  const module = await import("@grpc/grpc-js");
  // In a bundle a CommonJS package may come as its default export alone.
  const library = "Server" in module ? module : (module as { default: typeof module }).default;
  return {
    name: "grpcjs",
    createServer: (options) => new GrpcjsServer(library, options, options.clock ?? systemClock),
    createClient: (options) => new GrpcjsClient(library, options, options.clock ?? systemClock),
  };
}
