import type { Output } from "@compeer/protocol/bitcoin/transaction";
import { expandTransaction, type Input } from "@compeer/protocol/bitcoin/transaction";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { Json, JsonOut } from "@compeer/protocol/rpc/json";
import { isPayToScriptHash, isWitnessProgram } from "@compeer/protocol/script/templates";
import type { Psbt, PsbtInput } from "@compeer/protocol/wallet/psbt";
import { formatPsbt } from "@compeer/protocol/wallet/psbt-encode";
import { extractTransaction, finalizePsbt } from "@compeer/protocol/wallet/psbt-finalize";
import { type SignPsbtOptions, signPsbt } from "@compeer/protocol/wallet/psbt-sign";
import type { SigningKey, SigningScript } from "@compeer/protocol/wallet/signing-script";
import type { Chain } from "../../chain/chain.ts";
import type { Mempool } from "../../mempool/mempool.ts";
import { parseHashType } from "./hash-type.ts";
import type { Params } from "./params.ts";
import { psbtArgument, psbtError } from "./psbt-argument.ts";
import { scanSigningScripts } from "./scan-objects.ts";

export interface PsbtDeps {
  readonly chain: Chain;
  readonly mempool: Mempool;
}

/** Core: utxoupdatepsbt. */
export async function utxoUpdatePsbt(deps: PsbtDeps, params: Params): Promise<string> {
  const psbt = psbtArgument(params.text("psbt"));
  const objects = params.optionalArray("descriptors") ?? [];
  const options = { sign: false, bip32derivs: true, finalize: false };
  return formatPsbt(await processPsbt(deps, psbt, objects, options));
}

/** Core: descriptorprocesspsbt. */
export async function descriptorProcessPsbt(deps: PsbtDeps, params: Params): Promise<JsonOut> {
  const psbt = psbtArgument(params.text("psbt"));
  const processed = await processPsbt(deps, psbt, params.array("descriptors"), {
    sighash: parseHashType(params.optionalText("sighashtype")),
    sign: true,
    bip32derivs: params.optionalBool("bip32derivs", true),
    finalize: params.optionalBool("finalize", true),
  });
  const { complete } = finalizePsbt(processed);
  const isFinal = processed.inputs.every(
    ({ finalScript, finalWitness }) => finalScript !== null || finalWitness !== null,
  );
  return {
    psbt: formatPsbt(processed),
    complete: complete && isFinal,
    hex: complete && isFinal ? encodeHex(extractTransaction(processed).raw) : undefined,
  };
}

/** Finds the coins, then fills in and signs what the descriptors allow. Core: ProcessPSBT. */
async function processPsbt(
  deps: PsbtDeps,
  psbt: Psbt,
  objects: readonly Json[],
  options: SignPsbtOptions,
): Promise<Psbt> {
  const scripts = new Map<string, SigningScript>();
  const keys: SigningKey[] = [];
  for (const signing of await scanSigningScripts(objects, deps.chain.network)) {
    scripts.set(encodeHex(signing.script), signing);
    keys.push(...signing.keys);
  }
  const find = (script: Uint8Array): SigningScript | null => scripts.get(encodeHex(script)) ?? null;
  const withCoins = await findCoins(deps, psbt, find);
  const signed = signPsbt(withCoins, { find, keys }, options);
  if (signed.fault !== null) throw psbtError(signed.fault);
  return signed.psbt;
}

async function findCoins(
  { chain, mempool }: PsbtDeps,
  psbt: Psbt,
  find: (script: Uint8Array) => SigningScript | null,
): Promise<Psbt> {
  const inputs: PsbtInput[] = [];
  for (const [i, input] of psbt.inputs.entries()) {
    const { prevout } = psbt.tx.inputs[i] as Input;
    const tx = mempool.get(hashKey(prevout.txid))?.tx;
    if (input.nonWitnessUtxo !== null) inputs.push(input);
    else if (tx && prevout.index < tx.outputCount)
      inputs.push({ ...input, nonWitnessUtxo: expandTransaction(tx) });
    else {
      const coin = await chain.coin(prevout.txid, prevout.index);
      const witnessUtxo = coin && isSegwit(coin, find) ? coin : input.witnessUtxo;
      inputs.push({ ...input, witnessUtxo });
    }
  }
  return { ...psbt, inputs };
}

/** Whether spending the output takes a witness, as far as one can tell. Core: IsSegWitOutput. */
function isSegwit({ script }: Output, find: (script: Uint8Array) => SigningScript | null): boolean {
  if (isWitnessProgram(script)) return true;
  const redeemScript = isPayToScriptHash(script) ? find(script)?.redeemScript : null;
  return redeemScript ? isWitnessProgram(redeemScript) : false;
}
