/**
 * middleware.http.routerchecker
 * @see spec 02 §13, spec 04 §8.7
 */

import { goRegExp } from "../../kit/resources/go-reg-exp.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import { type Middleware, type MiddlewareExchange, refuse } from "./contract.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "rule",
    kind: "string",
    required: true,
    description: "Regular expression that path and query must match somewhere.",
  },
];

export const component = {
  type: "middleware.http.routerchecker",
  versions: ["v1"],
  summary: "Refuses requests whose path and query do not match a regular expression.",
  provenAgainst: "the recordings of the original",
  properties,
  async create({ properties: given }) {
    return new RouterChecker(goRegExp(new Properties(given, properties).text("rule")));
  },
} satisfies ComponentDefinition<Middleware>;

class RouterChecker implements Middleware {
  readonly #rule: RegExp;

  constructor(rule: RegExp) {
    this.#rule = rule;
  }

  handle(exchange: MiddlewareExchange): boolean {
    const { path, query } = exchange;
    if (this.#rule.test(query === "" ? path : `${path}?${query}`)) return true;
    return refuse(exchange, 400, "invalid router");
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
