/**
 * Connections to the brokers of a Pulsar cluster, and which of them serves a topic.
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { BaseCommand } from "../../kit/proto/pulsar/api.ts";
import type { Clock } from "../../kit/time/clock.ts";
import {
  PulsarConnection,
  type PulsarCredentials,
  type PulsarEndpoint,
  PulsarError,
} from "./pulsar-connection.ts";

export interface PulsarService {
  /** `host:port`, asked in turn. */
  readonly addresses: readonly string[];
  readonly isTls: boolean;
  readonly verifiesCertificate: boolean;
}

export interface PulsarClientInit {
  readonly service: PulsarService;
  readonly credentials: (PulsarCredentials & AsyncDisposable) | undefined;
  readonly clock: Clock;
}

const mostRedirects = 20;
const lookupConnect = 1;
const lookupFailed = 2;

export class PulsarClient implements AsyncDisposable {
  readonly #init: PulsarClientInit;
  /** By address and broker. */
  readonly #connections = new Map<string, Promise<PulsarConnection>>();
  readonly #closing = new AbortController();
  #turn = 0;

  constructor(init: PulsarClientInit) {
    this.#init = init;
  }

  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** To any broker of the service. @throws {Error} none can be reached */
  async anyConnection(): Promise<PulsarConnection> {
    const { addresses, isTls } = this.#init.service;
    let cause: unknown;
    for (let i = 0; i < addresses.length; i++) {
      const address = addresses[this.#turn % addresses.length] ?? "";
      try {
        return await this.#connection({ address, isTls });
      } catch (error) {
        cause = error;
        this.#turn++;
      }
    }
    const names = addresses.join(",");
    throw new Error(`error connecting to Pulsar at ${names}: ${errorText(cause)}`, { cause });
  }

  /** To the broker that serves the topic. @throws {Error} */
  async connectionFor(topic: string): Promise<PulsarConnection> {
    let connection = await this.anyConnection();
    let authoritative = false;
    for (let i = 0; i < mostRedirects; i++) {
      const answer = await connection.request((requestId) => ({
        lookupTopic: { topic, requestId, authoritative },
      }));
      const found = answer.lookupTopicResponse;
      if (found === undefined || found.response === lookupFailed) {
        throw new PulsarError(found?.error ?? 0, found?.message ?? "no answer to the lookup");
      }
      const next = await this.#connection(this.#endpoint(found));
      if (found.response === lookupConnect) return next;
      connection = next;
      authoritative = found.authoritative;
    }
    throw new Error(`too many redirects looking for the broker of ${topic}`);
  }

  /** 0: the topic has none. @throws {Error} */
  async partitionsOf(topic: string): Promise<number> {
    const connection = await this.anyConnection();
    const answer = await connection.request((requestId) => ({
      partitionMetadata: { topic, requestId },
    }));
    const found = answer.partitionMetadataResponse;
    if (found === undefined || found.response !== 0) {
      throw new PulsarError(found?.error ?? 0, found?.message ?? "no answer");
    }
    return found.partitions;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new Error("pulsar: client is closed"));
    const connections = await Promise.allSettled(this.#connections.values());
    for (const result of connections) if (result.status === "fulfilled") result.value.end();
    await this.#init.credentials?.[Symbol.asyncDispose]();
  }

  #endpoint(found: NonNullable<BaseCommand["lookupTopicResponse"]>): PulsarEndpoint {
    const { isTls, addresses } = this.#init.service;
    const url = isTls ? found.brokerServiceUrlTls : found.brokerServiceUrl;
    if (url === "") throw new Error("the broker has no address of the kind that is wanted");
    const { hostname, port } = new URL(url);
    const host = `${hostname}:${port || (isTls ? "6651" : "6650")}`;
    if (!found.proxyThroughServiceUrl) return { address: host, isTls };
    const address = addresses[this.#turn % addresses.length] ?? "";
    return { address, proxyTo: host, isTls };
  }

  /** The one that is there, or a new one. */
  async #connection(endpoint: PulsarEndpoint): Promise<PulsarConnection> {
    this.#closing.signal.throwIfAborted();
    const key = `${endpoint.address} ${endpoint.proxyTo ?? ""}`;
    const known = this.#connections.get(key);
    if (known !== undefined) return await known;
    const { service, credentials, clock } = this.#init;
    const { verifiesCertificate } = service;
    const opening = PulsarConnection.open(
      { endpoint, verifiesCertificate, credentials, clock },
      this.#closing.signal,
    );
    this.#connections.set(key, opening);
    const forget = (): void => {
      if (this.#connections.get(key) === opening) this.#connections.delete(key);
    };
    try {
      const connection = await opening;
      if (connection.isOpen) connection.lost.addEventListener("abort", forget, { once: true });
      else forget();
      return connection;
    } catch (error) {
      forget();
      throw error;
    }
  }
}
