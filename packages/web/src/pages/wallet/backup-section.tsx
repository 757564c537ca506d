import type { JSX } from "preact";
import { may } from "../../state/session.ts";
import { BackupFileCard } from "./backup-file-card.tsx";
import { DescriptorsCard } from "./descriptors-card.tsx";
import { LabelsCard } from "./labels-card.tsx";
import { PassphraseCard } from "./passphrase-card.tsx";
import { RescanCard } from "./rescan-card.tsx";
import type { SectionProps } from "./wallet-section.ts";
import { WordsCard } from "./words-card.tsx";

/** Everything that keeps a wallet safe, and brings it back. */
export function BackupSection(props: SectionProps): JSX.Element {
  const hasKeys = props.info.private_keys_enabled && may("spend");
  return (
    <div class="split">
      {hasKeys && <WordsCard {...props} />}
      <DescriptorsCard {...props} />
      <LabelsCard {...props} />
      <BackupFileCard {...props} />
      {hasKeys && <PassphraseCard {...props} />}
      <RescanCard {...props} />
    </div>
  );
}
