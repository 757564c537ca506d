/** A band of the flow picture, from a row at its side to the trunk in the middle. */
export interface Ribbon {
  readonly path: string;
  readonly index: number;
}

/** The picture is a hundred units wide and as many high as the rows are in pixels. */
const WIDTH = 100;
const TRUNK = 14;
const THINNEST = 1.5;
/** Share of a row's height that its band may take where it meets the row. */
const MOUTH = 0.62;

/**
 * Bands from rows to the trunk; where they meet it, each is as thick as its value's share.
 *
 * @param values of the rows from the top, the largest picture of them filling the trunk
 * @param rowHeight of one row
 * @param height of the whole picture
 * @param side where the rows stand
 */
export function flowRibbons(
  values: readonly number[],
  rowHeight: number,
  height: number,
  side: "left" | "right",
): readonly Ribbon[] {
  const total = Math.max(
    1,
    values.reduce((sum, value) => sum + value, 0),
  );
  const trunk = Math.min(height * 0.6, 110);
  const shares = values.map((value) => Math.max(THINNEST, (value / total) * trunk));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const top = (height - values.length * rowHeight) / 2;
  const mouth = rowHeight * MOUTH;
  let y = (height - whole) / 2;
  return shares.map((share, index) => {
    const row = top + (index + 0.5) * rowHeight;
    const path = ribbon(side, row, Math.min(mouth, share), y + share / 2, share);
    y += share;
    return { path, index };
  });
}

function ribbon(
  side: "left" | "right",
  rowY: number,
  rowSize: number,
  trunkY: number,
  trunkSize: number,
): string {
  const mirror = (x: number): number => (side === "left" ? x : WIDTH - x);
  const edge = mirror(0);
  const bend = mirror((WIDTH - TRUNK) / 4);
  const middle = mirror((WIDTH - TRUNK) / 2);
  const point = (x: number, y: number): string => `${x.toFixed(2)} ${y.toFixed(2)}`;
  const [a, b] = [rowY - rowSize / 2, rowY + rowSize / 2];
  const [c, d] = [trunkY - trunkSize / 2, trunkY + trunkSize / 2];
  return [
    `M${point(edge, a)}`,
    `C${point(bend, a)} ${point(bend, c)} ${point(middle, c)}`,
    `L${point(mirror(WIDTH / 2), c)}L${point(mirror(WIDTH / 2), d)}L${point(middle, d)}`,
    `C${point(bend, d)} ${point(bend, b)} ${point(edge, b)}Z`,
  ].join("");
}
