/**
 * gRPC client on @grpc/grpc-js.
 *
 * What the library cannot do: it keeps one connection, so `maxStreamsPerConnection` is not obeyed and calls above the
 * server's limit wait; after a failed dial calls fail at once until its back-off is over; unused
 * connections are closed up to ten seconds late; a status other than OK
 * overtakes messages that were not read yet; `grpc-message` keeps the escapes of reserved URL characters.
 */

import type { Socket } from "node:net";
import type * as grpc from "@grpc/grpc-js";
import type { Clock } from "../../time/clock.ts";
import { Contexts } from "../h2/tls.ts";
import { authorityOf, secure } from "../sockets.ts";
import { code, RpcError } from "../status.ts";
import type {
  CallOptions,
  ClientOptions,
  ClientTransport,
  OutgoingCall,
  TlsOptions,
  UnaryReply,
} from "../transport.ts";
import { callUnary } from "../unary.ts";
import { GrpcjsClientCall } from "./client-call.ts";

type Library = typeof grpc;

export class GrpcjsClient implements ClientTransport {
  readonly #library: Library;
  readonly #options: ClientOptions;
  readonly #clock: Clock;
  readonly #channel: grpc.Channel;
  readonly #calls = new Set<GrpcjsClientCall>();
  #closed = false;

  constructor(library: Library, options: ClientOptions, clock: Clock) {
    this.#library = library;
    this.#options = options;
    this.#clock = clock;
    const { target, tls } = options;
    this.#channel = new library.Channel(
      "path" in target ? `unix:${target.path}` : authorityOf(target),
      tls === undefined
        ? library.ChannelCredentials.createInsecure()
        : spiffeCredentials(library, tls),
      channelOptions(options),
    );
  }

  async connect(): Promise<void> {
    const { connectivityState } = this.#library;
    if (this.#closed) throw new RpcError(code.canceled, "grpc: the client connection is closing");
    const until = this.#clock.now() + (this.#options.connectTimeoutMs ?? 20_000);
    for (;;) {
      const state = this.#channel.getConnectivityState(true);
      if (state === connectivityState.READY) return;
      if (state === connectivityState.TRANSIENT_FAILURE || state === connectivityState.SHUTDOWN) {
        throw new RpcError(code.unavailable, "connection error");
      }
      await new Promise<void>((resolve, reject) => {
        this.#channel.watchConnectivityState(state, until, (error) => {
          if (error === undefined) resolve();
          else reject(new RpcError(code.unavailable, "connection error: timed out"));
        });
      });
    }
  }

  open(path: string, options: CallOptions = {}): OutgoingCall {
    const call = new GrpcjsClientCall({
      library: this.#library,
      channel: this.#channel,
      path,
      maxMessageBytes: this.#options.maxMessageBytes,
      connectTimeoutMs: this.#options.connectTimeoutMs ?? 20_000,
      clock: this.#clock,
      call: options,
      isClosed: this.#closed,
      onEnd: (ended) => this.#calls.delete(ended),
    });
    if (!call.isEnded) this.#calls.add(call);
    return call;
  }

  unary(path: string, message: Uint8Array, options?: CallOptions): Promise<UnaryReply> {
    return callUnary(this.open(path, options), message);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const call of this.#calls) call.cancel();
    // The resets are written first.
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#channel.close();
  }
}

function channelOptions(options: ClientOptions): grpc.ChannelOptions {
  const { pingAfterMs = 0, maxIdleMs = 180_000 } = options;
  const channel: grpc.ChannelOptions = {
    "grpc.max_receive_message_length": options.maxMessageBytes,
    "grpc.max_send_message_length": -1,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_http_proxy": 0,
    "grpc.enable_retries": 0,
    "grpc.enable_channelz": 0,
    "grpc.service_config_disable_resolution": 1,
    "grpc.initial_reconnect_backoff_ms": 100,
    // Seven days stand for ever.
    "grpc.client_idle_timeout_ms": maxIdleMs > 0 ? Math.max(maxIdleMs, 1000) : 604_800_000,
  };
  if (options.userAgent !== undefined) channel["grpc.primary_user_agent"] = options.userAgent;
  if (pingAfterMs > 0) {
    channel["grpc.keepalive_time_ms"] = pingAfterMs;
    channel["grpc.keepalive_timeout_ms"] = options.pingTimeoutMs ?? 20_000;
    channel["grpc.keepalive_permit_without_calls"] = 1;
  }
  return channel;
}

/**
 * Credentials that do our own handshake. The library's would send an IP address as TLS server name, which Node 26
 * refuses, keep the material they were made with, and compare host names.
 */
function spiffeCredentials(library: Library, tls: TlsOptions): grpc.ChannelCredentials {
  const contexts = new Contexts(tls);
  class SpiffeCredentials extends library.ChannelCredentials {
    override _isSecure(): boolean {
      return true;
    }

    override _equals(other: grpc.ChannelCredentials): boolean {
      return other === this;
    }

    override _createSecureConnector(
      _target: unknown,
      _options: unknown,
      callCredentials?: grpc.CallCredentials,
    ) {
      const credentials = callCredentials ?? library.CallCredentials.createEmpty();
      return {
        connect: async (socket: Socket) => ({
          socket: await secure(tls, contexts, socket),
          secure: true,
        }),
        waitForReady: async () => {},
        getCallCredentials: () => credentials,
        destroy: () => {},
      };
    }
  }
  return new SpiffeCredentials();
}
