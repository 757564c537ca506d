import type { JSX } from "preact";
import { shortenHash } from "../format.ts";
import { Copy } from "./copy.tsx";
import { Link } from "./link.tsx";

interface HashProps {
  readonly value: string;
  readonly href?: string | undefined;
  /** Digits kept at either end; 0 for all of it. */
  readonly kept?: number;
  readonly copy?: boolean;
  /** What it is, for the copy button: "txid". */
  readonly label?: string;
}

/** A long identifier: shortened to the eye, whole in its title and on the clipboard. */
export function Hash({ value, href, kept = 8, copy = true, label }: HashProps): JSX.Element {
  const text = kept === 0 ? value : shortenHash(value, kept);
  return (
    <span class={kept === 0 ? "hash whole" : "hash"}>
      {href === undefined ? (
        <span title={value}>{text}</span>
      ) : (
        <Link href={href} title={value}>
          {text}
        </Link>
      )}
      {copy ? <Copy text={value} label={label ?? "this"} /> : null}
    </span>
  );
}
