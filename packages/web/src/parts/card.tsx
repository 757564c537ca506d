import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import type { RpcCall } from "../rpc.ts";
import { Call } from "./call.tsx";
import { Icon } from "./icon.tsx";

interface CardProps {
  readonly title?: ComponentChildren;
  /** The call that gives what the card shows; the reader can have it shown. */
  readonly call?: RpcCall | undefined;
  readonly actions?: ComponentChildren;
  readonly kind?: "plain" | "quiet";
  readonly children?: ComponentChildren;
  readonly class?: string;
}

/** One matter of a page, with its heading. */
export function Card(props: CardProps): JSX.Element {
  const { title, call, actions, kind = "plain", children } = props;
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <section
      class={`card ${kind} ${props.class ?? ""}`}
      aria-labelledby={title === undefined ? undefined : id}
    >
      {title === undefined && call === undefined && actions === undefined ? null : (
        <header class="card-head">
          {title === undefined ? <span /> : <h2 id={id}>{title}</h2>}
          <div class="card-actions">
            {actions}
            {call === undefined ? null : (
              <button
                type="button"
                class="copy"
                title="Show the call"
                aria-label="Show the call"
                aria-expanded={open}
                onClick={() => setOpen(!open)}
              >
                <Icon name="code" />
              </button>
            )}
          </div>
        </header>
      )}
      {open && call !== undefined ? <Call call={call} /> : null}
      {children}
    </section>
  );
}
