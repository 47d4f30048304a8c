/**
 * Functions that OPA calls deprecated and the interpreter does not have, but old policies use.
 * @see https://www.openpolicyagent.org/docs/policy-reference/builtins (Deprecated)
 */
import { goRegExp } from "../../../kit/resources/go-reg-exp.ts";

/** Arrays and sets of Rego both come as arrays. What throws is undefined in Rego. */
export const deprecatedFunctions: readonly [string, (...args: never[]) => unknown][] = [
  ["any", (values: unknown) => listOf(values).includes(true)],
  ["all", (values: unknown) => listOf(values).every((value) => value === true)],
  ["re_match", (pattern: string, text: string) => goRegExp(pattern).test(textOf(text))],
  ["cast_array", (value: unknown) => listOf(value)],
  ["cast_string", (value: unknown) => textOf(value)],
  ["cast_boolean", (value: unknown) => only(value, typeof value === "boolean")],
  ["cast_null", (value: unknown) => only(value, value === null)],
];

const listOf = (value: unknown): readonly unknown[] =>
  only(value, Array.isArray(value)) as readonly unknown[];
const textOf = (value: unknown): string => only(value, typeof value === "string") as string;

/** @throws {TypeError} it is of another type */
function only(value: unknown, isIt: boolean): unknown {
  if (!isIt) throw new TypeError("a value of another type");
  return value;
}
