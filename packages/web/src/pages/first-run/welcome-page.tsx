import type { ComponentType, JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Link } from "../../parts/link.tsx";
import { Page } from "../../parts/page.tsx";
import type { PageProps } from "../../route.ts";
import { go } from "../../router.ts";
import { AccessStep } from "./access-step.tsx";
import { DiskStep } from "./disk-step.tsx";
import { NetworkStep } from "./network-step.tsx";
import { PurposeStep } from "./purpose-step.tsx";
import { WalletStep } from "./wallet-step.tsx";
import { endWelcome } from "./welcomed.ts";

interface Step {
  readonly id: string;
  readonly title: string;
  readonly component: ComponentType;
}

const STEPS: readonly Step[] = [
  { id: "purpose", title: "What it is for", component: PurposeStep },
  { id: "network", title: "Which network", component: NetworkStep },
  { id: "disk", title: "Room on the disk", component: DiskStep },
  { id: "wallet", title: "A wallet", component: WalletStep },
  { id: "access", title: "Who gets in", component: AccessStep },
];

/** Five questions at most. Each can be skipped, left and taken up again, and changed later. */
export function WelcomePage({ params }: PageProps): JSX.Element {
  const at = Math.max(
    0,
    STEPS.findIndex(({ id }) => id === params["step"]),
  );
  const { title, component: Content } = STEPS[at] as Step;
  const before = STEPS[at - 1];
  const next = STEPS[at + 1];
  return (
    <Page
      title="Welcome to your own peer"
      lead="It checks every rule of Bitcoin itself, on this machine. Nobody stands between."
      actions={<Button onClick={() => endWelcome()}>Skip all of it</Button>}
    >
      <ol class="steps" aria-label="Steps">
        {STEPS.map((step, place) => (
          <li key={step.id}>
            <Link href={`/welcome/${step.id}`} current={place === at}>
              {step.title}
            </Link>
          </li>
        ))}
      </ol>
      <Card title={`${at + 1} of ${STEPS.length}: ${title}`}>
        <div class="stack">
          <Content />
          <div class="row spread step-ends">
            {before === undefined ? (
              <span />
            ) : (
              <Button onClick={() => go(`/welcome/${before.id}`)}>Back</Button>
            )}
            {next === undefined ? (
              <Button kind="primary" onClick={() => endWelcome()}>
                Done
              </Button>
            ) : (
              <Button kind="primary" onClick={() => go(`/welcome/${next.id}`)}>
                Next
              </Button>
            )}
          </div>
        </div>
      </Card>
    </Page>
  );
}
