/**
 * middleware.http.opa: a Rego policy decides which requests pass.
 * @see spec 04 §8.7
 */
import { STATUS_CODES } from "node:http";
import { errorText } from "../../kit/errors/api-error.ts";
import { canonicalName } from "../../kit/http/canonical-name.ts";
import { decodePath } from "../../kit/http/url.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import { type Middleware, type MiddlewareExchange, refuse } from "./contract.ts";
import { RegoPolicy } from "./rego/rego-policy.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "rego",
    kind: "string",
    required: true,
    description:
      "The policy, in the syntax of Rego 0 or 1. Its package is `http`, and it sets `allow` to a boolean or to an object with `allow`, `status_code` and `additional_headers`.",
  },
  {
    name: "defaultStatus",
    kind: "int",
    default: "403",
    description: "Status of refused requests, unless the policy gives one.",
  },
  {
    name: "includedHeaders",
    kind: "list",
    description: "Request headers that the policy sees, as `Like-This`; none by default.",
  },
  {
    name: "readBody",
    kind: "bool",
    default: "false",
    description: "Whether the policy sees the body, which is read as a whole then.",
  },
];

export const component = {
  type: "middleware.http.opa",
  versions: ["v1"],
  summary:
    "Lets a Rego policy decide about requests. Without `http.send`, `json.patch`, schemas, GraphQL, certificates as values and deprecated functions; decision 0005 has the list.",
  provenAgainst: "the examples of its documentation",
  properties,
  async create({ properties: given, platform, logger }) {
    const values = new Properties(given, properties);
    const defaultStatus = values.integer("defaultStatus");
    if (!isStatus(defaultStatus)) {
      throw new Error(`defaultStatus must be an HTTP status between 100 and 999: ${defaultStatus}`);
    }
    return new OpaMiddleware({
      policy: await RegoPolicy.load(values.text("rego"), platform),
      defaultStatus,
      includedHeaders: new Set(
        values.list("includedHeaders").map((name) => canonicalName(name.trim())),
      ),
      readsBody: values.bool("readBody"),
      logger,
    });
  },
} satisfies ComponentDefinition<Middleware>;

interface Settings {
  readonly policy: RegoPolicy;
  readonly defaultStatus: number;
  /** As Go writes them. */
  readonly includedHeaders: ReadonlySet<string>;
  readonly readsBody: boolean;
  readonly logger: Logger;
}

interface Decision {
  readonly isAllowed: boolean;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

class OpaMiddleware implements Middleware {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  async handle(exchange: MiddlewareExchange): Promise<boolean> {
    const { policy, defaultStatus, logger } = this.#settings;
    let decision: Decision;
    try {
      const request = await this.#request(exchange);
      decision = readDecision(policy.evaluate({ request }), defaultStatus);
    } catch (error) {
      logger.warn(`Error processing rego policy: ${errorText(error)}`);
      exchange.answerHeaders.set("x-dapr-opa-error", "true");
      return refuse(exchange, defaultStatus, reason(defaultStatus));
    }
    const { isAllowed, status, headers } = decision;
    const target = isAllowed ? exchange.headers : exchange.answerHeaders;
    for (const [name, value] of headers) target.set(name, value);
    return isAllowed || refuse(exchange, status, reason(status));
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #request(exchange: MiddlewareExchange): Promise<Readonly<Record<string, unknown>>> {
    const { method, path, query, scheme } = exchange;
    // One that is escaped wrongly reaches the policy as it is.
    const decoded = decodePath(path) ?? path;
    const body = this.#settings.readsBody ? await exchange.readBody() : undefined;
    return {
      method,
      path: decoded,
      path_parts: decoded.replace(/^\/+|\/+$/g, "").split("/"),
      raw_query: query,
      query: queryValues(query),
      headers: this.#headers(exchange),
      scheme,
      body: body?.toString() ?? "",
    };
  }

  #headers({ headers }: MiddlewareExchange): Readonly<Record<string, string>> {
    const seen = headers
      .names()
      .map((name) => [canonicalName(name), name] as const)
      .filter(([canonical]) => this.#settings.includedHeaders.has(canonical))
      .map(([canonical, name]) => [canonical, headers.all(name).join(", ")] as const);
    return Object.fromEntries(seen);
  }
}

const isStatus = (status: unknown): status is number =>
  Number.isInteger(status) && (status as number) >= 100 && (status as number) <= 999;
const reason = (status: number): string => STATUS_CODES[status] ?? "";

function queryValues(query: string): Readonly<Record<string, readonly string[]>> {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return Object.fromEntries(values);
}

/** @throws {Error} the policy gave something else, or nothing */
function readDecision(result: unknown, defaultStatus: number): Decision {
  if (typeof result === "boolean") {
    return { isAllowed: result, status: defaultStatus, headers: [] };
  }
  if (result === undefined) throw new Error("the rego policy gave no result");
  if (typeof result !== "object" || result === null || Array.isArray(result)) {
    throw new Error("got an invalid type back from the rego policy");
  }
  const fields = new Map<string, unknown>(Object.entries(result));
  const allow = fields.get("allow") ?? false;
  const status = fields.get("status_code") ?? defaultStatus;
  if (typeof allow !== "boolean") throw new Error("allow is no boolean");
  if (!isStatus(status)) throw new Error(`status_code is no HTTP status: ${String(status)}`);
  return { isAllowed: allow, status, headers: readHeaders(fields.get("additional_headers")) };
}

/** @throws {Error} a value is no text, or cannot be one of a header */
function readHeaders(value: unknown): Decision["headers"] {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new Error("additional_headers is no object");
  }
  return Object.entries(value).map(([name, text]) => {
    if (typeof text !== "string") throw new Error(`the header ${name} is no text`);
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\uffff]*$/.test(text)) {
      throw new Error(`${JSON.stringify(name)} cannot be a header with that value`);
    }
    return [name, text] as const;
  });
}
