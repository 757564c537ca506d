import type { Coin } from "@compeer/protocol/bitcoin/coin";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import {
  encodeTransaction,
  type OutPoint,
  type TransactionBody,
} from "@compeer/protocol/bitcoin/transaction";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { concatBytes, equalBytes } from "@compeer/protocol/bytes/compare";
import { hash160 } from "@compeer/protocol/crypto/hash160";
import { publicKey, publicKeyX, signSchnorr, tweakTapKey } from "@compeer/protocol/crypto/keys";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import { sha256 } from "@compeer/protocol/crypto/sha256";
import { numberPart, scriptOf } from "@compeer/protocol/script/build-script";
import { KeyRing } from "@compeer/protocol/script/key-ring";
import {
  OP_CHECKMULTISIG,
  OP_CHECKSIG,
  OP_DUP,
  OP_EQUAL,
  OP_EQUALVERIFY,
  OP_HASH160,
  OP_RETURN,
} from "@compeer/protocol/script/opcodes";
import { signTransaction } from "@compeer/protocol/script/sign-transaction";
import { signatureHashTaproot } from "@compeer/protocol/script/signature-hash-taproot";
import { SIGHASH_DEFAULT } from "@compeer/protocol/script/signature-hash-type";
import {
  TAPSCRIPT_LEAF,
  TaprootSpend,
  tapBranchHash,
  tapLeafHash,
} from "@compeer/protocol/script/taproot-spend";
import { TransactionContext } from "@compeer/protocol/script/transaction-context";

const secrets = [1, 2, 3].map((n) => new Uint8Array(32).fill(n));
const [secret, second, third] = secrets as [Uint8Array, Uint8Array, Uint8Array];
const key = publicKey(secret);
const keyX = publicKeyX(secret);
const longKey = publicKey(secret, false);
const witnessKeyHash = scriptOf(0, hash160(key));

/** One of two keys, and two of three. */
const oneOfTwo = multisig(1, [key, publicKey(second)]);
const twoOfThree = multisig(2, [key, publicKey(second), publicKey(third)]);

/** A tree of two leaves, of which the first is spent: its key signs. */
const leaf = scriptOf(keyX, OP_CHECKSIG);
const leafHash = tapLeafHash(TAPSCRIPT_LEAF, leaf);
const otherLeafHash = tapLeafHash(TAPSCRIPT_LEAF, scriptOf(publicKeyX(second), OP_CHECKSIG));
const treeKey = present(tweakTapKey(keyX, tapBranchHash(leafHash, otherLeafHash)));
const control = concatBytes(Uint8Array.of(TAPSCRIPT_LEAF | treeKey.parity), keyX, otherLeafHash);

/** Output scripts of every kind that can be spent, by name; `signSpend` knows their keys. */
export const SPENDABLE: ReadonlyMap<string, Uint8Array> = new Map([
  ["p2pk", scriptOf(key, OP_CHECKSIG)],
  ["p2pk, uncompressed", scriptOf(longKey, OP_CHECKSIG)],
  ["p2pkh", scriptOf(OP_DUP, OP_HASH160, hash160(key), OP_EQUALVERIFY, OP_CHECKSIG)],
  ["p2sh multisig", scriptHash(twoOfThree)],
  ["p2wpkh", witnessKeyHash],
  ["p2sh-p2wpkh", scriptHash(witnessKeyHash)],
  ["p2wsh", scriptOf(0, sha256(twoOfThree))],
  ["p2tr by key", scriptOf(numberPart(1), present(tweakTapKey(keyX, new Uint8Array(0))).x)],
  ["p2tr by script", scriptOf(numberPart(1), treeKey.x)],
  ["bare multisig", oneOfTwo],
]);

/** Keeps 20 bytes of data; no one can spend it. */
export const DATA_SCRIPT: Uint8Array = scriptOf(OP_RETURN, new Uint8Array(20).fill(7));

const keys = new KeyRing();
for (const each of secrets) {
  keys.addSecret(each);
  keys.addSecret(each, false);
}
for (const script of [oneOfTwo, twoOfThree, witnessKeyHash]) keys.addScript(script);

function multisig(required: number, publicKeys: readonly Uint8Array[]): Uint8Array {
  return scriptOf(
    numberPart(required),
    ...publicKeys,
    numberPart(publicKeys.length),
    OP_CHECKMULTISIG,
  );
}

function scriptHash(script: Uint8Array): Uint8Array {
  return scriptOf(OP_HASH160, hash160(script), OP_EQUAL);
}

function present<T>(value: T | null): T {
  if (value === null) throw new Error("no such key");
  return value;
}

/** Signs every input of `body`, whose coins are of `SPENDABLE`. */
export function signSpend(body: TransactionBody, coins: readonly Coin[]): TransactionBody {
  const byScript = SPENDABLE.get("p2tr by script") as Uint8Array;
  const inputs = body.inputs.map((input, i) => {
    const isByScript = equalBytes((coins[i] as Coin).script, byScript);
    return isByScript ? { ...input, witness: scriptPathWitness(body, coins, i) } : input;
  });
  const signed = signTransaction({ ...body, inputs }, coins, keys);
  if (signed.faults.length > 0) throw new Error(JSON.stringify(signed.faults));
  return signed.body;
}

function scriptPathWitness(
  body: TransactionBody,
  coins: readonly Coin[],
  input: number,
): Uint8Array[] {
  const spent = new SpentCoins(coins.length);
  coins.forEach((coin, i) => {
    spent.setCoin(i, coin);
  });
  const tx = parseTransaction(encodeTransaction(body));
  const context = new TransactionContext(tx, spent, signatureBackend());
  const spend = new TaprootSpend(null, leafHash, 0);
  const hash = present(signatureHashTaproot(context, input, SIGHASH_DEFAULT, spend));
  return [signSchnorr(hash, secret, new Uint8Array(32)), leaf, control];
}

/** An input that is not signed yet. */
export function inputOf(
  prevout: OutPoint,
  sequence = 0xfffffffd,
): TransactionBody["inputs"][number] {
  return { prevout, script: new Uint8Array(0), sequence, witness: [] };
}
