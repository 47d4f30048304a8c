/**
 * Objects that come and go with every request, in the order in which they came. A linked list and not a Set, because V8
 * keeps what was removed from one in the old generation until the next full collection (kit/rpc/h2/stream-table.ts says why).
 */

/** Where something stands in a queue; it is needed to leave it. */
export interface Place<T> {
  readonly item: T;
  before: Place<T> | undefined;
  behind: Place<T> | undefined;
  isTaken: boolean;
}

export class LiveQueue<T> {
  #first: Place<T> | undefined;
  #last: Place<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Place<T> | undefined {
    return this.#first;
  }

  /** Puts it behind all others; the same item may stand in several places. */
  add(item: T): Place<T> {
    const last = this.#last;
    const place: Place<T> = { item, before: last, behind: undefined, isTaken: true };
    if (last === undefined) this.#first = place;
    else last.behind = place;
    this.#last = place;
    this.#size++;
    return place;
  }

  /** @returns whether it stood there: a place can be left once */
  leave(place: Place<T>): boolean {
    if (!place.isTaken) return false;
    place.isTaken = false;
    const { before, behind } = place;
    if (before === undefined) this.#first = behind;
    else before.behind = behind;
    if (behind === undefined) this.#last = before;
    else behind.before = before;
    // What has left must not hold those who stay, nor those who left after it.
    place.before = undefined;
    place.behind = undefined;
    this.#size--;
    return true;
  }

  /** Takes the first out. */
  shift(): T | undefined {
    const place = this.#first;
    if (place === undefined) return undefined;
    this.leave(place);
    return place.item;
  }
}
