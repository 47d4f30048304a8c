/** A sidecar with brokers and bindings in front of an app that the program of an SDK serves itself. */
import { freePort, Scratch } from "../integration/launch.ts";
import { component, launchQuietly, redisAddress, uniqueId } from "./environment.ts";

/** Brokers by the names of their components; every test is run with each. */
export const buses: readonly string[] = ["bus", ...(redisAddress ? ["redis-bus"] : [])];

const subscription = (
  bus: string,
  topic: string,
  more: Readonly<Record<string, unknown>>,
): string =>
  JSON.stringify({
    apiVersion: "dapr.io/v2alpha1",
    kind: "Subscription",
    metadata: { name: `${bus}-${topic}` },
    spec: { pubsubname: bus, topic, ...more },
  });

/** Rules, a dead letter topic and a batch, on topics that no program subscribes to by itself. */
const declared = (bus: string, prefix: string): string[] => [
  subscription(bus, `${prefix}declared`, {
    routes: { rules: [{ match: 'event.type == "special"', path: "/special" }], default: "/plain" },
  }),
  subscription(bus, `${prefix}refused`, {
    routes: { default: "/refused" },
    deadLetterTopic: `${prefix}dead`,
  }),
  subscription(bus, `${prefix}dead`, { routes: { default: "/dead" } }),
  subscription(bus, `${prefix}batch`, {
    routes: { default: "/batch" },
    bulkSubscribe: { enabled: true, maxMessagesCount: 10, maxAwaitDurationMs: 100 },
  }),
];

interface EventsOptions {
  /** Short name that keeps topics of different SDKs apart. */
  readonly language: string;
  readonly protocol: "http" | "grpc";
  /** Whether the app can serve routes that it did not ask for. */
  readonly hasDeclared: boolean;
}

/** Starts a sidecar that waits for the app. @returns settings for the program */
export async function startEvents(
  { language, protocol, hasDeclared }: EventsOptions,
  running: AsyncDisposableStack,
): Promise<Readonly<Record<string, string>>> {
  const appPort = await freePort();
  const scratch = new Scratch();
  running.defer(() => scratch[Symbol.dispose]());
  const prefix = `${language}-${process.pid}-`;
  const resources = [
    component("bus", "pubsub.in-memory", {}),
    ...(redisAddress ? [component("redis-bus", "pubsub.redis", { redisHost: redisAddress })] : []),
    component("tick", "bindings.cron", { schedule: "@every 1s" }),
    component("files", "bindings.localstorage", { rootPath: scratch.folder("files") }),
    ...(hasDeclared ? buses.flatMap((bus) => declared(bus, prefix)) : []),
  ];
  const sidecar = await launchQuietly({
    appId: uniqueId(`${language}-events`),
    appPort,
    appProtocol: protocol,
    resources,
    // It waits for the app, and the app for it.
    readyStatus: 0,
  });
  running.use(sidecar);
  return {
    EVENTS_APP_PORT: `${appPort}`,
    EVENTS_GRPC_PORT: `${sidecar.grpcPort}`,
    EVENTS_HTTP_PORT: `${sidecar.httpPort}`,
    BUSES: buses.join(","),
    PREFIX: prefix,
  };
}
