/**
 * Binding of the API listeners: several addresses, retried, or Unix sockets in their place.
 * @see spec 01 §2.1, spec 08 §4.1, §4.2
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "../kit/time/clock.ts";

export type ApiAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

const retryForMs = 10_000;
const firstPauseMs = 100;
const longestPauseMs = 500;

/** Where an API listens: every given address, or one Unix socket. */
export function apiAddresses(options: {
  readonly socketFolder: string;
  readonly appId: string;
  readonly protocol: "http" | "grpc";
  readonly listenAddresses: readonly string[];
  readonly port: number;
}): ApiAddress[] {
  if (options.socketFolder !== "") {
    return [
      { path: join(options.socketFolder, `dapr-${options.appId}-${options.protocol}.socket`) },
    ];
  }
  const hosts = options.listenAddresses.length === 0 ? [""] : options.listenAddresses;
  return hosts.map((host) => ({ host: host.replace(/^\[|\]$/g, ""), port: options.port }));
}

/**
 * Binds all addresses.
 * @param onFailure takes the failure of an address that cannot be bound within the time; the others go on
 * @returns how many were bound
 * @throws {Error} Go's text, for a Unix socket that is there already; the signal's reason
 */
export async function listenAll(
  addresses: readonly ApiAddress[],
  bind: (address: ApiAddress) => Promise<unknown>,
  context: {
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly onFailure: (address: ApiAddress, error: Error) => void;
  },
): Promise<number> {
  let bound = 0;
  for (const address of addresses) {
    try {
      await withRetry(() => bind(address), context.clock, context.signal);
      bound++;
    } catch (error) {
      context.signal.throwIfAborted();
      if ("path" in address) throw socketError(address.path, error);
      context.onFailure(address, error as Error);
    }
  }
  return bound;
}

/** Ports of a process that is just ending are free a moment later. */
async function withRetry<T>(
  attempt: () => Promise<T>,
  clock: Clock,
  signal: AbortSignal,
): Promise<T> {
  const end = clock.monotonic() + retryForMs;
  let pauseMs = firstPauseMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (clock.monotonic() + pauseMs > end || isPermanent(error)) throw error;
    }
    await clock.sleep(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 1.5, longestPauseMs);
  }
}

/** A Unix socket that exists does not go away by waiting. */
function isPermanent(error: unknown): boolean {
  return (
    typeof (error as { address?: unknown }).address === "string" &&
    (error as { port?: number }).port === -1
  );
}

function socketError(path: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason =
    code === "EADDRINUSE"
      ? "address already in use"
      : code !== "EACCES"
        ? message
        : // Node says EACCES for a folder that is not there.
          existsSync(dirname(path))
          ? "permission denied"
          : "no such file or directory";
  return new Error(`listen unix ${path}: bind: ${reason}`, { cause: error });
}

/** What the reference logs for an address. */
export const shownAddress = (address: ApiAddress): string =>
  "path" in address ? address.path : `${address.host}:${address.port}`;

/** Go's text for a port that cannot be bound. */
export function bindError(address: { host: string; port: number }, error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const reason =
    code === "EADDRINUSE"
      ? "bind: address already in use"
      : code === "EADDRNOTAVAIL"
        ? "bind: cannot assign requested address"
        : code === "EACCES"
          ? "bind: permission denied"
          : error.message;
  return `listen tcp ${address.host}:${address.port}: ${reason}`;
}
