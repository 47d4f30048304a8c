/**
 * One invocation of an app behind another sidecar: finds its address, calls, and tries again where the connection failed.
 * @see spec 02 §3.5, §8.4
 */
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type {
  InvokeCall,
  InvokeHandler,
  InvokeHead,
  InvokeMetadata,
  InvokeRequest,
} from "../app/contract.ts";
import type { PeerClients, PeerTarget } from "../peers/client.ts";
import type { InvokeMetrics } from "../peers/metrics.ts";
import type { Addresses } from "./resolve.ts";
import { builtInRetries, isConnectionFailure, retriesExhausted } from "./retry.ts";

export interface RemoteCallContext {
  readonly peers: Pick<PeerClients, "invoke" | "discard">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** undefined: metrics are off. */
  readonly metrics: InvokeMetrics | undefined;
}

export class RemoteCall implements InvokeCall, InvokeHandler {
  readonly #context: RemoteCallContext;
  readonly #request: InvokeRequest;
  readonly #metadata: InvokeMetadata;
  readonly #handler: InvokeHandler;
  readonly #appId: string;
  readonly #namespace: string;
  #addresses: Addresses | undefined;
  #target: PeerTarget | undefined;
  #attempt: InvokeCall | undefined;
  #retries = 0;
  #wait: Disposable | undefined;
  /** What was written before there was an address. */
  #held: Buffer[] = [];
  #isBodyEnded = false;
  #startedAt = 0;
  #isOver = false;

  constructor(
    context: RemoteCallContext,
    app: { readonly appId: string; readonly namespace: string },
    request: InvokeRequest,
    metadata: InvokeMetadata,
    handler: InvokeHandler,
  ) {
    this.#context = context;
    this.#appId = app.appId;
    this.#namespace = app.namespace;
    this.#request = request;
    this.#metadata = metadata;
    this.#handler = handler;
  }

  start(addresses: Addresses): void {
    this.#addresses = addresses;
    let found: string | Promise<string>;
    try {
      found = addresses.find(this.#appId, this.#namespace);
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    if (typeof found === "string") this.#dial(found);
    else {
      found.then(
        (address) => this.#dial(address),
        (error: Error) => this.#fail(error),
      );
    }
  }

  #dial(address: string): void {
    this.#target = { address, appId: this.#appId, namespace: this.#namespace };
    this.#tryOnce();
  }

  #tryOnce(): void {
    if (this.#isOver || this.#target === undefined) return;
    const { peers, clock, metrics } = this.#context;
    metrics?.requestSent(this.#appId, "unary");
    this.#startedAt = clock.monotonic();
    const attempt = peers.invoke(this.#target, this.#request, this.#metadata, this);
    // A transport may know at once that it cannot connect.
    if (this.#isOver || this.#wait !== undefined) return;
    this.#attempt = attempt;
    this.#flush(attempt);
  }

  #flush(attempt: InvokeCall): void {
    const held = this.#held;
    this.#held = [];
    let isWritable = true;
    for (const chunk of held) isWritable = attempt.write(chunk);
    if (this.#isBodyEnded) attempt.endBody();
    else if (held.length > 0 && isWritable) this.#handler.onDrain();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return true;
    if (this.#attempt !== undefined) return this.#attempt.write(chunk);
    this.#held.push(Buffer.from(chunk));
    return false;
  }

  endBody(): void {
    this.#isBodyEnded = true;
    this.#attempt?.endBody();
  }

  failBody(error: Error): void {
    if (this.#isOver) return;
    if (this.#attempt === undefined) this.#fail(error);
    else this.#attempt.failBody(error);
  }

  resume(): void {
    this.#attempt?.resume();
  }

  abort(): void {
    this.#close();
    this.#attempt?.abort();
  }

  onHead(head: InvokeHead): void {
    const { metrics, clock, logger } = this.#context;
    metrics?.responseReceived(this.#appId, head.status, clock.monotonic() - this.#startedAt);
    if (this.#retries > 0) {
      logger.info(
        `Recovered processing operation ${builtInRetries.name} after ${this.#retries + 1} attempts`,
      );
    }
    this.#handler.onHead(head);
  }

  onData(chunk: Uint8Array): boolean {
    return this.#handler.onData(chunk);
  }

  onEnd(): void {
    this.#close();
    this.#handler.onEnd();
  }

  onError(error: Error): void {
    if (this.#isOver) return;
    const isRetried = this.#request.body !== "stream" && isConnectionFailure(error);
    if (!isRetried) this.#fail(error);
    else if (this.#retries === builtInRetries.max) {
      this.#fail(retriesExhausted(this.#appId, this.#retries, error));
    } else this.#retry();
  }

  onDrain(): void {
    this.#handler.onDrain();
  }

  /** The same address again, after a pause and on a new connection. */
  #retry(): void {
    const { peers, clock, logger } = this.#context;
    if (this.#retries === 0) {
      logger.warn(`Error processing operation ${builtInRetries.name}. Retrying in 1s…`);
    }
    this.#retries++;
    this.#attempt = undefined;
    if (this.#target !== undefined) peers.discard(this.#target);
    this.#addresses?.forget(this.#appId, this.#namespace);
    this.#wait = clock.timer(builtInRetries.waitMs, () => {
      this.#wait = undefined;
      this.#tryOnce();
    });
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#close();
    this.#handler.onError(error);
  }

  #close(): void {
    this.#isOver = true;
    this.#held = [];
    this.#wait?.[Symbol.dispose]();
    this.#wait = undefined;
  }
}
