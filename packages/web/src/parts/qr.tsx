import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

interface QrProps {
  readonly text: string;
  /** What the code says, for those who do not see it. */
  readonly label: string;
}

interface Drawing {
  readonly size: number;
  readonly path: string;
}

/** A text as a QR code, dark on light in either theme so that every camera reads it. */
export function Qr({ text, label }: QrProps): JSX.Element {
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  useEffect(() => {
    let current = true;
    void import("uqr").then(({ encode }) => {
      if (!current) return;
      const { size, data } = encode(text, { border: 3 });
      setDrawing({ size, path: pathOf(data) });
    });
    return () => {
      current = false;
    };
  }, [text]);
  return (
    <svg
      class="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${drawing?.size ?? 1} ${drawing?.size ?? 1}`}
      shape-rendering="crispEdges"
    >
      {drawing === null ? null : <path d={drawing.path} />}
    </svg>
  );
}

function pathOf(rows: readonly (readonly boolean[])[]): string {
  const parts: string[] = [];
  for (const [y, row] of rows.entries()) {
    for (const [x, dark] of row.entries()) if (dark) parts.push(`M${x} ${y}h1v1h-1z`);
  }
  return parts.join("");
}
