import type { ComponentChildren, JSX } from "preact";

/** A name and what it is; null leaves it out. */
export type Fact = readonly [name: string, content: ComponentChildren];

/** Names with their values, in two columns where there is room. */
export function Facts({ items }: { readonly items: readonly (Fact | null)[] }): JSX.Element {
  return (
    <dl class="facts">
      {items.map((item) =>
        item === null ? null : (
          <div key={item[0]}>
            <dt>{item[0]}</dt>
            <dd>{item[1]}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
