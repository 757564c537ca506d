import { FIELD_PRIME, inverse, isSquare, reduce, squareRoot } from "./field.ts";
import { bigEndian, writeBigEndian } from "./scalar.ts";

/** The square root of -3 that is a square itself. */
const ROOT = 0xa2d2ba93507f1df233770c2a797962cc61f6d15da14ecd47d8d27ae1cd5f852n;
const HALF = (FIELD_PRIME + 1n) / 2n;

/** Fresh randomness of the system, so many bytes. */
export type Random = (size: number) => Uint8Array;

/** One of the many encodings of a point with this x, each as likely as any other (BIP324: XElligatorSwift). */
export function encodeSwift(x32: Uint8Array, random: Random): Uint8Array {
  const x = bigEndian(x32);
  for (;;) {
    const chosen = random(33);
    const u = bigEndian(chosen) % FIELD_PRIME;
    const t = u === 0n ? null : swiftInverse(x, u, (chosen[32] as number) & 7);
    if (t === null || t === 0n) continue;
    const encoded = new Uint8Array(64);
    writeBigEndian(encoded, 0, u);
    writeBigEndian(encoded, 32, t);
    return encoded;
  }
}

/**
 * The t that makes with `u` an encoding of `x`, by one of eight branches; null when that has none
 * (BIP324: XSwiftECInv). Whether roots exist is asked before any is taken.
 */
export function swiftInverse(x: bigint, u: bigint, branch: number): bigint | null {
  const u2 = reduce(u * u);
  const g = reduce(u2 * u + 7n);
  let s: bigint;
  let v = x;
  if ((branch & 2) === 0) {
    const divisor = reduce(u2 + u * x + x * x);
    if (isOnCurve(reduce(-x - u)) || !isSquare(reduce(-g * divisor))) return null;
    s = reduce(-g * inverse(divisor));
  } else {
    s = reduce(x - u);
    if (s === 0n || !isSquare(s)) return null;
    const square = reduce(-s * (4n * g + 3n * s * u2));
    if (!isSquare(square) || ((branch & 1) === 1 && square === 0n)) return null;
    v = reduce((squareRoot(square) * inverse(s) - u) * HALF);
  }
  const w = squareRoot(s);
  const root = (branch & 1) === 1 ? ROOT : -ROOT;
  const t = w * (u * reduce((1n + root) * HALF) + v);
  const isTurned = (branch & 5) === 0 || (branch & 5) === 5;
  return reduce(isTurned ? -t : t);
}

/** The x of the point that 64 bytes encode; any 64 encode one (BIP324: XSwiftEC). */
export function decodeSwift(encoded: Uint8Array): Uint8Array {
  const u = bigEndian(encoded) % FIELD_PRIME || 1n;
  let t = bigEndian(encoded.subarray(32)) % FIELD_PRIME || 1n;
  const g = reduce(u * u * u + 7n);
  if (reduce(g + t * t) === 0n) t = reduce(2n * t);
  const scaled = reduce(ROOT * u);
  const divided = inverse(reduce(2n * t * scaled));
  const x = reduce((g - t * t) * reduce(divided * scaled));
  const y = reduce((x + t) * reduce(2n * divided * t));
  const out = new Uint8Array(32);
  writeBigEndian(out, 0, firstOnCurve(u, x, y));
  return out;
}

/** One of the three is the x of a point, whatever is encoded; the third where the others are not. */
function firstOnCurve(u: bigint, x: bigint, y: bigint): bigint {
  const first = reduce(u + 4n * y * y);
  if (isOnCurve(first)) return first;
  const slope = reduce(x * inverse(y));
  const second = reduce((-slope - u) * HALF);
  return isOnCurve(second) ? second : reduce((slope - u) * HALF);
}

function isOnCurve(x: bigint): boolean {
  return isSquare(reduce(x * x * x + 7n));
}
