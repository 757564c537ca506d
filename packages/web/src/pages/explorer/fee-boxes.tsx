import type { JSX } from "preact";
import { formatCount, formatFeerate } from "../../format.ts";
import { Loading } from "../../parts/loading.tsx";
import { fees } from "../../state/chain.ts";
import { feerateColour } from "./feerate-colour.ts";

/** Virtual bytes of the usual payment: one input, two outputs, all of P2WPKH. */
const USUAL_SIZE = 141;

/** What a place in the coming blocks costs now. */
export function FeeBoxes(): JSX.Element {
  const now = fees.value;
  if (now === null) return <Loading />;
  const boxes: readonly (readonly [string, string, number])[] = [
    ["Next block", "about 10 min", now.next1],
    ["Within 3", "about 30 min", now.next3],
    ["Within 6", "about an hour", now.next6],
    ["Lowest", "with patience", now.minimum],
  ];
  return (
    <div class="fee-room">
      <dl class="fee-boxes">
        {boxes.map(([name, when, rate]) => (
          <div key={name} class="fee-box">
            <dt>
              {name} <span class="muted small">{when}</span>
            </dt>
            <dd>
              <span class="fee-rate" style={{ borderColor: feerateColour(rate) }}>
                {formatFeerate(rate)} <span class="unit">sat/vB</span>
              </span>
              <span class="muted small">{formatCount(Math.ceil(rate * USUAL_SIZE))} sats</span>
            </dd>
          </div>
        ))}
      </dl>
      <p class="muted small">Sats are for a usual payment of {USUAL_SIZE} vB.</p>
    </div>
  );
}
