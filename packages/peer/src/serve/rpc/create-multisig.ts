import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { decodeHex, encodeHex, isHex } from "@compeer/protocol/bytes/hex";
import { isValidPublicKey } from "@compeer/protocol/crypto/keys";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { MAX_PUBKEYS_PER_MULTISIG, MAX_SCRIPT_ELEMENT_SIZE } from "@compeer/protocol/script/limits";
import type { DescriptorNode } from "@compeer/protocol/wallet/descriptor-node";
import {
  type ExpandedScript,
  expandDescriptor,
  formatDescriptor,
} from "@compeer/protocol/wallet/expand-descriptor";
import type { KeyExpression } from "@compeer/protocol/wallet/key-expression";
import type { Params } from "./params.ts";

const COMPRESSED = 33;

/** Core: createmultisig. */
export function createMultisig(params: Params, network: Network): JsonOut {
  const required = params.int("nrequired");
  const keys = params.array("keys").map((key) => publicKeyOf(asText(key)));
  const type = params.optionalText("address_type", "legacy");
  checkType(type);
  checkCount(required, keys.length);
  const compressed = keys.every(({ length }) => length === COMPRESSED);
  const multi: DescriptorNode = {
    type: "multi",
    threshold: required,
    keys: keys.map(expressionOf),
  };
  const inner = scriptOf(multi);
  const legacy = type === "legacy" || !compressed;
  if (legacy && inner.length > MAX_SCRIPT_ELEMENT_SIZE)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      `redeemScript exceeds size limit: ${inner.length} > ${MAX_SCRIPT_ELEMENT_SIZE}`,
    );
  const outer = wrap(multi, legacy ? "legacy" : type);
  const warnings = [
    "Unable to make chosen address type, please ensure no uncompressed public keys are present.",
  ];
  return {
    address: formatAddress(scriptOf(outer), network) ?? undefined,
    redeemScript: encodeHex(inner),
    descriptor: formatDescriptor({ node: outer, variant: 0 }),
    warnings: legacy && type !== "legacy" ? warnings : undefined,
  };
}

function checkType(type: string): void {
  if (type === "legacy" || type === "p2sh-segwit" || type === "bech32") return;
  throw new RpcError(
    RpcErrorCode.invalidAddressOrKey,
    type === "bech32m"
      ? "createmultisig cannot create bech32m multisig addresses"
      : `Unknown address type '${type}'`,
  );
}

function checkCount(required: number, count: number): void {
  if (required < 1)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "a multisignature address must require at least one key to redeem",
    );
  if (count < required)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      `not enough keys supplied (got ${count} keys, but need at least ${required} to redeem)`,
    );
  if (count > MAX_PUBKEYS_PER_MULTISIG)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      `Number of keys involved in the multisignature address creation > ${MAX_PUBKEYS_PER_MULTISIG}\nReduce the number`,
    );
}

/** Core: HexToPubKey. */
function publicKeyOf(hex: string): Uint8Array {
  const refuse = (why: string): never => {
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, `Pubkey "${hex}" ${why}`);
  };
  if (!isHex(hex)) refuse("must be a hex string");
  if (hex.length !== 66 && hex.length !== 130)
    refuse("must have a length of either 33 or 65 bytes");
  const key = decodeHex(hex);
  if (!isValidPublicKey(key)) refuse("must be cryptographically valid.");
  return key;
}

function expressionOf(publicKey: Uint8Array): KeyExpression {
  return {
    source: { type: "constant", publicKey, secret: null },
    origin: null,
    xOnly: false,
    mark: "h",
  };
}

function wrap(inner: DescriptorNode, type: string): DescriptorNode {
  if (type === "legacy") return { type: "sh", inner };
  const segwit: DescriptorNode = { type: "wsh", inner };
  return type === "bech32" ? segwit : { type: "sh", inner: segwit };
}

function scriptOf(node: DescriptorNode): Uint8Array {
  const [first] = expandDescriptor({ node, variant: 0 }, 0);
  return (first as ExpandedScript).script;
}
