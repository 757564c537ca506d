import { compareBytes, equalBytes } from "../bytes/compare.ts";
import { hash160 } from "../crypto/hash160.ts";
import { TAPSCRIPT_LEAF, tapLeafHash, witnessSize } from "../script/taproot-spend.ts";
import type { PsbtInput, PsbtTapLeafScript } from "./psbt.ts";
import type { KnownKeys } from "./psbt-known-keys.ts";
import {
  joinEntries,
  TAP_DERIVATIONS,
  TAP_LEAF_SCRIPTS,
  TAP_SCRIPT_SIGNATURES,
} from "./psbt-order.ts";
import { preimageOf } from "./psbt-preimage.ts";
import type { SignatureMaker } from "./psbt-signer.ts";
import { satisfyScript } from "./satisfy-script.ts";

interface SolvedTaproot {
  readonly input: PsbtInput;
  /** Null when neither the key nor a script can be satisfied. */
  readonly witness: readonly Uint8Array[] | null;
}

/** Where the output key begins in an output script. */
const OUTPUT_KEY_AT = 2;

/** Signs with the key, else with every script that it can. Core: SignTaproot. */
export function solveTaproot(
  scriptPubKey: Uint8Array,
  input: PsbtInput,
  known: KnownKeys,
  maker: SignatureMaker,
): SolvedTaproot {
  return new TaprootSolver(input, known, maker).solve(scriptPubKey.subarray(OUTPUT_KEY_AT));
}

class TaprootSolver {
  #input: PsbtInput;
  readonly #known: KnownKeys;
  readonly #maker: SignatureMaker;

  constructor(input: PsbtInput, known: KnownKeys, maker: SignatureMaker) {
    this.#input = input;
    this.#known = known;
    this.#maker = maker;
  }

  solve(outputKey: Uint8Array): SolvedTaproot {
    this.#learn();
    const signature = this.#signByKey(outputKey);
    if (signature !== null) this.#input = { ...this.#input, tapKeySignature: signature };
    const witness = signature === null ? this.#smallestByScript() : [signature];
    return { input: this.#input, witness };
  }

  /** Takes over what is known of keys and scripts. */
  #learn(): void {
    const taproot = this.#known.script?.taproot;
    if (!taproot) return;
    const leaves = taproot.leaves.map(({ controlBlock, script, version }) => ({
      controlBlock,
      script,
      version,
    }));
    this.#input = {
      ...this.#input,
      tapInternalKey: taproot.internalKey,
      tapMerkleRoot: taproot.merkleRoot ?? this.#input.tapMerkleRoot,
      tapLeafScripts: joinEntries(TAP_LEAF_SCRIPTS, this.#input.tapLeafScripts, leaves),
    };
  }

  #signByKey(outputKey: Uint8Array): Uint8Array | null {
    const { tapInternalKey, tapMerkleRoot, tapKeySignature } = this.#input;
    if (tapInternalKey !== null) this.#tell(tapInternalKey, null);
    this.#tell(outputKey, null);
    if (tapKeySignature !== null) return tapKeySignature;
    const secret = tapInternalKey && this.#known.secretOf(tapInternalKey);
    return (
      this.#maker.keyPath(secret, tapMerkleRoot) ??
      this.#maker.schnorr(this.#known.secretOf(outputKey), null)
    );
  }

  #smallestByScript(): readonly Uint8Array[] | null {
    let best: readonly Uint8Array[] | null = null;
    let last: PsbtTapLeafScript | null = null;
    for (const leaf of this.#input.tapLeafScripts) {
      // In order: of the same script the smallest control block comes first.
      const isSame = last?.version === leaf.version && equalBytes(last.script, leaf.script);
      last = leaf;
      const stack = isSame ? null : this.#satisfy(leaf);
      if (stack === null) continue;
      const witness: readonly Uint8Array[] = [...stack, leaf.script, leaf.controlBlock];
      if (best === null || witnessSize(witness) < witnessSize(best)) best = witness;
    }
    return best;
  }

  #satisfy({ script, version }: PsbtTapLeafScript): readonly Uint8Array[] | null {
    if (version !== TAPSCRIPT_LEAF) return null;
    const leafHash = tapLeafHash(version, script);
    return satisfyScript(script, "tapscript", {
      ecdsa: () => null,
      schnorr: (key) => this.#schnorr(key, leafHash),
      keyOfHash: (hash) => this.#keyOfHash(hash),
      preimage: (kind, hash) => preimageOf(this.#input, kind, hash),
      isAfter: (lockTime) => this.#maker.isAfter(lockTime),
      isOlder: (sequence) => this.#maker.isOlder(sequence),
    });
  }

  #schnorr(publicKey: Uint8Array, leafHash: Uint8Array): Uint8Array | null {
    this.#tell(publicKey, leafHash);
    const found = this.#input.tapScriptSignatures.find(
      (entry) => equalBytes(entry.publicKey, publicKey) && equalBytes(entry.leafHash, leafHash),
    );
    if (found !== undefined) return found.signature;
    const signature = this.#maker.schnorr(this.#known.secretOf(publicKey), leafHash);
    if (signature === null) return null;
    const added = [{ publicKey, leafHash, signature }];
    const all = joinEntries(TAP_SCRIPT_SIGNATURES, this.#input.tapScriptSignatures, added);
    this.#input = { ...this.#input, tapScriptSignatures: all };
    return signature;
  }

  #keyOfHash(keyHash: Uint8Array): Uint8Array | null {
    for (const { publicKey } of this.#input.tapDerivations)
      if (equalBytes(hash160(publicKey), keyHash)) return publicKey;
    return this.#known.keyOfHash(keyHash);
  }

  /** Writes down a key's origin, and the leaf that it was met in. */
  #tell(publicKey: Uint8Array, leafHash: Uint8Array | null): void {
    const origin = this.#known.originOf(publicKey);
    if (origin === null) return;
    const { tapDerivations } = this.#input;
    const present = tapDerivations.find((entry) => equalBytes(entry.publicKey, publicKey));
    const hashes = present?.leafHashes ?? [];
    const isNew = leafHash !== null && !hashes.some((hash) => equalBytes(hash, leafHash));
    if (present !== undefined && !isNew) return;
    const leafHashes = isNew ? [...hashes, leafHash].sort(compareBytes) : hashes;
    const told = { publicKey, leafHashes, origin: present?.origin ?? origin };
    const all = joinEntries(TAP_DERIVATIONS, [told], tapDerivations);
    this.#input = { ...this.#input, tapDerivations: all };
  }
}
