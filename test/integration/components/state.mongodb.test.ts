/** state.mongodb over FerretDB: the suite for state stores. */
import { afterAll } from "vitest";
import { component } from "../../../src/components/state/mongodb.ts";
import { type Ferretdb, hasFerretdb, launchFerretdb } from "../servers/ferretdb.ts";
import { stateStoreConformance } from "./conformance/state.ts";
import { createStore } from "./state-context.ts";

let server: Ferretdb | undefined;

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

stateStoreConformance({
  name: "mongodb",
  isAvailable: hasFerretdb(),
  traits: {
    // FerretDB has no transactions, reads before it writes, and replaces bytes that are no UTF-8.
    transacts: false,
    comparesAtomically: false,
    keepsBytes: false,
    noTtl: "expires",
    etagOfMissing: "accepted",
    keepsJsonText: false,
    checksOptions: false,
    anyMemberName: false,
  },
  open: async () => {
    server = await launchFerretdb();
    return await createStore(component, { host: server.address });
  },
});
