/**
 * Asks the app what it subscribes to.
 * @see spec 03 §4.2, §4.3
 */
import { errorText } from "../../kit/errors/api-error.ts";
import {
  asArray,
  asInteger,
  asObject,
  asString,
  asStringMap,
  JsonTypeError,
  members,
} from "../../kit/json/decode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import type { JsonValue } from "../../kit/json/value.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import {
  ListTopicSubscriptionsResponse,
  type TopicSubscription,
} from "../../kit/proto/dapr/proto/runtime/v1/appcallback.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { callApp } from "../app/call.ts";
import type { AppChannel } from "../app/contract.ts";
import { BackOff, type RetryPolicy } from "../resiliency/back-off.ts";
import { checkRules, type RouteRule, type Subscription } from "./subscription.ts";

export interface AskContext {
  readonly app: AppChannel;
  readonly appId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** DaprBuiltInInitializationRetries, as a resource may have it (spec 03 §4.2). */
  readonly retry: RetryPolicy;
}

/** @throws {Error} what the app answered cannot be read, a rule in it not be compiled, or it did not answer at all */
export async function askForSubscriptions(
  context: AskContext,
  signal: AbortSignal,
): Promise<Subscription[]> {
  const { clock, random, app, retry } = context;
  const startedAt = clock.monotonic();
  const backOff = new BackOff(retry, random);
  for (;;) {
    try {
      const found = app.isHttp ? await askHttp(context, signal) : await askGrpc(context, signal);
      await checkRules(found);
      return found;
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      const waitMs = backOff.next(clock.monotonic() - startedAt);
      if (waitMs === undefined || signal.aborted) throw error.cause;
      await clock.sleep(waitMs, signal);
    }
  }
}

/** Worth another try. */
class NoAnswerError extends Error {}

const noBody = Buffer.alloc(0);

async function askHttp(
  { app, appId, logger }: AskContext,
  signal: AbortSignal,
): Promise<Subscription[]> {
  let answer: Awaited<ReturnType<typeof callApp>>;
  try {
    answer = await callApp(
      app,
      {
        verb: "GET",
        path: "dapr/subscribe",
        contentType: "application/json",
        metadata: ["dapr-app-id", appId],
        body: noBody,
        trace: undefined,
      },
      signal,
    );
  } catch (cause) {
    throw new NoAnswerError("", { cause });
  }
  const { status, body } = answer;
  if (status === 200) {
    try {
      return readAnswer(body, logger);
    } catch (cause) {
      logger.error(`error getting topics from app: ${errorText(cause)}`);
      throw cause;
    }
  }
  if (status === 404) logger.debug("app does not offer subscriptions: dapr/subscribe is not found");
  else logger.error(`app returned http status code ${status} from subscription endpoint`);
  return [];
}

/** The body of `GET /dapr/subscribe`. @throws {Error} the decoder's text */
export function readAnswer(body: Buffer, logger: Logger): Subscription[] {
  if (body.length === 0) return [];
  const found: Subscription[] = [];
  for (const value of asArray(parseJson(body), "", "[]pubsub.SubscriptionJSON")) {
    const subscription = readItem(value);
    if (subscription.rules.length > 0) found.push(subscription);
    else {
      logger.warn(
        `topic ${subscription.topic} has an empty routes. removing from subscriptions list`,
      );
    }
  }
  return found;
}

const itemNames = [
  "pubsubname",
  "topic",
  "route",
  "routes",
  "metadata",
  "deadLetterTopic",
  "bulkSubscribe",
] as const;

const lowerNames = itemNames.map((name) => name.toLowerCase());

function readItem(value: JsonValue): Subscription {
  const type = "pubsub.SubscriptionJSON";
  const object = asObject(value, "", type) ?? new Map<string, JsonValue>();
  // Names are compared without case.
  const folded = new Map([...object].map(([name, item]) => [name.toLowerCase(), item] as const));
  const [pubsub, topic, route, routes, metadata, deadLetterTopic, bulk] = members(
    folded,
    lowerNames,
  );
  return {
    name: "",
    pubsub: asString(pubsub, "SubscriptionJSON.pubsubname"),
    topic: asString(topic, "SubscriptionJSON.topic"),
    metadata: asStringMap(metadata, "SubscriptionJSON.metadata"),
    rules: readRules(routes, asString(route, "SubscriptionJSON.route")),
    deadLetterTopic: asString(deadLetterTopic, "SubscriptionJSON.deadLetterTopic"),
    bulk: readBulk(bulk),
    origin: "PROGRAMMATIC",
  };
}

/** The default of `routes` comes before `route`. */
function readRules(routes: JsonValue | undefined, route: string): RouteRule[] {
  const object = routes === undefined ? undefined : asObject(routes, "", "pubsub.RoutesJSON");
  const [rules, fallback] = object ? members(object, ["rules", "default"]) : [];
  const found = asArray(rules, "RoutesJSON.rules", "[]*pubsub.RuleJSON").flatMap((item) => {
    const rule = asObject(item, "RoutesJSON.rules", "pubsub.RuleJSON");
    if (rule === undefined) return [];
    const [match, path] = members(rule, ["match", "path"]);
    return [{ match: asString(match, "RuleJSON.match"), path: asString(path, "RuleJSON.path") }];
  });
  const last = asString(fallback, "RoutesJSON.default") || route;
  return last === "" ? found : [...found, { match: "", path: last }];
}

function readBulk(value: JsonValue | undefined): Subscription["bulk"] {
  if (value === undefined || value === null) return undefined;
  const object = asObject(value, "SubscriptionJSON.bulkSubscribe", "pubsub.BulkSubscribeJSON");
  if (object === undefined) return undefined;
  const folded = new Map([...object].map(([name, item]) => [name.toLowerCase(), item] as const));
  const [enabled = false, count, wait] = members(folded, [
    "enabled",
    "maxmessagescount",
    "maxawaitdurationms",
  ]);
  if (typeof enabled !== "boolean") {
    throw new JsonTypeError(enabled, "BulkSubscribeJSON.enabled", "bool");
  }
  const settings = {
    maxMessages: asInt32(count, "BulkSubscribeJSON.maxMessagesCount"),
    maxWaitMs: asInt32(wait, "BulkSubscribeJSON.maxAwaitDurationMs"),
  };
  return enabled ? settings : undefined;
}

function asInt32(value: JsonValue | undefined, field: string): number {
  const number = asInteger(value, field);
  if (number === (number | 0)) return number;
  throw new JsonTypeError(number, field, "int32");
}

const listPath = "/dapr.proto.runtime.v1.AppCallback/ListTopicSubscriptions";

async function askGrpc({ app, logger }: AskContext, signal: AbortSignal): Promise<Subscription[]> {
  let reply: Buffer | undefined;
  try {
    reply = await app.callback?.(listPath, noBody, [], undefined, signal);
  } catch (cause) {
    if (cause instanceof RpcError && cause.code === code.unimplemented) {
      logger.info("pubsub subscriptions: gRPC app does not implement ListTopicSubscriptions");
      return [];
    }
    logger.error(`error getting topic list from app: ${errorText(cause)}`);
    throw new NoAnswerError("", { cause });
  }
  if (reply === undefined) return [];
  return ListTopicSubscriptionsResponse.decode(reply).subscriptions.map(fromMessage);
}

function fromMessage(message: TopicSubscription): Subscription {
  const { routes, bulkSubscribe } = message;
  const rules = routes?.rules.map(({ match, path }) => ({ match, path })) ?? [];
  if (routes !== undefined && routes.default !== "") {
    rules.push({ match: "", path: routes.default });
  }
  // Paths mean little to gRPC apps: no rule is one rule without a path.
  if (rules.length === 0) rules.push({ match: "", path: "" });
  return {
    name: "",
    pubsub: message.pubsubName,
    topic: message.topic,
    metadata: message.metadata,
    rules,
    deadLetterTopic: message.deadLetterTopic,
    bulk: bulkSubscribe?.enabled
      ? {
          maxMessages: bulkSubscribe.maxMessagesCount,
          maxWaitMs: bulkSubscribe.maxAwaitDurationMs,
        }
      : undefined,
    origin: "PROGRAMMATIC",
  };
}
