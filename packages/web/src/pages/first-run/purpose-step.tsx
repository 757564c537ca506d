import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { type Purpose, purpose, setPurpose } from "./purpose.ts";

const PURPOSES: readonly { readonly id: Purpose; readonly title: string; readonly more: string }[] =
  [
    {
      id: "look",
      title: "Look around",
      more: "Blocks, transactions, fees, as this peer has checked them.",
    },
    {
      id: "wallet",
      title: "Keep and send coins",
      more: "A wallet whose keys never leave this machine.",
    },
    { id: "help", title: "Help the network", more: "Keep all blocks and give them to others." },
    {
      id: "develop",
      title: "Build something",
      more: "A chain of your own with blocks at a keypress.",
    },
  ];

/** What the reader wants of a peer; the later steps propose accordingly. */
export function PurposeStep(): JSX.Element {
  const group = useId();
  return (
    <fieldset class="options">
      <legend>What do you want to do first?</legend>
      {PURPOSES.map(({ id, title, more }) => (
        <label key={id} class="option">
          <input
            type="radio"
            name={group}
            checked={purpose.value === id}
            onChange={() => setPurpose(id)}
          />
          <span>
            <strong>{title}</strong>
            <span class="muted">{more}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
