/**
 * Operation patterns of an access policy: a tree of path segments in the order in which they were declared.
 * @see spec 02 §14
 */

/** Set where a pattern ends. */
interface Node<Action> {
  /** Position among its siblings. */
  readonly order: number;
  readonly matches: (segment: string, isLast: boolean) => boolean;
  /** All children by their text. */
  readonly children: Map<string, Node<Action>>;
  /** The children with a `*`, in order. */
  readonly globs: Node<Action>[];
  /** The first child that is `*` or `**`. */
  wildcard: Node<Action> | undefined;
  action: Action | undefined;
}

/**
 * Finds the action of an operation. There is no way back once a child was chosen, and a pattern also covers everything
 * below it.
 */
export class OperationTree<Action extends object> {
  readonly #root: Node<Action> = createNode("", 0);
  readonly #normalize: (text: string) => string;

  /** @param options.ignoresCase for HTTP apps */
  constructor(options: { readonly ignoresCase: boolean }) {
    this.#normalize = options.ignoresCase ? (text) => lowerCase(rooted(text)) : rooted;
  }

  /** Of two identical patterns the first stays. */
  add(pattern: string, action: Action): void {
    let node = this.#root;
    for (const segment of this.#normalize(pattern).slice(1).split("/")) {
      let child = node.children.get(segment);
      if (child === undefined) {
        child = createNode<Action>(segment, node.children.size);
        node.children.set(segment, child);
        if (segment.includes("*")) node.globs.push(child);
        if (segment === "*" || segment === "**") node.wildcard ??= child;
      }
      node = child;
    }
    node.action ??= action;
  }

  /** @param operation normalised, without query, with or without its leading slash */
  find(operation: string): Action | undefined {
    const path = this.#normalize(operation);
    let node = this.#root;
    let start = 1;
    while (true) {
      const end = path.indexOf("/", start);
      const isLast = end < 0;
      const child = choose(node, isLast ? path.slice(start) : path.slice(start, end), isLast);
      if (child === undefined) return undefined;
      if (child.action !== undefined) return child.action;
      if (isLast) return child.wildcard?.action;
      node = child;
      start = end + 1;
    }
  }
}

function createNode<Action>(segment: string, order: number): Node<Action> {
  return {
    order,
    matches: matcher(segment),
    children: new Map(),
    globs: [],
    wildcard: undefined,
    action: undefined,
  };
}

/** The first declared child that matches. */
function choose<Action>(
  { children, globs }: Node<Action>,
  segment: string,
  isLast: boolean,
): Node<Action> | undefined {
  const equal = children.get(segment);
  for (const glob of globs) {
    if (equal !== undefined && equal.order <= glob.order) break;
    if (glob.matches(segment, isLast)) return glob;
  }
  return equal;
}

/** What a child matches beside its own text. */
function matcher(pattern: string): (segment: string, isLast: boolean) => boolean {
  if (pattern === "**") return () => true;
  if (pattern === "*") return (_segment, isLast) => isLast;
  const parts = pattern.split("*");
  const first = parts.shift() ?? "";
  const last = parts.pop() ?? "";
  return (segment) => {
    const end = segment.length - last.length;
    let start = first.length;
    if (start > end || !segment.startsWith(first) || !segment.endsWith(last)) return false;
    for (const part of parts) {
      const at = segment.indexOf(part, start);
      if (at < 0 || at + part.length > end) return false;
      start = at + part.length;
    }
    return true;
  };
}

const rooted = (path: string): string => (path.startsWith("/") ? path : `/${path}`);

/** Letter by letter: what a letter becomes must not depend on those around it (final sigma), nor its length change. */
function lowerCase(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) {
      return Array.from(text, (letter) => (letter === "İ" ? "i" : letter.toLowerCase())).join("");
    }
  }
  return text.toLowerCase();
}
