import type { JSX } from "preact";

/** Strokes on a field of 24 by 24. */
const SHAPES = {
  home: "M4 11.5 12 4l8 7.5M6 10v9.5h12V10M10 19.5v-6h4v6",
  blocks: "M4 8.2 12 4l8 4.2v7.6L12 20l-8-4.2zM4 8.2l8 4.2 8-4.2M12 12.4V20",
  wallet:
    "M4 7.5A1.5 1.5 0 0 1 5.5 6H17v3M4 7.500V17.500A1.5 1.5 0 0 0 5.5 19H20V9H5.500A1.5 1.5 0 0 1 4 7.500M16 14h.01",
  network:
    "M12 7.500V12M12 12l-5.5 4M12 12l5.5 4M14 5.500a2 2 0 1 1-4 0 2 2 0 0 1 4 0M7 17.500a2 2 0 1 1-4 0 2 2 0 0 1 4 0M21 17.500a2 2 0 1 1-4 0 2 2 0 0 1 4 0",
  settings:
    "M4 7h9M17 7h3M4 17h3M11 17h9M17 7a2 2 0 1 1-4 0 2 2 0 0 1 4 0M11 17a2 2 0 1 1-4 0 2 2 0 0 1 4 0",
  search: "M16.5 10.500a6 6 0 1 1-12 0 6 6 0 0 1 12 0M15 15l5 5",
  copy: "M9 9h10v11H9zM15 9V5H5v11h4",
  check: "m5 12.5 4.5 4.500L19 7.5",
  code: "m8 7-5 5 5 5M16 7l5 5-5 5",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8M12 3v1.500M12 19.500V21M3 12h1.500M19.5 12H21M5.6 5.600l1.1 1.100M17.3 17.300l1.1 1.100M5.6 18.400l1.1-1.100M17.3 6.700l1.1-1.1",
  moon: "M19.5 14.500A8 8 0 0 1 9.5 4.500a8 8 0 1 0 10 10z",
  system: "M4 5h16v11H4zM9 20h6M12 16v4",
  close: "m6 6 12 12M18 6 6 18",
  warning: "M12 4 2.8 19.500h18.400zM12 10v4.500M12 17v.01",
  info: "M12 3.500a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M12 11v5.500M12 7.700v.01",
  shield: "M12 3.5 5 6v5.500c0 4.2 2.9 7.3 7 9 4.1-1.7 7-4.8 7-9V6zM8.8 12l2.3 2.3 4.2-4.4",
  arrow: "M5 12h14M13 6l6 6-6 6",
  back: "M19 12H5M11 6l-6 6 6 6",
  down: "m6 9 6 6 6-6",
  send: "M5 19 19 5M9 5h10v10",
  receive: "M19 5 5 19M15 19H5V9",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  plus: "M12 5v14M5 12h14",
  refresh: "M19.5 12a7.5 7.5 0 1 1-2.2-5.300L19.5 9M19.5 4.500V9H15",
  clock: "M12 3.500a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M12 7.500V12l3 2",
} as const;

export type IconName = keyof typeof SHAPES;

/** A small drawing beside words; it says nothing that the words do not. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}
