import type { Coin } from "@compeer/protocol/bitcoin/coin";
import type { TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { KeyRing } from "@compeer/protocol/script/key-ring";
import { type SignedTransaction, signTransaction } from "@compeer/protocol/script/sign-transaction";
import { SIGHASH_DEFAULT } from "@compeer/protocol/script/signature-hash-type";
import { createPsbt } from "@compeer/protocol/wallet/psbt";
import { formatPsbt } from "@compeer/protocol/wallet/psbt-encode";
import { extractTransaction } from "@compeer/protocol/wallet/psbt-finalize";
import { foreignChange } from "../../wallet/spend/review-psbt.ts";
import { completePsbt, fillPsbt } from "../../wallet/spend/sign-spend.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import { psbtArgument } from "./psbt-argument.ts";
import { requireWallet } from "./require-wallet.ts";
import { coinsToSign, hashTypeOf, signedHex, signedJson } from "./sign-with-keys.ts";
import type { WalletSpendDeps } from "./wallet-spend-deps.ts";
import { requireSigned } from "./wallet-spend-finish.ts";

export function walletSignMethods({ wallets }: WalletSpendDeps): readonly RpcMethod[] {
  return [
    rpcMethod("walletprocesspsbt", {
      description:
        "Fills in what the wallet knows of a PSBT, signs what it can, and finalises what is complete.",
      run: (call) => processPsbt(requireWallet(wallets, call), call),
    }),
    rpcMethod("signrawtransactionwithwallet", {
      description: "Signs what the wallet can sign of a transaction that is given as hex.",
      run: (call) => signRaw(requireWallet(wallets, call), call),
    }),
  ];
}

async function processPsbt(wallet: Wallet, { params }: RpcCall): Promise<JsonOut> {
  await wallet.synced();
  const given = psbtArgument(params.text("psbt"));
  const type = params.optionalText("sighashtype");
  const sighash = type === undefined ? undefined : hashTypeOf(type);
  const sign = params.optionalBool("sign", true);
  const bip32derivs = params.optionalBool("bip32derivs", true);
  const finalize = params.optionalBool("finalize", true);
  if (sign) wallet.requireUnlocked();
  const options = { sighash, bip32derivs, finalize };
  const signed = sign
    ? await completePsbt(wallet, given, options)
    : { ...fillPsbt(wallet, given, { ...options, sign }), warnings: [] };
  const { psbt, complete } = requireSigned(signed);
  const hex = complete ? encodeHex(extractTransaction(psbt).raw) : undefined;
  const warnings = [...signed.warnings, ...foreignChange(wallet, psbt)];
  return {
    psbt: formatPsbt(psbt),
    complete,
    hex,
    warnings: warnings.length > 0 ? warnings : undefined,
  };
}

async function signRaw(wallet: Wallet, { params }: RpcCall): Promise<JsonOut> {
  const body = signedHex(params);
  wallet.requireUnlocked();
  const coins = await coinsToSign(wallet, params, body, null);
  const ring = new KeyRing();
  for (const coin of coins) if (coin !== null) addScript(ring, wallet, coin.script);
  const name = params.optionalText("sighashtype");
  const type = name === undefined ? SIGHASH_DEFAULT : hashTypeOf(name);
  const signed = signTransaction(body, coins, ring, type);
  return signedJson(
    signed.faults.length === 0 ? signed : withPsbt(wallet, signed, coins, type),
    coins,
  );
}

/** Gives the ring what the wallet knows of a script. */
function addScript(ring: KeyRing, wallet: Wallet, script: Uint8Array): void {
  const signing = wallet.signing(script);
  if (signing === null) return;
  if (signing.redeemScript !== null) ring.addScript(signing.redeemScript);
  if (signing.witnessScript !== null) ring.addScript(signing.witnessScript);
  for (const { secret, publicKey } of signing.keys)
    if (secret !== null) ring.addSecret(secret, publicKey.length !== 65);
}

/** Tries what is left with all that a PSBT can do: miniscript, and script trees. */
function withPsbt(
  wallet: Wallet,
  signed: SignedTransaction,
  coins: readonly (Coin | null)[],
  type: number,
): SignedTransaction {
  const blank = createPsbt(signed.body);
  const inputs = blank.inputs.map((input, position) => {
    const coin = coins[position] ?? null;
    return coin === null
      ? input
      : { ...input, witnessUtxo: { value: coin.value, script: coin.script } };
  });
  const sighash = type === SIGHASH_DEFAULT ? undefined : type;
  const options = { sighash, sign: true, bip32derivs: false, finalize: true };
  const { psbt, fault } = fillPsbt(wallet, { ...blank, inputs }, options);
  if (fault !== null) return signed;
  const final = (position: number) => psbt.inputs[position]?.finalWitness ?? null;
  const improved: TransactionBody["inputs"][number][] = signed.body.inputs.map(
    (input, position) => {
      const witness = final(position);
      const isOpen = signed.faults.some(
        ({ input: number, reason }) => number === position && reason !== "Missing amount",
      );
      if (witness === null || !isOpen) return input;
      return { ...input, script: psbt.inputs[position]?.finalScript ?? input.script, witness };
    },
  );
  return {
    body: { ...signed.body, inputs: improved },
    faults: signed.faults.filter(
      ({ input, reason }) => final(input) === null || reason === "Missing amount",
    ),
  };
}
