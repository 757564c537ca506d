import type { JSX } from "preact";
import { formatCount, satsOf, shortenHash } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Link } from "../../parts/link.tsx";
import { Flow, type FlowRow } from "./flow.tsx";
import type { FoundTransaction, InputJson, OutputJson, ScriptJson } from "./transaction-json.ts";

/** Rows at a side; what is more is put together in the last. */
const MAX_ROWS = 12;

/** A transaction's coins: what it spends, what it makes, and what the miner keeps. */
export function TransactionFlow({ found }: { readonly found: FoundTransaction }): JSX.Element {
  const { tx, fee } = found;
  const made = tx.vout.reduce((sum, { value }) => sum + satsOf(value), 0);
  const from = tx.vin.map((input, index) => inputRow(input, index, made));
  const to = tx.vout.map(outputRow);
  const isCoinbase = tx.vin[0]?.coinbase !== undefined;
  return (
    <Flow
      from={together(from)}
      to={[...together(to), ...(fee === null || isCoinbase ? [] : [feeRow(fee)])]}
    />
  );
}

function inputRow(input: InputJson, index: number, made: number): FlowRow {
  const key = `in-${index}`;
  if (input.coinbase !== undefined) {
    return { key, value: made, content: <Line name="New coins and fees" sats={made} /> };
  }
  const { prevout, txid, vout } = input;
  if (prevout === undefined) {
    const name = <Link href={`/tx/${txid}`}>{`${shortenHash(txid ?? "", 6)}:${vout}`}</Link>;
    return { key, value: 1, content: <Line name={name} sats={null} /> };
  }
  const value = satsOf(prevout.value);
  return {
    key,
    value,
    content: <Line name={<Payee script={prevout.scriptPubKey} />} sats={value} />,
  };
}

function outputRow(output: OutputJson): FlowRow {
  const value = satsOf(output.value);
  return {
    key: `out-${output.n}`,
    value,
    content: <Line name={<Payee script={output.scriptPubKey} />} sats={value} />,
  };
}

function feeRow(fee: number): FlowRow {
  return { key: "fee", value: fee, kind: "fee", content: <Line name="Fee" sats={fee} /> };
}

function together(rows: readonly FlowRow[]): readonly FlowRow[] {
  if (rows.length <= MAX_ROWS) return rows;
  const rest = rows.slice(MAX_ROWS - 1);
  const value = rest.reduce((sum, row) => sum + row.value, 0);
  const content = <Line name={`and ${formatCount(rest.length)} more`} sats={value} />;
  return [...rows.slice(0, MAX_ROWS - 1), { key: "more", value, content }];
}

function Line({
  name,
  sats,
}: {
  readonly name: JSX.Element | string;
  readonly sats: number | null;
}): JSX.Element {
  return (
    <>
      <span class="flow-payee">{name}</span>
      {sats === null ? (
        <span class="muted small">amount not known here</span>
      ) : (
        <Amount sats={sats} />
      )}
    </>
  );
}

/** Who a script pays, as short as it goes. */
function Payee({ script }: { readonly script: ScriptJson }): JSX.Element {
  const { address, type } = script;
  if (address === undefined)
    return <span class="muted">{type === "nulldata" ? "Data" : type}</span>;
  return (
    <Link href={`/address/${address}`} class="mono" title={address}>
      {shortenHash(address, 7)}
    </Link>
  );
}
