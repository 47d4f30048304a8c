/** Short forms for tests of hot reload. */
import { Logging } from "../../kit/logging/logger.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
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

/** Messages of a logger, with their levels. */
export function recordedLog() {
  const lines: string[] = [];
  const write = (line: string): void => {
    const { level, msg } = JSON.parse(line);
    lines.push(`${level}: ${msg}`);
  };
  const logging = new Logging({
    clock: new ManualClock(),
    hostname: "h",
    version: "v",
    sink: { isTerminal: false, write, writeLater: write, flush() {} },
    level: "debug",
    json: true,
  });
  return { lines, logger: logging.logger("test") };
}
