import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

const SHOWN_MS = 1_500;

interface CopyProps {
  readonly text: string;
  /** What is copied, for those who do not see the button: "txid". */
  readonly label?: string;
  /** Words on the button beside the drawing. */
  readonly words?: string;
}

/** Puts a text on the clipboard. */
export function Copy({ text, label = "text", words }: CopyProps): JSX.Element {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const title = copied ? "Copied" : `Copy ${label}`;
  return (
    <button
      type="button"
      class={words === undefined ? "copy" : "button plain"}
      title={title}
      aria-label={title}
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => setCopied(true));
      }}
    >
      <Icon name={copied ? "check" : "copy"} />
      {words === undefined ? null : copied ? "Copied" : words}
    </button>
  );
}
