import type { ComponentChildren, JSX } from "preact";
import { Empty } from "./empty.tsx";

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand at the end of their column. */
  readonly align?: "end";
  /** Left out where the page is narrow. */
  readonly hide?: "narrow";
}

interface TableProps<Row> {
  /** What the rows are, for those who do not see the heading above. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  /** What to say when there are no rows. */
  readonly empty?: string;
}

/** Rows under headings. It scrolls sideways by itself where it does not fit. */
export function Table<Row>(props: TableProps<Row>): JSX.Element {
  const { caption, columns, rows, keyOf, empty = "Nothing here." } = props;
  if (rows.length === 0) return <Empty title={empty} />;
  return (
    // A region that scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="table" aria-label={`Table: ${caption}`} tabIndex={0}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" class={cellClass(column)}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.head} class={cellClass(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function cellClass<Row>({ align, hide }: Column<Row>): string | undefined {
  const names = [align === "end" ? "number" : "", hide === "narrow" ? "wide-only" : ""];
  return names.filter(Boolean).join(" ") || undefined;
}
