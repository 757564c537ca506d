import type { JSX } from "preact";
import type { RpcCall } from "../rpc.ts";
import { session } from "../state/session.ts";
import { callAsCommand, callAsCurl, callAsScript } from "./call-text.ts";
import { Copy } from "./copy.tsx";
import { Tabs } from "./tabs.tsx";

/** A call written for the terminal, for curl and for JavaScript. */
export function Call({ call }: { readonly call: RpcCall }): JSX.Element {
  const chain = session.value?.chain ?? "main";
  return (
    <div class="call">
      <Tabs
        label="Ways to make this call"
        tabs={[
          {
            id: "cli",
            title: "Terminal",
            content: () => <Code text={callAsCommand(call, chain)} />,
          },
          { id: "curl", title: "curl", content: () => <Code text={callAsCurl(call, chain)} /> },
          {
            id: "js",
            title: "JavaScript",
            content: () => <Code text={callAsScript(call, chain)} />,
          },
        ]}
      />
    </div>
  );
}

function Code({ text }: { readonly text: string }): JSX.Element {
  return (
    <div class="code">
      <pre>{text}</pre>
      <Copy text={text} label="the call" />
    </div>
  );
}
