import type { Output, TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { compactSizeLength } from "@compeer/protocol/bytes/writer";
import { virtualSize } from "@compeer/protocol/policy/virtual-size";
import { solveScript } from "@compeer/protocol/script/solver";
import type { CoinKind } from "@compeer/protocol/wallet/select-coin";
import { maxInputWeight } from "@compeer/protocol/wallet/signing-script";
import type { Wallet } from "../wallet.ts";
import type { OwnedScript } from "../wallet-descriptor.ts";
import type { SpendControl } from "./spend-control.ts";

const WITNESS_SCALE_FACTOR = 4;

/** Weight and virtual bytes of a transaction once it is signed. */
export interface SignedSize {
  readonly weight: number;
  readonly vsize: number;
}

/**
 * Weight of an input that spends `script`, once signed; null when it is unknown how to spend it.
 * Signatures of our own have a low R, those of others may not. Core: MaxInputWeight.
 *
 * @param segwit whether the transaction has witnesses at all
 */
function inputWeight(
  wallet: Wallet,
  script: Uint8Array,
  control: SpendControl | null,
  segwit = true,
): number | null {
  const owner = wallet.find(script);
  const own = owner === null ? null : ownedInputWeight(wallet, owner, script, segwit);
  return own ?? control?.solving.inputWeight(script, wallet.network, segwit) ?? null;
}

/** Virtual bytes of an input that spends `script`; null when it is unknown how. */
export function inputSize(
  wallet: Wallet,
  script: Uint8Array,
  control: SpendControl | null,
): number | null {
  const weight = inputWeight(wallet, script, control);
  return weight === null ? null : virtualSize(weight);
}

/** As `inputWeight`, for a script that is known to be ours. */
export function ownedInputWeight(
  { hasPrivateKeys }: Wallet,
  { descriptor }: OwnedScript,
  script: Uint8Array,
  segwit = true,
): number | null {
  const place = placeOf(descriptor.descriptor.node.type, script);
  return maxInputWeight(descriptor.descriptor, { segwit, place, highR: !hasPrivateKeys });
}

/** A combo() stands for four scripts. */
function placeOf(type: string, script: Uint8Array): number {
  if (type !== "combo") return 0;
  switch (solveScript(script).type) {
    case "pubkeyhash":
      return 1;
    case "witness_v0_keyhash":
      return 2;
    case "scripthash":
      return 3;
    default:
      return 0;
  }
}

/** What the input of a coin looks like. Core: GetOutputType. */
export function coinKind({ descriptor }: OwnedScript, script: Uint8Array): CoinKind {
  switch (solveScript(script).type) {
    case "witness_v1_taproot":
      return "bech32m";
    case "witness_v0_keyhash":
    case "witness_v0_scripthash":
      return "bech32";
    case "scripthash": {
      const { node } = descriptor.descriptor;
      if (node.type === "combo") return "p2sh-segwit";
      const isWitness =
        node.type === "sh" && (node.inner.type === "wpkh" || node.inner.type === "wsh");
      return isWitness ? "p2sh-segwit" : "legacy";
    }
    case "pubkeyhash":
      return "legacy";
    default:
      return "unknown";
  }
}

/** True when an input that spends `script` has a witness. */
function spendsWithWitness(
  wallet: Wallet,
  script: Uint8Array,
  control: SpendControl | null,
): boolean {
  const { type } = solveScript(script);
  if (type === "witness_v0_keyhash" || type === "witness_v0_scripthash") return true;
  if (type === "witness_v1_taproot") return true;
  const owner = wallet.find(script);
  if (owner !== null && coinKind(owner, script) === "p2sh-segwit") return true;
  return control?.solving.hidesWitness(script) ?? false;
}

/**
 * Size of a transaction when all is signed; null when it is unknown how to spend one of `spent`.
 * Core: CalculateMaximumSignedTxSize.
 *
 * @param spent what the inputs spend, in their order
 */
export function signedSize(
  wallet: Wallet,
  tx: TransactionBody,
  spent: readonly Output[],
  control: SpendControl | null,
): SignedSize | null {
  const segwit = spent.some(({ script }) => spendsWithWitness(wallet, script, control));
  let base = 8 + compactSizeLength(tx.inputs.length) + compactSizeLength(tx.outputs.length);
  for (const { script } of tx.outputs) base += 8 + compactSizeLength(script.length) + script.length;
  let weight = base * WITNESS_SCALE_FACTOR + (segwit ? 2 : 0);
  for (const [position, { script }] of spent.entries()) {
    const input = tx.inputs[position];
    const stated = (input && control?.statedWeight(input.prevout)) ?? null;
    const inputs = stated ?? inputWeight(wallet, script, control, segwit);
    if (inputs === null) return null;
    weight += inputs;
  }
  return { weight, vsize: virtualSize(weight) };
}

/** Bytes of an output with this script. */
export function outputSize(script: Uint8Array): number {
  return 8 + compactSizeLength(script.length) + script.length;
}
