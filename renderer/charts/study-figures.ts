// The plots of a running or finished study, from its metrics and evaluations. Pure: the same data give the same figures.
import type { MetricColumns } from "../../main/contract/api.ts";
import { type MetricInfo, type MetricName, metrics } from "../../main/contract/metrics.ts";
import type { EvaluationRecord, StageRecord } from "../../main/contract/run.ts";
import { writeSelection } from "../client/selection.ts";
import { count, fixed, metricValue, percent, sampleSize, signed } from "../components/format.ts";
import type { EntropyBand } from "./entropy-band.ts";
import type { Axis, Figure, MarkedRange, ReferenceLine, Series, StartStyle } from "./figure.ts";

export type XAxis = "step" | "tokens" | "time";

export interface StartCurve {
  start: string;
  style: StartStyle;
  stage: StageRecord;
  columns: MetricColumns;
  /** Evaluations of this stage on dev, in step order. */
  evaluations: EvaluationRecord[];
  /** The model's own band of entropy at T, which its finder measured before this stage; null or absent: none. */
  band?: EntropyBand | null;
  /** Staged RL: the stage's name, and what its arm did in earlier stages (steps, tokens, minutes). Absent: the arm's only stage. */
  staged?: { name: string; before: Record<XAxis, number> };
}

/** Paper, §8 and Fig. on temperature: keep the entropy at T near 0.3. It is theirs for a 7B model, not a law. */
export const entropyLine: ReferenceLine = { value: 0.3, axis: "y", label: "0.3 nats: AceReason-Nemotron 1.1, a 7B model" };

const z95 = 1.959964;

/** Where each step lies on the chosen axis; time is the time spent in steps, pauses left out. */
export function positionsOf(columns: MetricColumns, axis: XAxis): number[] {
  if (axis === "step") return columns.steps;
  if (axis === "tokens") {
    let last = 0;
    return columns.steps.map((_, i) => {
      last = columns.values.tokens?.[i] ?? last;
      return last;
    });
  }
  let minutes = 0;
  return columns.steps.map((_, i) => {
    for (const part of ["secondsGenerate", "secondsVerify", "secondsUpdate"] as const) minutes += (columns.values[part]?.[i] ?? 0) / 60;
    return minutes;
  });
}

/** Position of an evaluation: that of the last step at or before its own; before the first update it is 0. */
export function positionOfStep(columns: MetricColumns, positions: number[], step: number, axis: XAxis): number {
  if (axis === "step") return step;
  let at = 0;
  for (let i = 0; i < columns.steps.length && columns.steps[i] <= step; i++) at = positions[i];
  return at;
}

const nothingDone: Record<XAxis, number> = { step: 0, tokens: 0, time: 0 };

/** RL stages of each arm one after the other: a stage begins where the one before ended. Arms with one stage stay as they are. */
export function chainStages(curves: StartCurve[]): StartCurve[] {
  const number = ({ plan }: StageRecord) => (plan.kind === "rl" ? (plan.number ?? 0) : 0);
  return [...new Set(curves.map(({ start }) => start))].flatMap((start) => {
    const own = curves.filter((curve) => curve.start === start).sort((a, b) => number(a.stage) - number(b.stage));
    if (own.length < 2) return own;
    let before = nothingDone;
    return own.map((curve, i): StartCurve => {
      const { plan } = curve.stage;
      const name = (plan.kind === "rl" ? plan.name : undefined) ?? `stage ${i + 1}`;
      // A later stage begins with the model that the one before was evaluated at its end with: the point is there already.
      const evaluations = i === 0 ? curve.evaluations : curve.evaluations.filter(({ step }) => step > 0);
      const chained = { ...curve, evaluations, staged: { name, before } };
      const done = (axis: XAxis) => before[axis] + (positionsOf(curve.columns, axis).at(-1) ?? 0);
      before = { step: done("step"), tokens: done("tokens"), time: done("time") };
      return chained;
    });
  });
}

/** Curves that one series draws: all stages of a staged arm, else one. */
function seriesOf(curves: StartCurve[]): StartCurve[][] {
  const groups: StartCurve[][] = [];
  for (const curve of curves) {
    const arm = curve.staged && groups.find(([first]) => first.staged && first.start === curve.start);
    if (arm) arm.push(curve);
    else groups.push([curve]);
  }
  return groups;
}

const before = (curve: StartCurve, axis: XAxis): number => curve.staged?.before[axis] ?? 0;
const nameAt = (curve: StartCurve, step: number): string => `${curve.start}${curve.staged ? `, ${curve.staged.name}` : ""}, step ${step}`;

/** Where the first arm's later stages begin; other arms may begin them elsewhere on axes other than steps. */
function stageLines(curves: StartCurve[], axis: XAxis): ReferenceLine[] {
  const first = seriesOf(curves).find(([{ staged }]) => staged) ?? [];
  return first
    .slice(1)
    .filter(({ columns }) => columns.steps.length > 0)
    .map((curve) => ({ value: before(curve, axis), axis: "x", label: curve.staged?.name ?? "" }));
}

export function xAxisOf(curves: StartCurve[], axis: XAxis): Axis {
  if (axis === "tokens") return { label: "Tokens generated", bounds: [0, null], range: [0, 1000] };
  if (axis === "time") return { label: "Time in steps (minutes)", bounds: [0, null], range: [0, 1] };
  // Until the stage says how many steps it takes, its plan does.
  const planned = (stage: StageRecord) => (stage.plan.kind === "rl" ? stage.plan.config.steps : 1);
  // A stop rule may end a stage early: the next one begins there.
  const length = ({ stage, columns, staged }: StartCurve) =>
    (staged && stage.status === "done" ? columns.steps.at(-1) : undefined) ?? (stage.totalSteps || planned(stage));
  const total = Math.max(1, ...seriesOf(curves).map((stages) => stages.reduce((sum, curve) => sum + length(curve), 0)));
  const few = total <= 8 && { ticks: Array.from({ length: total + 1 }, (_, i) => i) };
  return { label: "Step", range: [0, total], ...few };
}

function axisLabel(info: MetricInfo): string {
  return info.unit === "" || info.unit === "share" ? `${info.label}${info.unit === "share" ? " (%)" : ""}` : `${info.label} (${info.unit})`;
}

function metricSeries(
  stages: StartCurve[],
  metric: MetricName,
  axis: XAxis,
  kind: Series["kind"],
  options: { label: boolean; open: boolean },
): Series {
  const info = metrics[metric];
  const [{ start, style }] = stages;
  const series: Series = { name: `${start}: ${info.label}`, style, kind, x: [], y: [], hover: [], keys: [] };
  for (const curve of stages) {
    const positions = positionsOf(curve.columns, axis);
    const values = curve.columns.values[metric] ?? [];
    curve.columns.steps.forEach((step, i) => {
      const value = values[i];
      if (value === null || value === undefined) return;
      series.x.push(before(curve, axis) + positions[i]);
      series.y.push(value);
      series.hover.push(`${nameAt(curve, step)}\n${info.label}: ${metricValue(info, value)}`);
      series.keys?.push(options.open ? writeSelection({ kind: "rollouts", stageId: curve.stage.id, step }) : null);
    });
  }
  const last = series.y[series.y.length - 1];
  if (options.label && typeof last === "number") series.endLabel = `${start} ${shortValue(info, last)}`;
  return series;
}

function shortValue(info: MetricInfo, value: number): string {
  if (info.unit === "share") return percent(value, 0);
  if (info.unit === "tokens") return fixed(value, 0);
  // A learning rate is far from 1, a speed too.
  return info.unit === "nats" || (Math.abs(value) >= 0.01 && Math.abs(value) < 100) ? fixed(value, 2) : metricValue(info, value);
}

const inOrder = (stages: StartCurve[]) =>
  stages.flatMap((curve) => [...curve.evaluations].sort((a, b) => a.step - b.step).map((e) => ({ curve, e })));

function evaluationSeries(stages: StartCurve[], axis: XAxis): Series {
  const ordered = inOrder(stages);
  const [{ start, style }] = stages;
  const last = ordered[ordered.length - 1];
  return {
    name: `${start}: dev pass@1`,
    style,
    kind: "marks-line",
    x: ordered.map(({ curve, e }) => before(curve, axis) + positionOfStep(curve.columns, positionsOf(curve.columns, axis), e.step, axis)),
    y: ordered.map(({ e }) => e.passAt1),
    low: ordered.map(({ e }) => Math.max(0, e.passAt1 - z95 * e.standardError)),
    high: ordered.map(({ e }) => Math.min(1, e.passAt1 + z95 * e.standardError)),
    hover: ordered.map(
      ({ curve, e }) =>
        `${nameAt(curve, e.step)}\ndev pass@1: ${percent(e.passAt1)} ± ${fixed(z95 * e.standardError * 100, 1)}\n${sampleSize(e)} at T ${e.config.temperature}\nclick: its samples`,
    ),
    keys: ordered.map(({ e }) => writeSelection({ kind: "samples", evaluationId: e.id })),
    endLabel: last === undefined ? undefined : `${start} ${percent(last.e.passAt1, 0)} dev`,
  };
}

/** What the dev points say so far, or the question while they say nothing. Steps count from the first stage's begin. */
export function rewardTitle(curves: StartCurve[]): string {
  const said = seriesOf(curves).flatMap((stages) => {
    const ordered = inOrder(stages);
    if (ordered.length < 2) return [];
    const [first, last] = [ordered[0], ordered[ordered.length - 1]];
    const gain = signed((last.e.passAt1 - first.e.passAt1) * 100, 1);
    return [
      `${last.curve.start}${last.curve.start.includes(",") ? ":" : ""} ${gain} points by step ${before(last.curve, "step") + last.e.step}`,
    ];
  });
  return said.length === 0
    ? "Does RL raise each start?"
    : `On dev through RL: ${said.join(said.some((each) => each.includes(",")) ? "; " : ", ")}`;
}

export function rewardFigure(curves: StartCurve[], axis: XAxis): Figure {
  // Under a verifier that is made to err, what was right and what was rewarded part.
  const noisy = curves.some(({ columns }) => columns.values.rewardTrue !== undefined);
  return {
    id: "reward",
    title: rewardTitle(curves),
    subtitle: `Thin lines: ${noisy ? "share of right rollouts of each step, before the noise" : "mean training reward of each step's rollouts"}. Marks: pass@1 on dev with its 95 % interval.`,
    x: xAxisOf(curves, axis),
    y: { label: "Right responses (%)", format: "percent", range: [0, 0.2], bounds: [0, 1] },
    series: seriesOf(curves).flatMap((stages) => [
      metricSeries(stages, noisy ? "rewardTrue" : "reward", axis, "thin-line", { label: inOrder(stages).length === 0, open: true }),
      evaluationSeries(stages, axis),
    ]),
    references: stageLines(curves, axis),
  };
}

const questions: Partial<Record<MetricName, string>> = {
  entropy: "Does the entropy at T hold?",
  temperature: "How does the controller move T?",
  truncated: "How many rollouts are cut at the budget?",
  responseTokens: "Do responses get longer?",
  zeroVariance: "How many groups carry no gradient?",
  gradNorm: "Is the gradient norm steady?",
  logprobMismatch: "Do decoding and training agree on log-probs?",
};

/** Each arm's own bands of entropy; arms that share one, as forks of one start do, share its mark. */
function ownBands(curves: StartCurve[], axis: XAxis): MarkedRange[] {
  const bands = seriesOf(curves).flatMap((stages) => {
    // Stages to come have no place on the axis yet.
    const begun = stages.filter(({ columns }, i) => i === 0 || columns.steps.length > 0);
    return begun.flatMap((curve, i) => {
      const next = begun[i + 1];
      const over: MarkedRange["over"] = curve.staged && [before(curve, axis), next ? before(next, axis) : null];
      return curve.band ? [{ ...curve.band, over, curve, first: i === 0 }] : [];
    });
  });
  const placeOf = ({ low, high, over }: (typeof bands)[number]) => JSON.stringify([low, high, over]);
  return [...new Set(bands.map(placeOf))].map((place): MarkedRange => {
    const alike = bands.filter((band) => placeOf(band) === place);
    const { low, high, over, curve, first } = alike[0];
    const one = alike.length === 1;
    const whose = one ? curve.start : `${count(alike.length)} arms`;
    return {
      low,
      high,
      name: `${whose}: own band`,
      ...(one && { style: curve.style }),
      ...(over && { over }),
      ...(first && { label: one ? `${whose}'s band` : `band of ${whose}` }),
    };
  });
}

/** What an entropy controller holds, where it is not the paper's line. */
function controllerTargets(curves: StartCurve[]): ReferenceLine[] {
  const targets = curves.flatMap(({ stage: { plan } }) => (plan.kind === "rl" ? (plan.config.entropyController?.target ?? []) : []));
  return [...new Set(targets)]
    .filter((target) => target !== entropyLine.value)
    .map((value) => ({ value, axis: "y", label: `the controller's target ${fixed(value, 2)} nats` }));
}

/** Whether T was moved within a stage: a controller does. */
export function temperatureMoved(curves: readonly StartCurve[]): boolean {
  return curves.some(({ columns }) => new Set((columns.values.temperature ?? []).filter((value) => value !== null)).size > 1);
}

export function metricFigure(curves: StartCurve[], metric: MetricName, axis: XAxis): Figure {
  const info: MetricInfo = metrics[metric];
  const share = info.unit === "share";
  const entropy = metric === "entropy";
  const marked = entropy ? ownBands(curves, axis) : [];
  return {
    id: metric,
    title: questions[metric] ?? info.label,
    subtitle: marked.length > 0 ? `${info.description}. Shaded: the model's own band` : info.description,
    x: xAxisOf(curves, axis),
    y: {
      label: axisLabel(info),
      format: share ? "percent" : "number",
      range: entropy ? [0, 0.4] : share ? [0, 0.1] : undefined,
      bounds: share ? [0, 1] : [0, null],
    },
    series: seriesOf(curves).map((stages) => metricSeries(stages, metric, axis, "line", { label: true, open: true })),
    references: [...(entropy ? [entropyLine, ...controllerTargets(curves)] : []), ...stageLines(curves, axis)],
    ...(marked.length > 0 && { marked }),
  };
}

/** SFT loss of all starts against their own steps; starts with more data take more steps. */
export function lossFigure(curves: StartCurve[]): Figure {
  const onDev = curves.some(({ columns }) => columns.values.devLoss?.some((value) => value !== null));
  return {
    id: "loss",
    title: "How far does SFT lower the loss?",
    subtitle: onDev ? `${metrics.loss.description}. Marks: on dev, after each epoch` : metrics.loss.description,
    x: xAxisOf(curves, "step"),
    y: { label: axisLabel(metrics.loss), bounds: [0, null] },
    series: curves.flatMap((curve) => {
      const dev = metricSeries([curve], "devLoss", "step", "marks", { label: false, open: false });
      const loss = metricSeries([curve], "loss", "step", "line", { label: true, open: false });
      return dev.x.length > 0 ? [loss, dev] : [loss];
    }),
  };
}
