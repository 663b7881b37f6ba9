// The plots of one evaluation and of two side by side: pass@k, solve rates, and how each problem's solve rate differs. Pure.
import type { EvaluationComparison, EvaluationSummaryView, ProblemResult } from "../../main/contract/api.ts";
import { count, distinguishable, percent, plural, points, sampleSize, signed } from "../components/format.ts";
import type { Figure, StartStyle } from "./figure.ts";

export function passAtKCurve({ score, passAtK }: EvaluationSummaryView, style: StartStyle | undefined): Figure {
  const largest = passAtK[passAtK.length - 1];
  const gain = largest === undefined ? 0 : largest.closedForm - (passAtK[0]?.closedForm ?? 0);
  const hover = (k: number, value: number, how: string) => `pass@${k} ${percent(value)}, ${how}\n${sampleSize(score)}`;
  return {
    id: "pass-at-k-both",
    title:
      largest === undefined || largest.k === 1
        ? "pass@k needs several samples a problem"
        : `${count(largest.k)} tries in place of one: ${percent(largest.closedForm)} solved, ${signed(gain * 100, 1)} points`,
    subtitle: "Line: closed form 1 − C(n−c, k) / C(n, k). Hollow: k drawn 100 times, as the paper does.",
    x: { label: "k (samples)", range: [1, Math.max(2, largest?.k ?? 2)], ticks: passAtK.map((p) => p.k) },
    y: { label: "pass@k (%)", format: "percent", range: [0, 0.05], bounds: [0, 1] },
    series: [
      {
        name: "closed form",
        style,
        kind: "marks-line",
        x: passAtK.map((p) => p.k),
        y: passAtK.map((p) => p.closedForm),
        hover: passAtK.map((p) => hover(p.k, p.closedForm, "closed form")),
        endLabel: "closed form",
      },
      {
        name: "resampled",
        kind: "hollow-marks",
        x: passAtK.map((p) => p.k),
        y: passAtK.map((p) => p.resampled),
        hover: passAtK.map((p) => hover(p.k, p.resampled, "resampled")),
        endLabel: "resampled",
      },
    ],
  };
}

/** Solve rates fall on multiples of 1/n while n is small; past that they are binned. */
const mostBars = 20;

export interface RateRange {
  low: number;
  high: number;
}

export function inRange(rate: number, range: RateRange | null): boolean {
  // Rates are sums of rewards over n: equal ones may differ in their last bits.
  return range === null || (rate >= range.low - 1e-9 && rate <= range.high + 1e-9);
}

export function solveRateFigure(problems: ProblemResult[], chosen: RateRange | null): Figure {
  const samples = Math.max(1, ...problems.map((p) => p.samples));
  const steps = Math.min(samples, mostBars);
  const counts = new Array<number>(steps + 1).fill(0);
  for (const problem of problems) counts[Math.round(problem.solveRate * steps)]++;
  const never = counts[0];
  const always = counts[steps];
  return {
    id: "solve-rates",
    title: `${count(never)} of ${count(problems.length)} problems never solved, ${count(always)} always`,
    subtitle: "Drag over bars to list their problems.",
    x: {
      label: `Solve rate (%, ${count(samples)} ${samples === 1 ? "sample" : "samples"} a problem)`,
      range: [-0.7, steps + 0.7],
      ticks: [0, steps / 4, steps / 2, (3 * steps) / 4, steps],
      tickTexts: ["0", "25", "50", "75", "100"],
    },
    y: { label: "Problems", bounds: [0, null], range: [0, 1] },
    series: [
      {
        name: "problems",
        kind: "bars",
        x: counts.map((_, i) => i),
        y: counts,
        hover: counts.map(
          (n, i) =>
            `${percent(i / steps, 0)} right${steps < samples ? " (about)" : ""}\n${count(n)} problems, ${percent(n / problems.length)}`,
        ),
      },
    ],
    brushed: chosen === null ? undefined : [chosen.low * steps - 0.5, chosen.high * steps + 0.5],
  };
}

/** Solve rates that a brush over the bars covers: those whose middle it passes. Null: none. */
export function brushedRates(problems: ProblemResult[], [from, to]: [number, number]): RateRange | null {
  const steps = Math.min(Math.max(1, ...problems.map((p) => p.samples)), mostBars);
  const [first, last] = [Math.max(0, Math.ceil(Math.min(from, to))), Math.min(steps, Math.floor(Math.max(from, to)))];
  if (first > last) return null;
  // A bar of binned rates holds half a step to either side.
  const half = steps === mostBars ? 0.5 : 0;
  return { low: Math.max(0, (first - half) / steps), high: Math.min(1, (last + half) / steps) };
}

export interface Side {
  name: string;
  style: StartStyle | undefined;
}

export interface PairedRate {
  before: number;
  after: number;
}

/** One mark for all problems with the same two rates, its area their number; its key is the two rates. */
export function solveScatterFigure(rates: PairedRate[], { difference }: EvaluationComparison, first: Side, second: Side): Figure {
  const cells = new Map<string, PairedRate & { problems: number }>();
  for (const rate of rates) {
    const key = `${rate.before.toFixed(4)} ${rate.after.toFixed(4)}`;
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, { ...rate, problems: 1 });
    else cell.problems++;
  }
  const most = Math.max(1, ...[...cells.values()].map((c) => c.problems));
  const better = rates.filter((r) => r.after > r.before).length;
  const worse = rates.filter((r) => r.after < r.before).length;
  const part = (kind: "same" | "differs") => {
    const own = [...cells.entries()].filter(([, c]) => (c.before === c.after) === (kind === "same"));
    return {
      name: kind === "same" ? "as often" : "more or less often",
      style: kind === "same" ? undefined : second.style,
      kind: "marks" as const,
      x: own.map(([, c]) => c.before),
      y: own.map(([, c]) => c.after),
      sizes: own.map(([, c]) => c.problems / most),
      hover: own.map(
        ([, c]) =>
          `${count(c.problems)} ${c.problems === 1 ? "problem" : "problems"}\n${first.name} ${percent(c.before, 0)}, ${second.name} ${percent(c.after, 0)}`,
      ),
      keys: own.map(([key]) => (kind === "same" ? null : key)),
    };
  };
  return {
    id: "solve-scatter",
    title: `${plural(better, "problem")} solved more often, ${count(worse)} less often: ${
      distinguishable(difference) ? `${points(difference)} points` : "not distinguishable"
    }`,
    subtitle: "Area: number of problems. Above the diagonal the second solves them more often; click a mark to list them.",
    x: { label: `Solve rate, ${first.name} (%)`, format: "percent", range: [-0.05, 1.05], bounds: [-0.05, 1.05] },
    y: { label: `Solve rate, ${second.name} (%)`, format: "percent", range: [-0.05, 1.05], bounds: [-0.05, 1.05] },
    series: [
      { name: "equal", kind: "thin-line", x: [0, 1], y: [0, 1], hover: ["", ""] },
      ...[part("same"), part("differs")].filter((s) => s.x.length > 0),
    ],
  };
}

/** Whether a problem is behind the mark with that key. */
export function isInCell(rate: PairedRate, key: string | null): boolean {
  return key === null || `${rate.before.toFixed(4)} ${rate.after.toFixed(4)}` === key;
}
