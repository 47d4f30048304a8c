/**
 * `spec.metrics.rules`: label values rewritten by regular expressions. Loaded only when there are rules.
 * @see spec 08 §10.2
 */
import type { Relabel } from "../kit/metrics/metrics.ts";
import { goRegExp } from "../kit/resources/go-reg-exp.ts";
import type { MetricRule } from "./resources/configuration.ts";

interface Rewriting {
  readonly pattern: RegExp;
  readonly replacement: string;
}

/** @param onError takes the complaint about a pattern that does not compile; no rule is then in force */
export function metricsRules(
  rules: readonly MetricRule[],
  onError: (message: string) => void,
): Relabel | undefined {
  const compiled = new Map<string, Rewriting[]>();
  for (const rule of rules) {
    const metric = rule.name.replace("dapr_", "");
    for (const label of rule.labels) {
      const key = `${metric} ${label.name}`;
      // The last list for a label is the one that counts.
      const list: Rewriting[] = [];
      compiled.set(key, list);
      for (const [replacement, source] of label.patterns) {
        try {
          const { flags, source: text } = goRegExp(source);
          list.push({ pattern: new RegExp(text, `${flags}g`), replacement });
        } catch (error) {
          onError(
            `[INIT_FAILURE]: initialization error occurred for metrics: failed to compile regex for rule ` +
              `${metric.replaceAll("_", "/")}${label.name}/${replacement}: ${(error as Error).message}`,
          );
          return undefined;
        }
      }
    }
  }
  if (compiled.size === 0) return undefined;
  return (metric, label, value) => {
    if (value === "") return value;
    let text = value;
    for (const rewriting of compiled.get(`${metric.replace("dapr_", "")} ${label}`) ?? []) {
      text = rewrite(text, rewriting);
    }
    return text;
  };
}

function rewrite(text: string, { pattern, replacement }: Rewriting): string {
  if (!replacement.includes("$")) return text.replace(pattern, () => replacement);
  return text.replace(pattern, (...found: unknown[]) => {
    const last = found.at(-1);
    const names = typeof last === "object" ? (last as Record<string, string | undefined>) : {};
    return expand(replacement, found as (string | undefined)[], names);
  });
}

/** Go's `$1`, `$name`, `${name}` and `$$`; what there is no group for is empty. */
function expand(
  template: string,
  groups: readonly (string | undefined)[],
  names: Readonly<Record<string, string | undefined>>,
): string {
  return template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (all, bare?: string, braced?: string) => {
    const name = bare ?? braced;
    if (name === undefined) return all.slice(1);
    if (!/^\d+$/.test(name)) return Object.hasOwn(names, name) ? (names[name] ?? "") : "";
    const group = groups[Number(name)];
    // Behind the groups come an offset and the whole text.
    return typeof group === "string" && Number(name) < groupCount(groups) ? group : "";
  });
}

const groupCount = (groups: readonly unknown[]): number =>
  groups.findIndex((group) => typeof group === "number");
