import type { Network } from "@compeer/protocol/bitcoin/network";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { scriptToAsm } from "@compeer/protocol/script/disassemble";
import { solveScript } from "@compeer/protocol/script/solver";
import { inferDescriptor } from "@compeer/protocol/wallet/infer-descriptor";
import type { Card, Phrase } from "./card.ts";
import { amountWords, transactionLink } from "./card-words.ts";

const MAX_ROWS = 200;

/** An unspent coin of an address. */
export interface AddressCoin {
  readonly txid: string;
  readonly index: number;
  readonly value: number;
  readonly height: number;
}

/**
 * An address with its unspent coins.
 *
 * @param coins null when they were not looked for
 */
export function addressCard(
  address: string,
  script: Uint8Array,
  network: Network,
  coins: readonly AddressCoin[] | null,
): Card {
  const { type } = solveScript(script);
  const sum = (coins ?? []).reduce((total, { value }) => total + value, 0);
  const rows = (coins ?? []).slice(0, MAX_ROWS).map(({ txid, index, value, height }): Phrase[] => {
    const { href } = transactionLink(txid) as { href: string };
    return [{ text: `${txid}:${index}`, href }, amountWords(value), String(height)];
  });
  const note = noteOn(coins);
  return {
    title: `Address ${address}`,
    summary: `An address of the network ${network.name}.`,
    facts: [
      ["Address", address],
      ["Kind", type],
      ...(coins === null ? [] : ([["Unspent", amountWords(sum)]] as [string, Phrase][])),
      ["Descriptor", inferDescriptor(script, network)],
      ["Script", scriptToAsm(script)],
      ["Script, hex", encodeHex(script)],
    ],
    tables: [
      {
        title: "Unspent coins",
        columns: ["Coin", "Amount", "Height"],
        rows,
        ...(note === null ? {} : { note }),
      },
    ],
  };
}

function noteOn(coins: readonly AddressCoin[] | null): string | null {
  if (coins === null) return "Log in to let this peer look through its coins.";
  if (coins.length === 0) return "None.";
  return coins.length > MAX_ROWS ? `The first ${MAX_ROWS} of ${coins.length}.` : null;
}
