// The filter of an imported dataset's rows in the link, and back. A mistyped part restricts nothing. Pure.
import type { RowFilter } from "../../main/contract/imported-dataset.ts";

const rangeKeys = ["promptLength", "responseLength", "difficulty"] as const;
export type RangeKey = (typeof rangeKeys)[number];
const labelKeys = ["sources", "categories"] as const;
export type LabelKey = (typeof labelKeys)[number];

export type Range = { min: number | null; max: number | null };

/** Rows without a label. */
const none = "~";

export function readRowFilter(query: string): RowFilter {
  const params = new URLSearchParams(query);
  const range = (key: RangeKey): Range | null => {
    const match = params.get(key)?.match(/^(-?[\d.e+-]*)\.\.(-?[\d.e+-]*)$/);
    if (!match) return null;
    const [min, max] = [match[1], match[2]].map((end) => (end === "" || !Number.isFinite(Number(end)) ? null : Number(end)));
    return min === null && max === null ? null : { min, max };
  };
  const labels = (key: LabelKey): (string | null)[] => {
    const text = params.get(key);
    if (text === null || text === "") return [];
    try {
      return text.split(",").map((part) => (part === none ? null : decodeURIComponent(part)));
    } catch {
      return [];
    }
  };
  const dates = params.get("dates")?.match(/^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/);
  const tests = params.get("tests");
  return {
    search: params.get("q") ?? "",
    sources: labels("sources"),
    categories: labels("categories"),
    difficulty: range("difficulty"),
    promptLength: range("promptLength"),
    responseLength: range("responseLength"),
    dates: dates ? { from: dates[1], to: dates[2] } : null,
    tests: tests === "yes" ? true : tests === "no" ? false : null,
  };
}

export const writeRange = (range: Range | null): string | null => (range === null ? null : `${range.min ?? ""}..${range.max ?? ""}`);

export const writeLabels = (labels: (string | null)[]): string =>
  labels.map((label) => (label === null ? none : encodeURIComponent(label).replaceAll("~", "%7E"))).join(",");

export const writeDates = (dates: RowFilter["dates"]): string | null => (dates === null ? null : `${dates.from}..${dates.to}`);

/** Entries of the link that hold a filter; search is the view's own. */
export const filterEntries = [...rangeKeys, ...labelKeys, "dates", "tests"] as const;

/** The part of a link that a filter depends on. */
export function filterPart(query: string): string {
  const params = new URLSearchParams(query);
  const own = new URLSearchParams();
  for (const key of ["q", ...filterEntries]) {
    const value = params.get(key);
    if (value !== null) own.set(key, value);
  }
  return own.toString();
}

export function isFiltered(filter: RowFilter): boolean {
  return filterEntries.some((key) => {
    const value = filter[key];
    return Array.isArray(value) ? value.length > 0 : value !== null;
  });
}

/** The filter without one of its parts: what a histogram is drawn over, so that it shows what else could be chosen. */
export function without(filter: RowFilter, key: RangeKey | LabelKey | "dates"): RowFilter {
  return { ...filter, [key]: key === "sources" || key === "categories" ? [] : null };
}
