/** Which documents a filter finds: the operators that state.mongodb uses, any other one fails. */
import type { Document } from "mongodb";

export function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    if (name === "$and") return condition.every((part: Document) => matches(document, part));
    if (name === "$or") return condition.some((part: Document) => matches(document, part));
    const value = name
      .split(".")
      .reduce<unknown>((current, part) => (current as Document | null)?.[part], document);
    if (!isOperators(condition)) return equal(value, condition);
    return Object.entries(condition).every(([operator, operand]) =>
      holds(value, operator, operand, condition),
    );
  });
}

const isOperators = (condition: unknown): condition is Document =>
  typeof condition === "object" &&
  condition !== null &&
  Object.keys(condition).length > 0 &&
  Object.keys(condition).every((name) => name.startsWith("$"));

/** null finds what is missing, too. */
const equal = (value: unknown, wanted: unknown): boolean =>
  wanted === null
    ? value === null || value === undefined
    : JSON.stringify(value) === JSON.stringify(wanted);

/** Only values of one type are in order. */
function order(value: unknown, operand: unknown): number {
  const isDate = value instanceof Date && operand instanceof Date;
  if (!isDate && (typeof value !== typeof operand || typeof value === "object")) return Number.NaN;
  const [left, right] = [value as number, operand as number];
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

function holds(value: unknown, operator: string, operand: unknown, all: Document): boolean {
  switch (operator) {
    case "$eq":
      return equal(value, operand);
    case "$ne":
      return !equal(value, operand);
    case "$in":
      return (operand as readonly unknown[]).some((wanted) => equal(value, wanted));
    case "$gt":
      return order(value, operand) > 0;
    case "$gte":
      return order(value, operand) >= 0;
    case "$lt":
      return order(value, operand) < 0;
    case "$lte":
      return order(value, operand) <= 0;
    case "$regex":
      return new RegExp(String(operand).replace(/\\z$/, "$"), all.$options).test(String(value));
    case "$options":
      return true;
    default:
      throw new Error(`operator ${operator}`);
  }
}
