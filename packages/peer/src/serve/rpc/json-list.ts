import { JsonText } from "@compeer/protocol/rpc/json";

/** Items that are joined at once: what they were made of is garbage before it is moved about. */
const A_PIECE = 256;

/** A long list, written item by item. */
export class JsonList {
  readonly #pieces: string[] = [];
  #items: string[] = [];

  /** @param text of one value */
  add(text: string): void {
    if (this.#items.push(text) === A_PIECE) this.#join();
  }

  #join(): void {
    if (this.#items.length > 0) this.#pieces.push(this.#items.join(","));
    this.#items = [];
  }

  /** The whole of it. */
  finish(): JsonText {
    this.#join();
    return new JsonText(`[${this.#pieces.join(",")}]`);
  }
}
