export function blockName(file: number): string {
  return `blk${String(file).padStart(5, "0")}.dat`;
}

export function undoName(file: number): string {
  return `rev${String(file).padStart(5, "0")}.dat`;
}

/** Names of all rev files, and of every blk file behind a gap in the numbers. */
export function unusableNames(names: readonly string[]): string[] {
  let next = 0;
  return names.toSorted().filter((name) => {
    if (!/^blk\d{5}\.dat$/.test(name)) return /^rev\d{5}\.dat$/.test(name);
    if (name !== blockName(next)) return true;
    next++;
    return false;
  });
}
