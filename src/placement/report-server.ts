/**
 * The gRPC service that sidecars report to, one stream each.
 * @see spec 05 §7.3
 */
import type { Logger } from "../kit/logging/logger.ts";
import { Host, PlacementService } from "../kit/proto/dapr/proto/placement/v1/placement.ts";
import { code, RpcError } from "../kit/rpc/status.ts";
import type { Finish, ServerTransport, StreamCall } from "../kit/rpc/transport.ts";
import { statusOfError } from "../kit/rpc/unary.ts";
import { authorise } from "./authorise.ts";
import type { Connection, Namespaces, SidecarStream } from "./namespaces.ts";

export interface ReportServerOptions {
  readonly id: string;
  readonly isTlsEnabled: boolean;
  readonly isLeader: () => boolean;
  readonly namespaces: Namespaces;
  readonly logger: Logger;
}

export class ReportServer {
  readonly #options: ReportServerOptions;
  readonly #open = new Set<ReportStream>();
  #isStopping = false;

  constructor(options: ReportServerOptions) {
    this.#options = options;
  }

  register(server: ServerTransport): void {
    server.stream(PlacementService.methods.reportDaprStatus.path, (call) => this.#serve(call));
  }

  /** Ends all streams and refuses new ones. @param reason why */
  stop(reason: string): void {
    this.#isStopping = true;
    const status = { code: code.unknown, message: `cancelling context, ${reason}` };
    for (const stream of this.#open) stream.expel(status);
  }

  #serve(call: StreamCall): void {
    const { id, isLeader } = this.#options;
    if (this.#isStopping) {
      call.finish({ code: code.unavailable, message: "placement server is shutting down" });
    } else if (!isLeader()) {
      call.finish({
        code: code.failedPrecondition,
        message: `node id=${id} is not a leader. Only the leader can serve requests`,
      });
    } else {
      const stream = new ReportStream(call, this.#options, () => this.#open.delete(stream));
      this.#open.add(stream);
      stream.start();
    }
  }
}

/** The stream of one sidecar. */
class ReportStream implements SidecarStream {
  readonly #call: StreamCall;
  readonly #options: ReportServerOptions;
  readonly #onEnd: () => void;
  #connection: Connection | undefined;
  #hasEnded = false;

  constructor(call: StreamCall, options: ReportServerOptions, onEnd: () => void) {
    this.#call = call;
    this.#options = options;
    this.#onEnd = onEnd;
  }

  start(): void {
    this.#call.onCancel(() => this.#end());
    this.#call.onHalfClose(() => this.expel({}));
    this.#call.onMessage((message) => {
      try {
        this.#receive(message);
      } catch (error) {
        this.expel(statusOfError(error));
      }
    });
  }

  send(order: Uint8Array): void {
    // No more than three orders are under way to a sidecar that does not confirm.
    this.#call.send(order);
  }

  expel(status: Finish): void {
    if (this.#hasEnded) return;
    this.#call.finish(status);
    this.#end();
  }

  #receive(message: Buffer): void {
    if (this.#hasEnded) return;
    const { isTlsEnabled, namespaces, logger } = this.#options;
    const host = decodeHost(message);
    authorise(host, this.#call.peer.identity, isTlsEnabled);
    if (this.#connection !== undefined) {
      this.#connection.received(host);
      return;
    }
    logger.info(
      `Received status report connection from new namespace=${host.namespace} id=${host.id} host=${host.name}`,
    );
    this.#connection = namespaces.open(this, host);
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#onEnd();
    this.#connection?.closed();
  }
}

function decodeHost(message: Buffer): Host {
  try {
    return Host.decode(message);
  } catch (error) {
    throw new RpcError(
      code.internal,
      `grpc: error unmarshalling request: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
