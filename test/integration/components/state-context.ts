/**
 * Makes state stores outside a sidecar, and short forms of their requests.
 */
import { randomBytes, randomUUID } from "node:crypto";
import type { ComponentDefinition, RunningComponent } from "../../../src/components/contract.ts";
import type {
  GetRequest,
  GetResponse,
  SetRequest,
  StateStore,
} from "../../../src/components/state/contract.ts";
import type { JsonValue } from "../../../src/kit/json/value.ts";
import type { Platform } from "../../../src/kit/lifecycle/platform.ts";
import type { Logger } from "../../../src/kit/logging/logger.ts";
import { type Clock, systemClock } from "../../../src/kit/time/clock.ts";

/** Lines that a component logged. */
export class RecordedLog implements Logger {
  readonly lines: string[] = [];
  isEnabled = (): boolean => true;
  debug = (message: string): number => this.lines.push(message);
  info = this.debug;
  warn = this.debug;
  error = this.debug;
  fatal = this.debug;
}

/** Of any kind. */
export function createStore<T extends RunningComponent>(
  component: ComponentDefinition<T>,
  properties: Readonly<Record<string, string>>,
  options: { readonly clock?: Clock; readonly logger?: Logger } = {},
): Promise<T> {
  const random = { number: Math.random, bytes: randomBytes, uuid: randomUUID };
  const clock = options.clock ?? systemClock;
  return component.create({
    name: "store",
    appId: "app",
    namespace: "default",
    properties: new Map(Object.entries(properties)),
    logger: options.logger ?? new RecordedLog(),
    platform: { clock, random, env: new Map() } as unknown as Platform,
    signal: new AbortController().signal,
  });
}

const noMetadata: ReadonlyMap<string, string> = new Map();

export const getRequest = (key: string): GetRequest => ({
  key,
  consistency: "",
  metadata: noMetadata,
});

/** Text is sent as bytes, anything else as JSON. */
export const setRequest = (
  key: string,
  value: string | { readonly json: JsonValue },
  rest: Partial<SetRequest> = {},
): SetRequest => ({
  key,
  value:
    typeof value === "string"
      ? { kind: "bytes", bytes: Buffer.from(value) }
      : { kind: "json", value: value.json },
  etag: undefined,
  concurrency: "",
  consistency: "",
  metadata: noMetadata,
  ...rest,
});

export const deleteRequest = (key: string, etag?: string) => ({
  key,
  etag,
  concurrency: "",
  consistency: "",
  metadata: noMetadata,
});

export const ttl = (seconds: number | string): { metadata: ReadonlyMap<string, string> } => ({
  metadata: new Map([["ttlInSeconds", String(seconds)]]),
});

/** A value as text; undefined: no such key. */
export async function read(store: StateStore, key: string): Promise<string | undefined> {
  return text(await store.get(getRequest(key)));
}

export const text = (response: GetResponse): string | undefined =>
  response.data === undefined ? undefined : Buffer.from(response.data).toString();

export async function etagOf(store: StateStore, key: string): Promise<string | undefined> {
  return (await store.get(getRequest(key))).etag;
}
