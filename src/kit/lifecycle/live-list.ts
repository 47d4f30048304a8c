/**
 * A set of objects that come and go with every request. Not a Set, because V8 keeps what was removed from one in the old
 * generation until the next full collection (kit/rpc/h2/stream-table.ts says why).
 */
const place = Symbol("place");

type Placed = { [place]?: number | undefined };

export class LiveList<T extends object> {
  readonly #items: (T & Placed)[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** An object can be in one list only, and once. */
  add(item: T): void {
    const placed: T & Placed = item;
    placed[place] = this.#items.length;
    this.#items.push(placed);
  }

  delete(item: T): void {
    const placed: T & Placed = item;
    const index = placed[place];
    if (index === undefined) return;
    placed[place] = undefined;
    const last = this.#items.pop();
    if (last === undefined || last === placed) return;
    this.#items[index] = last;
    last[place] = index;
  }

  all(): readonly T[] {
    return [...this.#items];
  }
}
