import { JsonNumber, JsonObject, type JsonOut, JsonText } from "./json.ts";

/**
 * JSON text as Core's univalue writes it: no space when `indent` is 0, otherwise one member a line.
 * Whole numbers are written plainly, others with 16 significant digits like a C++ stream.
 */
export function writeJson(value: JsonOut, indent = 0): string {
  return write(value, indent, 1);
}

function write(value: JsonOut, indent: number, level: number): string {
  if (value === null) return "null";
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value instanceof JsonNumber || value instanceof JsonText) return value.text;
  if (Array.isArray(value)) {
    const items = value.map((item: JsonOut) => write(item, indent, level + 1));
    return enclose("[", items, "]", indent, level);
  }
  const entries = value instanceof JsonObject ? value.entries : Object.entries(value);
  const colon = indent > 0 ? ": " : ":";
  const members: string[] = [];
  for (const [name, item] of entries)
    if (item !== undefined)
      members.push(quote(name) + colon + write(item as JsonOut, indent, level + 1));
  return enclose("{", members, "}", indent, level);
}

function enclose(
  open: string,
  items: readonly string[],
  close: string,
  indent: number,
  level: number,
): string {
  if (indent === 0) return `${open}${items.join(",")}${close}`;
  const pad = " ".repeat(indent * level);
  const body = items.map((item) => `${pad}${item}`).join(",\n");
  const end = " ".repeat(indent * (level - 1));
  return `${open}\n${body}${items.length > 0 ? "\n" : ""}${end}${close}`;
}

/** What does not stand in a JSON string as it is; lone surrogates among it. */
const SPECIAL = /[^ !#-[\]-~\u00a0-\ud7ff]/;

/** As JSON.stringify, save that univalue escapes DEL as well. */
function quote(text: string): string {
  if (!SPECIAL.test(text)) return `"${text}"`;
  return JSON.stringify(text).replaceAll("\x7f", "\\u007f");
}

/** A number as C++ streams print it with a precision of 16 digits; whole numbers in full. */
export function formatNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  if (!Number.isFinite(value)) throw new RangeError(`${value} has no place in JSON`);
  const [digits = "", power = "0"] = value.toExponential(15).split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) return trimZeros(value.toFixed(15 - exponent));
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `${trimZeros(digits)}e${exponent < 0 ? "-" : "+"}${size}`;
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
