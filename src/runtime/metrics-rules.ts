/**
 * `spec.metrics.rules`: label values rewritten by regular expressions.
 * @see spec 08 §10.2
 */
import type { Relabel } from "../kit/metrics/metrics.ts";
import type { MetricRule } from "./resources/configuration.ts";

/** @param onError takes the complaint about a pattern that does not compile; the rule is then left out */
export function metricsRules(
  rules: readonly MetricRule[],
  onError: (message: string) => void,
): Relabel | undefined {
  const compiled = new Map<string, { pattern: RegExp; replacement: string }[]>();
  for (const rule of rules) {
    const metric = rule.name.startsWith("dapr_") ? rule.name : `dapr_${rule.name}`;
    for (const label of rule.labels) {
      const key = `${metric} ${label.name}`;
      for (const [replacement, source] of label.patterns) {
        try {
          const pattern = new RegExp(source, "g");
          compiled.set(key, [...(compiled.get(key) ?? []), { pattern, replacement }]);
        } catch (error) {
          onError(
            `[INIT_FAILURE]: initialization error occurred for metrics: ${(error as Error).message}`,
          );
        }
      }
    }
  }
  if (compiled.size === 0) return undefined;
  return (metric, label, value) => {
    let text = value;
    for (const { pattern, replacement } of compiled.get(`${metric} ${label}`) ?? []) {
      text = text.replace(pattern, () => replacement);
    }
    return text;
  };
}
