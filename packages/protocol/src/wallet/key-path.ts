import { DecodeError } from "../bytes/decode-error.ts";
import { HARDENED } from "../crypto/hd-key.ts";

/** Child numbers, first step first; hardened ones have HARDENED added. */
export type KeyPath = readonly number[];

/** One step such as `7`, `7h` or `7'`. @throws DecodeError */
function parseKeyPathStep(text: string): number {
  const hardened = text.endsWith("'") || text.endsWith("h");
  const digits = hardened ? text.slice(0, -1) : text;
  const value = Number(digits);
  if (!/^[0-9]{1,10}$/.test(digits) || value > 0xffffffff)
    throw new DecodeError(`Key path value '${digits}' is not a valid uint32`);
  if (value >= HARDENED) throw new DecodeError(`Key path value ${value} is out of range`);
  return hardened ? value + HARDENED : value;
}

/**
 * The paths that `steps` mean: one, or several where a step is a multipath specifier (BIP389).
 *
 * @throws DecodeError in Core's words
 */
export function parseKeyPaths(steps: readonly string[], allowMultipath: boolean): KeyPath[] {
  let choices: number[] | null = null;
  let place = -1;
  const path: number[] = [];
  for (const step of steps) {
    if (!step.startsWith("<") || !step.endsWith(">")) {
      path.push(parseKeyPathStep(step));
      continue;
    }
    if (!allowMultipath)
      throw new DecodeError(
        `Key path value '${step}' specifies multipath in a section where multipath is not allowed`,
      );
    if (choices) throw new DecodeError("Multiple multipath key path specifiers found");
    choices = parseChoices(step.slice(1, -1));
    place = path.push(0) - 1;
  }
  return choices === null ? [path] : choices.map((choice) => path.with(place, choice));
}

function parseChoices(text: string): number[] {
  const parts = text.split(";");
  if (parts.length < 2)
    throw new DecodeError("Multipath key path specifiers must have at least two items");
  const choices = new Set<number>();
  for (const part of parts) {
    const choice = parseKeyPathStep(part);
    if (choices.has(choice))
      throw new DecodeError(`Duplicated key path value ${choice} in multipath specifier`);
    choices.add(choice);
  }
  return [...choices];
}

/** Text with a slash before each step; `mark` stands behind hardened ones. */
export function formatKeyPath(path: KeyPath, mark: "h" | "'" = "h"): string {
  return path
    .map((step) => (step >= HARDENED ? `/${step - HARDENED}${mark}` : `/${step}`))
    .join("");
}
