import { checkAddress } from "@compeer/protocol/bitcoin/address";
import type { OutPoint } from "@compeer/protocol/bitcoin/transaction";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { hash160 } from "@compeer/protocol/crypto/hash160";
import { type Json, type JsonOut, member } from "@compeer/protocol/rpc/json";
import { asHash, asInt, asObject, checkMembers } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { isPayToPublicKeyHash } from "@compeer/protocol/script/templates";
import { signMessage } from "@compeer/protocol/wallet/message-signature";
import { type ProofCoin, signProof } from "@compeer/protocol/wallet/sign-bip322";
import type { Wallet } from "../../wallet/wallet.ts";
import type { WalletManager } from "../../wallet/wallet-manager.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import { requireWallet } from "./require-wallet.ts";

/** Methods that sign messages with keys of a wallet. */
export function walletMessageMethods(manager: WalletManager): readonly RpcMethod[] {
  return [
    rpcMethod("signmessage", {
      description:
        "Signs a message with the key of a P2PKH address of the wallet. For any other kind of address there is signmessagebip322.",
      result: '"signature"    (string) base64',
      run: (call) => signLegacy(manager, call),
    }),
    rpcMethod("signmessagebip322", {
      category: "wallet",
      args: [
        { names: "address", type: "str", about: "an address of the wallet, of any kind" },
        { names: "message", type: "str", freeText: true, about: "what to sign" },
        {
          names: "coins",
          type: "arr",
          optional: true,
          default: "[]",
          usage: '[{"txid":"hex","vout":n},...]',
          about: "coins of the wallet whose control to show as well (proof of funds)",
        },
      ],
      description:
        "Signs a message as the owner of an address of any kind (BIP322); with coins, shows that the wallet can spend them, without spending them.",
      result: '"signature"    (string) smp, ful or pof and base64',
      run: (call) => signBip322(manager, call),
    }),
  ];
}

function signLegacy(manager: WalletManager, call: RpcCall): JsonOut {
  const wallet = requireWallet(manager, call);
  wallet.requireUnlocked();
  const script = addressScript(wallet, call.params.text("address"));
  if (!isPayToPublicKeyHash(script))
    throw new RpcError(RpcErrorCode.type, "Address does not refer to key");
  const hash = script.subarray(3, 23);
  const key = wallet
    .signing(script)
    ?.keys.find(({ publicKey }) => equalBytes(hash160(publicKey), hash));
  if (!key?.secret) throw new RpcError(RpcErrorCode.wallet, "Private key not available");
  return signMessage(call.params.text("message"), key.secret, key.publicKey.length === 33);
}

function addressScript({ network }: Wallet, address: string): Uint8Array {
  const verdict = checkAddress(address, network);
  if ("script" in verdict) return verdict.script;
  throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Invalid address");
}

async function signBip322(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  wallet.requireUnlocked();
  await wallet.synced();
  const script = addressScript(wallet, call.params.text("address"));
  const coins = (call.params.optionalArray("coins") ?? []).map((value) => ownCoin(wallet, value));
  const provider = { find: (each: Uint8Array) => wallet.signing(each) };
  const signature = signProof(script, call.params.text("message"), provider, coins);
  if (signature === null) throw new RpcError(RpcErrorCode.wallet, "Private key not available");
  return signature;
}

function ownCoin({ ledger }: Wallet, value: Json): ProofCoin {
  const object = asObject(value);
  checkMembers(object, { txid: "string", vout: "number" });
  const outpoint: OutPoint = {
    txid: asHash(member(object, "txid") ?? null, "txid"),
    index: asInt(member(object, "vout") ?? null),
  };
  if (ledger.output(outpoint.txid, outpoint.index) === undefined)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "Invalid parameter, not a coin of this wallet",
    );
  const { tx } = ledger.get(hashKey(outpoint.txid)) as NonNullable<ReturnType<typeof ledger.get>>;
  return { outpoint, transaction: tx };
}
