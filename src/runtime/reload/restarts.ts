/**
 * Kinds that a running sidecar cannot take in: when one of them changes, the sidecar restarts in its process.
 * @see spec 04 §5.4
 */

import type { Logger } from "../../kit/logging/logger.ts";
import { yamlToJson } from "../../kit/resources/yaml.ts";
import { field, head, isOfKind, type ResourceHead } from "../resources/documents.ts";
import { type LoadedResources, type ResiliencyFile, shownName } from "../resources/folder.ts";
import { changesBetween, hasReferences, haveEqualContent } from "./changes.ts";
import type { ReloadedKind } from "./reconciler.ts";

export interface RestartContext {
  /** What the sidecar was started with. */
  readonly loaded: LoadedResources;
  readonly appId: string;
  /** NAMESPACE as it is. */
  readonly namespaceEnv: string;
  readonly logger: Logger;
  /** Once is enough. */
  readonly restart: () => void;
}

/** Configuration, HTTPEndpoint, Resiliency. */
export function restartKinds(context: RestartContext): ReloadedKind[] {
  const { loaded, logger, restart } = context;
  const kindOf = <R extends ResourceHead>(options: {
    readonly kind: string;
    readonly known: readonly R[];
    readonly pick: (all: LoadedResources) => readonly R[];
    readonly isEqual: (before: R, after: R) => boolean;
    readonly shown: (resource: R) => string;
  }): ReloadedKind => ({
    kind: options.kind,
    isPeriodic: false,
    reconcile(all) {
      const { kind, known, pick, isEqual, shown } = options;
      const { deleted, updated, created } = changesBetween(known, pick(all), isEqual);
      for (const [type, resources] of [
        ["DELETED", deleted],
        ["UPDATED", updated],
        ["CREATED", created],
      ] as const) {
        for (const resource of resources) {
          logger.info(
            `Received ${kind} ${type} event: ${shown(resource)} - triggering SIGHUP reload`,
          );
          restart();
        }
      }
      return Promise.resolve();
    },
  });
  return [
    // Nobody keeps those of a folder, so each one seems new at every event.
    kindOf({
      kind: "Configuration",
      known: [],
      pick: (all) => all.configurations,
      isEqual: () => false,
      shown: ({ name }) => name,
    }),
    kindOf({
      kind: "HTTPEndpoint",
      known: loaded.httpEndpoints,
      pick: (all) => all.httpEndpoints,
      isEqual: (before, after) => !hasReferences(after) && haveEqualContent(before, after),
      shown: shownName,
    }),
    kindOf({
      kind: "Resiliency",
      known: resilienciesOf(loaded.resiliencies, context),
      pick: (all) => resilienciesOf(all.resiliencies, context),
      isEqual: (before, after) =>
        before.namespace === after.namespace && haveEqualContent(before, after),
      shown: ({ name }) => name,
    }),
  ];
}

interface OpaqueResource extends ResourceHead {
  /** JSON, keys sorted. */
  readonly spec: string;
}

/** Those that a start would take for this app. */
function resilienciesOf(
  files: readonly ResiliencyFile[],
  { appId, namespaceEnv }: RestartContext,
): OpaqueResource[] {
  const byName = new Map<string, OpaqueResource>();
  for (const { document } of files) {
    if (document === undefined || !isOfKind(document, "dapr.io/v1alpha1", "Resiliency")) continue;
    let own: ResourceHead;
    try {
      own = head(document, "Resiliency");
    } catch {
      continue;
    }
    const { namespace, scopes, name } = own;
    if (scopes.length > 0 && !scopes.includes(appId)) continue;
    if (namespaceEnv !== "" && namespace !== "" && namespace !== namespaceEnv) continue;
    byName.set(name, { ...own, spec: yamlToJson(field(document, "spec") ?? null) });
  }
  return [...byName.values()];
}
