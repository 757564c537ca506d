import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { formatCount, satsOf, shortenHash } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Link } from "../../parts/link.tsx";
import { scriptPathOf } from "./control-block.ts";
import { ScriptText, ScriptView } from "./script-view.tsx";
import { outputWords, type WitnessItem, witnessItems } from "./script-words.ts";
import { TaprootTree } from "./taproot-tree.tsx";
import type { InputJson } from "./transaction-json.ts";

/** An input: the coin that it spends, and what it shows for that. */
export function InputView({
  input,
  index,
}: {
  readonly input: InputJson;
  readonly index: number;
}): JSX.Element {
  const [open, setOpen] = useState(false);
  const { prevout } = input;
  const sats = prevout === undefined ? null : satsOf(prevout.value);
  return (
    <details class="io" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="io-index">{index}</span>
        <span class="io-name">{nameOf(input)}</span>
        {sats === null ? <span /> : <Amount sats={sats} />}
      </summary>
      {open ? <InputDetails input={input} /> : null}
    </details>
  );
}

function nameOf(input: InputJson): string {
  if (input.coinbase !== undefined) return "New coins and fees";
  const address = input.prevout?.scriptPubKey.address;
  if (address !== undefined) return shortenHash(address, 10);
  return `${shortenHash(input.txid ?? "", 8)}:${input.vout}`;
}

function InputDetails({ input }: { readonly input: InputJson }): JSX.Element {
  const { prevout, txid, vout, scriptSig, sequence } = input;
  const items = witnessItems(input);
  const control = scriptPathOf(input);
  return (
    <div class="stack io-body">
      {prevout === undefined ? null : <p class="muted">{outputWords(prevout.scriptPubKey.type)}</p>}
      <Facts
        items={[
          txid === undefined
            ? null
            : [
                "Coin",
                <span key="c" class="row end">
                  <Hash value={txid} href={`/tx/${txid}`} label="txid" /> output {vout}
                </span>,
              ],
          prevout?.scriptPubKey.address === undefined
            ? null
            : [
                "Address",
                <Link key="a" class="mono" href={`/address/${prevout.scriptPubKey.address}`}>
                  {prevout.scriptPubKey.address}
                </Link>,
              ],
          prevout?.height === undefined
            ? null
            : [
                "Made in",
                <Link key="h" href={`/block/${prevout.height}`}>
                  block {formatCount(prevout.height)}
                </Link>,
              ],
          ["Sequence", <span key="s" class="mono">{`0x${sequence.toString(16)}`}</span>],
        ]}
      />
      {scriptSig?.hex ? (
        <div class="stack">
          <h3>Input script</h3>
          <ScriptText asm={scriptSig.asm} hex={scriptSig.hex} />
        </div>
      ) : null}
      {items.length === 0 ? null : (
        <div class="stack">
          <h3>Witness</h3>
          <ol class="witness">
            {items.map((item, index) => (
              // The place in the stack is what an item is.
              <WitnessLine key={index} item={item} />
            ))}
          </ol>
        </div>
      )}
      {control === null ? null : (
        <div class="stack">
          <h3>Tree</h3>
          <TaprootTree control={control} />
        </div>
      )}
    </div>
  );
}

function WitnessLine({ item }: { readonly item: WitnessItem }): JSX.Element {
  return (
    <li>
      <p>{item.words}</p>
      {item.isScript ? (
        <ScriptView hex={item.hex} />
      ) : item.hex === "" ? null : (
        <p class="mono muted small witness-hex">{item.hex}</p>
      )}
    </li>
  );
}
