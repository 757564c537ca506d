import type { Network } from "../bitcoin/network.ts";
import { hashKey } from "../bytes/hash.ts";
import {
  VERIFY_CHECKLOCKTIMEVERIFY,
  VERIFY_CHECKSEQUENCEVERIFY,
  VERIFY_DERSIG,
  VERIFY_NULLDUMMY,
  VERIFY_P2SH,
  VERIFY_TAPROOT,
  VERIFY_WITNESS,
} from "../script/flags.ts";

/** No block but the exceptions breaks these, so they hold from the first block on. */
const ALWAYS = VERIFY_P2SH | VERIFY_WITNESS | VERIFY_TAPROOT;

/** The script rules that hold in a block (BIP16, 65, 66, 112, 141, 147, 341). Core: GetBlockScriptFlags. */
export function blockScriptFlags(hash: Uint8Array, height: number, network: Network): number {
  let flags = network.scriptFlagExceptions.get(hashKey(hash)) ?? ALWAYS;
  if (height >= network.bip66Height) flags |= VERIFY_DERSIG;
  if (height >= network.bip65Height) flags |= VERIFY_CHECKLOCKTIMEVERIFY;
  if (height >= network.csvHeight) flags |= VERIFY_CHECKSEQUENCEVERIFY;
  if (height >= network.segwitHeight) flags |= VERIFY_NULLDUMMY;
  return flags;
}
