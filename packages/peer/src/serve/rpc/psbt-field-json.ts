import type { Network } from "@compeer/protocol/bitcoin/network";
import { encodeTransaction, type TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { Reader } from "@compeer/protocol/bytes/reader";
import { JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import { scriptToAsm } from "@compeer/protocol/script/disassemble";
import { solveScript } from "@compeer/protocol/script/solver";
import { formatKeyPath } from "@compeer/protocol/wallet/key-path";
import type {
  PsbtDerivation,
  PsbtKeyOrigin,
  PsbtRecord,
  PsbtTapDerivation,
} from "@compeer/protocol/wallet/psbt";
import { transactionJson } from "./transaction-json.ts";

export type JsonFields = { [key: string]: JsonOut | undefined };

const COMPRESSED = 33;
const LEAF_HASH_AT = 1 + 2 * COMPRESSED;

/** What `make` tells of a list, or nothing of an empty one. */
export function unlessEmpty<T>(
  list: readonly T[],
  make: (list: readonly T[]) => JsonOut,
): JsonOut | undefined {
  return list.length === 0 ? undefined : make(list);
}

/** The transaction of a PSBT, which has no witness and may have no inputs. */
export function unsignedJson(tx: TransactionBody, network: Network): JsonFields {
  return transactionJson(parseTransaction(encodeTransaction(tx), false), network, {
    withHex: false,
  });
}

export function innerScriptJson(script: Uint8Array | null): JsonFields | undefined {
  if (script === null) return undefined;
  return { asm: scriptToAsm(script), hex: encodeHex(script), type: solveScript(script).type };
}

export function originJson({ fingerprint, path }: PsbtKeyOrigin): {
  master_fingerprint: string;
  path: string;
} {
  return { master_fingerprint: fingerprint, path: `m${formatKeyPath(path)}` };
}

export function derivationsJson(derivations: readonly PsbtDerivation[]): JsonOut | undefined {
  return unlessEmpty(derivations, (list) =>
    list.map(({ publicKey, origin }) => ({ pubkey: encodeHex(publicKey), ...originJson(origin) })),
  );
}

export function tapDerivationsJson(derivations: readonly PsbtTapDerivation[]): JsonOut | undefined {
  return unlessEmpty(derivations, (list) =>
    list.map(({ publicKey, leafHashes, origin }) => ({
      pubkey: encodeHex(publicKey),
      ...originJson(origin),
      leaf_hashes: leafHashes.map(encodeHex),
    })),
  );
}

/** Participants of MuSig2 keys (BIP373), of the records with this type. */
export function participantsJson(
  records: readonly PsbtRecord[],
  type: number,
): JsonOut | undefined {
  return unlessEmpty(
    records.filter(({ key }) => key[0] === type),
    (list) =>
      list.map(({ key, value }) => ({
        aggregate_pubkey: encodeHex(key.subarray(1)),
        participant_pubkeys: Array.from({ length: value.length / COMPRESSED }, (_, i) =>
          encodeHex(value.subarray(i * COMPRESSED, (i + 1) * COMPRESSED)),
        ),
      })),
  );
}

/** What MuSig2 participants gave (BIP373), of the records with this type, by aggregate key. */
export function contributionsJson(
  records: readonly PsbtRecord[],
  type: number,
  name: "pubnonce" | "partial_sig",
): JsonOut | undefined {
  return unlessEmpty(
    records.filter(({ key }) => key[0] === type),
    (list) =>
      list.map(({ key, value }) => ({
        participant_pubkey: encodeHex(key.subarray(1, 1 + COMPRESSED)),
        aggregate_pubkey: encodeHex(key.subarray(1 + COMPRESSED, LEAF_HASH_AT)),
        leaf_hash: key.length > LEAF_HASH_AT ? encodeHex(key.subarray(LEAF_HASH_AT)) : undefined,
        [name]: encodeHex(value),
      })),
  );
}

export function proprietaryJson(records: readonly PsbtRecord[]): JsonOut[] {
  return records.map(({ key, value }) => {
    const reader = new Reader(key, 1);
    const identifier = encodeHex(reader.varBytes());
    const subtype = reader.compactSizeUnbounded();
    return { identifier, subtype, key: encodeHex(key), value: encodeHex(value) };
  });
}

export function recordsJson(records: readonly PsbtRecord[]): JsonObject {
  return new JsonObject(records.map(({ key, value }) => [encodeHex(key), encodeHex(value)]));
}
