import { lookup } from "node:dns/promises";

/** Finds the IP addresses of a name; tests hand in one that asks nobody. */
export type Resolver = (name: string) => Promise<readonly string[]>;

export const SYSTEM_RESOLVER: Resolver = async (name) => {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
};
