/** What the tests of pub/sub with whole sidecars share: brokers, documents, apps, streams. */
import { Agent } from "node:http";
import {
  Client,
  type ClientDuplexStream,
  credentials,
  Server,
  ServerCredentials,
  type ServiceError,
  type StatusObject,
} from "@grpc/grpc-js";
import {
  TopicEventBulkRequest,
  TopicEventBulkResponse,
  TopicEventRequest,
  TopicEventResponse,
} from "../../../src/kit/proto/dapr/proto/runtime/v1/appcallback.ts";
import {
  SubscribeTopicEventsRequestAlpha1,
  SubscribeTopicEventsResponseAlpha1,
} from "../../../src/kit/proto/dapr/proto/runtime/v1/pubsub.ts";
import { type Answer, call, runtimeService, startApp, type TestApp } from "../api/calls.ts";
import { component } from "../outbox/outbox-context.ts";

export { component };

/** @param more of the specification: `deadLetterTopic`, `bulkSubscribe` ... */
export const subscription = (topic: string, more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    apiVersion: "dapr.io/v2alpha1",
    kind: "Subscription",
    metadata: { name: `s-${topic}` },
    spec: { pubsubname: "bus", topic, routes: { default: `/${topic}` }, ...more },
  });

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export const publish = (
  httpPort: number,
  topic: string,
  body: string | Buffer,
  query = "",
): Promise<Answer> =>
  call({
    port: httpPort,
    method: "POST",
    path: `/v1.0/publish/bus/${topic}${query}`,
    headers: { "content-type": "text/plain" },
    body,
    agent,
  });

/** Bytes as they are, whatever they are. */
export const publishRaw = (httpPort: number, topic: string, body: Buffer): Promise<Answer> =>
  publish(httpPort, topic, body, "?metadata.rawPayload=true");

/** Called for each event with its topic and what the app got as its data or id; what it returns is waited for. */
export type OnEvent = (topic: string, text: string) => Promise<void> | void;

interface BulkBody {
  readonly topic: string;
  readonly entries: readonly { readonly entryId: string; readonly event: unknown }[];
}

/** Takes single events and batches on any path but those of the runtime. */
export function startHttpApp(onEvent: OnEvent): Promise<TestApp> {
  return startApp((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const { url = "" } = request;
      const text = Buffer.concat(chunks).toString();
      if (request.method !== "POST" || url.startsWith("/dapr/")) {
        response.statusCode = 404;
        response.end();
        return;
      }
      const statuses: { entryId: string; status: string }[] = [];
      if (request.headers["content-type"] === "application/json") {
        const { topic, entries } = JSON.parse(text) as BulkBody;
        for (const { entryId, event } of entries) {
          await onEvent(topic, JSON.stringify(event));
          statuses.push({ entryId, status: "SUCCESS" });
        }
      } else await onEvent(url.slice(1), text);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(statuses.length > 0 ? { statuses } : {}));
    });
  });
}

const callback = "/dapr.proto.runtime.v1.AppCallback";
const raw = (bytes: Buffer): Buffer => bytes;
const unary = (path: string) => ({
  path,
  requestStream: false,
  responseStream: false,
  requestSerialize: raw,
  requestDeserialize: raw,
  responseSerialize: raw,
  responseDeserialize: raw,
});

/** As {@link startHttpApp} over gRPC. It subscribes to nothing by itself. */
export async function startGrpcApp(onEvent: OnEvent): Promise<TestApp> {
  const server = new Server();
  server.addService(
    {
      OnTopicEvent: unary(`${callback}/OnTopicEvent`),
      OnBulkTopicEvent: unary(`${callback}/OnBulkTopicEvent`),
    },
    {
      async OnTopicEvent(
        { request }: { readonly request: Buffer },
        done: (error: ServiceError | null, answer: Buffer) => void,
      ) {
        const { topic, data } = TopicEventRequest.decode(request);
        await onEvent(topic, Buffer.from(data).toString());
        done(null, TopicEventResponse.encode({ status: 0 }));
      },
      async OnBulkTopicEvent(
        { request }: { readonly request: Buffer },
        done: (error: ServiceError | null, answer: Buffer) => void,
      ) {
        const { topic, entries } = TopicEventBulkRequest.decode(request);
        for (const { cloudEvent } of entries) {
          await onEvent(topic, Buffer.from(cloudEvent?.data ?? []).toString());
        }
        const statuses = entries.map(({ entryId }) => ({ entryId, status: 0 }));
        done(null, TopicEventBulkResponse.encode({ statuses }));
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
}

/** A streaming subscription of a client that answers each event once its handler is done. */
export class EventStream implements Disposable {
  readonly #client: Client;
  readonly #call: ClientDuplexStream<Buffer, Buffer>;
  readonly #opened = Promise.withResolvers<void>();
  status: StatusObject | undefined;

  constructor(grpcPort: number, topic: string, onEvent: OnEvent) {
    this.#client = new Client(`127.0.0.1:${grpcPort}`, credentials.createInsecure());
    this.#call = this.#client.makeBidiStreamRequest(
      `${runtimeService}/SubscribeTopicEventsAlpha1`,
      raw,
      raw,
    );
    this.#call.on("data", async (bytes: Buffer) => {
      const { initialResponse, eventMessage } = SubscribeTopicEventsResponseAlpha1.decode(bytes);
      if (initialResponse !== undefined) this.#opened.resolve();
      if (eventMessage === undefined) return;
      const { id, data } = eventMessage;
      await onEvent(eventMessage.topic, Buffer.from(data).toString());
      this.#send({ eventProcessed: { id, status: { status: 0 } } });
    });
    this.#call.on("error", (error) => this.#opened.reject(error));
    this.#call.on("status", (status: StatusObject) => {
      this.status = status;
    });
    this.#send({ initialRequest: { pubsubName: "bus", topic } });
  }

  /** The sidecar has subscribed. */
  opened(): Promise<void> {
    return this.#opened.promise;
  }

  #send(message: Parameters<typeof SubscribeTopicEventsRequestAlpha1.encode>[0]): void {
    this.#call.write(SubscribeTopicEventsRequestAlpha1.encode(message));
  }

  [Symbol.dispose](): void {
    this.#call.cancel();
    this.#client.close();
  }
}
