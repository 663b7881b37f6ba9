// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot be virtual: rows are placed by hand
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, and names its row by aria-activedescendant
// biome-ignore-all lint/a11y/noStaticElementInteractions: the wrapper only notes which table is in use
// A long table: only the rows in sight exist, only their pages are read. One row is current; j, k, arrows and Enter work.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
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
  /** Says which rows are in sight, so that their pages are read. */
  onRange: (first: number, last: number) => void;
  onOpen: (row: Row) => void;
  /** Whether this row is what the inspector shows. */
  isOpen: (row: Row) => boolean;
  /** Moving opens at once, since the inspector stands beside the table. */
  follow: boolean;
  foot?: ReactNode;
  /** Starts anew at the top when this changes (filters). */
  resetKey: string;
}

const rowHeight = 28;

export function VirtualGrid<Row>(props: VirtualGridProps<Row>) {
  const { label, columns, total, row, onRange, onOpen, isOpen, follow, foot, resetKey } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState(-1);
  const id = useId();
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: rowHeight,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items[items.length - 1]?.index ?? 0;
  const report = useRef(onRange);
  report.current = onRange;
  useEffect(() => report.current(first, last), [first, last]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new filter begins at the top
  useEffect(() => {
    setCursor(-1);
    scroll.current?.scrollTo({ top: 0 });
  }, [resetKey]);

  const openAt = (index: number) => {
    const target = row(index);
    if (target !== undefined) onOpen(target);
  };
  const keys = useTableKeys({
    move: (by) => {
      if (total === 0) return;
      const next = Math.max(0, Math.min(total - 1, cursor + by));
      setCursor(next);
      virtual.scrollToIndex(next);
      if (follow) openAt(next);
    },
    open: () => openAt(Math.max(0, cursor)),
  });
  const template = columns.map((c) => c.width).join(" ");

  return (
    <div className="grid" onFocus={keys.activate} onMouseDown={keys.activate}>
      <div
        ref={scroll}
        className="grid-scroll"
        role="grid"
        aria-label={label}
        aria-rowcount={total + 1}
        aria-colcount={columns.length}
        tabIndex={0}
        aria-activedescendant={cursor >= 0 ? `${id}-${cursor}` : undefined}
        onKeyDown={(event) => {
          const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 };
          const by = steps[event.key];
          if (by === undefined) return;
          event.preventDefault();
          const next = Math.max(0, Math.min(total - 1, cursor + by));
          setCursor(next);
          virtual.scrollToIndex(next);
          if (follow) openAt(next);
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
        <div className="grid-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const data = row(item.index);
            const current = data !== undefined && isOpen(data);
            return (
              <div
                key={item.key}
                id={`${id}-${item.index}`}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={current || item.index === cursor}
                className="grid-row"
                style={{ gridTemplateColumns: template, transform: `translateY(${item.start}px)` }}
                onClick={() => {
                  setCursor(item.index);
                  openAt(item.index);
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
