import type { Block } from "@compeer/protocol/bitcoin/block";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { expandTransaction, finishTransaction } from "@compeer/protocol/bitcoin/transaction";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { decodeSecretKey } from "@compeer/protocol/bitcoin/wif";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { signetTransactions, solutionPush } from "@compeer/protocol/consensus/signet";
import { findCommitment } from "@compeer/protocol/consensus/witness-commitment";
import { KeyRing } from "@compeer/protocol/script/key-ring";
import { signTransaction } from "@compeer/protocol/script/sign-transaction";
import { buildBlock, partsOf } from "./build-block.ts";

/**
 * Signs blocks of a signet with private keys: puts the solution that its challenge asks for behind the
 * witness commitment (BIP325). The nonce is to be searched afterwards, the solution does not cover it.
 *
 * @param keys in wallet import format
 * @returns null on a network whose blocks are not signed
 * @throws Error when a key is none of this network
 */
export function blockSigner(
  network: Network,
  keys: readonly string[],
): ((block: Block) => Block) | null {
  const challenge = network.signetChallenge;
  if (challenge === null) return null;
  const ring = ringOf(network, keys);
  return (block) => signBlock(block, challenge, ring);
}

function signBlock(block: Block, challenge: Uint8Array, ring: KeyRing): Block {
  // The place of the solution is part of what is signed, what stands there is not.
  const unsigned = withSolution(block, { script: new Uint8Array(0), witness: [] });
  const transactions = signetTransactions(unsigned, challenge);
  if (transactions === null) throw new Error("a block without a witness commitment");
  const coin = { value: 0, script: challenge, height: 0, coinbase: false };
  const { body, faults } = signTransaction(transactions.toSign, [coin], ring);
  const [input] = body.inputs;
  const [fault] = faults;
  if (input === undefined || fault !== undefined)
    throw new Error(`the keys at hand do not meet the signet's challenge: ${fault?.reason}`);
  return withSolution(block, input);
}

function withSolution(
  block: Block,
  solution: { readonly script: Uint8Array; readonly witness: readonly Uint8Array[] },
): Block {
  const view = block.transactions[0] as TransactionView;
  const coinbase = expandTransaction(view);
  const position = findCommitment(view);
  const push = solutionPush(solution.script, solution.witness);
  const outputs = coinbase.outputs.map((output, i) =>
    i === position ? { ...output, script: concatBytes(output.script, push) } : output,
  );
  const { raw, txid } = finishTransaction({ ...coinbase, outputs });
  const first = { raw, txid, wtxid: new Uint8Array(32) };
  return buildBlock(block.header, [first, ...partsOf(block)]);
}

function ringOf(network: Network, keys: readonly string[]): KeyRing {
  const ring = new KeyRing();
  for (const text of keys) {
    const key = decodeSecretKey(text, network);
    if (key === null) throw new Error("a signet key that is no private key of this network");
    ring.addSecret(key.secret, key.compressed);
  }
  return ring;
}
