import { checkAddress, formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { formatPaymentLink, parsePaymentLink } from "@compeer/protocol/wallet/payment-link";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";

/** Methods about `bitcoin:` links (BIP21, BIP321). */
export function paymentLinkMethods(network: Network): readonly RpcMethod[] {
  return [
    rpcMethod("decodepaymentlink", {
      category: "util",
      args: [
        { names: "link", type: "str", freeText: true, about: "a bitcoin: link, or an address" },
      ],
      description:
        "What a payment link asks for, or why it cannot be paid. Nothing that it names is fetched or opened.",
      run: ({ params }) => decodeLink(params.text("link"), network),
    }),
    rpcMethod("createpaymentlink", {
      category: "util",
      args: [
        { names: "address", type: "str", about: "where to pay" },
        { names: "amount", type: "amount", optional: true, about: "in bitcoin" },
        { names: "label", type: "str", freeText: true, optional: true, about: "who is paid" },
        { names: "message", type: "str", freeText: true, optional: true, about: "what for" },
      ],
      description: "The link that asks for a payment, as it is put in QR codes.",
      result: '"link"    (string) bitcoin:…',
      run: ({ params }) => createLink(params, network),
    }),
  ];
}

function decodeLink(text: string, network: Network): JsonOut {
  const link = parsePaymentLink(text, network);
  if ("fault" in link) throw new RpcError(RpcErrorCode.invalidAddressOrKey, link.fault);
  return {
    address: link.addresses[0],
    amount: link.amount === null ? undefined : amountJson(link.amount),
    label: link.label ?? undefined,
    message: link.message ?? undefined,
    addresses: link.addresses,
    instructions: link.instructions.map(({ key, value }) => ({ key, value })),
  };
}

function createLink(params: Params, network: Network): JsonOut {
  const verdict = checkAddress(params.text("address"), network);
  if (!("script" in verdict))
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Invalid Bitcoin address");
  return formatPaymentLink(formatAddress(verdict.script, network) as string, {
    amount: params.optionalAmount("amount"),
    label: params.optionalText("label"),
    message: params.optionalText("message"),
  });
}
