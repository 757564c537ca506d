import type { JSX } from "preact";

/** Lines in the place of words that are on their way. */
export function Loading({ lines = 3 }: { readonly lines?: number }): JSX.Element {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} class="loading-line" aria-hidden="true" />
      ))}
    </div>
  );
}
