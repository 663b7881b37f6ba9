// The filter in the link, the same object while the rest of the link changes: moving through rows draws no histogram anew.
import { useMemo } from "react";
import type { RowFilter } from "../../../main/contract/imported-dataset.ts";
import { useHashQuery } from "../../client/location.ts";
import { filterPart, readRowFilter } from "../../client/row-filter.ts";

export function useRowFilter(): RowFilter {
  const part = filterPart(useHashQuery());
  return useMemo(() => readRowFilter(part), [part]);
}
