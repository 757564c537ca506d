import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface VirtualListProps<Row> {
  /** What the rows are. */
  readonly label: string;
  readonly rows: readonly Row[];
  /** Of one row, in pixels. */
  readonly height: number;
  readonly keyOf: (row: Row) => string | number;
  readonly row: (row: Row, index: number) => ComponentChildren;
}

/** Rows drawn above and below what is seen, so that scrolling shows no gap. */
const SPARE = 6;
/** Scrolling by fewer rows than this draws nothing anew. */
const STEP = 4;

/** A long list of rows of one height: only those in sight are drawn, the page itself scrolls. */
export function VirtualList<Row>(props: VirtualListProps<Row>): JSX.Element {
  const { label, rows, height, keyOf, row } = props;
  const box = useRef<HTMLUListElement>(null);
  const [first, setFirst] = useState(0);
  const [shown, setShown] = useState(40);

  useEffect(() => {
    const look = (): void => {
      const top = box.current?.getBoundingClientRect().top ?? 0;
      const start = Math.floor(Math.max(0, -top) / height) - SPARE;
      setFirst(Math.max(0, start - (start % STEP)));
      setShown(Math.ceil(innerHeight / height) + 2 * SPARE + STEP);
    };
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [height, rows.length]);

  // Scrolling draws only this part again, so rows that were drawn for the same `row` are as they were.
  const drawn = useRef(new Map<number, JSX.Element>());
  const drawnBy = useRef<readonly unknown[]>([]);
  if (drawnBy.current[0] !== row || drawnBy.current[1] !== rows) drawn.current.clear();
  drawnBy.current = [row, rows];

  const start = Math.min(first, Math.max(0, rows.length - 1));
  const seen = new Map<number, JSX.Element>();
  for (const [offset, one] of rows.slice(start, start + shown).entries()) {
    const index = start + offset;
    seen.set(index, drawn.current.get(index) ?? draw(one, index));
  }
  drawn.current = seen;

  function draw(one: Row, index: number): JSX.Element {
    return (
      <li
        key={keyOf(one)}
        aria-setsize={rows.length}
        aria-posinset={index + 1}
        class="virtual-row"
        style={{ height: `${height}px`, top: `${index * height}px` }}
      >
        {row(one, index)}
      </li>
    );
  }

  return (
    <ul
      ref={box}
      class="virtual-list"
      aria-label={label}
      style={{ height: `${rows.length * height}px` }}
    >
      {[...seen.values()]}
    </ul>
  );
}
