// The plots of a finished study: before and after RL per start and source, pass@k, and the difficulty of a dataset. Pure.
import type { Comparison, GapComparison, StartComparison } from "../../main/contract/comparison.ts";
import type { Pool } from "../../main/contract/dataset.ts";
import { writeSelection } from "../client/selection.ts";
import { distinguishable, percent, percentInterval, points, sampleSize, signed } from "../components/format.ts";
import { type Figure, type Series, startStyles } from "./figure.ts";

/** What RL did to each start, in words: the finding of the comparison. */
export function changeTitle(starts: StartComparison[]): string {
  const said = starts.map((s) =>
    distinguishable(s.change) ? `${s.name} ${signed(s.change.value * 100, 1)} points` : `${s.name} not distinguishable from no change`,
  );
  return `RL changed pass@1: ${said.join(", ")}`;
}

export function beforeAfterFigure(comparison: Comparison): Figure {
  const styles = startStyles(comparison.starts.map((s) => s.name));
  // From the bottom up: the weakest start's total ends on top.
  const rows = [...comparison.starts]
    .reverse()
    .flatMap((start) => [
      ...[...start.bySource].reverse().map((s) => ({ start, label: `${start.name}, ${s.source}`, ...s })),
      { start, label: `${start.name}, all`, before: start.before, after: start.after, change: start.change },
    ]);
  const series = (when: "before" | "after"): Series[] =>
    comparison.starts.map((start) => {
      const own = rows.filter((row) => row.start === start);
      return {
        name: `${start.name}, ${when} RL`,
        style: styles.get(start.name),
        kind: when === "before" ? "hollow-marks" : "marks",
        x: own.map((row) => row[when].value),
        y: own.map((row) => row.label),
        low: own.map((row) => row[when].low),
        high: own.map((row) => row[when].high),
        intervalOnX: true,
        dodge: when === "before" ? 0.15 : -0.15,
        hover: own.map(
          (row) =>
            `${row.label}, ${when} RL\npass@1 ${percentInterval(row[when])} (${sampleSize(row[when])})\nchange ${points(row.change)} points\nclick: its samples`,
        ),
        keys: own.map(() => writeSelection({ kind: "samples", evaluationId: start.evaluationIds[when] })),
      };
    });
  return {
    id: "before-after",
    title: changeTitle(comparison.starts),
    subtitle: "Hollow: before RL. Filled: after. Bars: 95 % interval, clustered by problem.",
    x: { label: `pass@1 on ${comparison.pool} (%)`, format: "percent", bounds: [0, 1] },
    y: { label: "", categories: rows.map((row) => row.label) },
    series: [...series("before"), ...series("after")],
  };
}

export function passAtKFigure(comparison: Comparison): Figure {
  const styles = startStyles(comparison.starts.map((s) => s.name));
  const line = (start: StartComparison, when: "before" | "after"): Series => ({
    name: `${start.name}, ${when} RL`,
    style: styles.get(start.name),
    kind: when === "before" ? "thin-line" : "marks-line",
    x: start.passAtK.map((p) => p.k),
    y: start.passAtK.map((p) => p[when]),
    hover: start.passAtK.map((p) => `${start.name}, ${when} RL\npass@${p.k} ${percent(p[when])}\n${sampleSize(start.before)}`),
    keys: start.passAtK.map(() => writeSelection({ kind: "samples", evaluationId: start.evaluationIds[when] })),
    endLabel: `${start.name} ${when}`,
  });
  const largest = Math.max(1, ...comparison.starts.flatMap((s) => s.passAtK.map((p) => p.k)));
  const gains = comparison.starts.flatMap((s) => {
    const last = s.passAtK[s.passAtK.length - 1];
    return last === undefined ? [] : [`${s.name} ${signed((last.after - last.before) * 100, 1)}`];
  });
  return {
    id: "pass-at-k",
    title: "Does RL widen what can be solved?",
    subtitle: `Thin: before RL. Thick with marks: after. pass@${largest}, after − before, without intervals: ${gains.join(", ")} points.`,
    x: {
      label: "k (samples)",
      range: [1, Math.max(2, largest)],
      ticks: [...new Set(comparison.starts.flatMap((s) => s.passAtK.map((p) => p.k)))],
    },
    y: { label: `pass@k on ${comparison.pool} (%)`, format: "percent", bounds: [0, 1] },
    series: comparison.starts.flatMap((start) => [line(start, "before"), line(start, "after")]),
  };
}

/** What became of the gap, as a sentence. */
export function gapSentence({ weak, strong, before, after, change, direction }: GapComparison): string {
  const went = `${strong} − ${weak} is ${points(before)} points before RL and ${points(after)} after`;
  return direction.points === "not distinguishable"
    ? `${went}: the change, ${points(change)}, is not distinguishable from none.`
    : `${went}: the gap ${direction.points} (change ${points(change)}).`;
}

/** How much of the gap is left; nothing where there was none to begin with, or another order stands. */
export const gapLeft = (narrowingRatio: number | null): string =>
  narrowingRatio !== null && narrowingRatio >= 0 ? percent(narrowingRatio, 0) : "";

export interface DifficultyRow {
  pool: Pool;
  difficulty: number;
}

export const poolLabels: Record<Pool, string> = { sft: "SFT", rl: "RL", dev: "dev", test: "test" };
const poolOrder: Pool[] = ["sft", "rl", "dev", "test"];

/** Shares per pool, so that pools of different size can be compared: splits by hash should look alike. */
export function difficultyFigure(rows: DifficultyRow[], binCount = 16): Figure {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    low = Math.min(low, row.difficulty);
    high = Math.max(high, row.difficulty);
  }
  const width = (high - low) / binCount || 1;
  const bins = rows.length === 0 ? 0 : binCount;
  const series: Series[] = poolOrder.flatMap((pool, hue): Series[] => {
    const own = rows.filter((row) => row.pool === pool);
    if (own.length === 0) return [];
    const counts = new Array<number>(bins).fill(0);
    for (const row of own) counts[Math.min(bins - 1, Math.floor((row.difficulty - low) / width))]++;
    return [
      {
        name: pool,
        style: { hue: 6, dash: hue },
        kind: "line",
        x: counts.map((_, i) => low + (i + 0.5) * width),
        y: counts.map((c) => c / own.length),
        hover: counts.map(
          (c, i) =>
            `${pool}, difficulty ${(low + i * width).toFixed(1)} to ${(low + (i + 1) * width).toFixed(1)}\n${percent(c / own.length)} (${c} of ${own.length})`,
        ),
        endLabel: poolLabels[pool],
      },
    ];
  });
  return {
    id: "difficulty",
    title: "Are the pools equally hard?",
    subtitle: "Share of each pool's problems by our grade of difficulty.",
    x: { label: "Difficulty" },
    y: { label: "Problems of the pool (%)", format: "percent", bounds: [0, 1], range: [0, 0.1] },
    series,
  };
}
