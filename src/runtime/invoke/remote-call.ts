/**
 * One invocation of an app behind another sidecar: finds its address, calls, and tries again where the connection failed.
 * @see spec 02 §3.5, §8.4
 */
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { formatDuration } from "../../kit/time/duration.ts";
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
import { builtInName, isConnectionFailure, retriesExhausted, type Waits } from "./retry.ts";

export interface RemoteCallContext {
  readonly peers: Pick<PeerClients, "invoke" | "discard">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** undefined: metrics are off. */
  readonly metrics: InvokeMetrics | undefined;
  /** The built-in retries of a target, as the client named it; undefined: it has policies of its own. */
  readonly retries: (targetId: string) => Waits | undefined;
}

export class RemoteCall implements InvokeCall, InvokeHandler {
  readonly #context: RemoteCallContext;
  readonly #request: InvokeRequest;
  readonly #metadata: InvokeMetadata;
  readonly #handler: InvokeHandler;
  readonly #appId: string;
  readonly #namespace: string;
  readonly #targetId: string;
  #addresses: Addresses | undefined;
  #target: PeerTarget | undefined;
  #attempt: InvokeCall | undefined;
  /** Made when the first attempt has failed. */
  #waits: Waits | undefined;
  #firstAt = 0;
  #retries = 0;
  #wait: Disposable | undefined;
  /** What was written before there was an address. */
  #held: Buffer[] = [];
  #isBodyEnded = false;
  #startedAt = 0;
  #isOver = false;

  constructor(
    context: RemoteCallContext,
    app: { readonly appId: string; readonly namespace: string; readonly targetId: string },
    request: InvokeRequest,
    metadata: InvokeMetadata,
    handler: InvokeHandler,
  ) {
    this.#context = context;
    this.#appId = app.appId;
    this.#namespace = app.namespace;
    this.#targetId = app.targetId;
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
    if (this.#retries === 0) this.#firstAt = this.#startedAt;
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
        `Recovered processing operation ${builtInName} after ${this.#retries + 1} attempts`,
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
    if (!isConnectionFailure(error)) {
      this.#fail(error);
      return;
    }
    const { retries, clock } = this.#context;
    if (this.#request.body !== "stream") this.#waits ??= retries(this.#targetId);
    const waitMs = this.#waits?.next(clock.monotonic() - this.#firstAt);
    if (waitMs !== undefined) this.#retry(waitMs);
    else if (this.#waits === undefined) {
      this.#disconnect();
      this.#fail(error);
    } else this.#fail(retriesExhausted(this.#appId, this.#retries, error));
  }

  onDrain(): void {
    this.#handler.onDrain();
  }

  /** The same address again, after a pause and on a new connection. */
  #retry(waitMs: number): void {
    const { clock, logger } = this.#context;
    if (this.#retries === 0) {
      logger.warn(
        `Error processing operation ${builtInName}. Retrying in ${formatDuration(waitMs)}…`,
      );
    }
    this.#retries++;
    this.#attempt = undefined;
    this.#disconnect();
    this.#wait = clock.timer(waitMs, () => {
      this.#wait = undefined;
      this.#tryOnce();
    });
  }

  #disconnect(): void {
    if (this.#target !== undefined) this.#context.peers.discard(this.#target);
    this.#addresses?.forget(this.#appId, this.#namespace);
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
