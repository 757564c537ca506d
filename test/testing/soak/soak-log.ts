import type { SoakNode } from "./soak-node.ts";

/** Random bytes of an attacker may decode as a block; it is refused with this line, as by Core. */
const REFUSED_BLOCK = "ProcessNewBlock: AcceptBlock FAILED";

/** What a log says that must not be there: errors, and that one of the mesh was taken for an attacker. */
export function complaints({ name, kind, log }: SoakNode): string[] {
  const found: string[] = [];
  /** Names of the mesh by the number of the connection; numbers begin anew with each start. */
  let members = new Map<string, string>();
  for (const line of log.split("\n")) {
    if (line.length === 0) members = new Map();
    const [, member, id] = /receive version message: [^:]*\((n\d+)\).*peer=(\d+)/.exec(line) ?? [];
    if (member !== undefined && id !== undefined) members.set(id, member);
    const [, culprit] = /Misbehaving: peer=(\d+)/.exec(line) ?? [];
    if (culprit !== undefined && members.has(culprit))
      found.push(`${name} of ${members.get(culprit)}: ${line}`);
    if (kind === "bitcoind" || line.includes(REFUSED_BLOCK)) continue;
    if (/\[error\]|uncaught|unhandled/i.test(line)) found.push(`${name}: ${line}`);
  }
  return found;
}
