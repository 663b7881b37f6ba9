import { describe, expect, test } from "vitest";
import type { MetricColumns } from "../../main/contract/api.ts";
import { evalConfig, rlConfig } from "../../main/contract/recipe.ts";
import type { EvaluationRecord, StageRecord } from "../../main/contract/run.ts";
import { readSelection } from "../client/selection.ts";
import { figureToCsv, startStyles } from "./figure.ts";
import {
  chainStages,
  lossFigure,
  metricFigure,
  positionOfStep,
  positionsOf,
  rewardFigure,
  type StartCurve,
  temperatureMoved,
} from "./study-figures.ts";

const devEval = evalConfig.parse({ pool: "dev" });
const stage: StageRecord = {
  id: "rl-weak",
  studyId: "s",
  ordinal: 4,
  plan: {
    kind: "rl",
    key: "rl/weak",
    label: "RL weak",
    start: "weak",
    from: { stage: "sft/weak" },
    config: rlConfig.parse({}),
    devEval,
    temperature: 1,
  },
  status: "running",
  step: 3,
  totalSteps: 60,
  startedAt: null,
  finishedAt: null,
  activeSeconds: 0,
  result: null,
  error: null,
};
const columns: MetricColumns = {
  steps: [1, 2, 3],
  values: {
    reward: [0.25, 0.5, null],
    tokens: [100, 250, 400],
    secondsGenerate: [30, 30, 30],
    secondsUpdate: [30, null, 30],
    entropy: [0.4, 0.3, 0.2],
  },
};
const evaluation = (step: number, passAt1: number): EvaluationRecord => ({
  id: `e${step}`,
  studyId: "s",
  stageId: "rl-weak",
  start: "weak",
  step,
  pool: "dev",
  config: devEval,
  problems: 128,
  samplesPerProblem: 2,
  passAt1,
  standardError: 0.03,
  low: null,
  high: null,
  verdicts: null,
  truncated: 0,
  responseTokens: 30,
  createdAt: "2026-01-01T00:00:00Z",
});
const styles = startStyles(["weak", "strong"]);
const curve: StartCurve = {
  start: "weak",
  style: styles.get("weak") ?? { hue: 0, dash: 0 },
  stage,
  columns,
  evaluations: [evaluation(2, 0.4), evaluation(0, 0.25)],
};

describe("figures of a study", () => {
  test("hue is the start, dash its rank below the strongest", () => {
    expect(styles.get("weak")).toEqual({ hue: 0, dash: 1 });
    expect(styles.get("strong")).toEqual({ hue: 1, dash: 0 });
  });
  test("the x axis counts steps, tokens or minutes", () => {
    expect(positionsOf(columns, "step")).toEqual([1, 2, 3]);
    expect(positionsOf(columns, "tokens")).toEqual([100, 250, 400]);
    expect(positionsOf(columns, "time")).toEqual([1, 1.5, 2.5]);
    expect(positionOfStep(columns, [100, 250, 400], 2, "tokens")).toBe(250);
    expect(positionOfStep(columns, [100, 250, 400], 0, "tokens")).toBe(0);
  });
  test("dev points are in step order, with their intervals, and open their samples", () => {
    const series = rewardFigure([curve], "step").series[1];
    expect(series.x).toEqual([0, 2]);
    expect(series.y).toEqual([0.25, 0.4]);
    expect(series.low?.[0]).toBeCloseTo(0.25 - 1.96 * 0.03, 3);
    expect(readSelection(series.keys?.[1] ?? null)).toEqual({ kind: "samples", evaluationId: "e2" });
  });
  test("a missing value leaves no point; a point opens its step's rollouts", () => {
    const series = rewardFigure([curve], "step").series[0];
    expect(series.x).toEqual([1, 2]);
    expect(readSelection(series.keys?.[1] ?? null)).toEqual({ kind: "rollouts", stageId: "rl-weak", step: 2 });
  });
  test("the title is a question until the points give a finding", () => {
    expect(rewardFigure([{ ...curve, evaluations: [] }], "step").title).toBe("Does RL raise each start?");
    expect(rewardFigure([curve], "step").title).toBe("On dev through RL: weak +15.0 points by step 2");
  });
  test("the step axis holds the whole stage from the start, so it never moves", () => {
    expect(rewardFigure([curve], "step").x.range).toEqual([0, 60]);
  });
  test("the entropy has the paper's line with its source", () => {
    expect(metricFigure([curve], "entropy", "step").references).toEqual([
      { value: 0.3, axis: "y", label: "0.3 nats: AceReason-Nemotron 1.1, a 7B model" },
    ]);
    expect(metricFigure([curve], "truncated", "step").references).toEqual([]);
  });
  test("the entropy has each arm's own band; arms with one band share its mark", () => {
    expect(metricFigure([curve], "entropy", "step").marked).toBeUndefined();
    const banded = { ...curve, band: { low: 0.18, high: 0.34 } };
    expect(metricFigure([banded], "entropy", "step").marked).toEqual([
      { low: 0.18, high: 0.34, name: "weak: own band", style: curve.style, label: "weak's band" },
    ]);
    expect(metricFigure([banded], "reward", "step").marked).toBeUndefined();
    const forks = [banded, { ...banded, start: "other" }];
    expect(metricFigure(forks, "entropy", "step").marked).toEqual([
      { low: 0.18, high: 0.34, name: "2 arms: own band", label: "band of 2 arms" },
    ]);
    expect(figureToCsv(metricFigure([banded], "entropy", "step"))).toContain("weak: own band,,,0.18,0.34");
  });
  test("a controller's target has a line, and T is moved where it changes within a stage", () => {
    if (stage.plan.kind !== "rl") throw new Error("not RL");
    const entropyController = { target: 0.5, gain: 0.1, minTemperature: 0.5, maxTemperature: 2 };
    const held = { ...curve, stage: { ...stage, plan: { ...stage.plan, config: { ...stage.plan.config, entropyController } } } };
    expect(metricFigure([held], "entropy", "step").references?.[1]).toMatchObject({ value: 0.5, axis: "y" });
    const withT = (temperature: number[]) => ({ ...curve, columns: { steps: [1, 2], values: { temperature } } });
    expect([curve, withT([1, 1]), withT([1, 1.1])].map((each) => temperatureMoved([each]))).toEqual([false, false, true]);
    expect(metricFigure([withT([1, 1.1])], "temperature", "step").series[0].y).toEqual([1, 1.1]);
  });
  test("SFT loss has no points to open", () => {
    const figure = lossFigure([{ ...curve, columns: { steps: [1], values: { loss: [2.5] } } }]);
    expect(figure.series).toHaveLength(1);
    expect(figure.series[0].keys).toEqual([null]);
  });
  test("stages of one arm follow one another on every axis", () => {
    const named = (name: string, number: number, status: StageRecord["status"]): StageRecord => {
      if (stage.plan.kind !== "rl") throw new Error("not RL");
      return { ...stage, id: `rl-${name}`, status, plan: { ...stage.plan, key: `rl/weak/${name}`, name, number } };
    };
    const late: StartCurve = {
      ...curve,
      stage: named("long", 1, "running"),
      columns: { steps: [1, 2], values: { reward: [0.6, 0.7], tokens: [50, 90], secondsGenerate: [60, 60] } },
      evaluations: [evaluation(2, 0.6), evaluation(0, 0.4)],
    };
    const curves = chainStages([late, { ...curve, stage: named("short", 0, "done") }]);
    const figure = rewardFigure(curves, "step");
    const [reward, dev] = figure.series;
    expect(figure.series).toHaveLength(2);
    // Short took 3 of its 60 steps, 400 tokens and 2.5 minutes; long's evaluation at its step 0 repeats short's end.
    expect(reward.x).toEqual([1, 2, 4, 5]);
    expect(dev.x).toEqual([0, 2, 5]);
    expect(dev.endLabel).toMatch(/^weak 60\s% dev$/);
    expect(figure.x.range).toEqual([0, 63]);
    expect(figure.title).toBe("On dev through RL: weak +35.0 points by step 5");
    expect(reward.hover[2]).toContain("weak, long, step 1");
    expect(readSelection(reward.keys?.[2] ?? null)).toEqual({ kind: "rollouts", stageId: "rl-long", step: 1 });
    expect(figure.references).toEqual([{ value: 3, axis: "x", label: "long" }]);
    expect(rewardFigure(curves, "tokens").series[0].x).toEqual([100, 250, 450, 490]);
    expect(metricFigure(curves, "reward", "time").series[0].x).toEqual([1, 1.5, 3.5, 4.5]);
    const [short, long] = curves.map((each) => ({ ...each, band: { low: 0.1, high: each === curves[0] ? 0.2 : 0.4 } }));
    expect(metricFigure([short, long], "entropy", "step").marked).toMatchObject([
      { high: 0.2, over: [0, 3], label: "weak's band" },
      { high: 0.4, over: [3, null] },
    ]);
    expect(metricFigure(curves, "entropy", "time").references?.[1]).toEqual({ value: 2.5, axis: "x", label: "long" });
  });
  test("an arm with one stage is not changed by chaining", () => {
    expect(chainStages([curve])).toEqual([curve]);
    expect(rewardFigure([curve], "step").references).toEqual([]);
    expect(rewardFigure([curve], "step").series[0].hover[0]).toContain("weak, step 1");
  });
  test("the data leave as CSV, quoted where they must be", () => {
    const csv = figureToCsv({
      ...rewardFigure([curve], "step"),
      series: [{ name: 'a, "b"', kind: "line", x: [1], y: [0.5], hover: [""] }],
    });
    expect(csv).toBe('series,Step,Right responses (%),low,high\n"a, ""b""",1,0.5,,\n');
  });
});
