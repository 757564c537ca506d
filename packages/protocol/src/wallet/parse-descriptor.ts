import { parseAddress } from "../bitcoin/address.ts";
import type { Network } from "../bitcoin/network.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { decodeHex, encodeHex, isHex } from "../bytes/hex.ts";
import { checkMiniscript } from "./check-miniscript.ts";
import { deriveKey } from "./derive-key.ts";
import { descriptorChecksum } from "./descriptor-checksum.ts";
import type { DescriptorNode, TapTree } from "./descriptor-node.ts";
import { formatKeyExpression } from "./format-key.ts";
import { formatMiniscript } from "./format-miniscript.ts";
import { type KeyExpression, keySize } from "./key-expression.ts";
import type { Miniscript } from "./miniscript-node.ts";
import { countVariants } from "./multipath.ts";
import { type KeyContext, parseKeyExpression } from "./parse-key.ts";
import { parseMiniscript } from "./parse-miniscript.ts";
import { splitArguments } from "./split-arguments.ts";

/** BIP341: depth of a control block. */
const MAX_TREE_DEPTH = 128;
const MAX_MULTISIG_KEYS = 20;
const MAX_TAPSCRIPT_KEYS = 999;
const MAX_BARE_KEYS = 3;
const MAX_PUSH = 520;

/** An output descriptor; multipath ones come as several, told apart by `variant` (BIP389). */
export interface Descriptor {
  readonly node: DescriptorNode;
  readonly variant: number;
}

/**
 * The descriptors that `text` means: one, or one for each choice of a multipath step.
 *
 * @param requireChecksum whether "#" and eight characters must follow
 * @throws DecodeError in Core's words
 */
export function parseDescriptor(
  text: string,
  network: Network,
  requireChecksum = false,
): readonly Descriptor[] {
  const payload = checkedPayload(text, requireChecksum);
  const node = new Parser(network).script(payload, "top");
  const variants = countVariants(node);
  return Array.from({ length: variants }, (_, variant) => ({ node, variant }));
}

/** The text without its checksum, which must be right when it is there. */
function checkedPayload(text: string, requireChecksum: boolean): string {
  const [payload = "", checksum, ...more] = text.split("#");
  if (more.length > 0) throw new DecodeError("Multiple '#' symbols");
  if (checksum === undefined && requireChecksum) throw new DecodeError("Missing checksum");
  if (checksum !== undefined && checksum.length !== 8)
    throw new DecodeError(`Expected 8 character checksum, not ${checksum.length} characters`);
  const computed = descriptorChecksum(payload);
  if (computed === null) throw new DecodeError("Invalid characters in payload");
  if (checksum !== undefined && checksum !== computed)
    throw new DecodeError(
      `Provided checksum '${checksum}' does not match computed checksum '${computed}'`,
    );
  return payload;
}

class Parser {
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
  }

  script(text: string, context: KeyContext): DescriptorNode {
    const { name, body } = splitFunction(text);
    switch (name) {
      case "pk":
        return { type: name, key: this.#key("pk()", body, context) };
      case "pkh":
        // In a tapscript it is miniscript.
        if (context === "tr") return this.#miniscript(text, context);
        return { type: name, key: this.#key(`${name}()`, body, context) };
      case "combo":
        require(context === "top", "Can only have combo() at top level");
        return { type: name, key: this.#key("combo()", body, context) };
      case "wpkh":
        require(context === "top" ||
          context === "sh", "Can only have wpkh() at top level or inside sh()");
        return { type: name, key: this.#key("wpkh()", body, "wpkh") };
      case "multi":
      case "sortedmulti":
        require(context === "top" ||
          context === "sh" ||
          context === "wsh", "Can only have multi/sortedmulti at top level, in sh(), or in wsh()");
        return this.#multi(name, body, context);
      case "multi_a":
      case "sortedmulti_a":
        require(context === "tr", "Can only have multi_a/sortedmulti_a inside tr()");
        return this.#multi(name, body, context);
      case "sh":
        require(context === "top", "Can only have sh() at top level");
        return { type: name, inner: this.script(body, "sh") };
      case "wsh":
        require(context === "top" ||
          context === "sh", "Can only have wsh() at top level or inside sh()");
        return { type: name, inner: this.script(body, "wsh") };
      case "tr":
        require(context === "top", "Can only have tr at top level");
        return this.#taproot(body);
      case "rawtr":
        require(context === "top", "Can only have rawtr at top level");
        require(splitArguments(body).length === 1, "rawtr(): only one key expected.");
        return { type: name, key: this.#key("rawtr()", body, "tr") };
      case "addr":
        require(context === "top", "Can only have addr() at top level");
        return this.#address(body);
      case "raw":
        require(context === "top", "Can only have raw() at top level");
        require(body === "" || isHex(body), "Raw script is not hex");
        return { type: name, script: decodeHex(body) };
      default:
        return this.#miniscript(text, context);
    }
  }

  #miniscript(text: string, context: KeyContext): DescriptorNode {
    const isWsh = context === "wsh";
    const root = parseMiniscript(text, isWsh ? "wsh" : "tapscript", (key) =>
      parseKeyExpression(key, isWsh ? "wsh" : "tr", this.#network),
    );
    if (root !== null) {
      require(isWsh || context === "tr", "Miniscript expressions can only be used in wsh or tr.");
      refuseInsane(root);
      return { type: "miniscript", root };
    }
    require(context !== "sh", "A function is needed within P2SH");
    require(!isWsh, "A function is needed within P2WSH");
    throw new DecodeError(`'${text}' is not a valid descriptor function`);
  }

  #key(name: string, text: string, context: KeyContext): KeyExpression {
    try {
      return parseKeyExpression(text, context, this.#network);
    } catch (error) {
      if (error instanceof DecodeError) throw new DecodeError(`${name}: ${error.message}`);
      throw error;
    }
  }

  #address(text: string): DescriptorNode {
    const script = parseAddress(text, this.#network);
    if (script === null) throw new DecodeError("Address is not valid");
    return { type: "addr", address: text, script };
  }

  #multi(
    type: "multi" | "sortedmulti" | "multi_a" | "sortedmulti_a",
    body: string,
    context: KeyContext,
  ): DescriptorNode {
    const [thresholdText = "", ...keyTexts] = splitArguments(body);
    if (!/^[0-9]{1,9}$/.test(thresholdText))
      throw new DecodeError(`Multi threshold '${thresholdText}' is not valid`);
    const threshold = Number(thresholdText);
    // Before the keys are read: each takes a point on the curve.
    checkMulti(keyTexts.length, threshold, context);
    const keys = keyTexts.map((text) => this.#key("Multi", text, context));
    if (context === "sh") checkRedeemSize(keys);
    return { type, threshold, keys };
  }

  #taproot(body: string): DescriptorNode {
    const comma = topLevelComma(body);
    const key = this.#key("tr()", comma < 0 ? body : body.slice(0, comma), "tr");
    return { type: "tr", key, tree: comma < 0 ? null : this.#tree(body.slice(comma + 1), 0) };
  }

  #tree(text: string, depth: number): TapTree {
    if (!text.startsWith("{")) return this.script(text, "tr");
    require(depth < MAX_TREE_DEPTH, `tr() supports at most ${MAX_TREE_DEPTH} nesting levels`);
    require(text.endsWith("}"), "tr(): expected '}' after script expression");
    const inner = text.slice(1, -1);
    const comma = topLevelComma(inner);
    require(comma >= 0, "tr(): expected ',' after script expression");
    return [
      this.#tree(inner.slice(0, comma), depth + 1),
      this.#tree(inner.slice(comma + 1), depth + 1),
    ];
  }
}

function require(condition: boolean, message: string): void {
  if (!condition) throw new DecodeError(message);
}

function refuseInsane(root: Miniscript<KeyExpression>): void {
  const fault = checkMiniscript(root, keyName);
  if (fault === null) return;
  const text = formatMiniscript(fault.node, (key) => formatKeyExpression(key, 0));
  throw new DecodeError(`${text} ${fault.reason}`);
}

/** The same for all expressions that mean the same key. */
function keyName(key: KeyExpression): string {
  try {
    return encodeHex(deriveKey(key, 0, 0).publicKey);
  } catch (error) {
    if (error instanceof RangeError) return formatKeyExpression(key, 0); // hardened, without secret
    throw error;
  }
}

/** `name(body)` in two; the name is empty when the text has no such form. */
function splitFunction(text: string): { name: string; body: string } {
  const open = text.indexOf("(");
  if (open < 0 || !text.endsWith(")")) return { name: "", body: "" };
  return { name: text.slice(0, open), body: text.slice(open + 1, -1) };
}

/** Position of the first comma outside of brackets, or -1. */
function topLevelComma(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    if ("({[".includes(character)) depth++;
    else if (")}]".includes(character)) depth--;
    else if (character === "," && depth === 0) return i;
  }
  return -1;
}

function checkMulti(count: number, threshold: number, context: KeyContext): void {
  const most = context === "tr" ? MAX_TAPSCRIPT_KEYS : MAX_MULTISIG_KEYS;
  const name = context === "tr" ? "multi_a" : "multisig";
  require(count >= 1 &&
    count <=
      most, `Cannot have ${count} keys in ${name}; must have between 1 and ${most} keys, inclusive`);
  require(threshold >= 1, `Multisig threshold cannot be ${threshold}, must be at least 1`);
  require(threshold <=
    count, `Multisig threshold cannot be larger than the number of keys; threshold is ${threshold} but only ${count} keys specified`);
  require(context !== "top" ||
    count <=
      MAX_BARE_KEYS, `Cannot have ${count} pubkeys in bare multisig; only at most 3 pubkeys`);
}

/** BIP16: a redeem script must fit into one push. */
function checkRedeemSize(keys: readonly KeyExpression[]): void {
  let size = 3;
  for (const key of keys) size += 1 + keySize(key);
  require(size <=
    MAX_PUSH, `P2SH script is too large, ${size} bytes is larger than ${MAX_PUSH} bytes`);
}
