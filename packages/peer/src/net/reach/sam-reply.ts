/** Longest message of the SAM bridge that is taken. Core: i2p::sam MAX_MSG_SIZE. */
export const MAX_SAM_MESSAGE = 65_536;

/** What a SAM bridge answers: "SESSION STATUS RESULT=OK DESTINATION=…". */
export class SamReply {
  readonly text: string;
  readonly #values = new Map<string, string>();

  constructor(text: string) {
    this.text = text;
    for (const word of text.split(" ")) {
      const equals = word.indexOf("=");
      if (equals > 0) this.#values.set(word.slice(0, equals), word.slice(equals + 1));
    }
  }

  /** @throws Error when it is not there */
  get(key: string): string {
    const value = this.#values.get(key);
    if (value === undefined) throw new Error(`Missing ${key}= in the reply "${this.text}"`);
    return value;
  }
}
