/**
 * Notices changes in directories. Whole directories, because Kubernetes and editors replace files instead of writing them.
 */
import { type FSWatcher, statSync, watch } from "node:fs";

export interface DirectoryWatch extends Disposable {
  readonly directories: readonly string[];
}

/**
 * @param onChange called for every event, any file in the directories, its name where the system tells it; batching is the caller's business
 * @param onError a directory that can no longer be watched
 * @throws {Error} for a directory that is not there
 */
export function watchDirectories(
  directories: Iterable<string>,
  onChange: (directory: string, file: string | undefined) => void,
  onError: (error: Error) => void,
): DirectoryWatch {
  const unique = [...new Set(directories)];
  using starting = new DisposableStack();
  for (const directory of unique) {
    if (!statSync(directory).isDirectory()) throw new Error(`${directory} is not a directory`);
    const watcher: FSWatcher = watch(directory, { persistent: false }, (_event, file) =>
      onChange(directory, file ?? undefined),
    );
    watcher.on("error", onError);
    starting.defer(() => watcher.close());
  }
  const started = starting.move();
  return { directories: unique, [Symbol.dispose]: () => started.dispose() };
}
