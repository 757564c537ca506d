import { checkAddress, formatAddress } from "@compeer/protocol/bitcoin/address";
import { JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { formatLabelRecords, parseLabelRecords } from "@compeer/protocol/wallet/label-record";
import { applyLabels, exportLabels } from "../../wallet/read/label-exchange.ts";
import type { WalletManager } from "../../wallet/wallet-manager.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import { requireWallet } from "./require-wallet.ts";
import { labelValue } from "./wallet-read-json.ts";

/** Methods about what addresses are called. */
export function walletLabelMethods(manager: WalletManager): readonly RpcMethod[] {
  return [
    rpcMethod("setlabel", {
      description: "Calls an address, of the wallet or of somebody else, by a label.",
      result: "null    (json null)",
      run: (call) => setLabel(manager, call),
    }),
    rpcMethod("listlabels", {
      description: "The labels that are in use, in order.",
      run: (call) => listLabels(manager, call),
    }),
    rpcMethod("getaddressesbylabel", {
      description: "The addresses of a label, and what each is for.",
      run: (call) => getAddressesByLabel(manager, call),
    }),
    rpcMethod("exportlabels", {
      category: "wallet",
      args: [],
      description:
        "All labels and frozen coins of the wallet in the format of BIP329, one JSON record a line, for other wallets to read.",
      result: '"text"    (string) the records',
      run: (call) => formatLabelRecords(exportLabels(requireWallet(manager, call))),
    }),
    rpcMethod("importlabels", {
      category: "wallet",
      args: [{ names: "records", type: "str", freeText: true, about: "lines of BIP329 records" }],
      description:
        "Takes over labels and frozen coins that another wallet exported by BIP329. A line that is wrong is told and spoils no other.",
      run: (call) => importLabels(manager, call),
    }),
  ];
}

async function setLabel(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  const verdict = checkAddress(call.params.text("address"), wallet.network);
  if (!("script" in verdict))
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Invalid Bitcoin address");
  const label = labelValue(call.params.raw("label"));
  const purpose = wallet.find(verdict.script) === null ? "send" : "receive";
  await wallet.labels.set(formatAddress(verdict.script, wallet.network) as string, label, purpose);
  return null;
}

function listLabels(manager: WalletManager, call: RpcCall): JsonOut {
  const wallet = requireWallet(manager, call);
  const wanted = call.params.optionalText("purpose", "");
  if (!["", "send", "receive", "refund"].includes(wanted))
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "Invalid 'purpose' argument, must be a known purpose string, typically 'send', or 'receive'.",
    );
  const labels = wallet.labels
    .entries()
    .filter(([, { purpose }]) => wanted === "" || purpose === wanted)
    .map(([, { label }]) => label);
  return [...new Set(labels)].sort();
}

function getAddressesByLabel(manager: WalletManager, call: RpcCall): JsonOut {
  const wallet = requireWallet(manager, call);
  const wanted = labelValue(call.params.raw("label"));
  const found = wallet.labels.entries().filter(([, { label }]) => label === wanted);
  if (found.length === 0)
    throw new RpcError(RpcErrorCode.walletInvalidLabelName, `No addresses with label ${wanted}`);
  return new JsonObject(
    found.map(([address, { purpose }]) => [address, { purpose: purpose ?? "unknown" }]),
  );
}

async function importLabels(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  const { records, problems } = parseLabelRecords(call.params.text("records"));
  const { applied, ignored } = await applyLabels(wallet, records);
  return {
    applied,
    ignored,
    problems: problems.map(({ line, reason }) => ({ line, reason })),
  };
}
