/**
 * Named readiness targets of a program: ready when there is at least one and none is unhealthy.
 * @see spec 08 §6.1
 */
export interface HealthTarget {
  ready(): void;
  notReady(): void;
}

export class HealthRegistry {
  readonly #targets = new Map<string, boolean>();

  /** Registers a target, at first not ready. */
  target(name: string): HealthTarget {
    this.#targets.set(name, false);
    return {
      ready: () => void this.#targets.set(name, true),
      notReady: () => void this.#targets.set(name, false),
    };
  }

  get isReady(): boolean {
    if (this.#targets.size === 0) return false;
    for (const ready of this.#targets.values()) if (!ready) return false;
    return true;
  }

  /** Names of the targets that are not ready. */
  get unhealthy(): string[] {
    return [...this.#targets].filter(([, ready]) => !ready).map(([name]) => name);
  }
}
