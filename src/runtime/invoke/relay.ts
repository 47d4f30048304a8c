/**
 * What carries a proxied call, and what it is connected to.
 * @see spec 02 §5
 */
import { Metadata } from "../../kit/rpc/metadata.ts";
import { code, RpcError, type RpcStatus } from "../../kit/rpc/status.ts";
import type { OutgoingCall, StreamCall } from "../../kit/rpc/transport.ts";

export interface RelayBackend {
  /** @throws {RpcError} */
  connect(): Promise<void>;
  open(): OutgoingCall;
  /** Called between two attempts to connect. */
  reconnect(): void;
  /** However it ends, once. */
  onStatus(status: RpcStatus): void;
}

export interface CallRelay {
  run(backend: RelayBackend): void;
  /** Ends the call; Dapr's own failures are Unknown with the bare text. */
  fail(error: Error): void;
}

/** undefined: no policy applies to the call. */
export type GuardRelay = (
  call: StreamCall,
  onEnd: ((status: RpcStatus) => void) | undefined,
) => CallRelay | undefined;

export function statusOfError(error: Error): RpcStatus {
  const isStatus = error instanceof RpcError;
  return {
    code: isStatus ? error.code : code.unknown,
    message: isStatus ? error.desc : error.message,
    details: isStatus ? error.details : undefined,
    trailers: new Metadata(),
  };
}
