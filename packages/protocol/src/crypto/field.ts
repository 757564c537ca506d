/** The prime of the field over which secp256k1 is a curve. */
export const FIELD_PRIME = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn;

/** The remainder of any number, from 0 to the prime less 1. */
export function reduce(value: bigint): bigint {
  const rest = value % FIELD_PRIME;
  return rest < 0n ? rest + FIELD_PRIME : rest;
}

/** The number that gives 1 with `value`, which must not be 0; by Euclid's algorithm. */
export function inverse(value: bigint): bigint {
  let [rest, next] = [FIELD_PRIME, value];
  let [factor, nextFactor] = [0n, 1n];
  while (next !== 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return reduce(factor);
}

/** True for 0 and squares: the Jacobi symbol, five times as fast as the power that tells the same. */
export function isSquare(value: bigint): boolean {
  let [upper, lower] = [value, FIELD_PRIME];
  let isNegative = false;
  while (upper !== 0n) {
    let twos = 0;
    while ((upper & 1n) === 0n) {
      upper >>= 1n;
      twos++;
    }
    const low = Number(lower & 7n);
    if (twos % 2 === 1 && (low === 3 || low === 5)) isNegative = !isNegative;
    if ((upper & 3n) === 3n && low % 4 === 3) isNegative = !isNegative;
    [upper, lower] = [lower % upper, upper];
  }
  return !isNegative;
}

/** The root of a square that is a square itself: `value` to the power of (p + 1) / 4. */
export function squareRoot(value: bigint): bigint {
  // Powers 2^n - 1, named by n; 223 ones, a zero, 22 ones, four zeros, two ones and two zeros make (p + 1) / 4.
  const ones2 = (squareTimes(value, 1) * value) % FIELD_PRIME;
  const ones3 = (squareTimes(ones2, 1) * value) % FIELD_PRIME;
  const ones6 = (squareTimes(ones3, 3) * ones3) % FIELD_PRIME;
  const ones9 = (squareTimes(ones6, 3) * ones3) % FIELD_PRIME;
  const ones11 = (squareTimes(ones9, 2) * ones2) % FIELD_PRIME;
  const ones22 = (squareTimes(ones11, 11) * ones11) % FIELD_PRIME;
  const ones44 = (squareTimes(ones22, 22) * ones22) % FIELD_PRIME;
  const ones88 = (squareTimes(ones44, 44) * ones44) % FIELD_PRIME;
  const ones176 = (squareTimes(ones88, 88) * ones88) % FIELD_PRIME;
  const ones220 = (squareTimes(ones176, 44) * ones44) % FIELD_PRIME;
  const ones223 = (squareTimes(ones220, 3) * ones3) % FIELD_PRIME;
  const high = (squareTimes(ones223, 23) * ones22) % FIELD_PRIME;
  return squareTimes((squareTimes(high, 6) * ones2) % FIELD_PRIME, 2);
}

function squareTimes(value: bigint, times: number): bigint {
  let power = value;
  for (let i = 0; i < times; i++) power = (power * power) % FIELD_PRIME;
  return power;
}
