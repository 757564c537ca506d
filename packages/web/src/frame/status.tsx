import type { JSX } from "preact";
import { formatCount, formatShare } from "../format.ts";
import { liveState } from "../live.ts";
import { Link } from "../parts/link.tsx";
import { sync, tip } from "../state/chain.ts";

interface Words {
  readonly kind: "good" | "warning" | "bad" | "plain";
  readonly text: string;
}

/** The state of the peer in a few words, on every place. */
export function Status(): JSX.Element {
  const { kind, text } = words();
  return (
    <Link href="/" class="status" label={`State of the peer: ${text}`}>
      <span class={`dot ${kind}`} aria-hidden="true" />
      <span>{text}</span>
    </Link>
  );
}

function words(): Words {
  if (liveState.value === "lost") return { kind: "bad", text: "No connection" };
  const state = sync.value;
  if (state === null) return { kind: "plain", text: "Connecting" };
  if (state.stage === "ready") {
    return { kind: "good", text: formatCount(tip.value?.height ?? state.height) };
  }
  if (state.stage === "blocks") return { kind: "warning", text: formatShare(state.progress) };
  return { kind: "warning", text: state.text };
}
