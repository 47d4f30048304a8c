/**
 * The certificates that every chain must end in: given once, or kept in a file that may change.
 * @see spec 07 §3.1
 */
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type DirectoryWatch, watchDirectories } from "../lifecycle/watch-directories.ts";
import type { Logger } from "../logging/logger.ts";
import type { Clock } from "../time/clock.ts";
import { decodePem, encodeCertificates } from "./pem.ts";
import { type Certificate, parseCertificate } from "./x509.ts";

export interface TrustAnchors extends AsyncDisposable {
  readonly certificates: readonly Certificate[];
  /** All of them, without comments. */
  readonly pem: string;
  /** Called after a change. */
  onChange(callback: () => void): Disposable;
}

/** @throws {Error} `failed to decode trust anchors: ...` */
export function decodeAnchors(pem: string): Certificate[] {
  let certificates: Certificate[];
  try {
    certificates = decodePem(pem)
      .filter((block) => block.type === "CERTIFICATE")
      .map((block) => parseCertificate(block.bytes));
  } catch (error) {
    throw new Error(`failed to decode trust anchors: ${(error as Error).message}`);
  }
  if (certificates.length === 0) {
    throw new Error("failed to decode trust anchors: no certificates found");
  }
  return certificates;
}

/** @throws {Error} `failed to decode trust anchors: ...` */
export const staticAnchors = (pem: string): TrustAnchors => new Anchors(decodeAnchors(pem));

class Anchors implements TrustAnchors {
  #certificates: readonly Certificate[];
  #pem: string;
  readonly #listeners = new Set<() => void>();
  readonly owned = new AsyncDisposableStack();

  constructor(certificates: readonly Certificate[]) {
    this.#certificates = certificates;
    this.#pem = encodeCertificates(certificates.map(({ der }) => der));
  }

  get certificates(): readonly Certificate[] {
    return this.#certificates;
  }

  get pem(): string {
    return this.#pem;
  }

  onChange(callback: () => void): Disposable {
    this.#listeners.add(callback);
    return { [Symbol.dispose]: () => void this.#listeners.delete(callback) };
  }

  replace(certificates: readonly Certificate[]): void {
    const pem = encodeCertificates(certificates.map(({ der }) => der));
    if (pem === this.#pem) return;
    this.#certificates = certificates;
    this.#pem = pem;
    for (const listener of this.#listeners) listener();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.owned.disposeAsync();
    this.#listeners.clear();
  }
}

export interface AnchorsFileOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Stops the waiting for the file. */
  readonly signal: AbortSignal;
  /** The file changed into something that cannot be used: the program must end. */
  readonly onFault: (error: Error) => void;
}

const pollMs = 1000;
/** A file that is being written is read when it has been quiet for so long. */
const settleMs = 100;

/** Waits for the file, then follows it. @throws {Error} when its first content cannot be used */
export async function watchAnchors(options: AnchorsFileOptions): Promise<TrustAnchors> {
  const { file, clock, logger, signal, onFault } = options;
  const first = await awaitFile(options);
  logger.info(`Trust anchors file '${file}' found`);
  const read = async (): Promise<Certificate[]> => {
    try {
      return decodeAnchors(await readFile(file, "utf8"));
    } catch (error) {
      throw new Error(`failed to read trust anchors file: '${file}': ${(error as Error).message}`);
    }
  };
  const anchors = new Anchors(decodeAnchors(first));
  let settling: Disposable | undefined;
  let isClosed = false;
  const reload = async (): Promise<void> => {
    const before = anchors.pem;
    const certificates = await read();
    if (isClosed || encodeCertificates(certificates.map(({ der }) => der)) === before) return;
    logger.info("Trust anchors file changed, reloading trust anchors");
    anchors.replace(certificates);
  };
  const report = (error: unknown): void => {
    if (!isClosed && !signal.aborted) onFault(error as Error);
  };
  const watch: DirectoryWatch = watchDirectories(
    [dirname(file)],
    () => {
      settling?.[Symbol.dispose]();
      settling = clock.timer(settleMs, () => void reload().catch(report));
    },
    report,
  );
  logger.info(`Watching trust anchors file '${file}' for changes`);
  anchors.owned.defer(() => {
    isClosed = true;
    settling?.[Symbol.dispose]();
    watch[Symbol.dispose]();
  });
  return anchors;
}

async function awaitFile({ file, clock, logger, signal }: AnchorsFileOptions): Promise<string> {
  for (;;) {
    try {
      return await readFile(file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
        throw new Error(
          `failed to read trust anchors file: '${file}': ${(error as Error).message}`,
        );
      }
    }
    logger.info(`Trust anchors file '${file}' not found, waiting...`);
    await clock.sleep(pollMs, signal);
  }
}
