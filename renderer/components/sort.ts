// The order of a table, in the link as `sort`: a column's key, with a minus for descending.
import { setQuery, useQueryEntry } from "../client/location.ts";

export interface Sort<Key extends string> {
  by: Key;
  descending: boolean;
  /** What a column's head needs to show the order and to change it. */
  head: (key: Key) => { active: boolean; descending: boolean; toggle: () => void };
}

export function useSort<Key extends string>(keys: readonly Key[], unsorted: Key, unsortedDescending = false): Sort<Key> {
  const [entry] = useQueryEntry("sort");
  const known = keys.find((key) => key === entry?.replace(/^-/, ""));
  const by = known ?? unsorted;
  const descending = known === undefined ? unsortedDescending : entry?.startsWith("-") === true;
  return {
    by,
    descending,
    head: (key) => ({
      active: by === key,
      descending,
      toggle: () => setQuery({ sort: by === key && !descending ? `-${key}` : key }),
    }),
  };
}

/** Values of one column in order; what has none comes last either way. */
export function compareValues(a: string | number | null, b: string | number | null, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
  return descending ? -order : order;
}
