/** Members of a small set as bits, 32 a word. */
export type BitSet = Uint32Array;

export function bitSet(capacity: number): BitSet {
  return new Uint32Array((capacity + 31) >>> 5);
}

export function addBit(set: BitSet, bit: number): void {
  set[bit >>> 5] = (set[bit >>> 5] as number) | (1 << (bit & 31));
}

export function removeBit(set: BitSet, bit: number): void {
  set[bit >>> 5] = (set[bit >>> 5] as number) & ~(1 << (bit & 31));
}

export function hasBit(set: BitSet, bit: number): boolean {
  return ((set[bit >>> 5] as number) & (1 << (bit & 31))) !== 0;
}

export function addBits(set: BitSet, others: BitSet): void {
  for (let i = 0; i < set.length; i++) set[i] = (set[i] as number) | (others[i] as number);
}

export function intersects(a: BitSet, b: BitSet): boolean {
  for (let i = 0; i < a.length; i++) if (((a[i] as number) & (b[i] as number)) !== 0) return true;
  return false;
}
