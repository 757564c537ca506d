import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Check } from "../../parts/check.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Select } from "../../parts/select.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { may } from "../../state/session.ts";
import { setter } from "../../state/setter.ts";
import { type Setting, type SettingValue, settingText, settingValue } from "./setting.ts";

interface Props {
  readonly setting: Setting;
  onChange(): void;
}

/** One setting: what it does, what it is, and the way to change it. */
export function SettingField({ setting, onChange }: Props): JSX.Element {
  const { name, kind, source, pending } = setting;
  const next = pending ? setting.stored : setting.value;
  const action = useAction();
  const mayChange = setting.editable && may("spend");
  const change = (value: () => SettingValue): void =>
    action.run(async () => {
      await rpc("changesetting", [name, value()]);
      onChange();
    });
  return (
    <div class="setting">
      <div class="row">
        <code>{name}</code>
        {pending && <Badge kind="warning">after the next start</Badge>}
        {source === "set" && !pending && <Badge>set</Badge>}
      </div>
      {kind === "flag" ? (
        <FlagField
          setting={setting}
          value={next}
          mayChange={mayChange}
          onKeep={(value) => change(() => value)}
        />
      ) : (
        <ValueField
          key={settingText(next)}
          setting={setting}
          value={next}
          mayChange={mayChange}
          busy={action.busy}
          onKeep={(text) => change(() => settingValue(kind, text))}
        />
      )}
      {mayChange && (source === "set" || pending) && (
        <Button
          kind="quiet"
          label={`Back to the default of ${name}`}
          onClick={() => change(() => null)}
        >
          Back to the default
        </Button>
      )}
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
    </div>
  );
}

interface FlagProps {
  readonly setting: Setting;
  readonly value: SettingValue;
  readonly mayChange: boolean;
  onKeep(value: boolean): void;
}

/** A switch; where the peer itself decides by other settings, three choices. */
function FlagField({ setting, value, mayChange, onKeep }: FlagProps): JSX.Element {
  const known = value ?? setting.default;
  if (known !== null || !mayChange)
    return (
      <Check
        kind="switch"
        label={setting.description}
        checked={isOn(known)}
        disabled={!mayChange}
        onChange={onKeep}
      />
    );
  return (
    <Select
      label={setting.description}
      value=""
      options={[
        { value: "", label: "As the peer sees fit" },
        { value: "1", label: "On" },
        { value: "0", label: "Off" },
      ]}
      onChange={(choice) => {
        if (choice !== "") onKeep(choice === "1");
      }}
    />
  );
}

interface ValueProps {
  readonly setting: Setting;
  readonly value: SettingValue;
  readonly mayChange: boolean;
  readonly busy: boolean;
  onKeep(text: string): void;
}

function ValueField({ setting, value, mayChange, busy, onKeep }: ValueProps): JSX.Element {
  const before = settingText(value);
  const text = useSignal(before);
  return (
    <form
      class="row end-aligned"
      onSubmit={(event) => {
        event.preventDefault();
        onKeep(text.value);
      }}
    >
      <Field
        label={setting.description}
        value={text.value}
        placeholder={settingText(setting.default)}
        multiline={setting.kind === "list"}
        inputMode={setting.kind === "number" ? "decimal" : "text"}
        readOnly={!mayChange}
        onInput={setter(text)}
      />
      {mayChange && text.value !== before && (
        <Button type="submit" kind="primary" busy={busy} label={`Keep ${setting.name}`}>
          Keep
        </Button>
      )}
    </form>
  );
}

function isOn(value: SettingValue): boolean {
  return value === true || value === 1 || value === "1" || value === "true";
}
