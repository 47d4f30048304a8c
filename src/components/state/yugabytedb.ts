/** state.yugabytedb: PostgreSQL's v2 over YugabyteDB. @see spec 04 §4.3, §8.1 */
import type { ComponentDefinition } from "../contract.ts";
import type { StateStore } from "./contract.ts";
import { createV2, propertiesV2 } from "./postgresql.v2.ts";

export const component = {
  type: "state.yugabytedb",
  aliases: ["state.yugabyte"],
  versions: ["v2"],
  summary: "Keeps state in YugabyteDB; the same as version 2 of state.postgresql.",
  provenAgainst: "PostgreSQL 15 only, never a YugabyteDB",
  properties: propertiesV2,
  create: createV2,
} satisfies ComponentDefinition<StateStore>;
