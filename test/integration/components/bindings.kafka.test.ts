/** The Kafka binding on a real broker, and how a component shows the broker who it is. */
import { createPublicKey, generateKeyPairSync, pbkdf2Sync, verify } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  Admin,
  alterUserScramCredentialsV0,
  Consumer,
  MessagesStreamModes,
  ScramMechanisms,
} from "@platformatic/kafka";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Binding } from "../../../src/components/bindings/contract.ts";
import { component } from "../../../src/components/bindings/kafka.ts";
import { component as pubsub } from "../../../src/components/pubsub/kafka.ts";
import { hasKafka, type KafkaServer, kafkaUser, launchKafka } from "../servers/kafka.ts";
import { TestAuthority } from "../transport/certificates.ts";
import { invoke, Reading } from "./bindings-context.ts";
import { bindingConformance } from "./conformance/bindings.ts";
import { publish, receive, soon } from "./pubsub-context.ts";
import { createComponent } from "./secret-context.ts";
import { createStore, RecordedLog } from "./state-context.ts";

const isAvailable = await hasKafka();
let server: KafkaServer;
let authority: TestAuthority;
let stranger: TestAuthority;
/** Of the whole topic `plain`, by the header `name`. */
const arrived = new Map<string, Buffer>();
let watcher: Consumer | undefined;

beforeAll(async () => {
  if (!isAvailable) return;
  authority = new TestAuthority();
  stranger = new TestAuthority();
  const own = authority.issue("spiffe://test/kafka,IP:127.0.0.1");
  server = await launchKafka({ tls: { ...own, ca: authority.root } });
}, 120_000);

afterAll(async () => {
  if (!isAvailable) return;
  await watcher?.close(true).catch(() => {});
  await server[Symbol.asyncDispose]();
  authority[Symbol.dispose]();
  stranger[Symbol.dispose]();
});

const open = (properties: Readonly<Record<string, string>> = {}): Promise<Binding> =>
  createComponent<Binding>(component, {
    brokers: server.address,
    authType: "none",
    publishTopic: "plain",
    heartbeatInterval: "300ms",
    ...properties,
  });

/** Notes what arrives in `plain`, from its beginning. */
async function watch(): Promise<void> {
  if (watcher !== undefined) return;
  watcher = new Consumer({
    groupId: "watcher",
    clientId: "watcher",
    bootstrapBrokers: [server.address],
  });
  const stream = await watcher.consume({
    topics: ["plain"],
    mode: MessagesStreamModes.EARLIEST,
    autocommit: false,
    maxWaitTime: 100,
  });
  stream.on("data", ({ headers, value }) => {
    for (const [name, text] of headers) if (`${name}` === "name") arrived.set(`${text}`, value);
  });
}

// That a broker may go away is seen with pubsub.kafka, which has the same producer and consumer.
bindingConformance({
  name: "kafka",
  isAvailable,
  operations: ["create"],
  open,
  nowhere: {
    brokers: "127.0.0.1:1",
    authType: "password",
    disableTls: "true",
    saslUsername: "u",
    saslPassword: "hidden",
  },
  output: {
    keepsBytes: true,
    write: (name, data) => ({ operation: "create", data, metadata: { name } }),
    async find(_binding, name) {
      await watch();
      return arrived.get(name);
    },
    refused: [
      [
        "a partition that is not there",
        { operation: "create", data: "x", metadata: { partitionNumber: "5" } },
        "partition number 5 is out of range",
      ],
    ],
  },
  input: {
    properties: (topic) => ({ topics: topic, publishTopic: topic, consumerGroup: `of-${topic}` }),
  },
});

describe.skipIf(!isAvailable)("bindings.kafka", () => {
  it("reads several topics, with what Kafka knows", async () => {
    await using first = await open({ publishTopic: "one", topics: "one,two", consumerGroup: "g" });
    await using second = await open({ publishTopic: "two" });
    using reading = await Reading.start(first);
    await invoke(first, {
      operation: "create",
      data: "a",
      metadata: { partitionKey: "k", x: "y" },
    });
    await invoke(second, { operation: "create", data: "b" });
    await expect.poll(() => reading.texts.toSorted(), soon).toEqual(["a", "b"]);
    const [event] = reading.events.filter(({ metadata }) => metadata.get("__topic") === "one");
    const { __timestamp, ...known } = Object.fromEntries(event?.metadata ?? []);
    expect(known).toEqual({
      __key: "k",
      __offset: "0",
      __partition: "0",
      __topic: "one",
      partitionKey: "k",
      x: "y",
    });
  });

  it("needs to be told where to write", async () => {
    await using binding = await open({ publishTopic: "" });
    await expect(invoke(binding, { operation: "create" })).rejects.toThrow("publishTopic");
  });
});

describe.skipIf(!isAvailable)("Kafka's authentication", () => {
  const { name, password } = kafkaUser;
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  let provider: Server;
  let endpoint = "";
  const asked: URLSearchParams[] = [];

  beforeAll(async () => {
    const part = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString("base64url");
    provider = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        const form = new URLSearchParams(body);
        asked.push(form);
        const isKnown = form.has("client_assertion") || form.get("client_secret") === "oidc secret";
        const claims = { sub: "me", iat: Date.now() / 1000, exp: Date.now() / 1000 + 600 };
        const token = `${part({ alg: "none" })}.${part(claims)}.`;
        response.statusCode = isKnown ? 200 : 401;
        response.end(JSON.stringify({ access_token: token, expires_in: 600 }));
      });
    });
    await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
    endpoint = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/token`;
    const admin = new Admin({ clientId: "test", bootstrapBrokers: [server.address] });
    const connections = await admin.connectToBrokers();
    for (const [mechanism, digest, length] of [
      [ScramMechanisms.SCRAM_SHA_256, "sha256", 32],
      [ScramMechanisms.SCRAM_SHA_512, "sha512", 64],
    ] as const) {
      const salt = Buffer.from("salt of the user");
      const saltedPassword = pbkdf2Sync(password, salt, 4096, length, digest);
      const user = { name, mechanism, iterations: 4096, salt, saltedPassword };
      const [connection] = [...connections.values()];
      await alterUserScramCredentialsV0.api.async(connection as never, [], [user]);
    }
    await admin.close();
  });
  afterAll(() => {
    provider.close();
  });

  const connect = (properties: Readonly<Record<string, string>>, logger = new RecordedLog()) =>
    createStore(
      pubsub,
      {
        brokers: server.saslAddress,
        consumerID: "auth",
        heartbeatInterval: "300ms",
        ...properties,
      },
      { logger },
    );

  /** A message there and back. */
  async function roundTrip(properties: Readonly<Record<string, string>>): Promise<void> {
    await using broker = await connect(properties);
    await using received = await receive(broker, "auth");
    await publish(broker, "auth", "there");
    await expect.poll(() => received.texts, soon).toEqual(["there"]);
  }

  it.each(["", "SHA-256", "SHA-512"])("takes a password: %s", async (saslMechanism) => {
    const given = { authType: "password", disableTls: "true", saslUsername: name, saslMechanism };
    await roundTrip({ ...given, saslPassword: password });
    const wrong = connect({ ...given, saslPassword: "hidden" });
    await expect(wrong).rejects.toThrow("run out of available brokers");
    await expect(wrong).rejects.not.toThrow("hidden");
  });

  it("says who it is over TLS, to a broker that it knows", async () => {
    const given = { brokers: server.saslTlsAddress, caCert: authority.root };
    const user = { authType: "password", saslUsername: name, saslPassword: password };
    for (const saslMechanism of ["", "SHA-256", "SHA-512"]) {
      await roundTrip({ ...given, ...user, saslMechanism });
    }
    await roundTrip({
      ...given,
      ...{ authType: "oidc", oidcTokenEndpoint: endpoint },
      ...{ oidcClientID: "me", oidcScopes: "a", oidcClientSecret: "oidc secret" },
    });
    await expect(connect({ ...given, ...user, caCert: stranger.root })).rejects.toThrow(
      "certificate",
    );
    // Nothing is said to a broker in the clear unless that is asked for.
    const clear = connect({ ...user, brokers: server.saslAddress, dialTimeout: "3s" });
    await expect(clear).rejects.not.toThrow(password);
  });

  it("asks a provider for tokens", async () => {
    const given = { authType: "oidc", disableTls: "true", oidcTokenEndpoint: endpoint };
    const known = { oidcClientID: "me", oidcScopes: "a,b" };
    await roundTrip({ ...given, ...known, oidcClientSecret: "oidc secret" });
    expect(asked.at(-1)?.get("scope")).toBe("a b");
    const wrong = connect({ ...given, ...known, oidcClientSecret: "hidden" });
    await expect(wrong).rejects.toThrow("token endpoint returned 401");
    await expect(wrong).rejects.not.toThrow("hidden");
  });

  it("signs assertions for a provider", async () => {
    await roundTrip({
      authType: "oidc_private_key_jwt",
      disableTls: "true",
      oidcTokenEndpoint: endpoint,
      oidcClientID: "me",
      oidcClientAssertionCert: "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----",
      oidcClientAssertionKey: String(keys.privateKey.export({ type: "pkcs1", format: "pem" })),
      oidcResource: "kafka",
    });
    const form = asked.at(-1);
    expect(form?.get("resource")).toBe("kafka");
    const [head = "", claims = "", signature = ""] =
      form?.get("client_assertion")?.split(".") ?? [];
    const publicKey = createPublicKey(keys.publicKey.export({ type: "spki", format: "pem" }));
    const signed = Buffer.from(`${head}.${claims}`);
    expect(verify("sha256", signed, publicKey, Buffer.from(signature, "base64url"))).toBe(true);
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
      iss: "me",
      sub: "me",
      aud: [endpoint],
    });
  });

  it("shows a certificate, and looks at the broker's", async () => {
    const { cert, key } = authority.issue("spiffe://test/client");
    const given = {
      brokers: server.tlsAddress,
      authType: "mtls",
      clientCert: cert,
      clientKey: key,
    };
    await roundTrip({ ...given, caCert: authority.root });
    await roundTrip({ ...given, caCert: stranger.root, skipVerify: "true" });
    await expect(connect({ ...given, caCert: stranger.root })).rejects.toThrow("certificate");
    const nobody = { brokers: server.tlsAddress, authType: "certificate", caCert: authority.root };
    await expect(connect(nobody)).rejects.toThrow("run out of available brokers");
  });

  const pem = "-----BEGIN X-----\nAA==\n-----END X-----";
  it.each<[string, Record<string, string>]>([
    ["missing 'brokers' attribute", { brokers: "" }],
    ["invalid broker address", { brokers: "a b:1" }],
    ["'authType' attribute was missing or empty", { authType: "" }],
    ["invalid value for 'authType' attribute", { authType: "x" }],
    ["invalid value for 'authRequired' attribute", { authType: "", authRequired: "x" }],
    ["'awsiam' is not supported", { authType: "awsiam" }],
    ["missing SASL Username for authType 'password'", { authType: "password" }],
    ["missing SASL Password for authType 'password'", { authType: "password", saslUsername: "u" }],
    ["invalid ca certificate", { caCert: "x" }],
    ["missing CA certificate property 'caCert'", { authType: "certificate" }],
    ["invalid client certificate", { authType: "mtls", clientCert: "x" }],
    ["clientKey or clientCert is missing", { authType: "mtls", clientCert: pem }],
    ["unable to load client certificate and key pair", { authType: "mtls" }],
    [
      "cannot configure mTLS authentication when TLSDisable is 'true'",
      { authType: "mtls", disableTls: "true" },
    ],
    ["missing OIDC Token Endpoint for authType 'oidc'", { authType: "oidc" }],
    ["invalid schemaRegistryURL", { schemaRegistryURL: "x" }],
    ["invalid kafka version", { version: "latest" }],
    ["invalid initialOffset: middle", { initialOffset: "middle" }],
    ["invalid compression: rar", { compression: "rar" }],
    ["invalid producerRequiredAcks: some", { producerRequiredAcks: "some" }],
    ["invalid consumerGroupRebalanceStrategy: fair", { consumerGroupRebalanceStrategy: "fair" }],
    ["invalid excludeHeaderMetaRegex", { excludeHeaderMetaRegex: "(" }],
    ["invalid channelBufferSize: 0", { channelBufferSize: "0" }],
    ["heartbeatInterval must be shorter", { heartbeatInterval: "11s" }],
    ["invalid backOffPolicy: x", { backOffPolicy: "x" }],
  ])("refuses settings: %s", async (text, given) => {
    await expect(connect({ authType: "none", heartbeatInterval: "3s", ...given })).rejects.toThrow(
      text,
    );
  });
});
