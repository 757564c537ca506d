import { concatBytes } from "../bytes/compare.ts";
import { decodeBase58, decodeBase58Check, encodeBase58Check } from "./base58.ts";
import { type Bech32, bytesToFives, decodeBech32, encodeBech32, fivesToBytes } from "./bech32.ts";
import { locateBech32Errors } from "./bech32-errors.ts";
import type { Network } from "./network.ts";

/** The output script an address stands for, or why it stands for none. */
export type AddressVerdict =
  | { readonly script: Uint8Array }
  | {
      /** Core's words. */
      readonly error: string;
      /** Positions of characters that are probably wrong. */
      readonly locations: readonly number[];
    };

const OP_DUP_HASH160_20 = Uint8Array.of(0x76, 0xa9, 20);
const OP_EQUALVERIFY_CHECKSIG = Uint8Array.of(0x88, 0xac);
const OP_HASH160_20 = Uint8Array.of(0xa9, 20);
const OP_EQUAL = Uint8Array.of(0x87);
/** OP_1 stands for 1, up to OP_16. */
const OP_1_LESS_1 = 0x50;

const HASH_SIZE = 20;
const MAX_VERSION = 16;
const MIN_PROGRAM = 2;
const MAX_PROGRAM = 40;

/** The output script that pays `text`, null when it is no address of `network`. */
export function parseAddress(text: string, network: Network): Uint8Array | null {
  const verdict = checkAddress(text, network);
  return "script" in verdict ? verdict.script : null;
}

/** As `parseAddress`, with what is wrong. Core: DecodeDestination. */
export function checkAddress(text: string, network: Network): AddressVerdict {
  const prefix = network.bech32Prefix;
  if (text.slice(0, prefix.length).toLowerCase() !== prefix) return checkBase58(text, network);
  const decoded = decodeBech32(text);
  return decoded === null ? locateBech32Errors(text) : checkSegwit(decoded, network);
}

function checkBase58(text: string, network: Network): AddressVerdict {
  const bytes = decodeBase58Check(text, 1 + HASH_SIZE);
  if (bytes === null)
    return refused(
      decodeBase58(text, 100) === null
        ? "Invalid or unsupported Segwit (Bech32) or Base58 encoding."
        : "Invalid checksum or length of Base58 address (P2PKH or P2SH)",
    );
  const isKeyHash = bytes[0] === network.pubKeyHashPrefix;
  if (!isKeyHash && bytes[0] !== network.scriptHashPrefix)
    return refused("Invalid or unsupported Base58-encoded address.");
  if (bytes.length !== 1 + HASH_SIZE)
    return refused("Invalid length for Base58 address (P2PKH or P2SH)");
  const hash = bytes.subarray(1);
  const script = isKeyHash
    ? concatBytes(OP_DUP_HASH160_20, hash, OP_EQUALVERIFY_CHECKSIG)
    : concatBytes(OP_HASH160_20, hash, OP_EQUAL);
  return { script };
}

/** BIP173 and BIP350. */
function checkSegwit(decoded: Bech32, network: Network): AddressVerdict {
  const [version, ...rest] = decoded.values;
  if (version === undefined) return refused("Empty Bech32 data section");
  if (decoded.prefix !== network.bech32Prefix)
    return refused(
      "Invalid or unsupported prefix for Segwit (Bech32) address " +
        `(expected ${network.bech32Prefix}, got ${decoded.prefix}).`,
    );
  if (version === 0 && decoded.encoding !== "bech32")
    return refused("Version 0 witness address must use Bech32 checksum");
  if (version !== 0 && decoded.encoding !== "bech32m")
    return refused("Version 1+ witness address must use Bech32m checksum");
  const program = fivesToBytes(rest);
  if (program === null) return refused("Invalid padding in Bech32 data section");
  return checkProgram(version, program);
}

function checkProgram(version: number, program: Uint8Array): AddressVerdict {
  const { length } = program;
  const size = `${length} ${length === 1 ? "byte" : "bytes"}`;
  if (version === 0 && length !== 20 && length !== 32)
    return refused(`Invalid Bech32 v0 address program size (${size}), per BIP141`);
  if (version > MAX_VERSION) return refused("Invalid Bech32 address witness version");
  if (length < MIN_PROGRAM || length > MAX_PROGRAM)
    return refused(`Invalid Bech32 address program size (${size})`);
  const opcode = version === 0 ? 0 : OP_1_LESS_1 + version;
  return { script: concatBytes(Uint8Array.of(opcode, length), program) };
}

function refused(error: string): AddressVerdict {
  return { error, locations: [] };
}

/** The address of an output script, null for a script that has none. Core: EncodeDestination. */
export function formatAddress(script: Uint8Array, network: Network): string | null {
  if (script.length === 25 && surrounded(script, OP_DUP_HASH160_20, OP_EQUALVERIFY_CHECKSIG))
    return base58Address(network.pubKeyHashPrefix, script.subarray(3, 23));
  if (script.length === 23 && surrounded(script, OP_HASH160_20, OP_EQUAL))
    return base58Address(network.scriptHashPrefix, script.subarray(2, 22));
  return segwitAddress(script, network);
}

function base58Address(prefix: number, hash: Uint8Array): string {
  return encodeBase58Check(concatBytes(Uint8Array.of(prefix), hash));
}

function segwitAddress(script: Uint8Array, network: Network): string | null {
  const [opcode, length] = script;
  if (opcode === undefined || length === undefined || length !== script.length - 2) return null;
  if (length < MIN_PROGRAM || length > MAX_PROGRAM) return null;
  const version = opcode === 0 ? 0 : opcode - OP_1_LESS_1;
  if (version < 0 || version > MAX_VERSION || (opcode !== 0 && version === 0)) return null;
  if (version === 0 && length !== 20 && length !== 32) return null;
  const encoding = version === 0 ? "bech32" : "bech32m";
  return encodeBech32(encoding, network.bech32Prefix, [
    version,
    ...bytesToFives(script.subarray(2)),
  ]);
}

function surrounded(script: Uint8Array, start: Uint8Array, end: Uint8Array): boolean {
  const endAt = script.length - end.length;
  return (
    start.every((byte, i) => script[i] === byte) &&
    end.every((byte, i) => script[endAt + i] === byte)
  );
}
