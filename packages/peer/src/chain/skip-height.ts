/**
 * Height that a block's skip pointer leads to, so that any ancestor is about log(n) steps away.
 * Core: GetSkipHeight in src/chain.cpp.
 */
export function skipHeight(height: number): number {
  if (height < 2) return 0;
  return height & 1 ? dropLowestBit(dropLowestBit(height - 1)) + 1 : dropLowestBit(height);
}

function dropLowestBit(n: number): number {
  return n & (n - 1);
}
