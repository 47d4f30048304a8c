/**
 * middleware.http.routeralias
 * @see spec 02 §13, spec 04 §8.7
 */
import { decodePath } from "../../kit/http/url.ts";
import { goRegExp } from "../../kit/resources/go-reg-exp.ts";
import { parseConfigurationYaml, scalarToString } from "../../kit/resources/yaml.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import type { Middleware, MiddlewareExchange } from "./contract.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "routes",
    kind: "json",
    description:
      'JSON or YAML object from path to path, as `{"/shop/{id}": "/v1.0/invoke/shop/method/item"}`. Without it every property is a route.',
  },
];

export const component = {
  type: "middleware.http.routeralias",
  versions: ["v1"],
  summary: "Gives other paths to routes of the API, most of all to methods of apps.",
  provenAgainst: "the recordings of the original",
  properties,
  takesAnyProperty: true,
  async create({ properties: given }) {
    const routes = new Properties(given, properties).text("routes");
    const pairs = routes === "" ? [...given] : await parseRoutes(routes);
    return new RouterAlias(pairs.map(([template, target]) => new Alias(template, target)));
  },
} satisfies ComponentDefinition<Middleware>;

/** @throws {Error} */
async function parseRoutes(text: string): Promise<(readonly [string, string])[]> {
  const { value, errors } = await parseConfigurationYaml(text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`failed to decode 'routes': ${error}`);
  if (value === null) return [];
  if (!(value instanceof Map)) throw new Error("failed to decode 'routes': it is no object");
  return [...value].map(([template, target]) => {
    const text = scalarToString(target);
    if (text === undefined) throw new Error(`failed to decode 'routes': ${template} is no text`);
    return [template, text] as const;
  });
}

class RouterAlias implements Middleware {
  readonly #aliases: readonly Alias[];

  constructor(aliases: readonly Alias[]) {
    this.#aliases = aliases;
  }

  handle(exchange: MiddlewareExchange): boolean {
    const path = decodePath(exchange.path);
    if (path !== undefined) this.#aliases.some((alias) => alias.apply(path, exchange));
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

class Alias {
  readonly #pattern: RegExp;
  readonly #names: readonly string[];
  readonly #target: string;

  /** @throws {Error} for a template that is none */
  constructor(template: string, target: string) {
    const { pattern, names } = compile(template);
    this.#pattern = pattern;
    this.#names = names;
    this.#target = escapePath(target);
  }

  /** @returns whether the path is the alias's */
  apply(path: string, exchange: MiddlewareExchange): boolean {
    const match = this.#pattern.exec(path);
    if (match === null) return false;
    exchange.path = this.#target;
    if (this.#names.length > 0) {
      const query = new URLSearchParams(exchange.query);
      for (const [i, name] of this.#names.entries()) query.append(name, match[i + 1] ?? "");
      query.sort();
      exchange.query = query.toString().replaceAll("%7E", "~").replaceAll("*", "%2A");
    }
    return true;
  }
}

const special = /[\\^$.*+?()[\]{}|]/g;

/** `/a/{b}/{c:[0-9]+}`: braces may stand inside of a variable's expression. @throws {Error} */
function compile(template: string): { pattern: RegExp; names: string[] } {
  const names: string[] = [];
  let source = "";
  let rest = template;
  for (;;) {
    const open = rest.indexOf("{");
    if (open < 0) break;
    const close = closingBrace(rest, open);
    if (close < 0) throw new Error(`mux: unbalanced braces in ${JSON.stringify(template)}`);
    const [name = "", ...expression] = rest.slice(open + 1, close).split(":");
    if (name === "" || (expression.length > 0 && expression.join(":") === "")) {
      throw new Error(
        `mux: missing name or pattern in ${JSON.stringify(rest.slice(open, close + 1))}`,
      );
    }
    const inner = expression.length === 0 ? "[^/]+" : withoutGroups(expression.join(":"));
    source += `${rest.slice(0, open).replace(special, "\\$&")}(${inner})`;
    names.push(name);
    rest = rest.slice(close + 1);
  }
  source += rest.replace(special, "\\$&");
  return { pattern: goRegExp(`^${source}$`), names };
}

/** Groups inside of a variable would shift the numbers of those behind it. */
const withoutGroups = (expression: string): string =>
  expression.replace(/(^|[^\\])\((?!\?)/g, "$1(?:");

function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === "{") depth++;
    else if (text[i] === "}") depth--;
    if (depth === 0) return i;
  }
  return -1;
}

/** A path as it is written on the wire; a `?` is part of it. */
const escapePath = (path: string): string =>
  path.replace(/[^A-Za-z0-9\-_.~/$&+,:;=@!'()*]+/g, encodeURIComponent);
