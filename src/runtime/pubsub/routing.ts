/**
 * Which path of the app an event goes to.
 * @see spec 03 §4.5
 */
import { Environment } from "@marcbachmann/cel-js";
import { errorText } from "../../kit/errors/api-error.ts";
import type { JsonValue } from "../../kit/json/value.ts";
import type { RouteRule } from "./subscription.ts";

/**
 * @param event a CloudEvent, or the text of a raw message
 * @returns the path; undefined: no rule matches
 * @throws {Error} a rule could not be evaluated
 */
export type Route = (event: JsonValue) => string | undefined;

/** Names that are declared nowhere are only looked up when an event comes. */
const environment = (): Environment => new Environment({ unlistedVariablesAreDyn: true });

/** @throws {Error} a rule does not compile */
export function compileRoutes(rules: readonly RouteRule[]): Route {
  const cel = rules.some(({ match }) => match.trim() !== "") ? environment() : undefined;
  const compiled = rules.map(({ match, path }) => {
    if (match.trim() === "" || cel === undefined) return { path, matches: undefined };
    return { path, matches: compile(cel, match) };
  });
  return (event) => compiled.find(({ matches }) => matches === undefined || matches(event))?.path;
}

function compile(cel: Environment, expression: string): (event: JsonValue) => boolean {
  let run: (variables: { readonly event: JsonValue }) => unknown;
  try {
    run = cel.parse(expression);
  } catch (cause) {
    throw new Error(`ERROR: <input>: ${errorText(cause)}`, { cause });
  }
  return (event) => {
    const result = run({ event });
    if (typeof result !== "boolean") {
      throw new Error(`the result of match expression ${expression} was not a boolean`);
    }
    return result;
  };
}
