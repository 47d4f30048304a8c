/** Short forms for tests of hot reload. */
import type { ComponentResource } from "../resources/documents.ts";
import type { LoadedResources } from "../resources/folder.ts";
import type { ResourceSource } from "./source.ts";

export const nothing: LoadedResources = {
  components: [],
  httpEndpoints: [],
  subscriptions: [],
  resiliencies: [],
  configurations: [],
  accessPolicies: [],
  mcpServers: [],
};

/** A source that is changed by hand. */
export class FakeSource implements ResourceSource {
  all = nothing;
  failure: Error | undefined;
  isDisposed = false;
  #listener: (() => void) | undefined;

  list(): Promise<LoadedResources> {
    return this.failure === undefined ? Promise.resolve(this.all) : Promise.reject(this.failure);
  }

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  change(all: Partial<LoadedResources>): void {
    this.all = { ...nothing, ...all };
    this.#listener?.();
  }

  [Symbol.dispose](): void {
    this.isDisposed = true;
  }
}

export const component = (
  name: string,
  over: Partial<ComponentResource> = {},
): ComponentResource => ({
  kind: "Component",
  name,
  namespace: "",
  scopes: [],
  secretStore: "",
  type: "state.in-memory",
  version: "v1",
  ignoreErrors: false,
  initTimeoutMs: 5000,
  metadata: [],
  ...over,
});
