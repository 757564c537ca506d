import type { RandomBelow } from "./select-coin.ts";
import type { CoinGroup } from "./select-group.ts";

/** Among so many groups a search finds as good as the best; more only take time. */
const MAX_GROUPS = 2_000;

/** At most 2,000 of the groups: the larger half of these by amount, and others by lot. */
export function sampleGroups(groups: readonly CoinGroup[], random: RandomBelow): CoinGroup[] {
  if (groups.length <= MAX_GROUPS) return [...groups];
  const amounts = new Float64Array(groups.length);
  for (let i = 0; i < amounts.length; i++) amounts[i] = (groups[i] as CoinGroup).amount;
  const least = amounts.slice().sort()[amounts.length - MAX_GROUPS / 2] as number;
  const sample: CoinGroup[] = [];
  const others: number[] = [];
  for (let i = 0; i < amounts.length; i++)
    if (sample.length < MAX_GROUPS / 2 && (amounts[i] as number) >= least)
      sample.push(groups[i] as CoinGroup);
    else others.push(i);
  for (let i = 0; sample.length < MAX_GROUPS; i++) {
    const place = i + random(others.length - i);
    sample.push(groups[others[place] as number] as CoinGroup);
    others[place] = others[i] as number;
  }
  return sample;
}
