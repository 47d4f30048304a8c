/** Outages of MongoDB, whose part FerretDB plays: see the suite. */
import { component } from "../../../src/components/state/mongodb.ts";
import { hasFerretdb, launchFerretdb } from "../servers/ferretdb.ts";
import { storeOutages } from "./conformance/state-outage.ts";
import { createStore } from "./state-context.ts";

storeOutages({
  name: "mongodb",
  isAvailable: hasFerretdb(),
  launch: launchFerretdb,
  open: (host) => createStore(component, { host, operationTimeout: "3s" }),
  timeoutMs: 3000,
  error: /connect ECONNREFUSED|connection .* closed/,
});
