import type { JSX } from "preact";

/** The mark: two blocks that hold each other. */
export function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="logo-one" d="M12.5 3.500a9 9 0 0 0 0 18h3v-5h-3a4 4 0 0 1 0-8h6v-5z" />
      <path class="logo-two" d="M19.5 28.500a9 9 0 0 0 0-18h-3v5h3a4 4 0 0 1 0 8h-6v5z" />
    </svg>
  );
}
