/** Outages of etcd: see the suite. */
import { component } from "../../../src/components/state/etcd.v2.ts";
import { hasEtcd, launchEtcd } from "../servers/etcd.ts";
import { storeOutages } from "./conformance/state-outage.ts";
import { createStore } from "./state-context.ts";

storeOutages({
  name: "etcd",
  isAvailable: await hasEtcd(),
  launch: launchEtcd,
  open: (address) => createStore(component, { endpoints: address }),
  timeoutMs: 5000,
  error: /context deadline exceeded: latest connection error: .*connection refused/,
});
