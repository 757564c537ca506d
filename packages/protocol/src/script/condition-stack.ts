/**
 * The branches of IF that a script is in. Only two things of them can be seen: whether there are any,
 * and whether all are taken. So their number and the first one not taken will do, and deep nesting
 * costs nothing (Core: ConditionStack).
 */
export class ConditionStack {
  #depth = 0;
  /** Depth of the outermost branch not taken, -1 when all are. */
  #firstFalse = -1;

  get isEmpty(): boolean {
    return this.#depth === 0;
  }

  get allTrue(): boolean {
    return this.#firstFalse < 0;
  }

  push(taken: boolean): void {
    if (this.#firstFalse < 0 && !taken) this.#firstFalse = this.#depth;
    this.#depth++;
  }

  pop(): void {
    this.#depth--;
    if (this.#firstFalse === this.#depth) this.#firstFalse = -1;
  }

  /** ELSE: inside a branch that is not taken, nobody can see the inner ones change. */
  toggle(): void {
    const top = this.#depth - 1;
    if (this.#firstFalse < 0) this.#firstFalse = top;
    else if (this.#firstFalse === top) this.#firstFalse = -1;
  }
}
