/**
 * Apache Kafka on loopback ports: one process that is controller and broker, with the jars of kafka-jars.xml, which
 * tools/test-needs.ts puts into .cache. It takes some seconds to start: once per file of tests.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { freePorts, Launched, root, runToEnd, Scratch } from "../launch.ts";
import { isListening } from "./listening.ts";
import { type RestartableServer, restartable } from "./restartable.ts";

const jars = join(root, ".cache/kafka");

/** Whether it can be started here; tests without it say so and are skipped. */
export async function hasKafka(): Promise<boolean> {
  if (!existsSync(join(jars, ".complete"))) return false;
  return (await runToEnd("java", ["-version"])).exit?.code === 0;
}

export interface KafkaServer extends RestartableServer {
  /** `127.0.0.1:PORT` that asks for a name and a password, without TLS. */
  readonly saslAddress: string;
  /** `127.0.0.1:PORT` with TLS, when it was launched with a certificate. */
  readonly tlsAddress: string;
  /** `127.0.0.1:PORT` with TLS that asks for a name and a password, when it was launched with a certificate. */
  readonly saslTlsAddress: string;
}

export interface KafkaOptions {
  /** PEM texts; the server then has a TLS listener, which asks for a certificate of the same authority. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}

export const kafkaUser = { name: "user", password: "pass word" } as const;

const jaas = "org.apache.kafka.common.security";
/** No two listeners of one broker share a port. */
const portCount = 5;

/** Starts a broker with nothing in it, which makes topics when they are asked for. */
export async function launchKafka({ tls }: KafkaOptions = {}): Promise<KafkaServer> {
  const scratch = new Scratch();
  const [port = 0, saslPort = 0, controllerPort = 0, tlsPort = 0, saslTlsPort = 0] =
    await freePorts(portCount);
  const data = scratch.folder("data");
  const listeners = {
    PLAINTEXT: port,
    SASL: saslPort,
    ...(tls && { TLS: tlsPort, SASLTLS: saslTlsPort }),
  };
  const addresses = Object.entries(listeners).map(([name, at]) => `${name}://127.0.0.1:${at}`);
  const file = scratch.write(
    "server.properties",
    [
      "process.roles=broker,controller",
      "node.id=1",
      `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
      "controller.listener.names=CONTROLLER",
      "inter.broker.listener.name=PLAINTEXT",
      `listeners=${[...addresses, `CONTROLLER://127.0.0.1:${controllerPort}`].join(",")}`,
      `advertised.listeners=${addresses.join(",")}`,
      "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,SASLTLS:SASL_SSL",
      ...saslLines("sasl"),
      ...(tls === undefined
        ? []
        : [
            ...tlsLines("tls", tls, "required"),
            ...tlsLines("sasltls", tls, "none"),
            ...saslLines("sasltls"),
          ]),
      `log.dirs=${data}`,
      "num.partitions=1",
      "offsets.topic.num.partitions=1",
      "offsets.topic.replication.factor=1",
      "transaction.state.log.num.partitions=1",
      "transaction.state.log.replication.factor=1",
      "transaction.state.log.min.isr=1",
      // Groups begin at once, instead of waiting for more members.
      "group.initial.rebalance.delay.ms=0",
      // Members may be given up sooner than the broker's default allows.
      "group.min.session.timeout.ms=1000",
      // A broker that was killed may register again soon.
      "broker.session.timeout.ms=1000",
      "broker.heartbeat.interval.ms=300",
      "log.cleaner.enable=false",
      "",
    ].join("\n"),
  );
  // What formatting the folder would write, without another Java process.
  scratch.write(
    "data/meta.properties",
    "version=1\ncluster.id=AAAAAAAAQACAAAAAAAAAAA\nnode.id=1\ndirectory.id=AAAAAAAAQACAAAAAAAAAAQ\n",
  );
  const flags = [
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
  ];
  const launch = async (): Promise<Launched> => {
    const process = new Launched("java", [...flags, "-cp", `${jars}/*`, "kafka.Kafka", file], {
      stopLimitMs: 1_000,
    });
    try {
      await process.waitForLog("Kafka Server started", 90_000);
      await process.waitUntil("port", () => isListening(port));
    } catch (error) {
      await process.stop();
      throw error;
    }
    return process;
  };
  const server = await restartable({ port, scratch, launch });
  return Object.assign(server, {
    saslAddress: `127.0.0.1:${saslPort}`,
    tlsAddress: `127.0.0.1:${tlsPort}`,
    saslTlsAddress: `127.0.0.1:${saslTlsPort}`,
  });
}

function saslLines(listener: string): string[] {
  const { name, password } = kafkaUser;
  const lines = [
    "enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
    `plain.sasl.jaas.config=${jaas}.plain.PlainLoginModule required user_${name}="${password}";`,
    `scram-sha-256.sasl.jaas.config=${jaas}.scram.ScramLoginModule required;`,
    `scram-sha-512.sasl.jaas.config=${jaas}.scram.ScramLoginModule required;`,
    // Takes tokens without a signature.
    `oauthbearer.sasl.jaas.config=${jaas}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="x";`,
  ];
  return lines.map((line, i) => `listener.name.${listener}.${i === 0 ? "sasl." : ""}${line}`);
}

function tlsLines(
  listener: string,
  { ca, cert, key }: NonNullable<KafkaOptions["tls"]>,
  clientAuth: "required" | "none",
): string[] {
  const oneLine = (pem: string): string => pem.trim().replaceAll("\n", "\\n");
  return [
    `client.auth=${clientAuth}`,
    "keystore.type=PEM",
    `keystore.certificate.chain=${oneLine(cert)}`,
    `keystore.key=${oneLine(key)}`,
    "truststore.type=PEM",
    `truststore.certificates=${oneLine(ca)}`,
  ].map((line) => `listener.name.${listener}.ssl.${line}`);
}
