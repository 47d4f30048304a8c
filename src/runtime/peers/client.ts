/**
 * Calls to other sidecars: one client per address and identity, one CallLocalStream per invocation.
 * @see spec 02 §8
 */
import type { Logger } from "../../kit/logging/logger.ts";
import { Metadata } from "../../kit/rpc/metadata.ts";
import { code, RpcError, type RpcStatus } from "../../kit/rpc/status.ts";
import type {
  ClientTransport,
  OutgoingCall,
  TlsOptions,
  Transport,
} from "../../kit/rpc/transport.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { GrpcMetrics } from "../api/grpc-metrics.ts";
import type { InvokeCall, InvokeHandler, InvokeMetadata, InvokeRequest } from "../app/contract.ts";
import { addTrace } from "../app/headers.ts";
import {
  callLocalPath,
  callLocalStreamPath,
  maxPayloadBytes,
  PeerWriter,
  ProtocolError,
  readResponseFrame,
  readUnaryResponse,
} from "./protocol.ts";

export interface PeerTarget {
  /** `host:port`, IPv6 in brackets. */
  readonly address: string;
  readonly appId: string;
  readonly namespace: string;
}

export interface PeerClientsOptions {
  readonly transport: Transport;
  /** undefined: plaintext. */
  readonly tls: (expected: {
    readonly namespace: string;
    readonly appId: string;
  }) => TlsOptions | undefined;
  readonly maxMessageBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** undefined: metrics are off. */
  readonly metrics: GrpcMetrics | undefined;
}

/** Unused for longer, a client is forgotten; looked at as often as {@link purgeIntervalMs}. */
const maxIdleMs = 180_000;
const purgeIntervalMs = 45_000;

/** A client in use. Whoever acquired it releases it when the call's status is there. */
export class Peer {
  readonly client: ClientTransport;
  lastUsedAt = 0;
  #active = 0;
  /** Out of the pool: closed when the last call ends. */
  #isDiscarded = false;

  constructor(client: ClientTransport) {
    this.client = client;
  }

  get isIdle(): boolean {
    return this.#active === 0;
  }

  acquire(now: number): void {
    this.lastUsedAt = now;
    this.#active++;
  }

  release(): void {
    this.#active--;
    if (this.#isDiscarded && this.#active === 0) void this.client.close();
  }

  discard(): void {
    this.#isDiscarded = true;
    if (this.#active === 0) void this.client.close();
  }
}

/** The clients of a sidecar towards others. */
export class PeerClients implements AsyncDisposable {
  readonly #options: PeerClientsOptions;
  readonly #peers = new Map<string, Peer>();
  readonly #writer = new PeerWriter();
  #purge: Disposable | undefined;

  constructor(options: PeerClientsOptions) {
    this.#options = options;
  }

  /** The client for calls of any kind; must be released. */
  acquire(target: PeerTarget): Peer {
    const { clock } = this.#options;
    const key = keyOf(target);
    let peer = this.#peers.get(key);
    if (peer === undefined) {
      peer = new Peer(this.#createClient(target));
      this.#peers.set(key, peer);
      this.#purge ??= clock.interval(purgeIntervalMs, () => this.#purgeIdle());
    }
    peer.acquire(clock.monotonic());
    return peer;
  }

  /**
   * One attempt of an invocation.
   * @param metadata what travels in the message, instead of request.metadata
   */
  invoke(
    target: PeerTarget,
    request: InvokeRequest,
    metadata: InvokeMetadata,
    handler: InvokeHandler,
  ): InvokeCall {
    const peer = this.acquire(target);
    const callMetadata = new Metadata();
    if (request.trace !== undefined) addTrace(callMetadata, request.trace);
    const init = { peer, target, request, metadata, callMetadata, handler };
    const out = peer.client.open(callLocalStreamPath, { metadata: callMetadata });
    return new PeerCall(init, out, this.#writer, this.#fallBack);
  }

  /** Takes a client out of the pool after its connection failed; calls that still run on it go on. */
  discard(target: PeerTarget): void {
    const key = keyOf(target);
    const peer = this.#peers.get(key);
    if (peer === undefined) return;
    this.#peers.delete(key);
    peer.discard();
  }

  /** Our certificate was renewed: calls that run go on, new ones open connections with the new one. */
  renew(): void {
    const peers = [...this.#peers.values()];
    this.#peers.clear();
    for (const peer of peers) peer.discard();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#purge?.[Symbol.dispose]();
    this.#purge = undefined;
    const peers = [...this.#peers.values()];
    this.#peers.clear();
    await Promise.all(peers.map((peer) => peer.client.close()));
  }

  #createClient(target: PeerTarget): ClientTransport {
    const { transport, tls, maxMessageBytes } = this.#options;
    return transport.createClient({
      target: dialTarget(target.address),
      tls: tls({ namespace: target.namespace, appId: target.appId }),
      maxMessageBytes,
      pingAfterMs: 10_000,
      pingTimeoutMs: 5000,
      maxStreamsPerConnection: 100,
      maxIdleMs,
    });
  }

  #purgeIdle(): void {
    const now = this.#options.clock.monotonic();
    for (const [key, peer] of this.#peers) {
      if (!peer.isIdle || now - peer.lastUsedAt < maxIdleMs) continue;
      this.#peers.delete(key);
      peer.discard();
    }
  }

  /** The peer is too old for streams: the same request in one message. */
  readonly #fallBack = (call: PeerCallInit): void => {
    const { request, handler, target, peer } = call;
    const { body } = request;
    if (body === "stream") {
      handler.onError(
        new Error(
          `target app '${target.appId}' is running a version of Dapr that does not support streaming-based service invocation`,
        ),
      );
      return;
    }
    this.#options.logger.warn(
      `App ${target.appId} does not support streaming-based service invocation (most likely because it's using an older version of Dapr); falling back to unary calls`,
    );
    peer.acquire(this.#options.clock.monotonic());
    this.#callUnary(call, body ?? noBody)
      .then(
        ({ head, body: answer }) => {
          if (head === undefined) {
            handler.onError(new Error("response object is nil"));
            return;
          }
          handler.onHead(head);
          if (answer.length > 0) handler.onData(answer);
          handler.onEnd();
        },
        (error: Error) => handler.onError(error),
      )
      .finally(() => peer.release());
  };

  async #callUnary(
    { peer, request, metadata, callMetadata }: PeerCallInit,
    body: Uint8Array,
  ): Promise<ReturnType<typeof readUnaryResponse>> {
    const { clock, metrics } = this.#options;
    const message = this.#writer.request(request, metadata, body);
    const startedAt = clock.monotonic();
    const record = (status: number, received: number): void =>
      metrics
        ?.method(callLocalPath)
        .finish(status, clock.monotonic() - startedAt, received, message.length);
    try {
      const reply = await peer.client.unary(callLocalPath, message, { metadata: callMetadata });
      record(0, reply.message.length);
      return readUnaryResponse(reply.message);
    } catch (error) {
      if (error instanceof RpcError) record(error.code, 0);
      throw error;
    }
  }
}

interface PeerCallInit {
  readonly peer: Peer;
  readonly target: PeerTarget;
  readonly request: InvokeRequest;
  /** What travels in the message. */
  readonly metadata: InvokeMetadata;
  /** What travels beside it. */
  readonly callMetadata: Metadata;
  readonly handler: InvokeHandler;
}

const noBody = Buffer.alloc(0);

/** One address may belong to several apps in turn, so the identity is part of the key. */
const keyOf = ({ address, namespace, appId }: PeerTarget): string =>
  `${address} ${namespace} ${appId}`;

function dialTarget(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  return { host, port: Number(address.slice(colon + 1)) };
}

/** The caller's side of one CallLocalStream. */
class PeerCall implements InvokeCall {
  readonly #out: OutgoingCall;
  readonly #writer: PeerWriter;
  readonly #handler: InvokeHandler;
  readonly #init: PeerCallInit;
  /** Called instead of onError when the peer does not know the method. */
  readonly #fallBack: (init: PeerCallInit) => void;
  #sendSeq = 0;
  #receiveSeq = 0;
  #hasHead = false;
  #isOver = false;

  constructor(
    init: PeerCallInit,
    out: OutgoingCall,
    writer: PeerWriter,
    fallBack: (init: PeerCallInit) => void,
  ) {
    const { request, metadata, handler } = init;
    this.#init = init;
    this.#out = out;
    this.#writer = writer;
    this.#handler = handler;
    this.#fallBack = fallBack;
    out.onMessage((message) => this.#onMessage(message));
    out.onStatus((status) => this.#onStatus(status));
    const { body } = request;
    if (body === "stream") {
      out.onDrain(() => {
        if (!this.#isOver) handler.onDrain();
      });
      out.send(writer.requestFrame(request, metadata, undefined));
    } else if (body === null) {
      out.send(writer.requestFrame(request, metadata, undefined));
      out.halfClose();
    } else {
      const first = body.subarray(0, maxPayloadBytes);
      this.#sendSeq = 1;
      const isWritable = out.send(writer.requestFrame(request, metadata, first));
      if (body.length === first.length) out.halfClose();
      else this.#sendRest(body, first.length, isWritable);
    }
  }

  /** A long body goes out as fast as the peer takes it. */
  #sendRest(body: Uint8Array, start: number, isWritable: boolean): void {
    let sent = start;
    const pump = (): void => {
      while (sent < body.length) {
        if (this.#isOver) return;
        const end = Math.min(sent + maxPayloadBytes, body.length);
        const frame = this.#writer.payloadFrame(body.subarray(sent, end), this.#sendSeq++);
        sent = end;
        if (!this.#out.send(frame) && sent < body.length) return;
      }
      this.#out.halfClose();
    };
    this.#out.onDrain(pump);
    if (isWritable) pump();
  }

  write(chunk: Uint8Array): boolean {
    let isWritable = true;
    for (let start = 0; start < chunk.length; start += maxPayloadBytes) {
      const end = Math.min(start + maxPayloadBytes, chunk.length);
      isWritable = this.#out.send(
        this.#writer.payloadFrame(chunk.subarray(start, end), this.#sendSeq++),
      );
    }
    return isWritable;
  }

  endBody(): void {
    this.#out.halfClose();
  }

  failBody(error: Error): void {
    if (this.#isOver) return;
    this.#drop();
    if (this.#hasHead) this.#handler.onEnd();
    else this.#handler.onError(error);
  }

  resume(): void {
    this.#out.resume();
  }

  abort(): void {
    this.#drop();
  }

  #drop(): void {
    this.#isOver = true;
    this.#out.cancel();
  }

  #onMessage(message: Buffer): void {
    if (this.#isOver) return;
    try {
      this.#receive(message);
    } catch (cause) {
      const error =
        cause instanceof ProtocolError
          ? cause
          : new RpcError(
              code.internal,
              `grpc: failed to unmarshal the received message: ${(cause as Error).message}`,
              { cause },
            );
      this.failBody(error);
    }
  }

  #receive(message: Buffer): void {
    const { head, payload } = readResponseFrame(message);
    if (!this.#hasHead) {
      if (head?.head === undefined) {
        throw new ProtocolError(
          "response does not contain the required fields in the leading chunk",
        );
      }
      this.#hasHead = true;
      this.#handler.onHead(head.head);
      if (this.#isOver) return;
    } else if (head?.isLeading) {
      throw new ProtocolError("response metadata found in non-leading chunk");
    }
    if (payload === undefined) return;
    if (payload.data.length > 0 && !this.#handler.onData(payload.data)) this.#out.pause();
    if (payload.seq !== this.#receiveSeq) {
      throw new ProtocolError(
        `invalid sequence number received: ${payload.seq} (expected: ${this.#receiveSeq})`,
      );
    }
    this.#receiveSeq++;
  }

  #onStatus(status: RpcStatus): void {
    this.#init.peer.release();
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#hasHead) this.#handler.onEnd();
    else if (status.code === code.ok) this.#handler.onError(new Error("EOF"));
    else if (status.code === code.unimplemented) this.#fallBack(this.#init);
    else {
      this.#handler.onError(
        new RpcError(status.code, status.message, {
          details: status.details,
          trailers: status.trailers,
        }),
      );
    }
  }
}
