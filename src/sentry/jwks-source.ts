/**
 * JSON Web Key Sets that others publish: at an address, in a file or literally.
 * @see spec 07 §2.5 (validator jwks)
 */
import { createPublicKey, type KeyObject } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Agent, fetch } from "undici";
import { watchDirectories } from "../kit/lifecycle/watch-directories.ts";
import type { Logger } from "../kit/logging/logger.ts";
import type { Clock } from "../kit/time/clock.ts";

export interface PublishedKey {
  readonly kid: string;
  readonly key: KeyObject;
  /** The one algorithm that the key says it is for, if it does. */
  readonly algorithm: string | undefined;
}

export interface KeySource extends AsyncDisposable {
  /** The keys with this id; asks the publisher again when there is none and the last time is long enough ago. */
  find(kid: string): Promise<readonly PublishedKey[]>;
}

export interface KeySourceOptions {
  readonly source: string;
  /** PEM or path; "": the system's authorities. */
  readonly caCertificate: string;
  readonly refreshMs: number;
  readonly timeoutMs: number;
  /** Gives up the first look. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
}

const maxBytes = 2 ** 20;
const settleMs = 100;

/** @throws {Error} when there are no keys to begin with */
export async function openKeySource(options: KeySourceOptions): Promise<KeySource> {
  const { source } = options;
  if (source === "") throw new Error("missing required property 'source'");
  if (/^https?:\/\//i.test(source)) return openUrl(options);
  if (await isFile(source)) return openFile(options);
  const keys = parseKeySet(literal(source));
  return {
    find: async (kid) => keys.filter((key) => key.kid === kid),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** JSON, or base64 of it. @throws {Error} */
function literal(source: string): string {
  const text = source.trim();
  if (text.startsWith("{")) return text;
  const decoded = Buffer.from(text, "base64").toString("utf8").trim();
  if (!decoded.startsWith("{")) throw new Error("property 'source' is not a valid JWKS");
  return decoded;
}

/**
 * Symmetric keys and keys of unknown kinds are left out: nobody must be able to sign with what is public.
 * @throws {Error} for what is no key set
 */
export function parseKeySet(text: string): PublishedKey[] {
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch (error) {
    throw new Error(`failed to parse JWKS: ${(error as Error).message}`);
  }
  const list = (set as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(list)) throw new Error("failed to parse JWKS: no keys");
  const keys: PublishedKey[] = [];
  for (const item of list) {
    const jwk = item as Record<string, unknown> | null;
    if (typeof jwk !== "object" || jwk === null || typeof jwk.kid !== "string") continue;
    if (jwk.use !== undefined && jwk.use !== "sig") continue;
    let key: KeyObject;
    try {
      key = createPublicKey({ key: jwk, format: "jwk" });
    } catch {
      continue;
    }
    keys.push({ kid: jwk.kid, key, algorithm: typeof jwk.alg === "string" ? jwk.alg : undefined });
  }
  return keys;
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

async function openFile(options: KeySourceOptions): Promise<KeySource> {
  const { source, clock, logger } = options;
  const read = async (): Promise<PublishedKey[]> => parseKeySet(await readFile(source, "utf8"));
  let keys = await read();
  let settling: Disposable | undefined;
  const reload = async (): Promise<void> => {
    try {
      keys = await read();
    } catch (error) {
      logger.error(`Failed to reload JWKS from ${source}: ${(error as Error).message}`);
    }
  };
  const watch = watchDirectories(
    [dirname(source)],
    () => {
      settling?.[Symbol.dispose]();
      settling = clock.timer(settleMs, () => void reload());
    },
    (error) => logger.error(`Failed to watch ${source}: ${error.message}`),
  );
  return {
    find: async (kid) => keys.filter((key) => key.kid === kid),
    async [Symbol.asyncDispose]() {
      settling?.[Symbol.dispose]();
      watch[Symbol.dispose]();
    },
  };
}

async function openUrl(options: KeySourceOptions): Promise<KeySource> {
  const { source, clock, logger, refreshMs } = options;
  const ca = await readAuthority(options.caCertificate);
  const agent = new Agent({ connect: { ...(ca && { ca }), timeout: options.timeoutMs } });
  const stopping = new AbortController();
  let keys: readonly PublishedKey[];
  try {
    keys = await download(options, agent, options.signal);
  } catch (error) {
    await agent.destroy();
    options.signal.throwIfAborted();
    throw new Error(`failed to fetch JWKS from ${source}: ${reason(error)}`, { cause: error });
  }
  let fetchedAt = clock.monotonic();
  let running: Promise<void> | undefined;
  const refresh = (): Promise<void> => {
    running ??= (async () => {
      fetchedAt = clock.monotonic();
      try {
        keys = await download(options, agent, stopping.signal);
      } catch (error) {
        if (!stopping.signal.aborted) {
          logger.error(`Failed to refresh JWKS from ${source}: ${reason(error)}`);
        }
      } finally {
        running = undefined;
      }
    })();
    return running;
  };
  const timer = clock.interval(refreshMs, () => void refresh());
  return {
    async find(kid) {
      const known = keys.filter((key) => key.kid === kid);
      if (known.length > 0 || clock.monotonic() - fetchedAt < refreshMs) return known;
      await refresh();
      return keys.filter((key) => key.kid === kid);
    },
    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      stopping.abort();
      await running;
      await agent.destroy();
    },
  };
}

async function readAuthority(text: string): Promise<string | undefined> {
  if (text === "") return undefined;
  return text.includes("-----BEGIN ") ? text : readFile(text, "utf8");
}

async function download(
  options: KeySourceOptions,
  agent: Agent,
  stop: AbortSignal,
): Promise<PublishedKey[]> {
  using signal = options.clock.deadline(options.timeoutMs, stop);
  const response = await fetch(options.source, {
    dispatcher: agent,
    signal,
    headers: { accept: "application/json" },
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`unexpected status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return parseKeySet(Buffer.concat(chunks).toString("utf8"));
}

/** The library hides the network's reason in the cause. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== "" ? `${message}: ${cause.message}` : message;
}
