import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { formatFeerate } from "../../format.ts";
import { Field } from "../../parts/field.tsx";
import { type Fees, fees, mempool } from "../../state/chain.ts";
import { MempoolChart } from "./mempool-chart.tsx";
import { rateOf, type SendForm, type Speed, speedRate } from "./send-form.ts";

interface Props {
  readonly form: SendForm;
  readonly showFaults: boolean;
  onChange(part: Partial<SendForm>): void;
}

const CHOICES: readonly { readonly speed: Exclude<Speed, "custom">; readonly label: string }[] = [
  { speed: "next1", label: "Next block" },
  { speed: "next3", label: "In about three" },
  { speed: "next6", label: "In about six" },
];

/** A place in the queue, seen against those who wait already. */
export function FeeChoice({ form, showFaults, onChange }: Props): JSX.Element {
  const group = useId();
  const rate = rateOf(form, fees.value);
  return (
    <fieldset class="fee-choice">
      <legend>When it should be in a block</legend>
      <div class="row">
        {CHOICES.map(({ speed, label }) => (
          <label key={speed} class="fee-option">
            <input
              type="radio"
              name={group}
              checked={form.speed === speed}
              onChange={() => onChange({ speed })}
            />
            <span>{label}</span>
            <span class="muted">{rateText(fees.value, speed)}</span>
          </label>
        ))}
        <label class="fee-option">
          <input
            type="radio"
            name={group}
            checked={form.speed === "custom"}
            onChange={() => onChange({ speed: "custom" })}
          />
          <span>My own rate</span>
          <span class="muted">sat/vB</span>
        </label>
      </div>
      {form.speed === "custom" && (
        <Field
          label="Fee rate"
          suffix="sat/vB"
          inputMode="decimal"
          value={form.ownRate}
          error={showFaults && rate === null ? "That is not a rate." : null}
          onInput={(ownRate) => onChange({ ownRate })}
        />
      )}
      <MempoolChart blocks={mempool.value?.blocks ?? []} rate={rate} />
    </fieldset>
  );
}

function rateText(known: Fees | null, speed: Exclude<Speed, "custom">): string {
  return known === null ? "–" : `${formatFeerate(speedRate(known, speed))} sat/vB`;
}
