/** The metadata API over HTTP. */
import { quoteJson } from "../../kit/json/encode.ts";
import type { HttpExchange, HttpRoute } from "../api/http-route.ts";
import type {
  AppConnection,
  MetadataBlock,
  MetadataComponent,
  MetadataSubscription,
} from "./metadata.ts";

export function metadataHttpRoutes(block: MetadataBlock): HttpRoute[] {
  const common = { group: "metadata", version: "v1", isPublic: true } as const;
  return [
    {
      ...common,
      name: "GetMetadata",
      methods: ["GET"],
      path: "/v1.0/metadata",
      handle: (exchange) => exchange.json(200, `${renderMetadata(block)}\n`),
    },
    {
      ...common,
      name: "PutMetadata",
      methods: ["PUT"],
      path: "/v1.0/metadata/:key",
      handle: (exchange) => put(block, exchange),
    },
  ];
}

async function put(block: MetadataBlock, exchange: HttpExchange): Promise<void> {
  const body = await exchange.readBody();
  block.set(exchange.params[0] as string, body.toString("utf8"));
  exchange.empty(204);
}

/** Members in the reference's order, empty ones left out. */
function renderMetadata(block: MetadataBlock): string {
  const { sources } = block;
  const actors = sources.actorRuntime();
  return object([
    ["id", text(sources.appId)],
    ["runtimeVersion", text(sources.runtimeVersion)],
    ["enabledFeatures", array(sources.features.map(quoteJson))],
    ["components", array(sources.components().map(component))],
    ["extended", object([...block.extended].map(([key, value]) => [key, quoteJson(value)]))],
    ["subscriptions", array(sources.subscriptions().map(subscription))],
    [
      "httpEndpoints",
      array(sources.httpEndpoints().map((name) => object([["name", quoteJson(name)]]))),
    ],
    ["appConnectionProperties", appConnection(sources.app)],
    [
      "actorRuntime",
      object([
        ["runtimeStatus", quoteJson(actors.status)],
        ["hostReady", String(actors.hostReady)],
        ["placement", text(actors.placement)],
      ]),
    ],
    [
      "resiliencies",
      array(sources.resiliencies().map((name) => object([["name", quoteJson(name)]]))),
    ],
  ]);
}

function subscription(item: MetadataSubscription): string {
  const rules = item.rules.map(({ match, path }) =>
    object([
      ["match", text(match)],
      ["path", text(path)],
    ]),
  );
  const metadata = [...item.metadata].map(([key, value]) => [key, quoteJson(value)] as const);
  return object([
    ["pubsubname", quoteJson(item.pubsub)],
    ["topic", quoteJson(item.topic)],
    ["metadata", metadata.length === 0 ? undefined : object(metadata)],
    ["rules", array(rules)],
    ["deadLetterTopic", quoteJson(item.deadLetterTopic)],
    ["type", quoteJson(item.origin)],
  ]);
}

function component(item: MetadataComponent): string {
  return object([
    ["name", text(item.name)],
    ["type", text(item.type)],
    ["version", text(item.version)],
    ["capabilities", array(item.capabilities.map(quoteJson))],
  ]);
}

function appConnection(app: AppConnection): string {
  const { health } = app;
  return object([
    ["port", number(app.port)],
    ["protocol", quoteJson(app.protocol)],
    ["channelAddress", quoteJson(app.channelAddress)],
    ["maxConcurrency", number(app.maxConcurrency)],
    [
      "health",
      health &&
        object([
          ["healthCheckPath", text(health.path)],
          ["healthProbeInterval", quoteJson(health.interval)],
          ["healthProbeTimeout", quoteJson(health.timeout)],
          ["healthThreshold", number(health.threshold)],
        ]),
    ],
  ]);
}

/** JSON texts; undefined members are left out. */
const text = (value: string): string | undefined => (value === "" ? undefined : quoteJson(value));
const number = (value: number): string | undefined => (value === 0 ? undefined : String(value));
const array = (items: readonly string[]): string | undefined =>
  items.length === 0 ? undefined : `[${items.join(",")}]`;

function object(members: readonly (readonly [string, string | undefined])[]): string {
  const shown = members.filter((member) => member[1] !== undefined);
  return `{${shown.map(([name, value]) => `${quoteJson(name)}:${value}`).join(",")}}`;
}
