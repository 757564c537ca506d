import { checkAddress, formatAddress } from "@compeer/protocol/bitcoin/address";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { solveScript } from "@compeer/protocol/script/solver";
import { witnessProgram } from "@compeer/protocol/script/templates";
import { isSolvable } from "@compeer/protocol/wallet/expand-descriptor";
import { formatKeyPath } from "@compeer/protocol/wallet/key-path";
import type { SigningKey, SigningScript } from "@compeer/protocol/wallet/signing-script";
import type { OwnedScript, Wallet } from "../../wallet/wallet.ts";

type Fields = { readonly [name: string]: JsonOut | undefined };

/**
 * What a wallet knows of an address.
 *
 * @throws RpcError -5 with what is wrong with the address
 */
export function addressInfo(wallet: Wallet, text: string): JsonOut {
  const verdict = checkAddress(text, wallet.network);
  if (!("script" in verdict))
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, verdict.error || "Invalid address");
  const { script } = verdict;
  const owned = wallet.find(script);
  const signing = owned === null ? null : wallet.signing(script);
  const address = formatAddress(script, wallet.network) as string;
  const label = wallet.labels.get(address);
  return {
    address,
    scriptPubKey: encodeHex(script),
    ismine: owned !== null,
    ...descriptorFields(owned, script, wallet),
    iswatchonly: false,
    ...describe(script, signing, wallet),
    ischange: owned !== null && label === undefined,
    ...(owned === null || signing === null ? {} : keyFields(owned, script, signing)),
    labels: label === undefined ? [] : [label],
  };
}

function descriptorFields(owned: OwnedScript | null, script: Uint8Array, wallet: Wallet): Fields {
  if (owned === null) return { solvable: false };
  const { descriptor, text } = owned.descriptor;
  const solvable = isSolvable(descriptor);
  const desc = solvable ? (wallet.describe(script) ?? undefined) : undefined;
  return { solvable, desc, parent_desc: text };
}

/** Kind of the script, and what is behind it as far as the wallet knows. Core: DescribeWalletAddress. */
function describe(script: Uint8Array, signing: SigningScript | null, wallet: Wallet): Fields {
  const program = witnessProgram(script);
  const { type } = solveScript(script);
  const witness: Fields =
    program === null
      ? {}
      : { witness_version: program.version, witness_program: encodeHex(program.program) };
  const base = {
    isscript: type === "witness_unknown" ? undefined : !isKeyHash(type),
    iswitness: program !== null,
    ...(type === "anchor" ? {} : witness),
  };
  if (signing === null) return base;
  const publicKey = signing.keys[0]?.publicKey;
  if (isKeyHash(type) && publicKey !== undefined)
    return {
      ...base,
      pubkey: encodeHex(publicKey),
      iscompressed: type === "pubkeyhash" ? publicKey.length === 33 : undefined,
    };
  const inner = type === "scripthash" ? signing.redeemScript : signing.witnessScript;
  return inner === null ? base : { ...base, ...subscriptFields(inner, signing, wallet) };
}

function isKeyHash(type: string): boolean {
  return type === "pubkeyhash" || type === "witness_v0_keyhash";
}

/** Core: ProcessSubScript. */
function subscriptFields(inner: Uint8Array, signing: SigningScript, wallet: Wallet): Fields {
  const { type, solutions } = solveScript(inner);
  const fields: Fields = { script: type, hex: encodeHex(inner) };
  const address = formatAddress(inner, wallet.network);
  if (address !== null && type !== "pubkey") {
    const embedded = describe(inner, { ...signing, redeemScript: null }, wallet);
    const { pubkey } = embedded;
    return {
      ...fields,
      pubkey,
      embedded: { ...embedded, address, scriptPubKey: encodeHex(inner) },
    };
  }
  if (type !== "multisig") return fields;
  return {
    ...fields,
    sigsrequired: solutions[0]?.[0],
    pubkeys: solutions.slice(1, -1).map(encodeHex),
  };
}

/** When and from where the one key of an address came. Core: GetMetadata. */
function keyFields(owned: OwnedScript, script: Uint8Array, signing: SigningScript): Fields {
  const key = singleKey(script, signing);
  if (key === null) return {};
  const { fingerprint, path } = key.origin;
  return {
    timestamp: owned.descriptor.timestamp,
    hdkeypath: `m${formatKeyPath(path)}`,
    hdseedid: "0".repeat(40),
    hdmasterfingerprint: fingerprint,
  };
}

/** The key of an address that stands for one key. Core: GetKeyForDestination. */
function singleKey(script: Uint8Array, signing: SigningScript): SigningKey | null {
  const [key = null] = signing.keys;
  const { type } = solveScript(script);
  if (isKeyHash(type)) return key;
  if (type === "scripthash")
    return signing.redeemScript !== null && isKeyHash(solveScript(signing.redeemScript).type)
      ? key
      : null;
  return signing.taproot !== null && signing.taproot.merkleRoot === null ? key : null;
}
