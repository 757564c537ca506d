import type { Network } from "@compeer/protocol/bitcoin/network";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { hash160 } from "@compeer/protocol/crypto/hash160";
import { sha256 } from "@compeer/protocol/crypto/sha256";
import { solveScript } from "@compeer/protocol/script/solver";
import type { Descriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { maxInputWeight, signingScripts } from "@compeer/protocol/wallet/signing-script";

/** Keys and scripts of others' coins, to tell how large their inputs will be. Core: m_external_provider. */
export class SolvingData {
  readonly #keys = new Map<string, Uint8Array>();
  readonly #scripts = new Map<string, Uint8Array>();

  addKey(publicKey: Uint8Array): void {
    this.#keys.set(encodeHex(hash160(publicKey)), publicKey);
    this.addScript(Uint8Array.of(0, 20, ...hash160(publicKey)));
  }

  addScript(script: Uint8Array): void {
    this.#scripts.set(encodeHex(hash160(script)), script);
    this.#scripts.set(encodeHex(sha256(script)), script);
  }

  /** Takes the keys and scripts of a descriptor, at index 0 where it is ranged. */
  addDescriptor(descriptor: Descriptor): void {
    for (const { redeemScript, witnessScript, keys } of signingScripts(descriptor, 0)) {
      for (const { publicKey } of keys) if (publicKey.length > 32) this.addKey(publicKey);
      if (redeemScript !== null) this.addScript(redeemScript);
      if (witnessScript !== null) this.addScript(witnessScript);
    }
  }

  /** Weight of an input that spends `script`, null when too little is known of it. */
  inputWeight(script: Uint8Array, network: Network, segwit: boolean): number | null {
    const text = this.#infer(script, "top");
    if (text === null) return null;
    try {
      const [descriptor] = parseDescriptor(text, network);
      return descriptor === undefined ? null : maxInputWeight(descriptor, { highR: true, segwit });
    } catch (error) {
      if (error instanceof DecodeError) return null;
      throw error;
    }
  }

  /** True when `script` is P2SH and what it hides is a witness program. */
  hidesWitness(script: Uint8Array): boolean {
    return this.#infer(script, "top")?.startsWith("sh(w") ?? false;
  }

  /** Core: InferDescriptor. */
  #infer(script: Uint8Array, context: "top" | "sh" | "wsh"): string | null {
    const { type, solutions } = solveScript(script);
    const [first] = solutions;
    if (first === undefined) return null;
    const key = this.#keys.get(encodeHex(first));
    switch (type) {
      case "pubkey":
        return `pk(${encodeHex(first)})`;
      case "pubkeyhash":
        return key === undefined ? null : `pkh(${encodeHex(key)})`;
      case "witness_v0_keyhash":
        return key === undefined ? null : `wpkh(${encodeHex(key)})`;
      case "witness_v1_taproot":
        return context === "top" ? `rawtr(${encodeHex(first)})` : null;
      case "multisig":
        return `multi(${[first[0], ...solutions.slice(1, -1).map(encodeHex)].join(",")})`;
      case "scripthash":
        return context === "top" ? this.#wrapped(first, "sh") : null;
      case "witness_v0_scripthash":
        return context === "wsh" ? null : this.#wrapped(first, "wsh");
      default:
        return null;
    }
  }

  #wrapped(hash: Uint8Array, context: "sh" | "wsh"): string | null {
    const inner = this.#scripts.get(encodeHex(hash));
    const text = inner && this.#infer(inner, context);
    return text ? `${context}(${text})` : null;
  }
}
