/** Sidecars with brokers, bindings and an outbox in front of apps that the program of an SDK serves itself. */
import { freePort, Scratch } from "../integration/launch.ts";
import { component, launchQuietly, redisAddress, uniqueId } from "./environment.ts";

/** Brokers by the names of their components; every test is run with each. */
export const buses: readonly string[] = ["bus", ...(redisAddress ? ["redis-bus"] : [])];

/** Protocols of apps. */
export const appProtocols = ["http", "grpc"] as const;

const subscription = (
  version: "v1alpha1" | "v2alpha1",
  bus: string,
  topic: string,
  more: Readonly<Record<string, unknown>>,
): string =>
  JSON.stringify({
    apiVersion: `dapr.io/${version}`,
    kind: "Subscription",
    metadata: { name: `${bus}-${topic}` },
    spec: { pubsubname: bus, topic, ...more },
  });

/**
 * Subscriptions on topics that no program subscribes to by itself: one route, rules with a default route and a dead letter
 * topic, and a batch.
 * @param path from the name of a handler
 */
const declared = (bus: string, prefix: string, path: (name: string) => string): string[] => [
  subscription("v1alpha1", bus, `${prefix}declared-one`, { route: path("declared_one") }),
  subscription("v2alpha1", bus, `${prefix}declared-rules`, {
    routes: {
      rules: [
        { match: 'event.type == "special"', path: path("declared_special") },
        { match: 'event.type == "refused"', path: path("declared_refused") },
      ],
      default: path("declared_plain"),
    },
    deadLetterTopic: `${prefix}declared-dead`,
  }),
  subscription("v1alpha1", bus, `${prefix}declared-dead`, { route: path("declared_dead") }),
  subscription("v2alpha1", bus, `${prefix}declared-batch`, {
    routes: { default: path("declared_batch") },
    bulkSubscribe: { enabled: true, maxMessagesCount: 10, maxAwaitDurationMs: 100 },
  }),
];

interface EventsOptions {
  /** Short name that keeps topics of different SDKs apart. */
  readonly language: string;
  readonly protocol: (typeof appProtocols)[number];
  /** Path of a declared route, by the name of its handler; `/name` when absent. */
  readonly path?: (name: string) => string;
}

/** What a program needs to know of its app's sidecar. */
export interface EventsSettings {
  readonly appPort: string;
  readonly grpcPort: string;
  readonly httpPort: string;
  /** Before the names of all topics. */
  readonly prefix: string;
}

/** Starts a sidecar that waits for the app. */
export async function startEvents(
  { language, protocol, path = (name) => `/${name}` }: EventsOptions,
  running: AsyncDisposableStack,
): Promise<EventsSettings> {
  const appPort = await freePort();
  const scratch = new Scratch();
  running.defer(() => scratch[Symbol.dispose]());
  const prefix = `${language}-${protocol}-${process.pid}-`;
  const resources = [
    component("bus", "pubsub.in-memory", {}),
    ...(redisAddress ? [component("redis-bus", "pubsub.redis", { redisHost: redisAddress })] : []),
    component("limited", "pubsub.in-memory", { allowedTopics: "open" }),
    component("outbox", "state.in-memory", {
      outboxPublishPubsub: "bus",
      outboxPublishTopic: `${prefix}outbox`,
    }),
    subscription("v1alpha1", "bus", `${prefix}outbox`, { route: path("declared_outbox") }),
    component("tick", "bindings.cron", { schedule: "@every 1s" }),
    component("files", "bindings.localstorage", { rootPath: scratch.folder("files") }),
    ...buses.flatMap((bus) => declared(bus, prefix, path)),
  ];
  const sidecar = await launchQuietly({
    appId: uniqueId(`${language}-${protocol}-events`),
    appPort,
    appProtocol: protocol,
    resources,
    // It waits for the app, and the app for it.
    readyStatus: 0,
  });
  running.use(sidecar);
  return {
    appPort: `${appPort}`,
    grpcPort: `${sidecar.grpcPort}`,
    httpPort: `${sidecar.httpPort}`,
    prefix,
  };
}

/**
 * Starts a sidecar for an app of each protocol.
 * @param grpcPath as {@link EventsOptions.path}, for the gRPC app
 * @returns settings for the program: BUSES, and `HTTP_`/`GRPC_` with APP_PORT, SIDECAR (gRPC address), SIDECAR_HTTP_PORT, PREFIX
 */
export async function startEventsOfEach(
  language: string,
  running: AsyncDisposableStack,
  grpcPath?: EventsOptions["path"],
): Promise<Readonly<Record<string, string>>> {
  const entries = await Promise.all(
    appProtocols.map(async (protocol) => {
      const path = protocol === "grpc" && grpcPath ? { path: grpcPath } : {};
      const settings = await startEvents({ language, protocol, ...path }, running);
      const name = protocol.toUpperCase();
      return [
        [`${name}_APP_PORT`, settings.appPort],
        [`${name}_SIDECAR`, `127.0.0.1:${settings.grpcPort}`],
        [`${name}_SIDECAR_HTTP_PORT`, settings.httpPort],
        [`${name}_PREFIX`, settings.prefix],
      ];
    }),
  );
  return { BUSES: buses.join(","), ...Object.fromEntries(entries.flat()) };
}
