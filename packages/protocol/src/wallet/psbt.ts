import type { Output, Transaction, TransactionBody } from "../bitcoin/transaction.ts";
import type { KeyPath } from "./key-path.ts";

/** Fingerprint of a master key and the path from it. */
export interface PsbtKeyOrigin {
  /** 8 hex digits. */
  readonly fingerprint: string;
  readonly path: KeyPath;
}

/** A field kept as it came: key with its type, and value. */
export interface PsbtRecord {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface PsbtXpub {
  /** 78 bytes as BIP32 serialises it. */
  readonly xpub: Uint8Array;
  readonly origin: PsbtKeyOrigin;
}

export interface PsbtPartialSignature {
  /** 33 or 65 bytes. */
  readonly publicKey: Uint8Array;
  /** DER with the hash type behind. */
  readonly signature: Uint8Array;
}

export interface PsbtDerivation {
  /** 33 or 65 bytes. */
  readonly publicKey: Uint8Array;
  readonly origin: PsbtKeyOrigin;
}

export type PreimageKind = "ripemd160" | "sha256" | "hash160" | "hash256";

export interface PsbtPreimage {
  readonly kind: PreimageKind;
  readonly hash: Uint8Array;
  readonly preimage: Uint8Array;
}

export interface PsbtTapScriptSignature {
  /** x only. */
  readonly publicKey: Uint8Array;
  readonly leafHash: Uint8Array;
  /** 64 bytes, or 65 with a hash type. */
  readonly signature: Uint8Array;
}

export interface PsbtTapLeafScript {
  readonly controlBlock: Uint8Array;
  readonly script: Uint8Array;
  readonly version: number;
}

export interface PsbtTapDerivation {
  /** x only. */
  readonly publicKey: Uint8Array;
  readonly leafHashes: readonly Uint8Array[];
  readonly origin: PsbtKeyOrigin;
}

/** A leaf of an output's script tree, in depth-first order. */
export interface PsbtTapLeaf {
  readonly depth: number;
  readonly version: number;
  readonly script: Uint8Array;
}

/** What a PSBT knows of an input (BIP174, 370, 371). Lists are in the order of their keys. */
export interface PsbtInput {
  /** The whole transaction whose output is spent. */
  readonly nonWitnessUtxo: Transaction | null;
  readonly witnessUtxo: Output | null;
  readonly partialSignatures: readonly PsbtPartialSignature[];
  readonly sighashType: number | null;
  readonly redeemScript: Uint8Array | null;
  readonly witnessScript: Uint8Array | null;
  readonly derivations: readonly PsbtDerivation[];
  readonly preimages: readonly PsbtPreimage[];
  readonly tapKeySignature: Uint8Array | null;
  readonly tapScriptSignatures: readonly PsbtTapScriptSignature[];
  readonly tapLeafScripts: readonly PsbtTapLeafScript[];
  readonly tapDerivations: readonly PsbtTapDerivation[];
  readonly tapInternalKey: Uint8Array | null;
  readonly tapMerkleRoot: Uint8Array | null;
  /** Fields of BIP373, kept as they are. */
  readonly musig: readonly PsbtRecord[];
  readonly finalScript: Uint8Array | null;
  readonly finalWitness: readonly Uint8Array[] | null;
  /** Version 2: least lock time that the input needs, in seconds since 1970. */
  readonly requiredTime: number | null;
  /** Version 2: least lock time that the input needs, as a height. */
  readonly requiredHeight: number | null;
  readonly proprietary: readonly PsbtRecord[];
  readonly unknown: readonly PsbtRecord[];
}

/** What a PSBT knows of an output. */
export interface PsbtOutput {
  readonly redeemScript: Uint8Array | null;
  readonly witnessScript: Uint8Array | null;
  readonly derivations: readonly PsbtDerivation[];
  readonly tapInternalKey: Uint8Array | null;
  readonly tapTree: readonly PsbtTapLeaf[];
  readonly tapDerivations: readonly PsbtTapDerivation[];
  readonly musig: readonly PsbtRecord[];
  readonly proprietary: readonly PsbtRecord[];
  readonly unknown: readonly PsbtRecord[];
}

/** A partially signed transaction. Operations on it return another one. */
export interface Psbt {
  readonly version: 0 | 2;
  /** The transaction without signatures; one input and output for each of those below. */
  readonly tx: TransactionBody;
  readonly inputs: readonly PsbtInput[];
  readonly outputs: readonly PsbtOutput[];
  readonly xpubs: readonly PsbtXpub[];
  /** Version 2: lock time when no input asks for one. */
  readonly fallbackLockTime: number | null;
  /** Version 2: bits of what may still be added (BIP370: PSBT_GLOBAL_TX_MODIFIABLE). */
  readonly modifiable: number | null;
  readonly proprietary: readonly PsbtRecord[];
  readonly unknown: readonly PsbtRecord[];
}

/** An input of which nothing is known. */
export const EMPTY_PSBT_INPUT: PsbtInput = {
  nonWitnessUtxo: null,
  witnessUtxo: null,
  partialSignatures: [],
  sighashType: null,
  redeemScript: null,
  witnessScript: null,
  derivations: [],
  preimages: [],
  tapKeySignature: null,
  tapScriptSignatures: [],
  tapLeafScripts: [],
  tapDerivations: [],
  tapInternalKey: null,
  tapMerkleRoot: null,
  musig: [],
  finalScript: null,
  finalWitness: null,
  requiredTime: null,
  requiredHeight: null,
  proprietary: [],
  unknown: [],
};

/** An output of which nothing is known. */
export const EMPTY_PSBT_OUTPUT: PsbtOutput = {
  redeemScript: null,
  witnessScript: null,
  derivations: [],
  tapInternalKey: null,
  tapTree: [],
  tapDerivations: [],
  musig: [],
  proprietary: [],
  unknown: [],
};

/** A PSBT of a transaction, whose scripts and witnesses are left out (BIP174: creator). */
export function createPsbt(tx: TransactionBody, version: 0 | 2 = 0): Psbt {
  const inputs = tx.inputs.map(({ prevout, sequence }) => ({
    prevout,
    sequence,
    script: new Uint8Array(0),
    witness: [],
  }));
  const { outputs, lockTime } = tx;
  return {
    version,
    tx: { version: tx.version, inputs, outputs, lockTime },
    inputs: inputs.map(() => EMPTY_PSBT_INPUT),
    outputs: outputs.map(() => EMPTY_PSBT_OUTPUT),
    xpubs: [],
    fallbackLockTime: version === 2 ? lockTime : null,
    modifiable: null,
    proprietary: [],
    unknown: [],
  };
}
