/**
 * A JSON Web Key set that may be text, a file that is watched, or an address that is asked again from time to time.
 * @see spec 01 §9.3
 */
import { readFileSync, statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorText } from "../../kit/errors/api-error.ts";
import { watchDirectories } from "../../kit/lifecycle/watch-directories.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { LoadedKey } from "./crypto-key.ts";
import { fileErrorText, maxKeyBytes, resolvePath } from "./crypto-key-files.ts";
import { parseJwkSet } from "./jwk.ts";

export interface JwkSetOptions {
  /** JSON, base64 of it, a URL, or the path of a file. */
  readonly location: string;
  /** ms, for one request. */
  readonly requestTimeoutMs: number;
  /** ms; an answer may ask for more (`Cache-Control: max-age`). */
  readonly minRefreshMs: number;
  readonly cwd: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

type KeysById = ReadonlyMap<string, LoadedKey>;

/** What a file may be written in pieces for: events within this time count as one. ms */
const settleMs = 100;

export class JwkSetSource implements AsyncDisposable {
  #keys: KeysById;
  readonly #running: AsyncDisposableStack;

  private constructor(keys: KeysById, running: AsyncDisposableStack) {
    this.#keys = keys;
    this.#running = running;
  }

  /** @throws {Error} when the keys cannot be read, or what is given is no place of keys */
  static async open(options: JwkSetOptions, signal: AbortSignal): Promise<JwkSetSource> {
    const { location } = options;
    if (/^https?:\/\//.test(location)) return await openUrl(options, signal);
    if (isJson(location)) return fixed(Buffer.from(location));
    const path = resolvePath(options.cwd, location);
    if (isFile(path)) return openFile(options, path);
    const decoded = Buffer.from(location, "base64");
    if (/^[A-Za-z0-9+/=\r\n]+$/.test(location) && isJson(decoded.toString())) return fixed(decoded);
    throw new Error(
      "failed to parse property 'location': not a URL, path to local file, or JSON value (optionally base64-encoded)",
    );
  }

  /** @internal for the functions of this file */
  static of(keys: KeysById, running: AsyncDisposableStack): JwkSetSource {
    return new JwkSetSource(keys, running);
  }

  get(id: string): LoadedKey | undefined {
    return this.#keys.get(id);
  }

  replace(keys: KeysById): void {
    this.#keys = keys;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#running.disposeAsync();
  }
}

const isJson = (text: string): boolean => text.trimStart().startsWith("{");

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const fixed = (bytes: Buffer): JwkSetSource =>
  JwkSetSource.of(parseJwkSet(bytes), new AsyncDisposableStack());

/** The folder is watched: Kubernetes and editors replace files. */
function openFile({ clock, logger, location }: JwkSetOptions, path: string): JwkSetSource {
  const running = new AsyncDisposableStack();
  const source = JwkSetSource.of(parseJwkSet(readFileSync(path)), running);
  let settling: Disposable | undefined;
  let isReading = false;
  const warn = (error: unknown): void =>
    logger.warn(`Failed to reload the keys of ${location}: ${fileErrorText("open", path, error)}`);
  const reload = async (): Promise<void> => {
    settling = undefined;
    isReading = true;
    try {
      if ((await stat(path)).size > maxKeyBytes) throw new Error("file is too large");
      source.replace(parseJwkSet(await readFile(path)));
      logger.debug(`Reloaded the keys of ${location}`);
    } catch (error) {
      warn(error);
    } finally {
      isReading = false;
    }
  };
  const schedule = (): void => {
    if (settling !== undefined || running.disposed) return;
    settling = clock.timer(settleMs, () => {
      settling = undefined;
      if (isReading) schedule();
      else void reload();
    });
  };
  running.use(watchDirectories([dirname(path)], schedule, warn));
  running.defer(() => settling?.[Symbol.dispose]());
  return source;
}

async function openUrl(options: JwkSetOptions, signal: AbortSignal): Promise<JwkSetSource> {
  const { clock, logger, location, requestTimeoutMs, minRefreshMs } = options;
  // Loaded for keys behind an address only: brings an HTTP client.
  const { HttpCalls } = await import("./http-calls.ts");
  await using starting = new AsyncDisposableStack();
  const calls = starting.use(
    new HttpCalls({
      timeoutMs: requestTimeoutMs,
      maxAnswerBytes: maxKeyBytes,
      maxRedirects: 10,
      connections: 1,
      clock,
    }),
  );
  const ended = new AbortController();
  let timer: Disposable | undefined;
  starting.defer(() => {
    ended.abort();
    timer?.[Symbol.dispose]();
  });
  /** @returns the keys, and after how many ms to ask again */
  const fetchKeys = async (of: AbortSignal): Promise<{ keys: KeysById; nextMs: number }> => {
    const headers = { accept: "application/json" };
    const answer = await calls.call({ method: "GET", url: location, headers, signal: of });
    if (answer.status !== 200) throw new Error(`unexpected status ${answer.status}`);
    const nextMs = Math.max(minRefreshMs, maxAgeMs(answer.headers["cache-control"]));
    return { keys: parseJwkSet(answer.body), nextMs };
  };
  const first = await fetchKeys(signal);
  const source = JwkSetSource.of(first.keys, starting.move());
  const askAgain = (afterMs: number): void => {
    if (ended.signal.aborted) return;
    timer = clock.timer(afterMs, () => {
      fetchKeys(ended.signal).then(
        ({ keys, nextMs }) => {
          source.replace(keys);
          askAgain(nextMs);
        },
        (error: unknown) => {
          if (ended.signal.aborted) return;
          logger.warn(`Failed to reload the keys of ${location}: ${errorText(error)}`);
          askAgain(minRefreshMs);
        },
      );
    });
  };
  askAgain(first.nextMs);
  return source;
}

function maxAgeMs(cacheControl: string | readonly string[] | undefined): number {
  const age = /(?:^|[,\s])max-age=(\d+)/i.exec(String(cacheControl ?? ""))?.[1];
  return Number(age ?? 0) * 1000;
}
