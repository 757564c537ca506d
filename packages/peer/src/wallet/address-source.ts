import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { splitDescriptor } from "./descriptor-text.ts";
import type { LabelBook } from "./label-book.ts";
import { standardDescriptor } from "./master-key.ts";
import { OUTPUT_TYPES, type OutputType } from "./output-type.ts";
import type { ScriptBook } from "./script-book.ts";
import type { WalletDescriptor } from "./wallet-descriptor.ts";
import type { WalletStore } from "./wallet-store.ts";

/** Which standard descriptors are made, and whether their scripts may be derived later. */
export interface StandardChoice {
  readonly types?: readonly OutputType[];
  readonly internals?: readonly boolean[];
  /** True for keys that nobody has seen: all but the first scripts are derived behind the call. */
  readonly isNew?: boolean;
}

/** Gives out addresses, and makes the descriptors that they come from. */
export class AddressSource {
  readonly #store: WalletStore;
  readonly #scripts: ScriptBook;
  readonly #labels: LabelBook;
  readonly #network: Network;

  constructor(store: WalletStore, scripts: ScriptBook, labels: LabelBook, network: Network) {
    this.#store = store;
    this.#scripts = scripts;
    this.#labels = labels;
    this.#network = network;
  }

  /** @throws RpcError -12 in Core's words */
  address(type: OutputType, label: string): string {
    return this.#store.transaction(() => {
      const address = formatAddress(this.script(type, false), this.#network);
      if (address === null)
        throw poolError("Error: Cannot extract destination from the generated scriptpubkey");
      this.#labels.put(address, label, "receive");
      return address;
    });
  }

  /** @throws RpcError -12 in Core's words */
  script(type: OutputType, internal: boolean): Uint8Array {
    const descriptor = this.#scripts.activeOf(type, internal);
    if (descriptor === null) throw poolError(`Error: No ${type} addresses available.`);
    const { pool } = this.#scripts;
    if (!pool.canGiveAddresses(descriptor)) throw poolError("No addresses available");
    const script = pool.next(descriptor);
    if (script !== null) return script;
    throw poolError("Error: Keypool ran out, please call keypoolrefill first");
  }

  /** Makes the descriptors of a master key, all in one step. Their pools are still to be filled. */
  makeStandard(
    masterKey: string,
    timestamp: number,
    { types = OUTPUT_TYPES, internals = [false, true], isNew = false }: StandardChoice,
  ): readonly WalletDescriptor[] {
    return this.#store.transaction(() => {
      const list: WalletDescriptor[] = [];
      for (const internal of internals)
        for (const type of types) {
          const text = standardDescriptor(masterKey, type, internal, this.#network);
          const [split] = splitDescriptor(text, this.#network);
          if (split === undefined || this.#scripts.byId(split.id) !== null) continue;
          const range = { timestamp, rangeStart: 0, rangeEnd: 0, nextIndex: 0 };
          const descriptor = this.#scripts.add({ ...split, ...range });
          this.#scripts.activate(descriptor, internal);
          if (isNew) this.#scripts.pool.begin(descriptor);
          list.push(descriptor);
        }
      return list;
    });
  }
}

function poolError(message: string): RpcError {
  return new RpcError(RpcErrorCode.walletKeypoolRanOut, message);
}
