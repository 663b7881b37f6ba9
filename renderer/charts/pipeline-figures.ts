// How long responses are before and after a pipeline, on one axis: bins have the same edges in every report, so the two are laid over
// each other bin by bin, the whole faint behind what stays. Pure.
import type { LengthHistogram } from "../../main/contract/pipeline.ts";
import { compact, count, percent } from "../components/format.ts";
import type { Figure } from "./figure.ts";

type Bin = LengthHistogram["bins"][number];

/** All bins that either has, ascending. */
function binsOf(...histograms: LengthHistogram[]): Omit<Bin, "count">[] {
  const edges = new Map(histograms.flatMap(({ bins }) => bins.map(({ from, to }): [number, Omit<Bin, "count">] => [from, { from, to }])));
  return [...edges.values()].sort((a, b) => a.from - b.from);
}

const mean = ({ mean }: LengthHistogram) => (mean === null ? "–" : compact(mean));

export function lengthFigure(about: { id: string; title: string; what: string }, before: LengthHistogram, after: LengthHistogram): Figure {
  const bins = binsOf(before, after);
  const series = (name: string, histogram: LengthHistogram, kind: "bars" | "faint-bars") => {
    const counts = new Map(histogram.bins.map(({ from, count }) => [from, count]));
    const y = bins.map(({ from }) => counts.get(from) ?? 0);
    const share = (n: number) => (histogram.count === 0 ? 0 : n / histogram.count);
    return {
      name,
      kind,
      x: bins.map((_, i) => i),
      y,
      hover: bins.map(
        ({ from, to }, i) =>
          `${count(from)} to ${count(to)} ${histogram.unit}\n${count(y[i])} ${about.what} ${name}, ${percent(share(y[i]))} of them`,
      ),
    };
  };
  const every = Math.max(1, Math.ceil(bins.length / 6));
  const marked = bins.flatMap((_, i) => (i % every === 0 ? [i] : []));
  return {
    id: about.id,
    title: about.title,
    subtitle: `Faint: before, mean ${mean(before)}. Full: after, mean ${mean(after)}.`,
    x: {
      label: after.unit,
      range: [-0.6, Math.max(1, bins.length) - 0.4],
      ticks: marked.map((i) => i - 0.5),
      tickTexts: marked.map((i) => compact(bins[i].from)),
    },
    y: { label: about.what, bounds: [0, null], range: [0, 1] },
    series: [series("before", before, "faint-bars"), series("after", after, "bars")],
  };
}
