import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { Output, TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { numberPart, scriptOf } from "@compeer/protocol/script/build-script";
import { OP_0 } from "@compeer/protocol/script/opcodes";

/** The sequence that leaves the lock time in force. */
const SEQUENCE_NONFINAL = 0xfffffffe;

/**
 * The coinbase that this peer gives a block, byte for byte the one of Core: height in its script
 * (BIP34), locked to the height before, so that it can be in no earlier block (BIP54).
 *
 * @param commitment script that commits to the witnesses
 * @param reserved witness of the input, null before segwit
 */
export function coinbaseOf(
  height: number,
  script: Uint8Array,
  value: Sats,
  commitment: Uint8Array,
  reserved: Uint8Array | null,
): TransactionBody {
  const outputs: Output[] = [
    { value, script },
    { value: 0, script: commitment },
  ];
  const input = {
    prevout: { txid: new Uint8Array(32), index: 0xffffffff },
    script: scriptOf(numberPart(height), OP_0),
    sequence: SEQUENCE_NONFINAL,
    witness: reserved === null ? [] : [reserved],
  };
  return { version: 2, inputs: [input], outputs, lockTime: height - 1 };
}
