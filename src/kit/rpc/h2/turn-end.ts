/** Runs what is due at the end of the loop turn, with one immediate for all connections of a transport. */

export interface Flushable {
  turnEnded(): void;
}

export class TurnEnd {
  #due: Flushable[] = [];
  readonly #run = (): void => {
    const due = this.#due;
    this.#due = [];
    for (const one of due) one.turnEnded();
  };

  add(one: Flushable): void {
    if (this.#due.push(one) === 1) setImmediate(this.#run);
  }
}
