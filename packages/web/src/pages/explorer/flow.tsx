import type { ComponentChildren, JSX } from "preact";
import { flowRibbons } from "./flow-ribbons.ts";

/** A row at a side of the flow: what it is, and how much it carries. */
export interface FlowRow {
  readonly key: string;
  readonly value: number;
  readonly content: ComponentChildren;
  readonly kind?: "fee";
}

interface FlowProps {
  readonly from: readonly FlowRow[];
  readonly to: readonly FlowRow[];
}

const ROW_HEIGHT = 54;

/** What goes in at the left and out at the right, with bands as thick as the amounts. */
export function Flow({ from, to }: FlowProps): JSX.Element {
  const height = Math.max(from.length, to.length, 2) * ROW_HEIGHT;
  return (
    <div class="flow">
      <FlowSide name="Coins spent" rows={from} />
      <svg
        class="flow-picture"
        viewBox={`0 0 100 ${height}`}
        height={height}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <Bands rows={from} height={height} side="left" />
        <Bands rows={to} height={height} side="right" />
      </svg>
      <FlowSide name="Coins made, and the fee" rows={to} />
    </div>
  );
}

function Bands({
  rows,
  height,
  side,
}: {
  readonly rows: readonly FlowRow[];
  readonly height: number;
  readonly side: "left" | "right";
}): JSX.Element {
  const values = rows.map(({ value }) => value);
  return (
    <g>
      {flowRibbons(values, ROW_HEIGHT, height, side).map(({ path, index }) => (
        <path key={rows[index]?.key} class={`band ${side} ${rows[index]?.kind ?? ""}`} d={path} />
      ))}
    </g>
  );
}

function FlowSide({
  name,
  rows,
}: {
  readonly name: string;
  readonly rows: readonly FlowRow[];
}): JSX.Element {
  return (
    <div class="flow-side">
      <h3 class="visually-hidden">{name}</h3>
      <ul>
        {rows.map(({ key, content }) => (
          <li key={key} class="flow-row">
            {content}
          </li>
        ))}
      </ul>
    </div>
  );
}
