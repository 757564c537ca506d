import { checkAddress, formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { decodeSecretKey } from "@compeer/protocol/bitcoin/wif";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { isValidSecret } from "@compeer/protocol/crypto/keys";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { signMessage, verifyMessage } from "@compeer/protocol/wallet/message-signature";
import { type ProvenCoin, verifyProof } from "@compeer/protocol/wallet/verify-bip322";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";
import { paymentLinkMethods } from "./payment-link-methods.ts";

/** Methods about signed messages and payment links, none of which needs a wallet. */
export function messageMethods(network: Network): readonly RpcMethod[] {
  return [
    rpcMethod("signmessagewithprivkey", {
      description: "Signs a message with a secret key, as signmessage does for its P2PKH address.",
      result: '"signature"    (string) base64',
      run: ({ params }) => signWithSecret(params, network),
    }),
    rpcMethod("verifymessage", {
      description: "Whether the owner of a P2PKH address signed a message (signmessage).",
      result: "true|false    (boolean) whether it is so",
      run: ({ params }) => verify(params, network),
    }),
    rpcMethod("verifymessagebip322", {
      category: "util",
      args: [
        { names: "address", type: "str", about: "whose signature it should be" },
        { names: "signature", type: "str", about: "as signmessagebip322 gives it, or signmessage" },
        { names: "message", type: "str", freeText: true, about: "exactly what was signed" },
      ],
      description:
        "Whether whoever can spend from an address, of any kind, signed a message (BIP322). A proof of funds names coins: ask gettxout whether they are still unspent.",
      run: ({ params }) => verifyBip322(params, network),
    }),
    ...paymentLinkMethods(network),
  ];
}

function signWithSecret(params: Params, network: Network): JsonOut {
  const key = decodeSecretKey(params.text("privkey"), network);
  if (key === null || !isValidSecret(key.secret))
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Invalid private key");
  return signMessage(params.text("message"), key.secret, key.compressed);
}

function verify(params: Params, network: Network): JsonOut {
  const [address, signature] = [params.text("address"), params.text("signature")];
  switch (verifyMessage(address, signature, params.text("message"), network)) {
    case "invalid address":
      throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Invalid address");
    case "address without key":
      throw new RpcError(RpcErrorCode.type, "Address does not refer to key");
    case "malformed signature":
      throw new RpcError(RpcErrorCode.type, "Malformed base64 encoding");
    case "good":
      return true;
    case "not signed by it":
      return false;
  }
}

function verifyBip322(params: Params, network: Network): JsonOut {
  const [address, signature] = [params.text("address"), params.text("signature")];
  const message = params.text("message");
  const verdict = checkAddress(address, network);
  if (!("script" in verdict))
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Invalid address");
  // The older format is for P2PKH alone, and nothing of BIP322 looks like it.
  if (verifyMessage(address, signature, message, network) === "good")
    return { valid: true, state: "valid", variant: "legacy" };
  const proof = verifyProof(verdict.script, signature, message);
  if (proof.state !== "valid") return { valid: false, ...proof };
  return {
    valid: true,
    state: proof.state,
    variant: proof.variant,
    locktime: proof.lockTime,
    sequence: proof.sequence,
    coins:
      proof.variant === "funds" ? proof.funds.map((coin) => coinJson(coin, network)) : undefined,
  };
}

function coinJson({ outpoint, output }: ProvenCoin, network: Network): JsonOut {
  return {
    txid: formatHash(outpoint.txid),
    vout: outpoint.index,
    amount: amountJson(output.value),
    address: formatAddress(output.script, network) ?? undefined,
  };
}
