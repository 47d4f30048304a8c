/** What the tests of configuration share: component documents, and streams of a gRPC client. */
import { Client, type ClientReadableStream, credentials, type StatusObject } from "@grpc/grpc-js";
import { expect } from "vitest";
import {
  SubscribeConfigurationRequest,
  SubscribeConfigurationResponse,
} from "../../../src/kit/proto/dapr/proto/runtime/v1/configuration.ts";
import { call, runtimeService } from "../api/calls.ts";

export const redisComponent = (address: string, type = "configuration.redis"): string => `
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: conf
spec:
  type: ${type}
  version: v1
  metadata:
  - {name: redisHost, value: "${address}"}
`;

export const wait = { timeout: 10_000, interval: 10 };

/** Subscribes the app. @returns the id */
export async function subscribe(httpPort: number, keys: readonly string[]): Promise<string> {
  const query = keys.map((key) => `key=${encodeURIComponent(key)}`).join("&");
  const path = `/v1.0/configuration/conf/subscribe?${query}`;
  const { status, text } = await call({ port: httpPort, path });
  expect([status, text]).toEqual([200, expect.stringMatching(/^\{"id":"[0-9a-f-]{36}"\}\n$/)]);
  return JSON.parse(text).id;
}

const raw = (bytes: Buffer): Buffer => bytes;

/** A SubscribeConfiguration call, with what came. */
export class Stream implements Disposable {
  readonly messages: SubscribeConfigurationResponse[] = [];
  status: StatusObject | undefined;
  readonly #client: Client;
  readonly #call: ClientReadableStream<Buffer>;

  constructor(grpcPort: number, keys: readonly string[], suffix = "") {
    this.#client = new Client(`127.0.0.1:${grpcPort}`, credentials.createInsecure());
    this.#call = this.#client.makeServerStreamRequest(
      `${runtimeService}/SubscribeConfiguration${suffix}`,
      raw,
      raw,
      SubscribeConfigurationRequest.encode({ storeName: "conf", keys }),
    );
    this.#call.on("data", (bytes: Buffer) =>
      this.messages.push(SubscribeConfigurationResponse.decode(bytes)),
    );
    this.#call.on("error", () => {});
    this.#call.on("status", (status: StatusObject) => {
      this.status = status;
    });
  }

  /** `key=value` of all events so far. */
  get told(): string[] {
    return this.messages.flatMap(({ items }) =>
      [...items].map(([key, { value }]) => `${key}=${value}`),
    );
  }

  /** Resolves with the first message. */
  async id(): Promise<string> {
    await expect.poll(() => this.messages.length + (this.status ? 1 : 0), wait).toBeGreaterThan(0);
    const [first] = this.messages;
    expect(first?.items.size).toBe(0);
    return first?.id as string;
  }

  async until(text: string): Promise<void> {
    await expect.poll(() => this.told, wait).toContain(text);
  }

  async ended(): Promise<StatusObject> {
    await expect.poll(() => this.status !== undefined, wait).toBe(true);
    return this.status as StatusObject;
  }

  cancel(): void {
    this.#call.cancel();
  }

  [Symbol.dispose](): void {
    this.cancel();
    this.#client.close();
  }
}
