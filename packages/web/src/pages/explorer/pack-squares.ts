/** Where a square lies: its corner and its side, in cells. */
export interface Square {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** Cells that the picture of a full block has along a side. */
const FIELD = 84;
const FEW = 60;

/**
 * Packs squares whose areas are as `weights`, in their order, each as far up and left as it fits.
 *
 * @param room the weight that fills the whole field
 * @returns the squares, and the width of the field; squares may reach below a full field
 */
export function packSquares(
  weights: readonly number[],
  room: number,
): { readonly squares: readonly Square[]; readonly width: number } {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const width = FIELD;
  // Rounding to whole cells costs room, and few large squares leave more between them than many small ones.
  const used = weights.length < FEW ? 0.6 : 0.9;
  const cellWeight = Math.max(room, total) / (width * width * used);
  const taken: Uint8Array[] = [];
  // A square finds no place above where the last one of its side found one.
  const starts = new Int32Array(width + 1);
  const squares = weights.map((weight) => {
    const side = Math.min(width, Math.max(1, Math.round(Math.sqrt(weight / cellWeight))));
    const spot = findSpot(taken, width, side, starts[side] as number);
    starts[side] = spot.y;
    for (let y = spot.y; y < spot.y + side; y++) {
      rowOf(taken, y, width).fill(1, spot.x, spot.x + side);
    }
    return { ...spot, side };
  });
  return { squares, width };
}

function findSpot(
  taken: Uint8Array[],
  width: number,
  side: number,
  from: number,
): { readonly x: number; readonly y: number } {
  for (let y = from; ; y++) {
    for (let x = 0; x + side <= width; x++) {
      const blocked = blockedUntil(taken, width, x, y, side);
      if (blocked === -1) return { x, y };
      x = blocked;
    }
  }
}

/** The rightmost taken column below a square put at x, y; -1 when all is free. */
function blockedUntil(
  taken: Uint8Array[],
  width: number,
  x: number,
  y: number,
  side: number,
): number {
  let right = -1;
  for (let row = y; row < y + side; row++) {
    const cells = rowOf(taken, row, width);
    for (let column = x + side - 1; column >= x && column > right; column--) {
      if (cells[column] === 1) right = column;
    }
  }
  return right;
}

function rowOf(taken: Uint8Array[], y: number, width: number): Uint8Array {
  while (taken.length <= y) taken.push(new Uint8Array(width));
  return taken[y] as Uint8Array;
}
