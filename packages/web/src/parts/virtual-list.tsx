import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface VirtualListProps<Row> {
  /** What the rows are. */
  readonly label: string;
  readonly rows: readonly Row[];
  /** Of one row, in pixels. */
  readonly height: number;
  readonly row: (row: Row, index: number) => ComponentChildren;
}

/** Rows drawn above and below what is seen, so that a gentle scroll shows no gap. */
const SPARE = 3;

/** Which rows are drawn: `count` of them from `first` on. */
interface Drawn {
  readonly first: number;
  readonly count: number;
  /** The row that would have the element with key 0: elements are used again for other rows. */
  readonly origin: number;
}

/**
 * A long list of rows of one height: only those in sight are drawn, the page itself scrolls. An element
 * whose row leaves the sight is given to a row that comes into it, so a scroll writes new words into
 * elements that stand, and makes none.
 */
export function VirtualList<Row>({ label, rows, height, row }: VirtualListProps<Row>): JSX.Element {
  const box = useRef<HTMLUListElement>(null);
  const [drawn, setDrawn] = useState<Drawn>({ first: 0, count: 1, origin: 0 });

  useEffect(() => {
    const look = (): void => {
      const top = box.current?.getBoundingClientRect().top ?? 0;
      const first = Math.floor(Math.max(0, -top) / height) - SPARE;
      const count = Math.ceil(innerHeight / height) + 1 + 2 * SPARE;
      const last = Math.max(0, rows.length - count);
      setDrawn((old) => moved(old, Math.min(last, Math.max(0, first)), count));
    };
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [height, rows.length]);

  // What stands in a row is made once while the row is in sight, and again when the list is another.
  const contents = useRef(new Map<number, ComponentChildren>());
  const madeOf = useRef<readonly unknown[]>([]);
  if (madeOf.current[0] !== row || madeOf.current[1] !== rows) contents.current.clear();
  madeOf.current = [row, rows];

  const seen = new Map<number, ComponentChildren>();
  for (const [offset, one] of rows.slice(drawn.first, drawn.first + drawn.count).entries()) {
    const index = drawn.first + offset;
    seen.set(index, contents.current.get(index) ?? row(one, index));
  }
  contents.current = seen;

  return (
    <ul
      ref={box}
      class="virtual-list"
      aria-label={label}
      style={{ height: `${rows.length * height}px` }}
    >
      {[...seen].map(([index, content]) => (
        <li
          key={keyOf(drawn, index)}
          aria-setsize={rows.length}
          aria-posinset={index + 1}
          class="virtual-row"
          style={{ height: `${height}px`, transform: `translateY(${index * height}px)` }}
        >
          {content}
        </li>
      ))}
    </ul>
  );
}

/**
 * Draws from another row on. While some rows stay, those keep their elements and the rest change ends;
 * after a jump every element stays where it is. So their order is always that of the rows.
 */
function moved(old: Drawn, first: number, count: number): Drawn {
  if (old.first === first && old.count === count) return old;
  const isJump = Math.abs(first - old.first) >= count || old.count !== count;
  return { first, count, origin: isJump ? old.origin + first - old.first : old.origin };
}

/** The same for rows that have one element after the other. */
function keyOf({ origin, count }: Drawn, index: number): number {
  return (((index - origin) % count) + count) % count;
}
