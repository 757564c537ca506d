import type { Coin } from "./coin.ts";

const MISSING = 0xffffffff;

/** The arrays behind a `SpentCoins`, one element an input. */
export interface SpentRows {
  readonly values: Float64Array;
  readonly origins: Uint32Array;
  readonly scriptAt: Uint32Array;
  readonly scriptLength: Uint32Array;
  readonly scripts: Uint8Array;
}

/**
 * The coins that the inputs of a transaction table spend: one row an input, numbered as in the table
 * (`tx.firstInput + input`). Plain arrays, so that a block's coins are no objects and can be copied to
 * script workers as they are. A row that was never set is missing; a coinbase's row stays so.
 */
export class SpentCoins {
  readonly count: number;
  readonly values: Float64Array;
  /** Twice the height, plus one for a coin of a coinbase; 0xffffffff when missing. */
  readonly origins: Uint32Array;
  readonly scriptAt: Uint32Array;
  readonly scriptLength: Uint32Array;
  /** The scripts in a row; only the first `scriptsLength` bytes are used. */
  scripts: Uint8Array;
  scriptsLength = 0;

  constructor(count: number, rows: SpentRows = emptyRows(count)) {
    this.count = count;
    this.values = rows.values;
    this.origins = rows.origins;
    this.scriptAt = rows.scriptAt;
    this.scriptLength = rows.scriptLength;
    this.scripts = rows.scripts;
  }

  /** Coins in arrays that are there already, in shared memory for one. They are read in place. */
  static over(rows: SpentRows): SpentCoins {
    const coins = new SpentCoins(rows.values.length, rows);
    coins.scriptsLength = rows.scripts.length;
    return coins;
  }

  /** Fills a row; the script is copied out of `bytes`. */
  set(
    row: number,
    value: number,
    height: number,
    coinbase: boolean,
    bytes: Uint8Array,
    scriptAt: number,
    scriptLength: number,
  ): void {
    this.values[row] = value;
    this.origins[row] = height * 2 + (coinbase ? 1 : 0);
    const at = this.scriptsLength;
    if (at + scriptLength > this.scripts.length) this.#grow(at + scriptLength);
    this.scripts.set(bytes.subarray(scriptAt, scriptAt + scriptLength), at);
    this.scriptAt[row] = at;
    this.scriptLength[row] = scriptLength;
    this.scriptsLength = at + scriptLength;
  }

  setCoin(row: number, coin: Coin): void {
    this.set(row, coin.value, coin.height, coin.coinbase, coin.script, 0, coin.script.length);
  }

  isMissing(row: number): boolean {
    return this.origins[row] === MISSING;
  }

  value(row: number): number {
    return this.values[row] as number;
  }

  height(row: number): number {
    return (this.origins[row] as number) >>> 1;
  }

  isCoinbase(row: number): boolean {
    return ((this.origins[row] as number) & 1) === 1;
  }

  /** A view of the spent script. */
  script(row: number): Uint8Array {
    const at = this.scriptAt[row] as number;
    return this.scripts.subarray(at, at + (this.scriptLength[row] as number));
  }

  coin(row: number): Coin {
    return {
      value: this.value(row),
      script: this.script(row),
      height: this.height(row),
      coinbase: this.isCoinbase(row),
    };
  }

  #grow(need: number): void {
    const larger = new Uint8Array(Math.max(need, this.scripts.length * 2));
    larger.set(this.scripts);
    this.scripts = larger;
  }
}

function emptyRows(count: number): SpentRows {
  return {
    values: new Float64Array(count),
    origins: new Uint32Array(count).fill(MISSING),
    scriptAt: new Uint32Array(count),
    scriptLength: new Uint32Array(count),
    scripts: new Uint8Array(count * 40 + 64),
  };
}
