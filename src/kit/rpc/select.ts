/**
 * Which gRPC transport a program uses. The default comes with the program, the others are loaded when they are chosen.
 */
import { h2Transport } from "./h2/transport.ts";
import type { Transport } from "./transport.ts";

/**
 * @param name the value of `TRICORNE_GRPC_TRANSPORT`; undefined and "" mean `h2`
 * @throws {Error} for other words
 */
export async function selectTransport(name: string | undefined): Promise<Transport> {
  switch (name ?? "") {
    case "":
    case "h2":
      return h2Transport;
    case "http2":
      return (await import("./http2/transport.ts")).http2Transport;
    case "grpcjs":
      return (await import("./grpcjs/transport.ts")).loadGrpcjsTransport();
    default:
      throw new Error(
        `TRICORNE_GRPC_TRANSPORT must be h2, http2 or grpcjs, not ${JSON.stringify(name)}`,
      );
  }
}
