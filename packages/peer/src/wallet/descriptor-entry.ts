import type { Network } from "@compeer/protocol/bitcoin/network";
import { expandScripts, isRanged } from "@compeer/protocol/wallet/expand-descriptor";
import { type Descriptor, parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { type OutputType, outputTypeOf } from "./output-type.ts";
import type { WalletDescriptor } from "./wallet-descriptor.ts";
import type { DescriptorRow } from "./wallet-store.ts";

/** A descriptor while its wallet is loaded: the script book and its pool write it. */
export interface DescriptorEntry extends WalletDescriptor {
  active: boolean;
  internal: boolean | null;
  timestamp: number;
  hasSecret: boolean;
  secretKeys: readonly string[];
  rangeStart: number;
  rangeEnd: number;
  nextIndex: number;
}

export function descriptorEntry(row: DescriptorRow, network: Network): DescriptorEntry {
  const [descriptor] = parseDescriptor(row.text, network) as [Descriptor];
  const { secret, ...rest } = row;
  return { ...rest, descriptor, isRanged: isRanged(descriptor), hasSecret: secret !== null };
}

/** The kind of all addresses of a descriptor; null for a combo() or bare scripts. Core: GetOutputType. */
export function descriptorType(
  descriptor: Descriptor,
  secretText: string | null,
  network: Network,
): OutputType | null {
  const { node } = descriptor;
  if (node.type === "combo" || node.type === "raw") return null;
  if (node.type === "sh" && node.inner.type !== "wpkh" && node.inner.type !== "wsh")
    return "legacy";
  for (const each of [
    descriptor,
    ...(secretText === null ? [] : parseDescriptor(secretText, network)),
  ])
    try {
      const [script] = expandScripts(each, 0);
      return script === undefined ? null : outputTypeOf(script);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  return null;
}
