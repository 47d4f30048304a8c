/**
 * Server reflection, v1 and v1alpha: clients such as grpcurl ask which services there are and how messages look. All
 * files of proto/ can be asked for; the list holds what the server says it has.
 * @see spec 01 §3, https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
import { code } from "./status.ts";
import type { ServerTransport, StreamCall } from "./transport.ts";

/** The same but for their package. */
const reflectionServices = [
  "grpc.reflection.v1.ServerReflection",
  "grpc.reflection.v1alpha.ServerReflection",
] as const;

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
  const services = [...options.services, ...reflectionServices].sort();
  const handle = (call: StreamCall): void => {
    // Questions wait until somebody listens.
    import("./reflection-stream.ts").then(
      ({ ReflectionStream }) => new ReflectionStream(call, services).start(),
      (error: Error) => call.finish({ code: code.internal, message: error.message }),
    );
  };
  return reflectionServices.map((name) => ({
    path: `/${name}/ServerReflectionInfo`,
    handle,
  }));
}

/** For servers without interceptors. */
export function registerReflection(server: ServerTransport, options: ReflectionOptions): void {
  for (const { path, handle } of reflectionMethods(options)) server.stream(path, handle);
}
