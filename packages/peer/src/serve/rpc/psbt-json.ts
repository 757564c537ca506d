import { MAX_MONEY, type Sats } from "@compeer/protocol/bitcoin/amount";
import { encodeBase58Check } from "@compeer/protocol/bitcoin/base58";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import type { Psbt, PsbtOutput } from "@compeer/protocol/wallet/psbt";
import type { PsbtAnalysis } from "@compeer/protocol/wallet/psbt-analyze";
import { psbtCoin } from "@compeer/protocol/wallet/psbt-coins";
import { OUT_MUSIG_PARTICIPANTS } from "@compeer/protocol/wallet/psbt-field";
import type { MissingParts } from "@compeer/protocol/wallet/psbt-solve-input";
import {
  derivationsJson,
  innerScriptJson,
  type JsonFields,
  originJson,
  participantsJson,
  proprietaryJson,
  recordsJson,
  tapDerivationsJson,
  unlessEmpty,
  unsignedJson,
} from "./psbt-field-json.ts";
import { inputJson } from "./psbt-input-json.ts";

/** Core: decodepsbt. The fields of version 2 are told where there are any. */
export function psbtJson(psbt: Psbt, network: Network): JsonFields {
  const fee = feeOf(psbt);
  return {
    tx: unsignedJson(psbt.tx, network),
    global_xpubs: psbt.xpubs.map(({ xpub, origin }) => ({
      xpub: encodeBase58Check(xpub),
      ...originJson(origin),
    })),
    psbt_version: psbt.version,
    fallback_locktime: psbt.fallbackLockTime ?? undefined,
    tx_modifiable: psbt.modifiable ?? undefined,
    proprietary: proprietaryJson(psbt.proprietary),
    unknown: recordsJson(psbt.unknown),
    inputs: psbt.inputs.map((input) => inputJson(input, network)),
    outputs: psbt.outputs.map(outputJson),
    fee: fee === null ? undefined : amountJson(fee),
  };
}

function outputJson(output: PsbtOutput): JsonFields {
  const { tapInternalKey } = output;
  return {
    redeem_script: innerScriptJson(output.redeemScript),
    witness_script: innerScriptJson(output.witnessScript),
    bip32_derivs: derivationsJson(output.derivations),
    taproot_internal_key: tapInternalKey === null ? undefined : encodeHex(tapInternalKey),
    taproot_tree: unlessEmpty(output.tapTree, (leaves) =>
      leaves.map(({ depth, version, script }) => ({
        depth,
        leaf_ver: version,
        script: encodeHex(script),
      })),
    ),
    taproot_bip32_derivs: tapDerivationsJson(output.tapDerivations),
    musig2_participant_pubkeys: participantsJson(output.musig, OUT_MUSIG_PARTICIPANTS),
    proprietary: unlessEmpty(output.proprietary, proprietaryJson),
    unknown: unlessEmpty(output.unknown, recordsJson),
  };
}

/** Null when a coin is unknown, or a value or sum is no amount. */
function feeOf(psbt: Psbt): Sats | null {
  const spent = sumOf(psbt.inputs.map((_, i) => psbtCoin(psbt, i)?.value ?? null));
  const paid = sumOf(psbt.tx.outputs.map(({ value }) => value));
  return spent === null || paid === null ? null : spent - paid;
}

function sumOf(values: readonly (Sats | null)[]): Sats | null {
  let sum = 0;
  for (const value of values) {
    if (value === null || value < 0 || sum + value > MAX_MONEY) return null;
    sum += value;
  }
  return sum;
}

/** Core: analyzepsbt. */
export function analysisJson(analysis: PsbtAnalysis): JsonFields {
  const { vsize, feeRate, fee, error } = analysis;
  return {
    inputs: unlessEmpty(analysis.inputs, (inputs) =>
      inputs.map(({ hasCoin, isFinal, next, missing }) => ({
        has_utxo: hasCoin,
        is_final: isFinal,
        next,
        missing: missing === null ? undefined : missingJson(missing),
      })),
    ),
    estimated_vsize: vsize ?? undefined,
    estimated_feerate: feeRate === null ? undefined : amountJson(feeRate),
    fee: fee === null ? undefined : amountJson(fee),
    next: analysis.next,
    error: error ?? undefined,
  };
}

function missingJson({
  keys,
  signatures,
  redeemScript,
  witnessScript,
}: MissingParts): JsonOut | undefined {
  const missing: JsonFields = {
    pubkeys: unlessEmpty(keys, (list) => list.map(encodeHex)),
    redeemscript: redeemScript === null ? undefined : encodeHex(redeemScript),
    witnessscript: witnessScript === null ? undefined : encodeHex(witnessScript),
    signatures: unlessEmpty(signatures, (list) => list.map(encodeHex)),
  };
  return Object.values(missing).some((value) => value !== undefined) ? missing : undefined;
}
