import type { JSX } from "preact";
import { formatBytes, formatCount, formatFeerate, formatWeight } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Time } from "../../parts/time.tsx";
import { lockWords } from "./script-words.ts";
import type { FoundTransaction } from "./transaction-json.ts";

/** From this sequence on, an input does not ask to be replaceable (BIP125). */
const FINAL_ENOUGH = 0xfffffffe;

/** What a transaction is, in numbers. */
export function TransactionFacts({ found }: { readonly found: FoundTransaction }): JSX.Element {
  const { tx, fee } = found;
  const isCoinbase = tx.vin[0]?.coinbase !== undefined;
  const lock = lockWords(
    tx.locktime,
    tx.vin.map(({ sequence }) => sequence),
  );
  const signals = tx.vin.some(({ sequence }) => sequence < FINAL_ENOUGH);
  return (
    <Facts
      items={[
        tx.blockhash === undefined
          ? null
          : [
              "Block",
              <Hash
                key="b"
                value={tx.blockhash}
                href={`/block/${tx.blockhash}`}
                label="block hash"
              />,
            ],
        tx.blocktime === undefined
          ? null
          : ["Mined", <Time key="t" seconds={tx.blocktime} exact />],
        fee === null || isCoinbase ? null : ["Fee", <Amount key="f" sats={fee} />],
        fee === null || isCoinbase
          ? null
          : ["Feerate", `${formatFeerate((fee * 4) / tx.weight)} sat/vB`],
        [
          "Size",
          `${formatCount(tx.vsize)} vB · ${formatWeight(tx.weight)} · ${formatBytes(tx.size)}`,
        ],
        ["Version", tx.version],
        lock === null ? null : ["Locked", lock],
        tx.blockhash !== undefined || isCoinbase
          ? null
          : ["Replaceable", signals ? "yes, and says so (BIP125)" : "yes, by a higher fee"],
        tx.hash === tx.txid
          ? null
          : ["With witness (wtxid)", <Hash key="w" value={tx.hash} label="wtxid" />],
      ]}
    />
  );
}
