import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Card } from "../../parts/card.tsx";
import { Notice } from "../../parts/notice.tsx";
import { place } from "../../router.ts";
import { rpc } from "../../rpc.ts";
import { may } from "../../state/session.ts";
import { SendDone, type Sent } from "./send-done.tsx";
import { SendFields } from "./send-fields.tsx";
import { coinsOfQuery, type SendArguments, type SendForm } from "./send-form.ts";
import type { SendPreview } from "./send-preview.ts";
import { SendReview } from "./send-review.tsx";
import type { SectionProps } from "./wallet-section.ts";

interface Draft {
  readonly params: SendArguments;
  readonly preview: SendPreview;
}

/** A payment: what it says, what it costs and where it will stand, and only then the keys. */
export function SendSection({ wallet, info }: SectionProps): JSX.Element {
  const form = useSignal<SendForm>(emptyForm());
  const draft = useSignal<Draft | null>(null);
  const sent = useSignal<Sent | null>(null);
  if (!may("spend"))
    return <Notice kind="info">This page was opened for looking only, so it cannot send.</Notice>;
  const review = async (params: SendArguments): Promise<void> => {
    const preview = await rpc<SendPreview>("previewsend", params, wallet);
    draft.value = { params, preview };
  };
  if (sent.value !== null)
    return (
      <Card title={sent.value.complete ? "Sent" : "Not signed yet"}>
        <SendDone
          wallet={wallet}
          sent={sent.value}
          onAgain={() => {
            form.value = emptyForm();
            draft.value = null;
            sent.value = null;
          }}
        />
      </Card>
    );
  const current = draft.value;
  if (current !== null)
    return (
      <Card title="Look it over" call={{ method: "previewsend", params: current.params, wallet }}>
        <SendReview
          wallet={wallet}
          info={info}
          params={current.params}
          preview={current.preview}
          onSent={(result) => {
            sent.value = result;
          }}
          onBack={() => {
            draft.value = null;
          }}
        />
      </Card>
    );
  return (
    <Card title="Send">
      <SendFields wallet={wallet} form={form} onReview={review} />
    </Card>
  );
}

function emptyForm(): SendForm {
  return {
    recipients: [{ id: 0, address: place.value.query.get("to") ?? "", amount: "" }],
    speed: "next1",
    ownRate: "",
    subtractFee: false,
    coins: coinsOfQuery(place.value.query.get("coins")),
  };
}
