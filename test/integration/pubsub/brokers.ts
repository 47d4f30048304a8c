/** Brokers that tests are run over; a new one is one entry. */
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { freePort, hasRedis, launchRedis, Scratch } from "../launch.ts";
import { hasKafka, launchKafka } from "../servers/kafka.ts";
import { launchMosquitto } from "../servers/mosquitto.ts";
import { hasNats, launchNats } from "../servers/nats.ts";
import { hasRabbitMq, launchRabbitMq } from "../servers/rabbitmq.ts";

/** A broker that can be killed and comes back with what it had taken. */
export interface RunningBroker extends AsyncDisposable {
  /** Of the component: name and value. */
  readonly properties: Readonly<Record<string, string>>;
  /** Ends it as SIGKILL does, and starts it again with its data. */
  killAndRestart(): Promise<void>;
}

interface BrokerCase {
  readonly type: string;
  readonly isAvailable: boolean;
  /** Starts one that is empty and keeps its data. */
  launch(): Promise<RunningBroker>;
}

interface Restartable extends AsyncDisposable {
  readonly address: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** @param properties of the component */
const restarting = (
  server: Restartable,
  properties: Readonly<Record<string, string>>,
): RunningBroker => ({
  properties,
  async killAndRestart() {
    await server.stop();
    await server.start();
  },
  [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
});

async function launchDurableRedis(): Promise<RunningBroker> {
  const scratch = new Scratch();
  const flags = ["--dir", scratch.path, "--appendonly", "yes", "--appendfsync", "always"];
  let redis = await launchRedis({ flags });
  return {
    properties: {
      redisHost: redis.address,
      processingTimeout: "2s",
      redeliverInterval: "500",
      concurrency: "20",
    },
    async killAndRestart() {
      redis.process.signal("SIGKILL");
      await redis.process.exited;
      redis = await launchRedis({ port: redis.port, flags });
    },
    async [Symbol.asyncDispose]() {
      await redis[Symbol.asyncDispose]();
      scratch[Symbol.dispose]();
    },
  };
}

interface ForgetfulBroker extends AsyncDisposable {
  readonly properties: Readonly<Record<string, string>>;
}

/** Keeps nothing: a durable one would sync each message to the disk. */
export async function launchForgetfulRedis(): Promise<ForgetfulBroker> {
  const redis = await launchRedis();
  return {
    properties: { redisHost: redis.address },
    [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
  };
}

/** As {@link launchForgetfulRedis}. @param properties of the component, besides the address */
export async function launchForgetfulMosquitto(
  properties: Readonly<Record<string, string>>,
): Promise<ForgetfulBroker> {
  const server = await launchMosquitto(undefined, "none");
  return {
    properties: { url: `mqtt://${server.address}`, ...properties },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** With a stream for every topic. */
async function launchJetStream(): Promise<RunningBroker> {
  const server = await launchNats();
  const connection = await connect({ servers: server.address });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: "all", subjects: ["*"] });
  await connection.close();
  return restarting(server, {
    natsURL: `nats://${server.address}`,
    queueGroupName: "members",
    ackWait: "3s",
    concurrencyMode: "parallel",
  });
}

/**
 * NATS as a broker of MQTT, which writes a message before it confirms it. Mosquitto confirms first and
 * writes when its loop comes round: what it confirmed a moment before it was killed is gone.
 */
async function launchDurableMqtt(): Promise<RunningBroker> {
  const port = await freePort();
  const server = await launchNats([
    "server_name: broker",
    `mqtt { listen: "127.0.0.1:${port}", ack_wait: "3s", max_ack_pending: 1000 }`,
  ]);
  return restarting(server, { url: `mqtt://127.0.0.1:${port}` });
}

/** A file: there is no process to kill. */
async function makeFile(): Promise<RunningBroker> {
  const scratch = new Scratch();
  return {
    properties: { connectionString: join(scratch.path, "bus.db") },
    killAndRestart: async () => {},
    [Symbol.asyncDispose]: async () => scratch[Symbol.dispose](),
  };
}

export const brokers: readonly BrokerCase[] = [
  { type: "pubsub.redis", isAvailable: await hasRedis(), launch: launchDurableRedis },
  {
    type: "pubsub.rabbitmq",
    isAvailable: await hasRabbitMq(),
    async launch() {
      const server = await launchRabbitMq();
      return restarting(server, {
        connectionString: `amqp://${server.address}`,
        // What is to survive the broker must be written by it.
        deliveryMode: "2",
        deletedWhenUnused: "false",
        reconnectWaitSeconds: "1",
      });
    },
  },
  {
    type: "pubsub.mqtt3",
    isAvailable: await hasNats(),
    launch: launchDurableMqtt,
  },
  { type: "pubsub.jetstream", isAvailable: await hasNats(), launch: launchJetStream },
  {
    type: "pubsub.kafka",
    isAvailable: await hasKafka(),
    async launch() {
      const server = await launchKafka();
      return restarting(server, {
        brokers: server.address,
        authType: "none",
        initialOffset: "oldest",
        heartbeatInterval: "500ms",
        consumeRetryEnabled: "false",
      });
    },
  },
  { type: "pubsub.sqlite", isAvailable: true, launch: makeFile },
];
