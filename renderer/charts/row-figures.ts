// How an imported dataset's rows are spread over a number or a day: all rows faint, those of the filter dark. Bins stand side by side
// at equal width, since the last one holds the longest hundredth. Pure.
import type { DatasetHistogram } from "../../main/contract/imported-dataset.ts";
import { compact, count } from "../components/format.ts";
import type { Figure } from "./figure.ts";

export type NumberHistogram = Extract<DatasetHistogram, { bins: { from: number }[] }>;

/** A bin's end as a person reads it: a day is milliseconds since 1970. */
function edgeText(kind: NumberHistogram["kind"], value: number): string {
  return kind === "date" ? new Date(value).toISOString().slice(0, 10) : compact(value);
}

interface Bin {
  from: number;
  to: number;
}

function isOneNumber(kind: NumberHistogram["kind"], { from, to }: Bin): boolean {
  return kind === "number" && Number.isInteger(from) && Number.isInteger(to) && to - from <= 1;
}

function binText(kind: NumberHistogram["kind"], bin: Bin): string {
  const { from, to } = bin;
  return isOneNumber(kind, bin) ? edgeText(kind, from) : `${edgeText(kind, from)} to ${edgeText(kind, to)}`;
}

export function rowFigure(
  about: { id: string; title: string; unit: string },
  all: NumberHistogram,
  filtered: NumberHistogram | undefined,
  chosen: { min: number | null; max: number | null } | null,
): Figure {
  const { bins, kind } = all;
  const edges = [...bins.map((bin) => bin.from), bins[bins.length - 1]?.to ?? 0];
  const ticks = ticksOf(all, edges);
  const series = (name: string, of: NumberHistogram, barsKind: "bars" | "faint-bars") => ({
    name,
    kind: barsKind,
    x: of.bins.map((_, i) => i),
    y: of.bins.map((bin) => bin.count),
    hover: of.bins.map((bin) => `${binText(kind, bin)} ${about.unit}\n${count(bin.count)} rows, ${name}`),
  });
  return {
    id: about.id,
    title: about.title,
    x: {
      label: about.unit === "" ? " " : about.unit,
      range: [-0.6, bins.length - 0.4],
      ...ticks,
    },
    y: { label: "", bounds: [0, null], range: [0, 1] },
    series: [series("all", all, "faint-bars"), ...(filtered === undefined ? [] : [series("in the filter", filtered, "bars")])],
    brushed: chosen === null ? undefined : [placeOf(edges, chosen.min ?? edges[0]), placeOf(edges, chosen.max ?? edges[edges.length - 1])],
  };
}

/** A few of the bins' edges; where each bin is one whole number, that number below each. */
function ticksOf({ bins, kind }: NumberHistogram, edges: number[]): { ticks: number[]; tickTexts: string[] } {
  if (bins.length <= 12 && bins.every((bin) => isOneNumber(kind, bin)))
    return { ticks: bins.map((_, i) => i), tickTexts: bins.map((bin) => edgeText(kind, bin.from)) };
  const every = Math.max(1, Math.ceil(bins.length / 4));
  const marked = edges.flatMap((_, i) => (i % every === 0 || i === edges.length - 1 ? [i] : []));
  // The last two may stand too close.
  if (marked.length > 2 && marked[marked.length - 1] - marked[marked.length - 2] < every / 2) marked.splice(-2, 1);
  return { ticks: marked.map((i) => i - 0.5), tickTexts: marked.map((i) => edgeText(kind, edges[i])) };
}

/** Place of a value on the axis of bins, whose edges are at i − 0.5. */
function placeOf(edges: number[], value: number): number {
  for (let i = 1; i < edges.length; i++) if (value < edges[i]) return i - 1.5 + (value - edges[i - 1]) / (edges[i] - edges[i - 1] || 1);
  return edges.length - 1.5;
}

/** Range of values, both inclusive, that a brush over the bars means: whole bins. Null: none. */
export function brushedBins({ bins }: NumberHistogram, [from, to]: [number, number]): { min: number; max: number } | null {
  const first = Math.max(0, Math.round(Math.min(from, to)));
  const last = Math.min(bins.length - 1, Math.round(Math.max(from, to)));
  if (first > last) return null;
  const end = bins[last].to;
  // A bin ends before the next begins; of whole numbers that is one less.
  const whole = bins.every((bin) => Number.isInteger(bin.from) && Number.isInteger(bin.to));
  return { min: bins[first].from, max: whole && last < bins.length - 1 ? end - 1 : end };
}
