/**
 * Resources folders as a source. Whole folders are watched, because Kubernetes and editors replace files.
 * @see spec 04 §5.2
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { watchDirectories } from "../../kit/lifecycle/watch-directories.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import {
  type FolderFilter,
  type LoadedResources,
  loadFolders,
  ResourceError,
  reasonOf,
} from "../resources/folder.ts";
import type { ResourceSource } from "./source.ts";

export interface FolderSourceOptions {
  readonly folders: readonly string[];
  /** Folders of component files, which may come later. */
  readonly componentFolders: readonly string[];
  readonly filter: FolderFilter;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the loader, which says what is wrong with files. */
  readonly loaderLogger: Logger;
}

/** From the last event on; while they keep coming, from the first. */
const quietMs = 5;
const longestQuietMs = 50;
/** A file that was emptied a moment ago is about to be written. */
const emptyGraceMs = 250;

/** @throws {ResourceError} `failed to create watcher: ...`: a folder is not there */
export function watchFolders(options: FolderSourceOptions): ResourceSource {
  return new FolderSource(options);
}

class FolderSource implements ResourceSource {
  readonly #options: FolderSourceOptions;
  readonly #watches = new DisposableStack();
  readonly #watched = new Set<string>();
  #listener: (() => void) | undefined;
  /** Changes from before there was a listener. */
  #hasChanged = false;
  #timer: Disposable | undefined;
  #firstAt: number | undefined;

  constructor(options: FolderSourceOptions) {
    this.#options = options;
    for (const folder of new Set(options.folders)) this.#watch(folder);
    this.#watchComponentFolders();
  }

  async list(): Promise<LoadedResources> {
    const { folders, filter, loaderLogger } = this.#options;
    return await loadFolders(folders, filter, loaderLogger, "reload");
  }

  onChange(listener: () => void): void {
    this.#listener = listener;
    if (this.#hasChanged) listener();
    this.#hasChanged = false;
  }

  [Symbol.dispose](): void {
    this.#listener = () => {};
    this.#timer?.[Symbol.dispose]();
    this.#watches.dispose();
  }

  #watchComponentFolders(): void {
    for (const folder of this.#options.componentFolders) {
      if (this.#watched.has(folder) || !existsSync(folder)) continue;
      this.#watch(folder);
    }
  }

  #watch(folder: string): void {
    this.#watched.add(folder);
    const { logger } = this.#options;
    const fail = (error: unknown): void =>
      logger.warn(
        `cannot watch ${folder}, its changes are only noticed from time to time: ${(error as Error).message}`,
      );
    try {
      statSync(join(folder, "."));
    } catch (cause) {
      throw new ResourceError(
        `failed to create watcher: failed to add target ${folder}: ${reasonOf(cause)}`,
        { cause },
      );
    }
    try {
      this.#watches.use(
        watchDirectories(
          [folder],
          (_folder, file) => {
            if (isOfInterest(folder, file)) this.#changed();
          },
          fail,
        ),
      );
    } catch (error) {
      // The system has a limit of watches.
      fail(error);
    }
  }

  #changed(): void {
    const { clock } = this.#options;
    const now = clock.monotonic();
    this.#firstAt ??= now;
    this.#timer?.[Symbol.dispose]();
    const waitMs = Math.min(quietMs, this.#firstAt + longestQuietMs - now);
    this.#timer = clock.timer(waitMs, () => this.#settled());
  }

  #settled(): void {
    if (this.#isBeingWritten()) {
      this.#timer = this.#options.clock.timer(quietMs, () => this.#settled());
      return;
    }
    this.#firstAt = undefined;
    this.#watchComponentFolders();
    if (this.#listener === undefined) this.#hasChanged = true;
    else this.#listener();
  }

  #isBeingWritten(): boolean {
    const { folders, clock } = this.#options;
    const now = clock.now();
    return folders.some((folder) =>
      namesIn(folder).some((name) => {
        if (!/\.ya?ml$/i.test(name)) return false;
        const stats = statSync(join(folder, name), { throwIfNoEntry: false });
        if (stats === undefined || stats.size > 0) return false;
        return Math.abs(now - stats.mtimeMs) < emptyGraceMs;
      }),
    );
  }
}

/** Unreadable folders are the business of the loader. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Databases and logs in the same folder change all the time. Kubernetes swaps the link `..data`. `components` holds
 * component files.
 */
function isOfInterest(folder: string, file: string | undefined): boolean {
  if (file === undefined || file === basename(folder)) return true;
  return /\.(ya?ml|ts)$/i.test(file) || file.startsWith("..") || file === "components";
}
