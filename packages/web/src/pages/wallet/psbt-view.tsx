import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Field } from "../../parts/field.tsx";
import { Qr } from "../../parts/qr.tsx";
import { base64Bytes, download } from "./download.ts";
import { qrParts } from "./split-psbt.ts";

/** Long enough for a camera to catch each code. */
const CODE_MS = 700;

/** A transaction to be signed elsewhere: as text, as a file, and as codes for a camera. */
export function PsbtView({
  psbt,
  name,
}: {
  readonly psbt: string;
  readonly name: string;
}): JSX.Element {
  const shown = useSignal(false);
  return (
    <div class="stack">
      <Field
        label="Transaction to sign (PSBT)"
        multiline
        mono
        readOnly
        value={psbt}
        onInput={() => undefined}
      />
      <p class="row">
        <Copy text={psbt} label="the PSBT" words="Copy" />
        <Button onClick={() => download(`${name}.psbt`, base64Bytes(psbt))}>Save as a file</Button>
        <Button
          expanded={shown.value}
          onClick={() => {
            shown.value = !shown.value;
          }}
        >
          {shown.value ? "Hide the code" : "Show as a code"}
        </Button>
      </p>
      {shown.value && <Codes text={psbt} />}
    </div>
  );
}

function Codes({ text }: { readonly text: string }): JSX.Element {
  const parts = qrParts(text);
  const at = useSignal(0);
  const still = useSignal(matchMedia("(prefers-reduced-motion: reduce)").matches);
  useEffect(() => {
    if (parts.length === 1 || still.value) return;
    const timer = setInterval(() => {
      at.value = (at.value + 1) % parts.length;
    }, CODE_MS);
    return () => clearInterval(timer);
  }, [text, still.value]);
  return (
    <div class="stack codes">
      <Qr text={parts[at.value] as string} label={`Code ${at.value + 1} of ${parts.length}`} />
      {parts.length > 1 && (
        <p class="row">
          <span class="number">
            {at.value + 1} of {parts.length}
          </span>
          <Button
            onClick={() => {
              at.value = (at.value + 1) % parts.length;
            }}
          >
            Next
          </Button>
          <Button
            onClick={() => {
              still.value = !still.value;
            }}
          >
            {still.value ? "Run" : "Hold"}
          </Button>
        </p>
      )}
    </div>
  );
}
