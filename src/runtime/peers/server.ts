/**
 * The internal gRPC server: calls from other sidecars to the own app.
 * @see spec 02 §8
 */
import { code, RpcError } from "../../kit/rpc/status.ts";
import type { ServerTransport, UnaryCall } from "../../kit/rpc/transport.ts";
import type { AppChannel, InvokeHead, InvokeRequest } from "../app/contract.ts";
import { admit, appFailure, noApp, type PeerServerOptions } from "./admission.ts";
import { IncomingInvoke } from "./incoming-invoke.ts";
import { callLocalPath, callLocalStreamPath, PeerWriter, readUnaryRequest } from "./protocol.ts";

/** The methods of ServiceInvocation that concern invocation. */
export class PeerServer {
  readonly #options: PeerServerOptions;
  readonly #writer = new PeerWriter();

  constructor(options: PeerServerOptions) {
    this.#options = options;
  }

  register(server: ServerTransport): void {
    server.stream(callLocalStreamPath, (call) => {
      new IncomingInvoke(this.#options, this.#writer, call).start();
    });
    server.unary(callLocalPath, (message, call) => this.#callLocal(message, call));
  }

  #callLocal(message: Buffer, call: UnaryCall): Promise<Uint8Array> {
    const { clock, grpcMetrics } = this.#options;
    const startedAt = clock.monotonic();
    const series = grpcMetrics?.method(callLocalPath);
    const done = (status: number, sent: number): void =>
      series?.finish(status, clock.monotonic() - startedAt, message.length, sent);
    return this.#serveUnary(message, call).then(
      (answer) => {
        done(0, answer.length);
        return answer;
      },
      (error: unknown) => {
        done(error instanceof RpcError ? error.code : code.unknown, 0);
        throw error;
      },
    );
  }

  async #serveUnary(message: Buffer, call: UnaryCall): Promise<Uint8Array> {
    const options = this.#options;
    const app = options.app();
    if (app === undefined) throw noApp();
    const incoming = readUnaryRequest(message);
    if (incoming.message === undefined) {
      throw new RpcError(
        code.invalidArgument,
        "parsing InternalInvokeRequest error: field Message is nil",
      );
    }
    const admitted = admit(options, app, call, incoming);
    const { span } = admitted;
    const body = incoming.body.length === 0 ? null : Buffer.from(incoming.body);
    const request: InvokeRequest = {
      ...admitted.request,
      body,
      contentLength: body?.length,
    };
    try {
      const { head, chunks } = await collect(app, request, call);
      admitted.finish(head.status);
      return this.#writer.response(head, Buffer.concat(chunks));
    } catch (error) {
      admitted.finish(code.internal);
      const failure = appFailure(error as Error);
      if (span?.recording) span.setError(failure.desc);
      throw failure;
    } finally {
      if (span?.recording) span.end();
    }
  }
}

function collect(
  app: AppChannel,
  request: InvokeRequest,
  call: UnaryCall,
): Promise<{ head: InvokeHead; chunks: Buffer[] }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let head: InvokeHead | undefined;
    const running = app.invoke(request, {
      onHead(received) {
        head = received;
      },
      onData(chunk) {
        chunks.push(Buffer.from(chunk));
        return true;
      },
      onEnd: () => resolve({ head: head as InvokeHead, chunks }),
      onError: reject,
      onDrain() {},
    });
    call.onCancel(() => {
      running.abort();
      reject(new Error("context canceled"));
    });
  });
}
