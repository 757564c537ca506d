import { DecodeError } from "../../bytes/decode-error.ts";
import { type Deployment, NO_TIMEOUT } from "../network.ts";

/** Heights from which the buried soft forks hold (BIP90). */
export interface BuriedHeights {
  readonly bip34Height: number;
  readonly bip65Height: number;
  readonly bip66Height: number;
  readonly csvHeight: number;
  readonly segwitHeight: number;
}

const FIELD_OF_NAME: ReadonlyMap<string, keyof BuriedHeights> = new Map([
  ["segwit", "segwitHeight"],
  ["bip34", "bip34Height"],
  ["dersig", "bip66Height"],
  ["cltv", "bip65Height"],
  ["csv", "csvHeight"],
]);

const MAX_I32 = 0x7fffffff;
const MAX_I64 = 0x7fffffffffffffffn;

/** `heights` with each "name@height" of -testactivationheight set. @throws DecodeError, Core's text */
export function applyActivationHeights(
  heights: BuriedHeights,
  overrides: readonly string[],
): BuriedHeights {
  const changed = { ...heights };
  for (const text of overrides) {
    const at = text.indexOf("@");
    if (at < 0)
      throw new DecodeError(`Invalid format (${text}) for -testactivationheight=name@height.`);
    const height = parseI64(text.slice(at + 1));
    if (height === null || height < 0 || height >= MAX_I32)
      throw new DecodeError(
        `Invalid height value (${text}) for -testactivationheight=name@height.`,
      );
    const field = FIELD_OF_NAME.get(text.slice(0, at));
    if (field === undefined)
      throw new DecodeError(`Invalid name (${text}) for -testactivationheight=name@height.`);
    changed[field] = height;
  }
  return changed;
}

/** `deployments` with each value of -vbparams applied. @throws DecodeError, Core's text */
export function applyVersionBits(
  deployments: readonly Deployment[],
  overrides: readonly string[],
): readonly Deployment[] {
  let changed = deployments;
  for (const text of overrides) {
    const [name, start, end, minimum, ...rest] = text.split(":");
    if (start === undefined || end === undefined || rest.length > 0)
      throw new DecodeError(
        "Version bits parameters malformed, expecting deployment:start:end[:min_activation_height]",
      );
    const startTime = parseI64(start);
    if (startTime === null) throw new DecodeError(`Invalid nStartTime (${start})`);
    const timeout = parseI64(end);
    if (timeout === null) throw new DecodeError(`Invalid nTimeout (${end})`);
    const minActivationHeight = parseI64(minimum ?? "0");
    if (minActivationHeight === null)
      throw new DecodeError(`Invalid min_activation_height (${minimum})`);
    if (!changed.some((deployment) => deployment.name === name))
      throw new DecodeError(`Invalid deployment (${name})`);
    changed = changed.map((deployment) =>
      deployment.name === name
        ? { ...deployment, startTime, timeout, minActivationHeight }
        : deployment,
    );
  }
  return changed;
}

/** A signed 64-bit decimal as the nearest number, its largest value as NO_TIMEOUT; null otherwise. */
function parseI64(text: string): number | null {
  if (!/^-?[0-9]{1,19}$/.test(text)) return null;
  const value = BigInt(text);
  if (value > MAX_I64 || value < -MAX_I64 - 1n) return null;
  return value === MAX_I64 ? NO_TIMEOUT : Number(value);
}
