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
  /** Whether it asks a backend that failed to connect again; finding the address then belongs to that. */
  readonly retriesConnect: boolean;
  run(backend: RelayBackend): void;
  /** Ends the call; Dapr's own failures are Unknown with the bare text. */
  fail(error: Error): void;
}

/** undefined: no policy applies to the call. */
export type GuardRelay = (
  call: StreamCall,
  onEnd: ((status: RpcStatus) => void) | undefined,
) => CallRelay | undefined;

/** One whose address is looked for with each attempt to connect, until it was found. */
export function lateBackend(find: () => Promise<RelayBackend>): RelayBackend {
  let found: RelayBackend | undefined;
  /** Attempts that overlap share one search. */
  let search: Promise<RelayBackend> | undefined;
  let end: RpcStatus | undefined;
  const searched = async (): Promise<RelayBackend> => {
    try {
      found = await find();
    } finally {
      search = undefined;
    }
    // The call may be over by now.
    if (end !== undefined) found.onStatus(end);
    return found;
  };
  return {
    async connect() {
      search ??= found === undefined ? searched() : undefined;
      const backend = found ?? (await search);
      if (end === undefined) await backend?.connect();
    },
    open() {
      if (found === undefined) throw new Error("not connected");
      return found.open();
    },
    reconnect: () => found?.reconnect(),
    onStatus(status) {
      end = status;
      found?.onStatus(status);
    },
  };
}

export function statusOfError(error: Error): RpcStatus {
  const isStatus = error instanceof RpcError;
  return {
    code: isStatus ? error.code : code.unknown,
    message: isStatus ? error.desc : error.message,
    details: isStatus ? error.details : undefined,
    trailers: new Metadata(),
  };
}
