/** state.cockroachdb v2: PostgreSQL's v2 over CockroachDB. @see spec 04 §4.3, §8.1 */
import type { ComponentDefinition } from "../contract.ts";
import type { StateStore } from "./contract.ts";
import { createV2, propertiesV2 } from "./postgresql.v2.ts";

export const component = {
  type: "state.cockroachdb",
  versions: ["v2"],
  summary:
    "Keeps state in CockroachDB; the same as version 2 of state.postgresql. Version 1, with a layout of its own, is not there.",
  provenAgainst: "PostgreSQL 15 only, never a CockroachDB",
  properties: propertiesV2,
  create: createV2,
} satisfies ComponentDefinition<StateStore>;
