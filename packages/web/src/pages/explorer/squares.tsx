import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatCount, formatFeerate, formatShare, shortenHash } from "../../format.ts";
import { go } from "../../router.ts";
import { feerateColour } from "./feerate-colour.ts";
import { packSquares, type Square } from "./pack-squares.ts";

/** What the picture needs of a transaction. */
interface DrawnTransaction {
  readonly txid: string;
  readonly weight: number;
  /** sat/vB; null where nothing is known of its fee. */
  readonly rate: number | null;
}

interface SquaresProps {
  readonly label: string;
  readonly transactions: readonly DrawnTransaction[];
  /** The weight that fills the field. */
  readonly room: number;
  readonly hrefOf: (txid: string) => string;
}

/** A block with less in it than this share is drawn as if it were full. */
const ENLARGED = 0.25;
const GREY = "rgb(134 140 138)";

/**
 * A block as squares: area is weight, colour is feerate. The pointer and the arrow keys choose one, a press
 * or Enter opens it. The list beside it says the same in words.
 */
export function Squares({ label, transactions, room, hrefOf }: SquaresProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [chosen, choose] = useState(-1);
  const { squares, width, share } = useMemo(
    () => arrange(transactions, room),
    [transactions, room],
  );
  const foot = Math.max(1, ...squares.map(({ y, side }) => y + side));
  const height = share < ENLARGED ? foot : Math.max(width, foot);

  useEffect(() => {
    const paint = (): void => {
      const context = canvas.current?.getContext("2d");
      if (!canvas.current || !context) return;
      const cell = prepare(canvas.current, width, height);
      const gap = Math.min(1, cell * 0.12);
      for (const [index, { x, y, side }] of squares.entries()) {
        const rate = transactions[index]?.rate ?? null;
        context.fillStyle = rate === null ? GREY : feerateColour(rate);
        context.globalAlpha = chosen === -1 || chosen === index ? 1 : 0.55;
        context.fillRect(x * cell, y * cell, side * cell - gap, side * cell - gap);
      }
    };
    paint();
    const watch = new ResizeObserver(paint);
    if (canvas.current) watch.observe(canvas.current);
    return () => watch.disconnect();
  }, [squares, transactions, chosen, width, height]);

  function at(event: MouseEvent): number {
    const box = canvas.current?.getBoundingClientRect();
    if (!box) return -1;
    const x = ((event.clientX - box.left) / box.width) * width;
    const y = ((event.clientY - box.top) / box.width) * width;
    return squares.findIndex(
      (one) => x >= one.x && x < one.x + one.side && y >= one.y && y < one.y + one.side,
    );
  }

  function press(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      choose(Math.min(squares.length - 1, Math.max(0, chosen + step)));
    } else if (event.key === "Enter") {
      open(chosen);
    } else if (event.key === "Escape") {
      choose(-1);
    }
  }

  function open(index: number): void {
    const one = transactions[index];
    if (one !== undefined) go(hrefOf(one.txid));
  }

  return (
    <figure class="squares">
      <canvas
        ref={canvas}
        // A picture that arrow keys read out one by one.
        tabIndex={0}
        role="img"
        aria-label={`${label}. Arrow keys go through its transactions, Enter opens one.`}
        style={{ aspectRatio: `${width} / ${height}` }}
        onPointerMove={(event) => choose(at(event))}
        onPointerLeave={() => choose(-1)}
        onClick={(event) => open(at(event))}
        onKeyDown={press}
      />
      <figcaption aria-live="polite">
        {describe(transactions[chosen]) ??
          `${formatCount(transactions.length)} transactions fill ${formatShare(share)} of a block`}
      </figcaption>
    </figure>
  );
}

/** Packs the squares; the share of a block that they fill is told beside the picture. */
function arrange(
  transactions: readonly DrawnTransaction[],
  room: number,
): { readonly squares: readonly Square[]; readonly width: number; readonly share: number } {
  const weights = transactions.map(({ weight }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { ...packSquares(weights, total < room * ENLARGED ? total : room), share: total / room };
}

/** Sizes the canvas to its place on the screen; gives the pixels of one cell. */
function prepare(canvas: HTMLCanvasElement, width: number, height: number): number {
  const pixels = Math.round(canvas.clientWidth * devicePixelRatio);
  canvas.width = pixels;
  canvas.height = Math.round((pixels * height) / width);
  return pixels / width;
}

function describe(one: DrawnTransaction | undefined): string | null {
  if (one === undefined) return null;
  const rate = one.rate === null ? "new coins" : `${formatFeerate(one.rate)} sat/vB`;
  return `${shortenHash(one.txid)} · ${rate} · ${formatCount(Math.ceil(one.weight / 4))} vB`;
}
