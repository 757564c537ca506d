import { flagsByName } from "@compeer/protocol/script/flags";

/** The flags of a list like "P2SH,WITNESS"; "NONE" and the empty list are none. */
export function parseFlags(list: string): number {
  if (list === "" || list === "NONE") return 0;
  let flags = 0;
  for (const name of list.split(",")) {
    const flag = flagsByName.get(name);
    if (flag === undefined) throw new Error(`no flag ${name}`);
    flags |= flag;
  }
  return flags;
}
