/** A unary call on the client, without the callbacks of a stream. */
import { Metadata } from "../metadata.ts";
import { code, RpcError, type RpcStatus } from "../status.ts";
import type { CallOptions, UnaryReply } from "../transport.ts";
import { ClientCall } from "./client-call.ts";
import type { ClientConnection } from "./client-connection.ts";

export function rpcError(status: RpcStatus): RpcError {
  const { details, trailers } = status;
  return new RpcError(status.code, status.message, { details, trailers });
}

export class UnaryClientCall extends ClientCall {
  #reply: Buffer | null = null;
  readonly #resolve: (reply: UnaryReply) => void;
  readonly #reject: (error: RpcError) => void;

  /** Sends request and half-close at once. */
  constructor(
    connection: ClientConnection,
    path: string,
    message: Uint8Array,
    options: CallOptions | undefined,
    resolve: (reply: UnaryReply) => void,
    reject: (error: RpcError) => void,
  ) {
    super(connection, path, options);
    this.#resolve = resolve;
    this.#reject = reject;
    this.isFlowing = true;
    this.sendOnly(message);
  }

  protected override tellHeaders(): void {
    // They are part of the reply.
  }

  protected override deliver(message: Buffer): void {
    if (this.#reply !== null) {
      this.refuse(
        code.internal,
        "cardinality violation: expected <EOF> for non server-streaming RPCs, but received another message",
      );
    }
    this.#reply = message;
  }

  protected override ended(status: RpcStatus): void {
    const reply = this.#reply;
    if (status.code !== code.ok) {
      this.#reject(rpcError(status));
    } else if (reply === null) {
      const text =
        "cardinality violation: received no response message from non-server-streaming RPC";
      this.#reject(new RpcError(code.internal, text));
    } else {
      const headers = this.headers ?? new Metadata();
      this.#resolve({ message: reply, headers, trailers: status.trailers });
    }
  }
}
