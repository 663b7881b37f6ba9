import { expect, test } from "vitest";
import { evalConfig, rlConfig, sftConfig } from "../../main/contract/recipe.ts";
import type { EvaluationRecord, StagePlan, StageRecord, StudyRecord } from "../../main/contract/run.ts";
import { weakVsStrongRecipe } from "../../main/contract/study.ts";
import { evaluationLabel } from "./evaluation-label.ts";

const dev = evalConfig.parse({ pool: "dev" });
const config = { name: "weak", prompts: 10, responsesPerPrompt: 1, sft: sftConfig.parse({}) };
const stage = (id: string, plan: StagePlan): StageRecord => ({
  id,
  studyId: "s",
  ordinal: 0,
  plan,
  status: "done",
  step: 1,
  totalSteps: 1,
  startedAt: null,
  finishedAt: null,
  activeSeconds: 1,
  result: null,
  error: null,
});
const study: StudyRecord = {
  id: "s",
  name: "Test",
  recipe: weakVsStrongRecipe.parse({ kind: "weak-vs-strong", name: "Test", starts: [config, { ...config, name: "strong" }], rl: {} }),
  recipeHash: "h",
  seed: 1,
  status: "done",
  createdAt: "2026-01-01T00:00:00Z",
  finishedAt: null,
  datasetId: null,
  engine: null,
  codeVersion: "0",
  error: null,
  stages: [
    stage("sft", { kind: "sft", key: "sft", label: "SFT weak", start: "weak", from: { checkpoint: "b" }, config }),
    stage("rl", {
      kind: "rl",
      key: "rl",
      label: "RL weak",
      start: "weak",
      from: { stage: "sft" },
      config: rlConfig.parse({}),
      devEval: dev,
      temperature: 1,
    }),
    stage("after", {
      kind: "evaluate",
      key: "after",
      label: "After",
      start: "weak",
      from: { stage: "rl" },
      when: "after",
      config: evalConfig.parse({}),
    }),
  ],
};
const evaluation = (stageId: string, pool: "dev" | "test"): EvaluationRecord => ({
  id: `e-${stageId}`,
  studyId: "s",
  stageId,
  start: "weak",
  step: 40,
  pool,
  config: dev,
  problems: 10,
  samplesPerProblem: 2,
  passAt1: 0.5,
  standardError: 0.1,
  low: null,
  high: null,
  verdicts: null,
  truncated: 0,
  responseTokens: 10,
  createdAt: "2026-01-01T00:00:00Z",
});

test("an evaluation is named by its stage: step 40 of SFT is not step 40 of RL", () => {
  const label = (stageId: string, pool: "dev" | "test") => evaluationLabel(study, evaluation(stageId, pool)).replace("\u202f", " ");
  expect(label("sft", "dev")).toBe("weak, dev at SFT step 40 (50.0 %)");
  expect(label("rl", "dev")).toBe("weak, dev at RL step 40 (50.0 %)");
  expect(label("after", "test")).toBe("weak, after RL, test (50.0 %)");
});
