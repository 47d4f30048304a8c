/** The sidecars, components and apps that the official SDKs are run against. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Redis as RedisClient } from "ioredis";
import { type DaprdOptions, launchDaprd, Scratch, type Sidecar } from "../integration/launch.ts";

export const component = (
  name: string,
  type: string,
  metadata: Readonly<Record<string, string>>,
): string =>
  `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: ${name}
spec:
  type: ${type}
  version: v1
  metadata:
${Object.entries(metadata)
  .map(([key, value]) => `  - name: ${key}\n    value: ${JSON.stringify(value)}`)
  .join("\n")}
`;

/** Name of the secret in the store `secrets`, and its value. */
export const secret = { name: "db-password", value: "s3cr3t" };

/** Address of the Redis that `npm test` started; undefined where there is none. */
export const redisAddress = process.env.TRICORNE_TEST_REDIS;

/** State stores by what they run on; every SDK test is run with each. */
export const stores: readonly string[] = ["memory", "sqlite", ...(redisAddress ? ["redis"] : [])];

/** What needs a Redis: the configuration store `configuration` and the lock store `locks`. */
export const needsRedis = redisAddress ? "" : "no Redis";

export function callerResources(folder: string, secretsFile: string): string[] {
  return [
    `${component("memory", "state.in-memory", { actorStateStore: "true" })}`,
    component("sqlite", "state.sqlite", { connectionString: `${folder}/state.db` }),
    ...(redisAddress
      ? [
          component("redis", "state.redis", { redisHost: redisAddress }),
          component("configuration", "configuration.redis", { redisHost: redisAddress }),
          component("locks", "lock.redis", { redisHost: redisAddress }),
        ]
      : []),
    component("secrets", "secretstores.local.file", { secretsFile }),
    component("keys", "crypto.dapr.localstorage", { path: folder }),
    component("echo", "conversation.echo", {}),
  ];
}

/** Ids are new for each run, so that mDNS answers of other runs do not matter. */
export const uniqueId = (name: string): string =>
  `${name}-${process.pid}-${Date.now().toString(36)}`;

export function launchQuietly(options: DaprdOptions): Promise<Sidecar> {
  return launchDaprd({ ...options, flags: ["--log-level", "warn", ...(options.flags ?? [])] });
}

/** Names in the Redis of the configuration store: one that stays, one whose value changes all the time. */
export interface ConfigurationKeys {
  readonly fixed: string;
  readonly changing: string;
}

/** A caller with components, and the address of a service behind a sidecar of its own. */
export interface Surroundings extends AsyncDisposable {
  readonly caller: Sidecar;
  readonly scratch: Scratch;
  /** The environment that a client program of an SDK reads. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Starts a caller, an HTTP service that answers with what it got, and keeps a configuration value changing.
 * @param language short name that keeps keys and ids of different SDKs apart
 */
export async function startSurroundings(language: string): Promise<Surroundings> {
  await using starting = new AsyncDisposableStack();
  const scratch = new Scratch();
  starting.defer(() => scratch[Symbol.dispose]());
  const secretsFile = scratch.write(
    "secrets.json",
    JSON.stringify({ [secret.name]: secret.value }),
  );
  scratch.write("wrap-key", Buffer.alloc(32, 7).toString("base64"));
  const keys = await startConfiguration(language, starting);
  const callerId = uniqueId(`${language}-caller`);
  const serviceId = uniqueId(`${language}-http`);
  const { port } = (await startEchoApp(starting)).address() as AddressInfo;
  const [caller] = await Promise.all([
    launchQuietly({
      appId: callerId,
      resources: callerResources(scratch.path, secretsFile),
    }).then((sidecar) => starting.use(sidecar)),
    launchQuietly({ appId: serviceId, appPort: port }).then((sidecar) => starting.use(sidecar)),
  ]);
  const running = starting.move();
  return {
    caller,
    scratch,
    env: {
      DAPR_GRPC_PORT: `${caller.grpcPort}`,
      DAPR_HTTP_PORT: `${caller.httpPort}`,
      STORES: stores.join(","),
      CALLER_ID: callerId,
      HTTP_SERVICE_ID: serviceId,
      SECRET_NAME: secret.name,
      SECRET_VALUE: secret.value,
      FIXED_KEY: keys?.fixed ?? "",
      CHANGING_KEY: keys?.changing ?? "",
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function startConfiguration(
  language: string,
  running: AsyncDisposableStack,
): Promise<ConfigurationKeys | undefined> {
  if (redisAddress === undefined) return undefined;
  const [host = "", port = ""] = redisAddress.split(":");
  const redis = new RedisClient({ host, port: Number(port) });
  const keys = { fixed: `${language}-fixed`, changing: `${language}-changing` };
  await redis.set(keys.fixed, "blue||3");
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    redis.set(keys.changing, `v${count}||${count}`).catch(() => {});
  }, 50);
  running.defer(() => {
    clearInterval(timer);
    redis.disconnect();
  });
  return keys;
}

/** Answers with what it got. */
async function startEchoApp(running: AsyncDisposableStack): Promise<Server> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ method: request.method, url: request.url, body }));
    });
  });
  running.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return server;
}
