import { controlBlock, withoutAnnex } from "./control-block.ts";
import type { InputJson } from "./transaction-json.ts";

/** What an output script asks of who spends it, by the type that the peer gives it. */
const OUTPUT_WORDS: Readonly<Record<string, string>> = {
  pubkey: "Pays to a public key. Spending takes its signature.",
  pubkeyhash: "Pays to the hash of a public key (P2PKH). Spending takes the key and its signature.",
  scripthash:
    "Pays to the hash of a script (P2SH). Spending takes the script and what it asks for.",
  multisig: "Pays to some of several keys. Spending takes as many signatures as it says.",
  nulldata: "Carries data (OP_RETURN). Nobody can ever spend it.",
  anchor: "Anyone can spend it (P2A): a handle to raise the fee by.",
  witness_v0_keyhash:
    "Pays to the hash of a public key (P2WPKH). Spending takes the key and its signature.",
  witness_v0_scripthash:
    "Pays to the hash of a script (P2WSH). Spending takes the script and what it asks for.",
  witness_v1_taproot:
    "Pays to a taproot key (P2TR). Spending takes one signature, or a script that the key commits to.",
  witness_unknown: "Pays to a witness version of the future. Today anyone could spend it.",
  nonstandard: "A script of no usual form.",
};

/** What an output of that type is, in a sentence. */
export function outputWords(type: string): string {
  return OUTPUT_WORDS[type] ?? "A script of no usual form.";
}

/** One thing that an input shows to be allowed to spend, and what it is. */
export interface WitnessItem {
  readonly words: string;
  readonly hex: string;
  /** It is a script that can be read further. */
  readonly isScript: boolean;
}

/** What an input's witness holds, item by item. */
export function witnessItems(input: InputJson): readonly WitnessItem[] {
  const stack = input.txinwitness ?? [];
  if (input.coinbase !== undefined) {
    return stack.map((hex) => item("Reserved value, which the witness commitment covers", hex));
  }
  const type = input.prevout?.scriptPubKey.type;
  if (type === "witness_v1_taproot") return taprootItems(stack);
  if (type === "witness_v0_keyhash" || isKeyAndSignature(stack)) return stack.map(keyHashItem);
  return stack.map((hex, index) =>
    index === stack.length - 1
      ? item(`The script whose hash the coin names, ${size(hex)}`, hex, true)
      : argument(hex),
  );
}

function taprootItems(stack: readonly string[]): readonly WitnessItem[] {
  const items = withoutAnnex(stack);
  const annex = stack.slice(items.length).map((hex) => item("Annex, without meaning yet", hex));
  if (items.length === 1) {
    return [
      item(schnorrWords("by the key itself", items[0] as string), items[0] as string),
      ...annex,
    ];
  }
  const control = items.at(-1);
  const script = items.at(-2);
  if (control === undefined || script === undefined) return annex;
  return [
    ...items.slice(0, -2).map(argument),
    item(`The script that is used, ${size(script)}`, script, true),
    item(controlWords(control), control),
    ...annex,
  ];
}

function controlWords(control: string): string {
  const { siblings = [], leafVersion = 0 } = controlBlock(control) ?? {};
  const depth = siblings.length;
  const place = depth === 0 ? "the only script" : `a script ${depth} deep in the tree`;
  return `Proof that the key commits to this script: ${place}, leaf version 0x${leafVersion.toString(16)}`;
}

function keyHashItem(hex: string): WitnessItem {
  return hex.length === 66 ? item("Public key", hex) : argument(hex);
}

function isKeyAndSignature(stack: readonly string[]): boolean {
  const [signature = "", key = ""] = stack;
  return stack.length === 2 && signature.startsWith("30") && /^0[23].{64}$/.test(key);
}

function argument(hex: string): WitnessItem {
  const length = hex.length / 2;
  if (length === 0) return item("Nothing: a false, or a signature that is not needed", hex);
  if (hex.startsWith("30") && length >= 9 && length <= 73) {
    return item(`Signature (ECDSA), ${hashTypeWords(Number.parseInt(hex.slice(-2), 16))}`, hex);
  }
  if (length === 64 || length === 65) return item(schnorrWords("", hex), hex);
  if (length === 33 && /^0[23]/.test(hex)) return item("Public key", hex);
  if (hex === "01") return item("A true", hex);
  if (length === 32) return item("32 bytes: a key, or what a hash was made of", hex);
  return item(size(hex), hex);
}

function schnorrWords(by: string, hex: string): string {
  const type = hex.length === 130 ? Number.parseInt(hex.slice(-2), 16) : 0;
  return `Signature (Schnorr)${by === "" ? "" : ` ${by}`}, ${hashTypeWords(type)}`;
}

/** What a signature covers, by the hash type at its end (BIP143, BIP341). */
export function hashTypeWords(type: number): string {
  const outputs: Readonly<Record<number, string>> = {
    0: "all outputs",
    1: "all outputs",
    2: "no output",
    3: "the output beside it",
  };
  const inputs = (type & 0x80) === 0 ? "all inputs" : "this input alone";
  return `covers ${inputs} and ${outputs[type & 0x1f] ?? "what nobody knows"}`;
}

function size(hex: string): string {
  const bytes = hex.length / 2;
  return bytes === 1 ? "1 byte" : `${bytes} bytes`;
}

function item(words: string, hex: string, isScript = false): WitnessItem {
  return { words, hex, isScript };
}

/** When a transaction may confirm, where its lock time forbids it for long; null when it does not. */
export function lockWords(locktime: number, sequences: readonly number[]): string | null {
  if (locktime === 0 || sequences.every((sequence) => sequence === 0xffffffff)) return null;
  if (locktime < 500_000_000) return `not before block ${locktime + 1}`;
  return `not before ${new Date(locktime * 1000).toISOString().replace("T", " ").slice(0, 16)} UTC`;
}
