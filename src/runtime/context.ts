/** What a sidecar is given to run in. */
import type { Platform } from "../kit/lifecycle/platform.ts";
import type { Logging } from "../kit/logging/logger.ts";

export interface SidecarContext {
  readonly platform: Platform;
  readonly logging: Logging;
  /** Interrupts the start. */
  readonly signal: AbortSignal;
  /** Only local callers are served (`tricorne start`). */
  readonly isBrowserGuarded?: boolean;
}
