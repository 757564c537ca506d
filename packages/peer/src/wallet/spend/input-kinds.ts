import { virtualSize } from "@compeer/protocol/policy/virtual-size";
import type { CoinKind } from "@compeer/protocol/wallet/select-coin";
import type { Wallet } from "../wallet.ts";
import type { OwnedScript, WalletDescriptor } from "../wallet-descriptor.ts";
import { coinKind, ownedInputWeight } from "./input-sizes.ts";

/** What the input that spends a coin looks like. */
export interface InputKind {
  readonly kind: CoinKind;
  /** Virtual bytes; -1 when it is unknown how to spend it. */
  readonly size: number;
}

/** The kinds of inputs of a wallet, found once for each descriptor: it may have very many coins. */
export class InputKinds {
  readonly #wallet: Wallet;
  readonly #known = new Map<WalletDescriptor, Map<number, InputKind>>();

  constructor(wallet: Wallet) {
    this.#wallet = wallet;
  }

  /** The scripts of one descriptor that differ in kind differ in length. */
  of(owner: OwnedScript, script: Uint8Array): InputKind {
    const lengths = this.#known.get(owner.descriptor) ?? new Map<number, InputKind>();
    this.#known.set(owner.descriptor, lengths);
    const known = lengths.get(script.length);
    if (known !== undefined) return known;
    const weight = ownedInputWeight(this.#wallet, owner, script);
    const size = weight === null ? -1 : virtualSize(weight);
    const found = { kind: coinKind(owner, script), size };
    lengths.set(script.length, found);
    return found;
  }
}
