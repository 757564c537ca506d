import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import type { Output } from "@compeer/protocol/bitcoin/transaction";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { ExtendedKey } from "@compeer/protocol/crypto/hd-key";
import { expandScripts } from "@compeer/protocol/wallet/expand-descriptor";
import { type Descriptor, parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import type { Psbt } from "@compeer/protocol/wallet/psbt";
import { parsePsbt } from "@compeer/protocol/wallet/psbt-decode";
import { formatPsbt } from "@compeer/protocol/wallet/psbt-encode";
import { signPsbt } from "@compeer/protocol/wallet/psbt-sign";
import { type SigningScript, signingScripts } from "@compeer/protocol/wallet/signing-script";
import { splitDescriptor } from "../../descriptor-text.ts";
import { standardDescriptor } from "../../master-key.ts";
import { OUTPUT_TYPES } from "../../output-type.ts";

const SIGNER_PATH: string = fileURLToPath(import.meta.url);
const NETWORK: Network = networkByName("regtest");
/** Scripts of each descriptor that the device looks through. */
const LOOKED_AT = 10;
const FLOOD_BYTES = 20 << 20;
/** A device that answers late is waited for by nobody. */
const LATE_MS = 60_000;

/** How the device behaves: as it should, or in one way that it should not. */
export type SignerMood =
  | "honest"
  | "none"
  | "two"
  | "other"
  | "broken"
  | "garbage"
  | "flood"
  | "late"
  | "refusing"
  | "lying"
  | "thieving";

/** What -signer is set to. */
export function signerCommandOf(mood: SignerMood): string {
  return `"${process.execPath}" "${SIGNER_PATH}" ${mood}`;
}

/** Keys of a device; `other` is another device. */
function masterKey(mood: string): ExtendedKey {
  const { extendedPublicPrefix, extendedSecretPrefix } = NETWORK;
  const versions = { public: extendedPublicPrefix, private: extendedSecretPrefix };
  return ExtendedKey.fromSeed(new Uint8Array(32).fill(mood === "other" ? 2 : 1), versions);
}

function fingerprint(mood: string): string {
  return masterKey(mood).fingerprint.toString(16).padStart(8, "0");
}

function enumerate(mood: string): unknown {
  if (mood === "none") return [];
  const found = { type: "test", model: "test_one", fingerprint: fingerprint(mood) };
  return mood === "two" ? [found, { ...found, fingerprint: fingerprint("other") }] : [found];
}

function descriptors(mood: string, internal: boolean): readonly string[] {
  const key = masterKey(mood).formatPrivate();
  return OUTPUT_TYPES.map((type) => standardDescriptor(key, type, internal, NETWORK));
}

function publicDescriptors(mood: string, internal: boolean): readonly string[] {
  return descriptors(mood, internal).map((text) => splitDescriptor(text, NETWORK)[0]?.text ?? "");
}

function displayAddress(mood: string, text: string): unknown {
  const [descriptor] = parseDescriptor(text, NETWORK) as [Descriptor];
  const [script] = expandScripts(descriptor, mood === "lying" ? 1 : 0) as [Uint8Array];
  if (mood !== "lying") return { address: formatAddress(script, NETWORK) };
  return { address: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080" };
}

function sign(mood: string, psbt: Psbt): unknown {
  if (mood === "refusing") return { error: "its owner said no" };
  const known = new Map<string, SigningScript>();
  for (const text of [...descriptors(mood, false), ...descriptors(mood, true)]) {
    const [descriptor] = parseDescriptor(text, NETWORK) as [Descriptor];
    for (let index = 0; index < LOOKED_AT; index++)
      for (const each of signingScripts(descriptor, index)) known.set(encodeHex(each.script), each);
  }
  const provider = { find: (script: Uint8Array) => known.get(encodeHex(script)) ?? null };
  const asked = mood === "thieving" ? stolen(psbt) : psbt;
  const options = { sign: true, bip32derivs: true, finalize: false };
  return { psbt: formatPsbt(signPsbt(asked, provider, options).psbt) };
}

/** The same, but all outputs pay to somebody else. */
function stolen(psbt: Psbt): Psbt {
  const outputs = psbt.tx.outputs.map(({ value }): Output => {
    const script = Uint8Array.of(0, 20, ...new Uint8Array(20).fill(7));
    return { value, script };
  });
  return { ...psbt, tx: { ...psbt.tx, outputs } };
}

function answer(mood: string, words: readonly string[]): unknown {
  if (words.includes("enumerate")) return enumerate(mood);
  const after = (name: string): string => words[words.indexOf(name) + 1] ?? "";
  if (after("--chain") !== "regtest") return { error: "another network" };
  if (after("--fingerprint") !== fingerprint(mood)) return { error: "another fingerprint" };
  if (words.includes("getdescriptors"))
    return { receive: publicDescriptors(mood, false), internal: publicDescriptors(mood, true) };
  if (words.includes("displayaddress")) return displayAddress(mood, after("--desc"));
  return sign(mood, parsePsbt(after("signtx")));
}

function main(mood: string, given: readonly string[]): void {
  if (mood === "broken") {
    process.stderr.write("the device is gone\n");
    process.exitCode = 3;
  } else if (mood === "garbage") process.stdout.write("I am no JSON\n");
  else if (mood === "flood") process.stdout.write("7".repeat(FLOOD_BYTES));
  else if (mood === "late") setTimeout(() => undefined, LATE_MS);
  else {
    const input = given.includes("--stdin") ? readFileSync(0, "utf8").trim().split(" ") : [];
    process.stdout.write(`${JSON.stringify(answer(mood, [...given, ...input]))}\n`);
  }
}

if (process.argv[1] === SIGNER_PATH) main(process.argv[2] ?? "", process.argv.slice(3));
