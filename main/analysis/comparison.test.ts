import { describe, expect, it } from "vitest";
import { comparison } from "../contract/comparison.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { EvaluationRecord, StageRecord, StudyRecord } from "../contract/run.ts";
import { isTrainedHere, weakVsStrongRecipe } from "../contract/study.ts";
import { buildComparison, type ComparisonSample, type StartEvaluation } from "./comparison.ts";

const recipe = weakVsStrongRecipe.parse({
  kind: "weak-vs-strong",
  name: "Test",
  starts: [
    { name: "weak", prompts: 10, responsesPerPrompt: 1, sft: {} },
    { name: "strong", prompts: 40, responsesPerPrompt: 2, sft: {} },
  ],
  rl: {},
});

function stages(): StageRecord[] {
  const base = {
    studyId: "s",
    status: "done" as const,
    step: 1,
    totalSteps: 1,
    startedAt: null,
    finishedAt: null,
    activeSeconds: 1,
    error: null,
  };
  const temperature = { chosen: 0.8, chosenEntropy: 0.3, target: 0.3, fixed: false, candidates: [] };
  return recipe.starts.filter(isTrainedHere).flatMap((config, i) => [
    {
      ...base,
      id: `sft-${i}`,
      ordinal: 2 * i,
      plan: { kind: "sft" as const, key: `sft/${i}`, label: "SFT", start: config.name, from: { checkpoint: "b" }, config },
      result: { examples: config.prompts * config.responsesPerPrompt },
    },
    {
      ...base,
      id: `t-${i}`,
      ordinal: 2 * i + 1,
      plan: {
        kind: "temperature" as const,
        key: `temperature/${i}`,
        label: "T",
        start: config.name,
        from: { stage: `sft/${i}` },
        config: recipe.temperature,
        maxResponseTokens: 64,
      },
      result: { temperature },
    },
  ]);
}

const study: StudyRecord = {
  id: "s",
  name: "Test",
  recipe,
  recipeHash: "h",
  seed: 1,
  status: "done",
  createdAt: "2024-01-01T00:00:00Z",
  finishedAt: null,
  datasetId: "d",
  engine: "cpu",
  codeVersion: "0",
  error: null,
  stages: stages(),
};

/** Rewards of each problem; even problems are GSM8K's. A -1 is a truncated response. */
function evaluated(start: string, when: "before" | "after", rewards: number[][]): StartEvaluation {
  const samples: ComparisonSample[] = rewards.flatMap((row, i) =>
    row.map((reward, sampleIndex) => ({
      problemId: `p${i}`,
      source: i % 2 === 0 ? "gsm8k" : "arithmetic",
      sampleIndex,
      reward: Math.max(0, reward),
      verdict: reward === 1 ? ("right" as const) : reward < 0 ? ("truncated" as const) : ("wrong" as const),
      tokens: 10 + i,
    })),
  );
  const evaluation: EvaluationRecord = {
    id: `${start}-${when}`,
    studyId: "s",
    stageId: "e",
    start,
    step: when === "before" ? 0 : 60,
    pool: "test",
    config: recipe.finalEval,
    problems: rewards.length,
    samplesPerProblem: 2,
    passAt1: 0,
    standardError: 0,
    low: null,
    high: null,
    verdicts: null,
    truncated: 0,
    responseTokens: 0,
    createdAt: "2024-01-01T00:00:00Z",
  };
  return { start, when, evaluation, samples };
}

const rows = (text: string): number[][] => text.split(" ").map((row) => [...row].map((c) => (c === "t" ? -1 : Number(c))));
const evaluations = [
  evaluated("weak", "before", rows("00 0t 10 00")),
  evaluated("weak", "after", rows("11 01 10 00")),
  evaluated("strong", "before", rows("11 10 10 00")),
  evaluated("strong", "after", rows("11 11 10 01")),
];

describe("buildComparison", () => {
  it("is the comparison of the contract, from the samples alone", () => {
    const result = buildComparison({ study, evaluations, seconds: 12 });
    expect(comparison.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    const [weak, strong] = result.starts;
    expect(weak).toMatchObject({ name: "weak", rank: 0, examples: 10, evaluationIds: { before: "weak-before", after: "weak-after" } });
    expect([weak.before.value, weak.after.value, strong.before.value, strong.after.value]).toEqual([0.125, 0.5, 0.5, 0.75]);
    expect(weak.change.value).toBe(0.375);
    expect(weak.truncated).toEqual({ before: 0.125, after: 0 });
    expect(weak.responseTokens.before).toBe(11.5);
    expect(weak.passAtK).toEqual([
      { k: 1, before: 0.125, after: 0.5 },
      { k: 2, before: 0.25, after: 0.75 },
    ]);
    expect(weak.bySource.map(({ source, before, after }) => [source, before.value, after.value])).toEqual([
      ["arithmetic", 0, 0.25],
      ["gsm8k", 0.25, 0.75],
    ]);
    expect(weak.newlySolved.problems.map(({ problemId }) => problemId)).toEqual(["p0", "p1"]);
    expect(result.gaps).toHaveLength(1);
    expect(result.gaps[0]).toMatchObject({ weak: "weak", strong: "strong", before: { value: 0.375 }, after: { value: 0.25 } });
    expect(result.gaps[0].change.value).toBe(-0.125);
  });

  const refused = (change: (list: StartEvaluation[]) => StartEvaluation[], of: StudyRecord = study): unknown => {
    try {
      buildComparison({ study: of, evaluations: change([...evaluations]), seconds: 1 });
    } catch (error) {
      if (error instanceof HeadstartError) return error.code;
      throw error;
    }
    return "accepted";
  };

  it("refuses what cannot be compared", () => {
    expect(refused((list) => list)).toBe("accepted");
    expect(refused((list) => list.slice(1))).toBe("study-incomplete");
    expect(refused((list) => [...list, list[0]])).toBe("ambiguous-evaluation");
    expect(refused(([first, ...rest]) => [{ ...first, samples: first.samples.slice(0, -2) }, ...rest])).toBe("not-comparable");
    expect(refused(([first, ...rest]) => [{ ...first, samples: first.samples.slice(0, -1) }, ...rest])).toBe("unequal-samples");
    expect(refused(([, ...rest]) => [evaluated("weak", "before", rows("000 000 000 000")), ...rest.slice(0, 3)])).toBe("not-comparable");
    const other = { ...recipe.finalEval, temperature: 1 };
    expect(refused(([first, ...rest]) => [{ ...first, evaluation: { ...first.evaluation, config: other } }, ...rest])).toBe(
      "not-comparable",
    );
    expect(refused((list) => list, { ...study, stages: [] })).toBe("study-incomplete");
  });
});
