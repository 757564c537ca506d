/** Least that can be kept. Core: MIN_DISK_SPACE_FOR_BLOCK_FILES */
export const MIN_PRUNE_MIB = 550;

/** About two MB a block and 144 of them a day: what full blocks take. */
const MIB_A_DAY = 250;

/** What keeping so many MiB of blocks means; 0 keeps all. */
export function pruneWords(mib: number): string {
  if (mib === 0) return "All of them: others can fetch them from you.";
  const size = mib < 1_000 ? `${mib} MB` : `${mib / 1_000} GB`;
  const days = Math.round(mib / MIB_A_DAY);
  return days < 60
    ? `${size}: about the last ${days} days.`
    : `${size}: about the last ${Math.round(days / 30)} months.`;
}
