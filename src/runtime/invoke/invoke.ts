/**
 * Where a call goes: the own app, another sidecar or an HTTP endpoint.
 * @see spec 02 §2, §6.2
 */
import {
  type AppChannel,
  endedCall,
  type InvokeCall,
  type InvokeHandler,
  type InvokeHead,
  type InvokeMetadata,
  type InvokeRequest,
} from "../app/contract.ts";
import type { HeaderNames } from "../app/headers.ts";
import type { Endpoints } from "./endpoints.ts";
import { RemoteCall, type RemoteCallContext } from "./remote-call.ts";
import type { Addresses } from "./resolve.ts";

export interface InvokerOptions extends RemoteCallContext {
  readonly appId: string;
  readonly namespace: string;
  /** Of the machine, for X-Forwarded-Host. */
  readonly hostname: string;
  /** As registered for name resolution, for X-Forwarded-For. */
  readonly hostAddress: string;
  readonly names: HeaderNames;
  /** undefined: there is no app, or its channel could not be made. */
  readonly app: () => AppChannel | undefined;
  /** undefined: the name resolver could not be created. */
  readonly addresses: () => Addresses | undefined;
  readonly endpoints: Endpoints;
  /** Runs a call under its policies; undefined: there are none. */
  readonly guard?: GuardInvoke | undefined;
}

/** Which API a call came by: they differ in what is a failure. */
export type InvokeApi = "http" | "grpc";

/**
 * @param key what has a breaker of its own
 * @param start begins an attempt
 */
export type GuardInvoke = (
  target: { readonly id: string; readonly key: string; readonly api: InvokeApi },
  request: InvokeRequest,
  start: (handler: InvokeHandler) => InvokeCall,
  handler: InvokeHandler,
) => InvokeCall;

export class Invoker {
  readonly #options: InvokerOptions;
  /** Metadata of every call to another sidecar. */
  readonly #forwarded: readonly string[];

  constructor(options: InvokerOptions) {
    this.#options = options;
    const { hostAddress, hostname, appId, namespace } = options;
    const address = hostAddress.includes(":") ? `"[${hostAddress}]"` : hostAddress;
    this.#forwarded = [
      "X-Forwarded-For",
      hostAddress,
      "X-Forwarded-Host",
      hostname,
      "Forwarded",
      `for=${address};by=${address};host=${hostname}`,
      "dapr-caller-app-id",
      appId,
      "dapr-caller-namespace",
      namespace,
    ];
  }

  /**
   * Starts a call; all failures come through handler.onError.
   * @param targetId as the client gave it: app id, `<id>.<namespace>`, URL or endpoint name
   */
  invoke(
    targetId: string,
    request: InvokeRequest,
    handler: InvokeHandler,
    api: InvokeApi,
  ): InvokeCall {
    const { guard } = this.#options;
    if (guard === undefined) return this.#invokeOnce(targetId, request, handler);
    return guard(
      { id: targetId, key: this.#breakerKey(targetId, request.method), api },
      request,
      (attempt) => this.#invokeOnce(targetId, request, attempt),
      handler,
    );
  }

  /** @see spec 02 §12, §15.3 */
  #breakerKey(targetId: string, method: string): string {
    const baseUrl = this.#options.endpoints.baseUrlOf(targetId);
    if (baseUrl !== undefined) return `${targetId}:${baseUrl}`;
    return isUrl(targetId) ? `${targetId}/${method}` : `${targetId}:${method}`;
  }

  #invokeOnce(targetId: string, request: InvokeRequest, handler: InvokeHandler): InvokeCall {
    const { appId, namespace, addresses, endpoints, app } = this.#options;
    try {
      const target = splitTargetId(targetId, namespace);
      const resolver = addresses();
      if (resolver === undefined) throw new Error("name resolver not initialized");
      const endpoint = endpoints.find(target.id);
      if (endpoint !== undefined) return this.#external(target.id, endpoint, request, handler);
      if (target.id === appId && target.namespace === namespace) {
        const channel = app();
        if (channel !== undefined) return channel.invoke(request, handler);
        throw new Error("cannot invoke local endpoint: app channel not initialized");
      }
      const to = { appId: target.id, namespace: target.namespace, targetId };
      const metadata = this.#remoteMetadata(target.id, request.metadata);
      const call = new RemoteCall(this.#options, to, request, metadata, handler);
      call.start(resolver);
      return call;
    } catch (error) {
      handler.onError(error as Error);
      return endedCall;
    }
  }

  #external(
    id: string,
    channel: AppChannel,
    request: InvokeRequest,
    handler: InvokeHandler,
  ): InvokeCall {
    const { metrics, clock } = this.#options;
    if (metrics === undefined) return channel.invoke(request, handler);
    metrics.requestSent(id, "unary");
    const startedAt = clock.monotonic();
    return channel.invoke(request, {
      onHead(head: InvokeHead) {
        metrics.responseReceived(id, head.status, clock.monotonic() - startedAt);
        handler.onHead(head);
      },
      onData: (chunk) => handler.onData(chunk),
      onEnd: () => handler.onEnd(),
      onError: (error) => handler.onError(error),
      onDrain: () => handler.onDrain(),
    });
  }

  /** What a client claims about caller and callee is left out. */
  #remoteMetadata(targetId: string, metadata: InvokeMetadata): string[] {
    const { names } = this.#options;
    const sent: string[] = [];
    for (let i = 0; i < metadata.length; i += 2) {
      const spelling = metadata[i] as string;
      if (names.get(spelling).isRouting) continue;
      sent.push(spelling, metadata[i + 1] as string);
    }
    for (const text of this.#forwarded) sent.push(text);
    sent.push("dapr-callee-app-id", targetId, "destination-app-id", targetId);
    return sent;
  }
}

const isUrl = (targetId: string): boolean =>
  targetId.startsWith("http://") || targetId.startsWith("https://");

/** @throws {Error} `app id is empty`, `invalid app id a.b.c` */
export function splitTargetId(
  targetId: string,
  ownNamespace: string,
): { readonly id: string; readonly namespace: string } {
  if (targetId === "") throw new Error("app id is empty");
  const dot = targetId.indexOf(".");
  if (dot < 0 || isUrl(targetId)) return { id: targetId, namespace: ownNamespace };
  if (targetId.indexOf(".", dot + 1) >= 0) throw new Error(`invalid app id ${targetId}`);
  return { id: targetId.slice(0, dot), namespace: targetId.slice(dot + 1) };
}
