/** The processes that a workload needs, started with the executables of one folder. */
import { join } from "node:path";
import {
  freePort,
  Launched,
  launchDaprd,
  launchRedis,
  launchSentry,
  type Sentry,
  type Sidecar,
} from "../integration/launch.ts";
import { launchMariadb } from "../integration/servers/mariadb.ts";
import { launchPostgres } from "../integration/servers/postgres.ts";
import type { Database, StateCall } from "./drivers.ts";
import { key, value } from "./state-fixture.ts";

export const store = "store";

export interface Running extends AsyncDisposable {
  /** The sidecar that gets the load. */
  readonly sidecar: Sidecar;
  /** All processes whose CPU time counts. */
  readonly measured: readonly number[];
  /** The app id behind the second sidecar; "" if there is none. */
  readonly calleeId: string;
  /** Where the bare driver finds the same table; undefined: there is none to compare with. */
  readonly database?: { readonly kind: Database; readonly url: string; readonly call: StateCall };
}

const component = (type: string, metadata: string): string => `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: ${store}
spec:
  type: ${type}
  version: v1
  metadata: ${metadata}
`;

export const memoryStore = component("state.in-memory", "[]");
const redisStore = (address: string): string =>
  component("state.redis", `[{ name: redisHost, value: "${address}" }]`);

/** As the targets ask: metrics on, tracing at rate 0. */
const config = `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata:
  name: bench
spec:
  tracing:
    samplingRate: "0"
`;

/** Flags that keep other parts of any runtime quiet. */
const flags = [
  "--log-level",
  "error",
  "--placement-host-address",
  "",
  "--scheduler-host-address",
  "",
];

export type Store = "memory" | "redis" | Database;

/** A component over a server of its own. */
interface Backend {
  readonly resource: string;
  readonly url?: string;
}

async function startBackend(kind: Store, started: AsyncDisposableStack): Promise<Backend> {
  switch (kind) {
    case "memory":
      return { resource: memoryStore };
    case "redis":
      return { resource: redisStore(started.use(await launchRedis()).address) };
    case "postgresql": {
      const { port, password, connectionString } = started.use(await launchPostgres());
      const quoted = JSON.stringify(connectionString);
      return {
        resource: component(
          "state.postgresql",
          `[{ name: connectionString, value: ${quoted} }, { name: maxConns, value: "4" }]`,
        ),
        url: `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
      };
    }
    case "mysql": {
      const { port, user, password, connectionString } = started.use(await launchMariadb());
      return {
        resource: component(
          "state.mysql",
          `[{ name: connectionString, value: "${connectionString}" }]`,
        ),
        url: `mysql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/dapr_state_store`,
      };
    }
  }
}

/** One sidecar with one state store that holds {@link value} under {@link key}. */
export async function startState(
  programs: string,
  kind: Store,
  call: StateCall = "get",
): Promise<Running> {
  await using started = new AsyncDisposableStack();
  const { resource, url } = await startBackend(kind, started);
  const sidecar = started.use(
    await launchDaprd({ programs, appId: "bench", resources: [resource], config, flags }),
  );
  const saved = await fetch(`${sidecar.url}/v1.0/state/${store}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: `[{"key":"${key}","value":${value}}]`,
  });
  if (saved.status !== 204)
    throw new Error(`state could not be saved: ${saved.status} ${await saved.text()}`);
  const state = running(started.move(), sidecar, [sidecar.process.pid]);
  return url === undefined ? state : { ...state, database: { kind: kind as Database, url, call } };
}

/** One sidecar with a broker, and an app that is subscribed to what is published. */
export async function startPublish(programs: string, kind: "memory" | "redis"): Promise<Running> {
  await using started = new AsyncDisposableStack();
  const appPort = await freePort();
  const program = join(import.meta.dirname, "app.ts");
  const app = started.use(new Launched(process.execPath, [program, "http", `${appPort}`, "{}"]));
  await app.waitForLog("listening");
  const bus =
    kind === "memory"
      ? busOf("pubsub.in-memory", "[]")
      : busOf(
          "pubsub.redis",
          // A stream that grows without end would measure the memory of Redis.
          `[{ name: redisHost, value: "${started.use(await launchRedis()).address}" }, { name: maxLenApprox, value: "10000" }]`,
        );
  const resources = [bus, subscription];
  const sidecar = started.use(
    await launchDaprd({ programs, appId: "bench", appPort, resources, config, flags }),
  );
  return running(started.move(), sidecar, [sidecar.process.pid]);
}

export const bus = "bus";
export const topic = "orders";

const busOf = (type: string, metadata: string): string =>
  component(type, metadata).replace(`name: ${store}`, `name: ${bus}`);

const subscription = `apiVersion: dapr.io/v1alpha1
kind: Subscription
metadata:
  name: orders
spec: { pubsubname: ${bus}, topic: ${topic}, route: /orders }
`;

export type AppProtocol = "http" | "grpc";

/** Two sidecars; the first calls the app behind the second. */
export async function startInvoke(
  programs: string,
  app: AppProtocol,
  withMtls: boolean,
): Promise<Running> {
  await using started = new AsyncDisposableStack();
  const appPort = await freePort();
  const appProcess = started.use(
    new Launched(process.execPath, [join(import.meta.dirname, "app.ts"), app, `${appPort}`, value]),
  );
  await appProcess.waitForLog("listening");
  const sentry: Sentry | undefined = withMtls
    ? started.use(await launchSentry({ programs }))
    : undefined;
  const common = { programs, config, flags, ...(sentry ? { sentry } : {}) };
  const calleeId = `callee-${appPort}`;
  const callee = started.use(
    await launchDaprd({ ...common, appId: calleeId, appPort, appProtocol: app }),
  );
  const caller = started.use(await launchDaprd({ ...common, appId: `caller-${appPort}` }));
  return running(started.move(), caller, [caller.process.pid, callee.process.pid], calleeId);
}

function running(
  stack: AsyncDisposableStack,
  sidecar: Sidecar,
  measured: readonly number[],
  calleeId = "",
): Running {
  return { sidecar, measured, calleeId, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
