/**
 * What has changed between what is loaded and what there is now.
 * @see spec 04 §5.2
 */
import type {
  ComponentResource,
  HttpEndpointResource,
  ResourceHead,
  ValueSource,
} from "../resources/documents.ts";

export interface Changes<R> {
  readonly deleted: readonly R[];
  /** The new ones. */
  readonly updated: readonly R[];
  readonly created: readonly R[];
}

/** Names are unique on both sides. @param isEqual decides for resources of one name */
export function changesBetween<R extends { readonly name: string }>(
  before: readonly R[],
  after: readonly R[],
  isEqual: (before: R, after: R) => boolean,
): Changes<R> {
  const known = new Map(before.map((resource) => [resource.name, resource]));
  const wanted = new Set(after.map(({ name }) => name));
  const updated: R[] = [];
  const created: R[] = [];
  for (const resource of after) {
    const old = known.get(resource.name);
    if (old === undefined) created.push(resource);
    else if (!isEqual(old, resource)) updated.push(resource);
  }
  return { deleted: before.filter(({ name }) => !wanted.has(name)), updated, created };
}

/** Spec, auth and scopes count; of the metadata only the name does, by which resources are compared at all. */
export function haveEqualContent(one: ResourceHead, other: ResourceHead): boolean {
  return contentOf(one) === contentOf(other);
}

function contentOf(resource: ResourceHead): string {
  return JSON.stringify({ ...resource, namespace: "" }, (_key, value: unknown) =>
    value instanceof Map ? [...value].sort(([a], [b]) => (a < b ? -1 : 1)) : value,
  );
}

/** Whether what it stands for may change while its text stays the same. */
export function hasReferences(resource: ComponentResource | HttpEndpointResource): boolean {
  if (resource.kind === "Component") return resource.metadata.some(isReference);
  const { rootCA, certificate, privateKey } = resource.tls;
  return [...resource.headers, rootCA, certificate, privateKey].some(isReference);
}

const isReference = (source: ValueSource | undefined): boolean =>
  source?.secretKeyRef !== undefined || (source?.envRef ?? "") !== "";
