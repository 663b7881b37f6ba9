// A short table whose rows open something: a real <table>, with j, k and Enter.
import { type ReactNode, useState } from "react";
import { useTableKeys } from "./keyboard.ts";

export interface RowColumn<Row> {
  key: string;
  label: ReactNode;
  numeric?: boolean;
  render: (row: Row) => ReactNode;
}

export interface RowTableProps<Row> {
  label: string;
  columns: RowColumn<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string;
  onOpen: (row: Row) => void;
  isOpen?: (row: Row) => boolean;
}

export function RowTable<Row>({ label, columns, rows, keyOf, onOpen, isOpen }: RowTableProps<Row>) {
  const [cursor, setCursor] = useState(-1);
  const keys = useTableKeys({
    move: (by) => setCursor((at) => Math.max(0, Math.min(rows.length - 1, at + by))),
    open: () => {
      const row = rows[cursor];
      if (row !== undefined) onOpen(row);
    },
  });
  return (
    <div className="table-wrap">
      <table className="table wide" aria-label={label} onFocus={keys.activate} onMouseDown={keys.activate}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={column.numeric ? "num" : undefined}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr
              key={keyOf(row)}
              data-open
              data-cursor={index === cursor || isOpen?.(row) === true}
              onClick={() => {
                setCursor(index);
                onOpen(row);
              }}
            >
              {columns.map((column) => (
                <td key={column.key} className={column.numeric ? "num" : undefined}>
                  {column.render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
