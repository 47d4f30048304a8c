/**
 * Unary calls in terms of streams, for the transports whose library knows only streams.
 */

import { Metadata } from "./metadata.ts";
import { code, RpcError, type RpcStatus } from "./status.ts";
import type {
  Finish,
  OutgoingCall,
  Peer,
  StreamCall,
  UnaryCall,
  UnaryHandler,
  UnaryReply,
} from "./transport.ts";

class UnaryView implements UnaryCall {
  readonly #call: StreamCall;
  trailers: Metadata | null = null;

  constructor(call: StreamCall) {
    this.#call = call;
  }

  get path(): string {
    return this.#call.path;
  }

  get authority(): string {
    return this.#call.authority;
  }

  get metadata(): Metadata {
    return this.#call.metadata;
  }

  get peer(): Peer {
    return this.#call.peer;
  }

  get timeoutMs(): number {
    return this.#call.timeoutMs;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }

  get cancelled(): boolean {
    return this.#call.cancelled;
  }

  onCancel(callback: () => void): void {
    this.#call.onCancel(callback);
  }

  sendHeaders(metadata: Metadata): void {
    this.#call.sendHeaders(metadata);
  }
}

/** The status that ends a call whose handler threw. */
export function statusOfError(reason: unknown): Finish {
  if (reason instanceof RpcError) {
    return {
      code: reason.code,
      message: reason.desc,
      details: reason.details,
      trailers: reason.trailers,
    };
  }
  return {
    code: code.unknown,
    message: reason instanceof Error ? reason.message : String(reason),
  };
}

/** Answers one stream with a unary handler. */
export function serveUnary(handler: UnaryHandler, call: StreamCall): void {
  const view = new UnaryView(call);
  let request: Buffer | undefined;
  const fail = (reason: unknown): void => {
    const status = statusOfError(reason);
    const trailers = view.trailers?.clone() ?? new Metadata();
    if (status.trailers !== undefined) trailers.entries.push(...status.trailers.entries);
    call.finish({ ...status, trailers });
  };
  const answer = (response: Uint8Array): void => {
    call.send(response);
    call.finish({ trailers: view.trailers ?? undefined });
  };
  call.onMessage((message) => {
    if (request !== undefined) {
      call.finish({
        code: code.internal,
        message:
          "cardinality violation: received multiple request messages for non-client-streaming RPC",
      });
      return;
    }
    request = Buffer.from(message);
  });
  call.onHalfClose(() => {
    if (request === undefined) {
      call.finish({
        code: code.internal,
        message: "cardinality violation: received no request message from non-client-streaming RPC",
      });
      return;
    }
    try {
      const response = handler(request, view);
      if (response instanceof Promise) response.then(answer, fail);
      else answer(response);
    } catch (error) {
      fail(error);
    }
  });
}

function errorOf(status: RpcStatus): RpcError {
  return new RpcError(status.code, status.message, {
    details: status.details,
    trailers: status.trailers,
  });
}

/** Sends one message and waits for one. @throws {RpcError} */
export function callUnary(call: OutgoingCall, message: Uint8Array): Promise<UnaryReply> {
  return new Promise((resolve, reject) => {
    let headers = new Metadata();
    let reply: Buffer | undefined;
    let extra = false;
    call.onHeaders((metadata) => {
      headers = metadata;
    });
    call.onMessage((received) => {
      if (reply === undefined) reply = Buffer.from(received);
      else extra = true;
    });
    call.onStatus((status) => {
      if (status.code !== code.ok) {
        reject(errorOf(status));
      } else if (reply === undefined || extra) {
        const what = extra
          ? "expected <EOF> for non server-streaming RPCs, but received another message"
          : "received no response message from non-server-streaming RPC";
        reject(new RpcError(code.internal, `cardinality violation: ${what}`));
      } else {
        resolve({ message: reply, headers, trailers: status.trailers });
      }
    });
    call.send(message);
    call.halfClose();
  });
}
