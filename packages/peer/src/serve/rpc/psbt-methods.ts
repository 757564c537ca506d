import { randomInt } from "node:crypto";
import { expandTransaction } from "@compeer/protocol/bitcoin/transaction";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { createPsbt, type Psbt } from "@compeer/protocol/wallet/psbt";
import { analyzePsbt } from "@compeer/protocol/wallet/psbt-analyze";
import { combinePsbts } from "@compeer/protocol/wallet/psbt-combine";
import { toPsbtVersion0, toPsbtVersion2 } from "@compeer/protocol/wallet/psbt-convert";
import { formatPsbt } from "@compeer/protocol/wallet/psbt-encode";
import { extractTransaction, finalizePsbt } from "@compeer/protocol/wallet/psbt-finalize";
import { joinPsbts } from "@compeer/protocol/wallet/psbt-join";
import { createRawTransaction } from "./create-raw-transaction.ts";
import { decodeHexTransaction } from "./decode-hex-transaction.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";
import { psbtArgument } from "./psbt-argument.ts";
import { analysisJson, psbtJson } from "./psbt-json.ts";
import { descriptorProcessPsbt, type PsbtDeps, utxoUpdatePsbt } from "./psbt-process.ts";

/** Methods over partially signed transactions that need no wallet. */
export function psbtMethods(deps: PsbtDeps): readonly RpcMethod[] {
  const { network } = deps.chain;
  return [
    rpcMethod("createpsbt", {
      description: "Builds a transaction without signatures from inputs and outputs, as a PSBT.",
      result: "(string) the PSBT as base64",
      examples: [`'[{"txid":"TXID","vout":0}]' '[{"data":"00010203"}]'`],
      run: ({ params }) => {
        const tx = parseTransaction(createRawTransaction(params, network), false);
        return formatPsbt(createPsbt(expandTransaction(tx)));
      },
    }),
    rpcMethod("converttopsbt", {
      description: "Makes a PSBT of a transaction that is given as hex.",
      result: "(string) the PSBT as base64",
      examples: ['"HEX"'],
      run: ({ params }) => convertToPsbt(params),
    }),
    rpcMethod("decodepsbt", {
      description: "The fields of a PSBT.",
      result:
        "tx, global_xpubs, psbt_version, proprietary, unknown, inputs, outputs, and the fee where all coins are known",
      examples: ['"PSBT"'],
      run: ({ params }) => psbtJson(psbtArgument(params.text("psbt")), network),
    }),
    rpcMethod("combinepsbt", {
      description: "Puts together what several PSBTs of one transaction know.",
      result: "(string) the PSBT as base64",
      examples: [`'["PSBT", "PSBT"]'`],
      run: ({ params }) => combinePsbt(psbtArguments(params)),
    }),
    rpcMethod("joinpsbts", {
      description: "Makes one PSBT with the inputs and outputs of several, in a new order.",
      result: "(string) the PSBT as base64",
      examples: [`'["PSBT", "PSBT"]'`],
      run: ({ params }) => joinPsbt(params),
    }),
    rpcMethod("finalizepsbt", {
      description:
        "Completes the inputs of a PSBT that have all they need; the transaction as hex when all have.",
      result: "complete, and hex of the transaction or psbt",
      examples: ['"PSBT"'],
      run: ({ params }) => {
        const extract = params.optionalBool("extract", true);
        return finalized(psbtArgument(params.text("psbt")), extract);
      },
    }),
    rpcMethod("analyzepsbt", {
      description: "How far a PSBT is, what its inputs lack, and who has to see it next.",
      result: "inputs, estimated_vsize, estimated_feerate, fee, next, and error where there is one",
      examples: ['"PSBT"'],
      run: ({ params }) => analysisJson(analyzePsbt(psbtArgument(params.text("psbt")))),
    }),
    rpcMethod("utxoupdatepsbt", {
      description:
        "Adds to a PSBT the coins it spends, where the chain or the mempool has them, and what descriptors tell.",
      result: "(string) the PSBT as base64",
      examples: ['"PSBT"'],
      run: ({ params }) => utxoUpdatePsbt(deps, params),
    }),
    rpcMethod("descriptorprocesspsbt", {
      description: "Updates a PSBT as utxoupdatepsbt does, and signs with the keys of descriptors.",
      result: "psbt, complete, and hex of the transaction when it is",
      examples: [`"PSBT" '["DESCRIPTOR"]'`],
      run: ({ params }) => descriptorProcessPsbt(deps, params),
    }),
    rpcMethod("convertpsbt", {
      category: "rawtransactions",
      args: [
        { names: "psbt", type: "str", freeText: true, about: "The PSBT as base64" },
        { names: "version", type: "num", about: "The version to have: 0 (BIP174) or 2 (BIP370)" },
      ],
      description: "Writes a PSBT in another version of the format.",
      result: "(string) the PSBT as base64",
      examples: ['"PSBT" 2'],
      run: ({ params }) => convertPsbt(psbtArgument(params.text("psbt")), params.int("version")),
    }),
  ];
}

function convertToPsbt(params: Params): string {
  const witness = params.optionalBool("iswitness");
  const tx = decodeHexTransaction(params.text("hexstring"), "TX decode failed", witness);
  const body = expandTransaction(tx);
  const isSigned = body.inputs.some((input) => input.script.length > 0 || input.witness.length > 0);
  if (isSigned && !params.optionalBool("permitsigdata", false))
    throw new RpcError(
      RpcErrorCode.deserialization,
      "Inputs must not have scriptSigs and scriptWitnesses",
    );
  return formatPsbt(createPsbt(body));
}

function psbtArguments(params: Params): readonly Psbt[] {
  return params.array("txs").map((text) => psbtArgument(asText(text)));
}

function combinePsbt(psbts: readonly Psbt[]): string {
  if (psbts.length === 0)
    throw new RpcError(RpcErrorCode.invalidParameter, "Parameter 'txs' cannot be empty");
  const combined = combinePsbts(psbts);
  if (combined === null)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "PSBTs not compatible (different transactions)",
    );
  return formatPsbt(combined);
}

function joinPsbt(params: Params): string {
  if (params.array("txs").length <= 1)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "At least two PSBTs are required to join PSBTs.",
    );
  const { psbt, twice } = joinPsbts(psbtArguments(params), randomOrder);
  if (psbt !== null) return formatPsbt(psbt);
  throw new RpcError(
    RpcErrorCode.invalidParameter,
    `Input ${formatHash(twice.txid)}:${twice.index} exists in multiple PSBTs`,
  );
}

/** The numbers below `count`, each order as likely as any other (Fisher and Yates). */
function randomOrder(count: number): readonly number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = randomInt(i + 1);
    [order[i], order[other]] = [order[other] as number, order[i] as number];
  }
  return order;
}

function finalized(given: Psbt, extract: boolean): JsonOut {
  const { psbt, complete } = finalizePsbt(given);
  if (complete && extract) return { hex: encodeHex(extractTransaction(psbt).raw), complete };
  return { psbt: formatPsbt(psbt), complete };
}

function convertPsbt(psbt: Psbt, version: number): string {
  if (version !== 0 && version !== 2)
    throw new RpcError(RpcErrorCode.invalidParameter, "version must be 0 or 2");
  return formatPsbt(version === 2 ? toPsbtVersion2(psbt) : toPsbtVersion0(psbt));
}
