import type { JSX } from "preact";
import { Copy } from "../parts/copy.tsx";
import { Notice } from "../parts/notice.tsx";
import { Logo } from "./logo.tsx";

/** What one sees without a session: how to get one. */
export function DoorPage({ problem }: { readonly problem: string | null }): JSX.Element {
  return (
    <main class="door">
      <Logo />
      <h1>Open this page from your peer</h1>
      {problem === null ? null : <Notice kind="error">{problem}</Notice>}
      <p>
        This page belongs to the peer on this machine, and opens only to who can run a command
        there. Type this in a terminal, then follow the link that it prints:
      </p>
      <div class="code">
        <pre>compeer open</pre>
        <Copy text="compeer open" label="the command" />
      </div>
      <p class="muted small">
        The link works once, for ten minutes. With <code>--view</code> it lets one look, and nothing
        else.
      </p>
    </main>
  );
}
