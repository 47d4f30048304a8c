/**
 * WorkflowAccessPolicy documents: who may do what with which workflows.
 * @see spec 04 §3.4
 */
import type { YamlMap, YamlValue } from "../../kit/resources/yaml.ts";
import { object } from "./documents.ts";
import { filled, list, maps, required, ValidationError } from "./validation.ts";

export interface AccessPolicyRule {
  /** App ids. */
  readonly callers: readonly string[];
  readonly workflows: readonly {
    /** Exact, or a glob. */
    readonly name: string;
    readonly operations: readonly string[];
  }[];
  /** Names, exact or globs. */
  readonly activities: readonly string[];
}

const operations = ["schedule", "terminate", "raise", "pause", "resume", "purge", "get", "rerun"];

/** @throws {DocumentError} what is wrong, with the place where it is */
export function decodeAccessPolicy(document: YamlMap): readonly AccessPolicyRule[] {
  const rules = maps(object(document, "spec"), "rules");
  if (rules.length === 0) throw required("spec.rules");
  return rules.map((rule, n) => decodeRule(rule, `spec.rules[${n}]`));
}

function decodeRule(rule: YamlMap, place: string): AccessPolicyRule {
  const callers = maps(rule, "callers").map((caller, n) =>
    filled(caller, "appID", `${place}.callers[${n}]`),
  );
  if (callers.length === 0) throw required(`${place}.callers`);
  const workflows = maps(rule, "workflows").map((workflow, n) => {
    const own = `${place}.workflows[${n}]`;
    return { name: filled(workflow, "name", own), operations: decodeOperations(workflow, own) };
  });
  const activities = maps(rule, "activities").map((activity, n) =>
    filled(activity, "name", `${place}.activities[${n}]`),
  );
  if (workflows.length === 0 && activities.length === 0) {
    throw new ValidationError(
      `${place}: Invalid value: "object": at least one of workflows or activities must contain a rule`,
    );
  }
  return { callers, workflows, activities };
}

function decodeOperations(workflow: YamlMap, place: string): string[] {
  const named = list(workflow, "operations");
  if (named.length === 0) throw required(`${place}.operations`);
  const seen = new Set<string>();
  for (const [n, value] of named.entries()) {
    const own = `${place}.operations[${n}]`;
    if (typeof value !== "string" || !operations.includes(value)) {
      const supported = operations.map((one) => JSON.stringify(one)).join(", ");
      throw new ValidationError(
        `${own}: Unsupported value: ${JSON.stringify(shown(value))}: supported values: ${supported}`,
      );
    }
    if (seen.has(value)) {
      throw new ValidationError(`${own}: Duplicate value: ${JSON.stringify(value)}`);
    }
    seen.add(value);
  }
  return [...seen];
}

const shown = (value: YamlValue): string => (typeof value === "string" ? value : String(value));
