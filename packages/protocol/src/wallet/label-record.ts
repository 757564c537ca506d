/** What a label can stand at (BIP329). */
export const LABEL_TYPES = ["tx", "addr", "pubkey", "input", "output", "xpub", "spscan"] as const;

type LabelType = (typeof LABEL_TYPES)[number];

/** One label, as wallets hand them to each other (BIP329). */
export interface LabelRecord {
  readonly type: LabelType;
  /** txid, address, key, or txid:index. */
  readonly ref: string;
  readonly label?: string;
  /** The wallet it comes from: a descriptor without keys. */
  readonly origin?: string;
  /** Only of outputs. */
  readonly spendable?: boolean;
}

/** A line that is no record, and why. */
interface LabelProblem {
  /** From one. */
  readonly line: number;
  readonly reason: string;
}

export interface ParsedLabels {
  readonly records: readonly LabelRecord[];
  readonly problems: readonly LabelProblem[];
}

/** BIP329 suggests it; longer labels are cut. */
const MAX_LABEL = 255;
/** A record is far shorter. */
const MAX_LINE = 10_000;

/** One record a line, with a line end behind each. */
export function formatLabelRecords(records: readonly LabelRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

/** Reads an export. A line that is wrong spoils no other; types of a later standard are left out. */
export function parseLabelRecords(text: string): ParsedLabels {
  const records: LabelRecord[] = [];
  const problems: LabelProblem[] = [];
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    const parsed = parseLine(line);
    if (typeof parsed === "string") problems.push({ line: i + 1, reason: parsed });
    else if (parsed !== null) records.push(parsed);
  });
  return { records, problems };
}

/** The record, what is wrong with it, or null for a type that is not known. */
function parseLine(line: string): LabelRecord | string | null {
  const value = line.length > MAX_LINE ? undefined : jsonObject(line);
  if (value === undefined) return "not a JSON object";
  const { type, ref, label, origin, spendable } = value;
  if (typeof type !== "string") return "no type";
  if (typeof ref !== "string" || ref === "") return "no ref";
  if (label !== undefined && typeof label !== "string") return "the label is no text";
  if (origin !== undefined && typeof origin !== "string") return "the origin is no text";
  if (spendable !== undefined && typeof spendable !== "boolean")
    return "spendable is neither true nor false";
  const known = LABEL_TYPES.find((each) => each === type);
  if (known === undefined) return null;
  return {
    type: known,
    ref,
    ...(label === undefined ? {} : { label: shortened(label) }),
    ...(origin === undefined ? {} : { origin }),
    ...(spendable === undefined || known !== "output" ? {} : { spendable }),
  };
}

interface LooseRecord {
  readonly type?: unknown;
  readonly ref?: unknown;
  readonly label?: unknown;
  readonly origin?: unknown;
  readonly spendable?: unknown;
}

function jsonObject(line: string): LooseRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined; // no JSON, or nested too deeply to read
  }
}

/** Whole characters only: half of a surrogate pair is none. */
function shortened(label: string): string {
  return label.length <= MAX_LABEL ? label : [...label].slice(0, MAX_LABEL).join("");
}
