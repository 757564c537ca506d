import type { JSX } from "preact";
import { feerateColour } from "./feerate-colour.ts";

const MARKS: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200];

/** What the colours of the pictures mean. */
export function FeerateScale(): JSX.Element {
  return (
    <p class="feerate-scale small muted">
      <span>sat/vB</span>
      {MARKS.map((rate) => (
        <span key={rate}>
          <span class="swatch" style={{ background: feerateColour(rate) }} />
          {rate}
        </span>
      ))}
    </p>
  );
}
