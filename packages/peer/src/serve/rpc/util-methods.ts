import { checkAddress, formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { solveScript } from "@compeer/protocol/script/solver";
import { witnessProgram } from "@compeer/protocol/script/templates";
import { descriptorChecksum } from "@compeer/protocol/wallet/descriptor-checksum";
import {
  formatDescriptor,
  hasSecrets,
  isRanged,
  isSolvable,
} from "@compeer/protocol/wallet/expand-descriptor";
import type { Descriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { createMultisig } from "./create-multisig.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import { expandAt, parseRange, readDescriptor } from "./scan-objects.ts";
import { TimeSlice } from "./time-slice.ts";

/** Methods that need nothing but their arguments. */
export function utilMethods(network: Network): readonly RpcMethod[] {
  return [
    rpcMethod("validateaddress", {
      description:
        "Whether a text is an address of this network, and what it pays to or what is wrong.",
      run: ({ params }) => describeAddress(params.text("address"), network),
    }),
    rpcMethod("getdescriptorinfo", {
      description: "What a descriptor is: its form with public keys only, checksum, and its kind.",
      run: ({ params }) => descriptorInfo(params.text("descriptor"), network),
    }),
    rpcMethod("deriveaddresses", {
      description: "The addresses that a descriptor means, over a range where it has one.",
      run: (call) => deriveAddresses(call, network),
    }),
    rpcMethod("createmultisig", {
      description:
        "An address that some of several keys can spend from, with what is needed for it.",
      run: ({ params }) => createMultisig(params, network),
    }),
  ];
}

function describeAddress(text: string, network: Network): JsonOut {
  const verdict = checkAddress(text, network);
  if (!("script" in verdict))
    return { isvalid: false, error_locations: [...verdict.locations], error: verdict.error };
  const { script } = verdict;
  const { type } = solveScript(script);
  const witness = witnessProgram(script);
  const known = type !== "witness_unknown";
  const plainWitness = witness !== null && type !== "anchor";
  return {
    isvalid: true,
    address: formatAddress(script, network) ?? undefined,
    scriptPubKey: encodeHex(script),
    isscript: known ? type !== "pubkeyhash" && type !== "witness_v0_keyhash" : undefined,
    iswitness: witness !== null,
    witness_version: plainWitness ? witness.version : undefined,
    witness_program: plainWitness ? encodeHex(witness.program) : undefined,
  };
}

function descriptorInfo(text: string, network: Network): JsonOut {
  const descriptors = readDescriptor(text, network);
  const first = descriptors[0] as Descriptor;
  const payload = text.split("#")[0] as string;
  return {
    descriptor: formatDescriptor(first),
    multipath_expansion: descriptors.length > 1 ? descriptors.map(formatDescriptor) : undefined,
    checksum: descriptorChecksum(payload) ?? undefined,
    isrange: isRanged(first),
    issolvable: isSolvable(first),
    hasprivatekeys: hasSecrets(first),
  };
}

async function deriveAddresses({ params }: RpcCall, network: Network): Promise<JsonOut> {
  const text = params.text("descriptor");
  const range = params.has("range") ? parseRange(params.raw("range")) : null;
  const descriptors = readDescriptor(text, network, true);
  const ranged = isRanged(descriptors[0] as Descriptor);
  if (!ranged && range !== null)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "Range should not be specified for an un-ranged descriptor",
    );
  if (ranged && range === null)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "Range must be specified for a ranged descriptor",
    );
  const [begin, end] = range ?? [0, 0];
  const lists: JsonOut[] = [];
  for (const each of descriptors) lists.push(await addressesOf(each, begin, end, text, network));
  return lists.length === 1 ? (lists[0] as JsonOut) : lists;
}

async function addressesOf(
  descriptor: Descriptor,
  begin: number,
  end: number,
  text: string,
  network: Network,
): Promise<string[]> {
  const addresses: string[] = [];
  const slice = new TimeSlice();
  for (let index = begin; index <= end; index++) {
    await slice.rest();
    for (const { script } of expandAt(descriptor, index, text)) {
      const address = formatAddress(script, network);
      // A combo() has a P2PK form too, which no address stands for.
      if (address !== null && solveScript(script).type !== "pubkey") addresses.push(address);
      else if (descriptor.node.type !== "combo")
        throw new RpcError(
          RpcErrorCode.invalidAddressOrKey,
          "Descriptor does not have a corresponding address",
        );
    }
  }
  return addresses;
}
