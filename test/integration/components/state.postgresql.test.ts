/** The suite of all state stores over PostgreSQL, in every way to send statements. */
import { component as v1 } from "../../../src/components/state/postgresql.ts";
import { component as v2 } from "../../../src/components/state/postgresql.v2.ts";
import { stateStoreConformance } from "./conformance/state.ts";
import { usePostgres } from "./postgres-context.ts";
import { createStore } from "./state-context.ts";

const context = usePostgres();
const { isAvailable } = context;

for (const mode of ["cache_statement", "exec", "simple_protocol"]) {
  stateStoreConformance({
    name: `postgresql v1, ${mode}`,
    isAvailable,
    traits: {
      malformedEtag: { etag: "x", error: /^invalid etag value: strconv.ParseUint: parsing "x"/ },
      keepsJsonText: false,
      comparesNumbers: false,
    },
    open: async () =>
      createStore(v1, {
        connectionString: (await context.freshDatabase()).url,
        queryExecMode: mode,
      }),
  });
  stateStoreConformance({
    name: `postgresql v2, ${mode}`,
    isAvailable,
    traits: { otherEtag: "4d8b3a0e-6c5c-4b0e-9f52-0a6e1f5f3d11" },
    open: async () =>
      createStore(v2, {
        connectionString: (await context.freshDatabase()).url,
        queryExecMode: mode,
      }),
  });
}
