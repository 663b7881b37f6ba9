// Long lists page by page: only the pages that are in sight are read, however many rows there are.
import { useQueries } from "@tanstack/react-query";
import { useRef } from "react";
import type { Page } from "../../main/contract/api.ts";

/** Rows in sight, by index, both inclusive. */
export interface RowRange {
  first: number;
  last: number;
}

const pageSize = 100;

/** Rows of a long list by index: only the pages that `first`..`last` touch are read. */
export function usePages<Row>(
  key: readonly unknown[] | null,
  read: (range: { offset: number; limit: number }) => Promise<Page<Row>>,
  range: RowRange,
) {
  const firstPage = Math.floor(Math.max(0, range.first) / pageSize);
  const lastPage = Math.max(firstPage, Math.floor(Math.max(0, range.last) / pageSize));
  // Page 0 is always among them: it says how many rows there are while a far page is still on its way.
  const visible = Array.from({ length: lastPage - firstPage + 1 }, (_, i) => firstPage + i);
  const pages = key === null ? [] : [...new Set([0, ...visible])];
  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...(key ?? []), "page", page],
      queryFn: () => read({ offset: page * pageSize, limit: pageSize }),
    })),
  });
  const known = answers.find((a) => a.data !== undefined)?.data?.total;
  // While another filter's first page is on its way, the table keeps its height.
  const last = useRef(known);
  if (known !== undefined || key === null) last.current = known;
  const failed = answers.find((a) => a.error !== null);
  return {
    total: last.current,
    error: failed?.error ?? null,
    retry: () => failed?.refetch(),
    row(index: number): Row | undefined {
      return answers[pages.indexOf(Math.floor(index / pageSize))]?.data?.rows[index % pageSize];
    },
  };
}
