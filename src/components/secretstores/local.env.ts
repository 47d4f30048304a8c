/**
 * secretstores.local.env: the environment of the sidecar.
 * @see spec 04 §8.4
 */
import type { ComponentContext, ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import type { SecretData, SecretStore } from "./contract.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "prefix",
    kind: "string",
    default: "",
    description: "Put before the name of each secret; only variables that start with it are seen.",
  },
];

export const component = {
  type: "secretstores.local.env",
  versions: ["v1"],
  summary: "Secrets in environment variables; for development.",
  provenAgainst: "the recordings of the original",
  properties,
  create: async (context) =>
    new EnvironmentStore(new Properties(context.properties, properties).text("prefix"), context),
} satisfies ComponentDefinition<SecretStore>;

class EnvironmentStore implements SecretStore {
  readonly features: SecretStore["features"] = [];
  readonly #prefix: string;
  readonly #context: ComponentContext;

  constructor(prefix: string, context: ComponentContext) {
    this.#prefix = prefix;
    this.#context = context;
  }

  /** Never fails: a variable that is not set, or is not to be seen, is empty. */
  async get(name: string): Promise<SecretData> {
    const variable = this.#prefix + name;
    if (isForbidden(variable)) {
      this.#context.logger.warn(`Access to env var ${variable} is forbidden`);
      return new Map([[name, ""]]);
    }
    return new Map([[name, this.#context.platform.env.get(variable) ?? ""]]);
  }

  async bulkGet(): Promise<ReadonlyMap<string, SecretData>> {
    const secrets = new Map<string, SecretData>();
    for (const [variable, value] of this.#context.platform.env) {
      if (!variable.startsWith(this.#prefix) || isForbidden(variable)) continue;
      const name = variable.slice(this.#prefix.length);
      secrets.set(name, new Map([[name, value]]));
    }
    return secrets;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function isForbidden(variable: string): boolean {
  const upper = variable.toUpperCase();
  return upper === "APP_API_TOKEN" || upper.startsWith("DAPR_");
}
