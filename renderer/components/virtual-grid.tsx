// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot be virtual: rows are placed by hand
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, and names its row by aria-activedescendant
// biome-ignore-all lint/a11y/noStaticElementInteractions: the wrapper only notes which table is in use
// A long table: only the rows in sight exist, only their pages are read. One row is current; j, k, arrows and Enter work.
import { type ReactNode, useEffect, useId, useState } from "react";
import { useFixedRows } from "./fixed-rows.ts";
import { useTableKeys } from "./keyboard.ts";

export interface Column<Row> {
  key: string;
  label: ReactNode;
  /** CSS grid track, e.g. "80px" or "minmax(0, 1fr)". */
  width: string;
  numeric?: boolean;
  mono?: boolean;
  /** Present: the column's head sorts. */
  sort?: { active: boolean; descending: boolean; toggle: () => void };
  render: (row: Row) => ReactNode;
}

export interface VirtualGridProps<Row> {
  label: string;
  columns: Column<Row>[];
  total: number;
  row: (index: number) => Row | undefined;
  /** Says which rows are in sight, so that their pages are read; a list that is there as a whole needs none. */
  onRange?: (first: number, last: number) => void;
  onOpen: (row: Row) => void;
  /** Whether this row is what the inspector shows. */
  isOpen: (row: Row) => boolean;
  /** Moving opens at once, since the inspector stands beside the table. */
  follow: boolean;
  foot?: ReactNode;
  /** Starts anew at the top when this changes (filters). */
  resetKey: string;
}

export function VirtualGrid<Row>(props: VirtualGridProps<Row>) {
  const { label, columns, total, row, onRange, onOpen, isOpen, follow, foot, resetKey } = props;
  const rows = useFixedRows(total, onRange);
  const [cursor, setCursor] = useState(-1);
  const id = useId();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new filter begins at the top
  useEffect(() => {
    setCursor(-1);
    rows.toTop();
  }, [resetKey]);

  const openAt = (index: number) => {
    const target = row(index);
    if (target !== undefined) onOpen(target);
  };
  const move = (by: number) => {
    if (total === 0) return;
    const next = Math.max(0, Math.min(total - 1, cursor + by));
    setCursor(next);
    rows.show(next);
    if (follow) openAt(next);
  };
  const keys = useTableKeys({ move, open: () => openAt(Math.max(0, cursor)) });
  const template = columns.map((c) => c.width).join(" ");

  return (
    <div className="grid" onFocus={keys.activate} onMouseDown={keys.activate}>
      <div
        ref={rows.scroll}
        className="grid-scroll"
        role="grid"
        aria-label={label}
        aria-rowcount={total + 1}
        aria-colcount={columns.length}
        tabIndex={0}
        aria-activedescendant={cursor >= 0 ? `${id}-${cursor}` : undefined}
        onKeyDown={(event) => {
          const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -total, End: total };
          const by = steps[event.key];
          if (by === undefined) return;
          event.preventDefault();
          move(by);
        }}
      >
        <div className="grid-row grid-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
          {columns.map((column) => (
            <div
              key={column.key}
              role="columnheader"
              className={column.numeric ? "num" : undefined}
              aria-sort={column.sort?.active ? (column.sort.descending ? "descending" : "ascending") : undefined}
            >
              {column.sort === undefined ? (
                column.label
              ) : (
                <button type="button" onClick={column.sort.toggle}>
                  {column.label}
                  {column.sort.active ? (column.sort.descending ? " ↓" : " ↑") : ""}
                </button>
              )}
            </div>
          ))}
        </div>
        <div className="grid-body" role="rowgroup" style={{ height: rows.height }}>
          {rows.indices.map((index) => {
            const data = row(index);
            const current = data !== undefined && isOpen(data);
            return (
              <div
                key={index}
                id={`${id}-${index}`}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={current || index === cursor}
                className="grid-row"
                style={{ gridTemplateColumns: template, transform: `translateY(${rows.topOf(index)}px)` }}
                onClick={() => {
                  setCursor(index);
                  openAt(index);
                }}
                onKeyDown={undefined}
              >
                {columns.map((column) => (
                  <div
                    key={column.key}
                    role="gridcell"
                    className={[column.numeric ? "num" : "", column.mono ? "mono" : ""].join(" ").trim() || undefined}
                  >
                    {data === undefined ? <span className="placeholder" /> : column.render(data)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      {foot !== undefined && <div className="grid-foot">{foot}</div>}
    </div>
  );
}
