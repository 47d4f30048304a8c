/**
 * Which path of the app an event goes to.
 * @see spec 03 §4.5
 */
import type { Environment } from "@marcbachmann/cel-js";
import { errorText } from "../../kit/errors/api-error.ts";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import type { JsonValue } from "../../kit/json/value.ts";
import { ruleEnvironment } from "./rule-environment.ts";
import type { RouteRule } from "./subscription.ts";

/**
 * @param event a CloudEvent, or the text of a raw message
 * @returns the path; undefined: no rule matches
 * @throws {UnreadableError} a rule could not be evaluated; the same event fails in the same way each time
 */
export type Route = (event: JsonValue) => string | undefined;

/** @throws {Error} a rule does not compile */
export function compileRoutes(rules: readonly RouteRule[]): Route {
  const cel = rules.some(({ match }) => match.trim() !== "") ? ruleEnvironment() : undefined;
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
    let result: unknown;
    try {
      result = run({ event });
    } catch (cause) {
      throw new UnreadableError(errorText(cause), { cause });
    }
    if (typeof result !== "boolean") {
      throw new UnreadableError(`the result of match expression ${expression} was not a boolean`);
    }
    return result;
  };
}
