/**
 * state.etcd, version 1: values as they are. The default, though deprecated.
 * @see spec 04 §4.3, §8.1
 */
import type { ComponentDefinition } from "../contract.ts";
import { etcdProperties } from "../shared/etcd-settings.ts";
import type { StateStore } from "./contract.ts";
import { createEtcdStore } from "./etcd-store.ts";
import { plainFormat } from "./etcd-values.ts";

export const component = {
  type: "state.etcd",
  versions: ["v1"],
  successor: "v2",
  summary: "Keeps state in etcd.",
  provenAgainst: "etcd 3.4",
  properties: etcdProperties,
  create: (context) => createEtcdStore(context, plainFormat),
} satisfies ComponentDefinition<StateStore>;
