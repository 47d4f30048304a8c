/**
 * state.etcd, version 2: values with the time of their write, so that readers see when they expire.
 * @see spec 04 §8.1
 */
import type { ComponentDefinition } from "../contract.ts";
import { etcdProperties } from "../shared/etcd-settings.ts";
import type { StateStore } from "./contract.ts";
import { createEtcdStore } from "./etcd-store.ts";
import { timedFormat } from "./etcd-values.ts";

export const component = {
  type: "state.etcd",
  versions: ["v2"],
  summary: "Keeps state in etcd, and shows when it expires.",
  provenAgainst: "etcd 3.4",
  properties: etcdProperties,
  create: (context) => createEtcdStore(context, timedFormat),
} satisfies ComponentDefinition<StateStore>;
