import type { ComponentChildren, JSX } from "preact";
import { go } from "../router.ts";

interface LinkProps {
  readonly href: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly title?: string | undefined;
  readonly label?: string | undefined;
  readonly current?: boolean;
}

/** A link within the page: it changes the place without loading the page again. */
export function Link({ href, children, title, label, current, ...rest }: LinkProps): JSX.Element {
  return (
    <a
      href={href}
      class={rest.class}
      title={title}
      aria-label={label}
      aria-current={current ? "page" : undefined}
      onClick={(event) => follow(event, href)}
    >
      {children}
    </a>
  );
}

function follow(event: MouseEvent, href: string): void {
  const withKey = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (withKey || event.button !== 0 || event.defaultPrevented) return;
  event.preventDefault();
  go(href);
}
