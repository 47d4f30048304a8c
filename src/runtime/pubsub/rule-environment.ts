/**
 * The environment of routing rules. Its evaluator would name the type of a value all the way down (`map<string, map<...`),
 * in quadratic time, and keep each name: an event nested 5,000 deep took it seconds. Here names end after some levels.
 */
import { Environment } from "@marcbachmann/cel-js";

/** Below it a type is `dyn`, as everything in an event is. */
const deepestName = 4;

/** Names that are declared nowhere are only looked up when an event comes. */
export function ruleEnvironment(): Environment {
  limitNames();
  return new Environment({ unlistedVariablesAreDyn: true });
}

interface Evaluator {
  debugType(value: unknown): unknown;
  debugTypeDeep(value: unknown): unknown;
}

let isLimited = false;

/** Functions are called with the evaluator as `this`; there is no other way to it. */
function limitNames(): void {
  if (isLimited) return;
  let evaluator: Evaluator | undefined;
  const probe = new Environment();
  probe.registerFunction("evaluator(): bool", function (this: Evaluator) {
    evaluator = this;
    return true;
  });
  probe.evaluate("evaluator()");
  const shared = evaluator === undefined ? undefined : Object.getPrototypeOf(evaluator);
  const nameOf: unknown = shared?.debugTypeDeep;
  if (typeof nameOf !== "function") throw new Error("unknown evaluator of rules");
  let depth = 0;
  shared.debugTypeDeep = function (this: Evaluator, value: unknown): unknown {
    if (depth >= deepestName) return this.debugType(value);
    depth++;
    try {
      return nameOf.call(this, value);
    } finally {
      depth--;
    }
  };
  isLimited = true;
}
