/**
 * Which file implements which component. Written by `npm run generate`; do not edit.
 */
import type { ComponentDefinition, RunningComponent } from "./contract.ts";

export type LoadComponent = () => Promise<ComponentDefinition<RunningComponent>>;

const components: ReadonlyMap<string, LoadComponent> = new Map<string, LoadComponent>([
  ["state.cockroachdb/v2", async () => (await import("./state/cockroachdb.v2.ts")).component],
  ["state.etcd/v1", async () => (await import("./state/etcd.ts")).component],
  ["state.etcd", async () => (await import("./state/etcd.ts")).component],
  ["state.etcd/v2", async () => (await import("./state/etcd.v2.ts")).component],
  ["state.in-memory/v1", async () => (await import("./state/in-memory.ts")).component],
  ["state.in-memory", async () => (await import("./state/in-memory.ts")).component],
  ["state.mongodb/v1", async () => (await import("./state/mongodb.ts")).component],
  ["state.mongodb", async () => (await import("./state/mongodb.ts")).component],
  ["state.mysql/v1", async () => (await import("./state/mysql.ts")).component],
  ["state.mysql", async () => (await import("./state/mysql.ts")).component],
  ["state.postgresql/v1", async () => (await import("./state/postgresql.ts")).component],
  ["state.postgresql", async () => (await import("./state/postgresql.ts")).component],
  ["state.postgres/v1", async () => (await import("./state/postgresql.ts")).component],
  ["state.postgres", async () => (await import("./state/postgresql.ts")).component],
  ["state.postgresql/v2", async () => (await import("./state/postgresql.v2.ts")).component],
  ["state.postgres/v2", async () => (await import("./state/postgresql.v2.ts")).component],
  ["state.redis/v1", async () => (await import("./state/redis.ts")).component],
  ["state.redis", async () => (await import("./state/redis.ts")).component],
  ["state.sqlite/v1", async () => (await import("./state/sqlite.ts")).component],
  ["state.sqlite", async () => (await import("./state/sqlite.ts")).component],
  ["state.sqlite3/v1", async () => (await import("./state/sqlite.ts")).component],
  ["state.sqlite3", async () => (await import("./state/sqlite.ts")).component],
  ["state.yugabytedb/v2", async () => (await import("./state/yugabytedb.ts")).component],
  ["state.yugabytedb", async () => (await import("./state/yugabytedb.ts")).component],
  ["state.yugabyte/v2", async () => (await import("./state/yugabytedb.ts")).component],
  ["state.yugabyte", async () => (await import("./state/yugabytedb.ts")).component],
  ["secretstores.hashicorp.vault/v1", async () => (await import("./secretstores/hashicorp.vault.ts")).component],
  ["secretstores.hashicorp.vault", async () => (await import("./secretstores/hashicorp.vault.ts")).component],
  ["secretstores.kubernetes/v1", async () => (await import("./secretstores/kubernetes.ts")).component],
  ["secretstores.kubernetes", async () => (await import("./secretstores/kubernetes.ts")).component],
  ["secretstores.local.env/v1", async () => (await import("./secretstores/local.env.ts")).component],
  ["secretstores.local.env", async () => (await import("./secretstores/local.env.ts")).component],
  ["secretstores.local.file/v1", async () => (await import("./secretstores/local.file.ts")).component],
  ["secretstores.local.file", async () => (await import("./secretstores/local.file.ts")).component],
  ["configuration.postgresql/v1", async () => (await import("./configuration/postgresql.ts")).component],
  ["configuration.postgresql", async () => (await import("./configuration/postgresql.ts")).component],
  ["configuration.postgres/v1", async () => (await import("./configuration/postgresql.ts")).component],
  ["configuration.postgres", async () => (await import("./configuration/postgresql.ts")).component],
  ["configuration.redis/v1", async () => (await import("./configuration/redis.ts")).component],
  ["configuration.redis", async () => (await import("./configuration/redis.ts")).component],
  ["lock.redis/v1", async () => (await import("./lock/redis.ts")).component],
  ["lock.redis", async () => (await import("./lock/redis.ts")).component],
  ["crypto.dapr.jwks/v1", async () => (await import("./crypto/dapr.jwks.ts")).component],
  ["crypto.dapr.jwks", async () => (await import("./crypto/dapr.jwks.ts")).component],
  ["crypto.dapr.kubernetes.secrets/v1", async () => (await import("./crypto/dapr.kubernetes.secrets.ts")).component],
  ["crypto.dapr.kubernetes.secrets", async () => (await import("./crypto/dapr.kubernetes.secrets.ts")).component],
  ["crypto.dapr.localstorage/v1", async () => (await import("./crypto/dapr.localstorage.ts")).component],
  ["crypto.dapr.localstorage", async () => (await import("./crypto/dapr.localstorage.ts")).component],
  ["conversation.anthropic/v1", async () => (await import("./conversation/anthropic.ts")).component],
  ["conversation.anthropic", async () => (await import("./conversation/anthropic.ts")).component],
  ["conversation.aws.bedrock/v1", async () => (await import("./conversation/aws.bedrock.ts")).component],
  ["conversation.aws.bedrock", async () => (await import("./conversation/aws.bedrock.ts")).component],
  ["conversation.deepseek/v1", async () => (await import("./conversation/deepseek.ts")).component],
  ["conversation.deepseek", async () => (await import("./conversation/deepseek.ts")).component],
  ["conversation.echo/v1", async () => (await import("./conversation/echo.ts")).component],
  ["conversation.echo", async () => (await import("./conversation/echo.ts")).component],
  ["conversation.googleai/v1", async () => (await import("./conversation/googleai.ts")).component],
  ["conversation.googleai", async () => (await import("./conversation/googleai.ts")).component],
  ["conversation.huggingface/v1", async () => (await import("./conversation/huggingface.ts")).component],
  ["conversation.huggingface", async () => (await import("./conversation/huggingface.ts")).component],
  ["conversation.mistral/v1", async () => (await import("./conversation/mistral.ts")).component],
  ["conversation.mistral", async () => (await import("./conversation/mistral.ts")).component],
  ["conversation.ollama/v1", async () => (await import("./conversation/ollama.ts")).component],
  ["conversation.ollama", async () => (await import("./conversation/ollama.ts")).component],
  ["conversation.openai/v1", async () => (await import("./conversation/openai.ts")).component],
  ["conversation.openai", async () => (await import("./conversation/openai.ts")).component],
  ["pubsub.in-memory/v1", async () => (await import("./pubsub/in-memory.ts")).component],
  ["pubsub.in-memory", async () => (await import("./pubsub/in-memory.ts")).component],
  ["pubsub.jetstream/v1", async () => (await import("./pubsub/jetstream.ts")).component],
  ["pubsub.jetstream", async () => (await import("./pubsub/jetstream.ts")).component],
  ["pubsub.mqtt3/v1", async () => (await import("./pubsub/mqtt3.ts")).component],
  ["pubsub.mqtt3", async () => (await import("./pubsub/mqtt3.ts")).component],
  ["pubsub.mqtt/v1", async () => (await import("./pubsub/mqtt3.ts")).component],
  ["pubsub.mqtt", async () => (await import("./pubsub/mqtt3.ts")).component],
  ["pubsub.rabbitmq/v1", async () => (await import("./pubsub/rabbitmq.ts")).component],
  ["pubsub.rabbitmq", async () => (await import("./pubsub/rabbitmq.ts")).component],
  ["pubsub.redis/v1", async () => (await import("./pubsub/redis.ts")).component],
  ["pubsub.redis", async () => (await import("./pubsub/redis.ts")).component],
  ["bindings.aws.s3/v1", async () => (await import("./bindings/aws.s3.ts")).component],
  ["bindings.aws.s3", async () => (await import("./bindings/aws.s3.ts")).component],
  ["bindings.cron/v1", async () => (await import("./bindings/cron.ts")).component],
  ["bindings.cron", async () => (await import("./bindings/cron.ts")).component],
  ["bindings.http/v1", async () => (await import("./bindings/http.ts")).component],
  ["bindings.http", async () => (await import("./bindings/http.ts")).component],
  ["bindings.localstorage/v1", async () => (await import("./bindings/localstorage.ts")).component],
  ["bindings.localstorage", async () => (await import("./bindings/localstorage.ts")).component],
  ["bindings.mqtt3/v1", async () => (await import("./bindings/mqtt3.ts")).component],
  ["bindings.mqtt3", async () => (await import("./bindings/mqtt3.ts")).component],
  ["bindings.mqtt/v1", async () => (await import("./bindings/mqtt3.ts")).component],
  ["bindings.mqtt", async () => (await import("./bindings/mqtt3.ts")).component],
  ["bindings.mysql/v1", async () => (await import("./bindings/mysql.ts")).component],
  ["bindings.mysql", async () => (await import("./bindings/mysql.ts")).component],
  ["bindings.postgresql/v1", async () => (await import("./bindings/postgresql.ts")).component],
  ["bindings.postgresql", async () => (await import("./bindings/postgresql.ts")).component],
  ["bindings.postgres/v1", async () => (await import("./bindings/postgresql.ts")).component],
  ["bindings.postgres", async () => (await import("./bindings/postgresql.ts")).component],
  ["bindings.rabbitmq/v1", async () => (await import("./bindings/rabbitmq.ts")).component],
  ["bindings.rabbitmq", async () => (await import("./bindings/rabbitmq.ts")).component],
  ["bindings.redis/v1", async () => (await import("./bindings/redis.ts")).component],
  ["bindings.redis", async () => (await import("./bindings/redis.ts")).component],
  ["bindings.smtp/v1", async () => (await import("./bindings/smtp.ts")).component],
  ["bindings.smtp", async () => (await import("./bindings/smtp.ts")).component],
  ["middleware.http.ratelimit/v1", async () => (await import("./middleware/http.ratelimit.ts")).component],
  ["middleware.http.ratelimit", async () => (await import("./middleware/http.ratelimit.ts")).component],
  ["middleware.http.routeralias/v1", async () => (await import("./middleware/http.routeralias.ts")).component],
  ["middleware.http.routeralias", async () => (await import("./middleware/http.routeralias.ts")).component],
  ["middleware.http.routerchecker/v1", async () => (await import("./middleware/http.routerchecker.ts")).component],
  ["middleware.http.routerchecker", async () => (await import("./middleware/http.routerchecker.ts")).component],
  ["middleware.http.uppercase/v1", async () => (await import("./middleware/http.uppercase.ts")).component],
  ["middleware.http.uppercase", async () => (await import("./middleware/http.uppercase.ts")).component],
]);

/** Every type and alias. */
export const componentTypes = (): readonly string[] => [
  ...new Set([...components.keys()].map((key) => key.split("/", 1)[0] as string)),
];

/** What an empty version means for types that have several. */
const defaultVersions: ReadonlyMap<string, string> = new Map<string, string>([

]);

/**
 * Looks a component up; type and version in lower case.
 * @see spec 04 §4.3
 */
export function findComponent(type: string, version: string): LoadComponent | undefined {
  const exact = components.get(`${type}/${version}`);
  if (exact !== undefined) return exact;
  if (version !== "" && version !== "v0" && version !== "v1") return undefined;
  return components.get(type) ?? components.get(`${type}/${defaultVersions.get(type) ?? "v1"}`);
}
