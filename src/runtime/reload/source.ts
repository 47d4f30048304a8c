/**
 * Where resources come from while a sidecar runs: folders, or the operator's streams. It always tells all that there is;
 * what has changed is found out by the reconciler.
 * @see spec 04 §5
 */
import type { LoadedResources } from "../resources/folder.ts";

export interface ResourceSource extends Disposable {
  /**
   * What is there now, for this app.
   * @throws {ResourceError} ends the sidecar
   */
  list(): Promise<LoadedResources>;
  /** Called after something may have changed, from the making of the source on. There is one listener. */
  onChange(listener: () => void): void;
}
