import type { Network } from "@compeer/protocol/bitcoin/network";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { amountJson } from "@compeer/protocol/rpc/amount";
import { JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import { scriptToAsm } from "@compeer/protocol/script/disassemble";
import type { PreimageKind, PsbtInput, PsbtTapLeafScript } from "@compeer/protocol/wallet/psbt";
import {
  IN_MUSIG_NONCE,
  IN_MUSIG_PARTIAL_SIG,
  IN_MUSIG_PARTICIPANTS,
} from "@compeer/protocol/wallet/psbt-field";
import { hashTypeName } from "./hash-type.ts";
import {
  contributionsJson,
  derivationsJson,
  innerScriptJson,
  type JsonFields,
  participantsJson,
  proprietaryJson,
  recordsJson,
  tapDerivationsJson,
  unlessEmpty,
} from "./psbt-field-json.ts";
import { scriptJson, transactionJson } from "./transaction-json.ts";

/** What `decodepsbt` tells of an input. */
export function inputJson(input: PsbtInput, network: Network): JsonFields {
  return {
    ...coinJson(input, network),
    partial_signatures: unlessEmpty(
      input.partialSignatures,
      (list) =>
        new JsonObject(
          list.map(({ publicKey, signature }) => [encodeHex(publicKey), encodeHex(signature)]),
        ),
    ),
    sighash: input.sighashType === null ? undefined : hashTypeName(input.sighashType),
    redeem_script: innerScriptJson(input.redeemScript),
    witness_script: innerScriptJson(input.witnessScript),
    bip32_derivs: derivationsJson(input.derivations),
    ...finalJson(input),
    ripemd160_preimages: preimagesJson(input, "ripemd160"),
    sha256_preimages: preimagesJson(input, "sha256"),
    hash160_preimages: preimagesJson(input, "hash160"),
    hash256_preimages: preimagesJson(input, "hash256"),
    ...taprootJson(input),
    musig2_participant_pubkeys: participantsJson(input.musig, IN_MUSIG_PARTICIPANTS),
    musig2_pubnonces: contributionsJson(input.musig, IN_MUSIG_NONCE, "pubnonce"),
    musig2_partial_sigs: contributionsJson(input.musig, IN_MUSIG_PARTIAL_SIG, "partial_sig"),
    required_time: input.requiredTime ?? undefined,
    required_height: input.requiredHeight ?? undefined,
    proprietary: unlessEmpty(input.proprietary, proprietaryJson),
    unknown: unlessEmpty(input.unknown, recordsJson),
  };
}

function coinJson({ witnessUtxo, nonWitnessUtxo }: PsbtInput, network: Network): JsonFields {
  return {
    witness_utxo:
      witnessUtxo === null
        ? undefined
        : {
            amount: amountJson(witnessUtxo.value),
            scriptPubKey: scriptJson(witnessUtxo.script, network),
          },
    non_witness_utxo:
      nonWitnessUtxo === null
        ? undefined
        : transactionJson(parseTransaction(nonWitnessUtxo.raw), network, { withHex: false }),
  };
}

function finalJson({ finalScript, finalWitness }: PsbtInput): JsonFields {
  return {
    final_scriptSig:
      finalScript === null
        ? undefined
        : { asm: scriptToAsm(finalScript, true), hex: encodeHex(finalScript) },
    final_scriptwitness: finalWitness?.map(encodeHex),
  };
}

function preimagesJson({ preimages }: PsbtInput, kind: PreimageKind): JsonOut | undefined {
  return unlessEmpty(
    preimages.filter((each) => each.kind === kind),
    (list) =>
      new JsonObject(list.map(({ hash, preimage }) => [encodeHex(hash), encodeHex(preimage)])),
  );
}

function taprootJson(input: PsbtInput): JsonFields {
  const { tapKeySignature, tapInternalKey, tapMerkleRoot } = input;
  return {
    taproot_key_path_sig: tapKeySignature === null ? undefined : encodeHex(tapKeySignature),
    taproot_script_path_sigs: unlessEmpty(input.tapScriptSignatures, (list) =>
      list.map(({ publicKey, leafHash, signature }) => ({
        pubkey: encodeHex(publicKey),
        leaf_hash: encodeHex(leafHash),
        sig: encodeHex(signature),
      })),
    ),
    taproot_scripts: unlessEmpty(input.tapLeafScripts, leafScriptsJson),
    taproot_bip32_derivs: tapDerivationsJson(input.tapDerivations),
    taproot_internal_key: tapInternalKey === null ? undefined : encodeHex(tapInternalKey),
    taproot_merkle_root: tapMerkleRoot === null ? undefined : encodeHex(tapMerkleRoot),
  };
}

/** Each script once, with all its control blocks; the same ones stand in a row. */
function leafScriptsJson(leaves: readonly PsbtTapLeafScript[]): JsonOut[] {
  const groups: PsbtTapLeafScript[][] = [];
  for (const leaf of leaves) {
    const last = groups.at(-1);
    const first = last?.[0];
    if (first?.version === leaf.version && equalBytes(first.script, leaf.script)) last?.push(leaf);
    else groups.push([leaf]);
  }
  return groups.map((group) => {
    const { script, version } = group[0] as PsbtTapLeafScript;
    return {
      script: encodeHex(script),
      leaf_ver: version,
      control_blocks: group.map(({ controlBlock }) => encodeHex(controlBlock)),
    };
  });
}
