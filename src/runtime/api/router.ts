/**
 * Matches escaped paths segment by segment; per method, literal segments win over parameters.
 * @see spec 01 §2.3
 */
export interface Match<T> {
  readonly value: T;
  /** Raw parameter segments in path order; a trailing wildcard adds what it covers. */
  readonly params: readonly string[];
}

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  parameter: Node<T> | undefined;
  /** Covers the rest of the path, at least one segment. */
  wildcard: T | undefined;
  value: T | undefined;
}

const node = <T>(): Node<T> => ({
  literals: new Map(),
  parameter: undefined,
  wildcard: undefined,
  value: undefined,
});

export class Router<T> {
  readonly #roots = new Map<string, Node<T>>();

  add(method: string, pattern: string, value: T): void {
    let current = this.#roots.get(method);
    if (current === undefined) {
      current = node<T>();
      this.#roots.set(method, current);
    }
    for (const segment of pattern.split("/").slice(1)) {
      if (segment === "*") {
        current.wildcard = value;
        return;
      }
      let next: Node<T> | undefined;
      if (segment.startsWith(":")) {
        current.parameter ??= node<T>();
        next = current.parameter;
      } else {
        next = current.literals.get(segment) ?? node<T>();
        current.literals.set(segment, next);
      }
      current = next;
    }
    current.value = value;
  }

  /** @param path cleaned and still escaped, with its leading slash */
  find(method: string, path: string): Match<T> | undefined {
    const root = this.#roots.get(method);
    if (root === undefined) return undefined;
    const params: string[] = [];
    const value = this.#walk(root, path, 1, params);
    return value === undefined ? undefined : { value, params };
  }

  /** Methods that have this path, for answers with 405. */
  methods(path: string): string[] {
    return [...this.#roots.keys()].filter((method) => this.find(method, path) !== undefined);
  }

  #walk(current: Node<T>, path: string, start: number, params: string[]): T | undefined {
    if (start > path.length) return current.value;
    const slash = path.indexOf("/", start);
    const end = slash < 0 ? path.length : slash;
    const segment = path.slice(start, end);
    const literal = current.literals.get(segment);
    if (literal !== undefined) {
      const found = this.#walk(literal, path, end + 1, params);
      if (found !== undefined) return found;
    }
    if (current.parameter !== undefined && segment !== "") {
      params.push(segment);
      const found = this.#walk(current.parameter, path, end + 1, params);
      if (found !== undefined) return found;
      params.pop();
    }
    if (current.wildcard !== undefined) params.push(path.slice(start));
    return current.wildcard;
  }
}
