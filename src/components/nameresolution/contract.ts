/**
 * Name resolution: from app id to the address of a sidecar's internal gRPC port.
 * @see spec 02 §10, spec 04 §8.8
 */

import type { Platform } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";

export interface InstanceInfo {
  readonly appId: string;
  readonly namespace: string;
  readonly hostAddress: string;
  readonly daprHttpPort: number;
  readonly internalPort: number;
  /** 0 without an app. */
  readonly appPort: number;
}

export interface ResolverContext {
  readonly instance: InstanceInfo;
  /** `spec.nameResolution.configuration`, parsed YAML. */
  readonly configuration: unknown;
  readonly logger: Logger;
  readonly platform: Platform;
  /** Ends the sidecar at once, with exit code 1. @param text of the last log line */
  readonly onFatal: (text: string) => void;
}

export interface ResolveRequest {
  readonly appId: string;
  readonly namespace: string;
  /** Port to assume where the resolver does not know it. */
  readonly port: number;
}

export interface NameResolver extends AsyncDisposable {
  /** All known addresses as `host:port` (IPv6 in brackets), best first. @throws {Error} with the resolver's text */
  resolve(
    request: ResolveRequest,
    signal?: AbortSignal,
  ): Promise<readonly string[]> | readonly string[];
  /** Resolvers with several addresses are cached by the runtime for 20 s and picked from at random. */
  readonly isMultiAddress: boolean;
  /** Forgets what is cached for an app, after a failed connection. */
  forget?(appId: string): void;
}

export interface ResolverDefinition {
  /** `mdns` */
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly versions: readonly string[];
  readonly summary: string;
  /** What the tests run it against. */
  readonly provenAgainst?: string;
  create(context: ResolverContext): Promise<NameResolver>;
  /** What serves lookups when create has failed; without it they fail with its text. */
  readonly afterFailure?: NameResolver;
}
