// A small run for the store's tests: everything it produces follows from its step, so that two runs of it are equal.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CheckpointRecord,
  dataConfig,
  type EvaluationRecord,
  evalConfig,
  type Problem,
  type Rollout,
  rlConfig,
  type Sample,
  type StageEvent,
  type StagePlan,
  type TokenArrays,
  type Verdict,
  weakVsStrongRecipe,
} from "../contract/index.ts";
import { type NewStudy, openStore, type StoreClient } from "./client.ts";

export const entry = new URL("./thread.ts", import.meta.url);

export const temporaryFolder = () => mkdtempSync(join(tmpdir(), "headstart-store-"));
export const removeFolder = (folder: string) => rmSync(folder, { recursive: true, force: true });

/** A store in a folder of its own. */
export async function temporaryStore(): Promise<{ folder: string; store: StoreClient; remove(): Promise<void> }> {
  const folder = temporaryFolder();
  const store = await openStore({ dataFolder: folder, entry });
  const remove = async () => {
    await store.close();
    removeFolder(folder);
  };
  return { folder, store, remove };
}

const start = (name: string, prompts: number) => ({ name, prompts, responsesPerPrompt: 1, sft: {} });
const recipe = weakVsStrongRecipe.parse({
  kind: "weak-vs-strong",
  name: "Small",
  starts: [start("weak", 10), start("strong", 100)],
  rl: { steps: 12, promptsPerStep: 2, groupSize: 4 },
});
const stages: StagePlan[] = [
  { kind: "data", key: "data", label: "Data" },
  {
    kind: "rl",
    key: "rl/weak",
    label: "GRPO, weak",
    start: "weak",
    from: { checkpoint: "tiny-base" },
    config: rlConfig.parse(recipe.rl),
    devEval: recipe.devEval,
    temperature: 1,
  },
  {
    kind: "evaluate",
    key: "evaluate/weak/after",
    label: "After RL, weak",
    start: "weak",
    from: { stage: "rl/weak" },
    when: "after",
    config: recipe.finalEval,
  },
];

export const newStudy = (id: string): NewStudy => ({ id, name: "Small", recipe, recipeHash: "r1", seed: 3, stages, codeVersion: "test" });

export const problems: Problem[] = Array.from({ length: 12 }, (_, i) => ({
  id: `arith-${String(i).padStart(2, "0")}`,
  source: i % 3 === 0 ? "gsm8k" : "arithmetic",
  domain: "math",
  pool: (["sft", "rl", "dev", "test"] as const)[i % 4],
  prompt: `${i}+${i + 1}=?`,
  answer: String(2 * i + 1),
  steps: 1 + (i % 3),
  difficulty: 10 - i / 2,
  ...(i % 3 === 0 ? { question: `Ann has ${i} apples and 100% of ${i + 1} more.`, sourceId: `train.jsonl:${i}` } : {}),
}));

export const datasetEvent = (id = "data-1", contentHash = "h1"): Extract<StageEvent, { type: "dataset" }> => ({
  type: "dataset",
  dataset: {
    id,
    name: "Small data",
    contentHash,
    config: dataConfig.parse({}),
    createdAt: "2025-01-01T00:00:00.000Z",
    counts: [{ pool: "rl", source: "arithmetic", problems: 2 }],
    dropped: [{ reason: "duplicate prompt", count: 4 }],
  },
  problems,
  traces: problems
    .slice(0, 6)
    .flatMap((p, i) => [
      { problemId: p.id, index: 0, text: `${p.prompt}#${p.answer}`, style: "order=left" },
      ...(i % 2 ? [] : [{ problemId: p.id, index: 1, text: `check#${p.answer}`, style: "check" }]),
    ]),
});

const verdicts: Verdict[] = ["right", "wrong", "right", "truncated", "unparseable", "wrong", "right", "error"];

export const sampleAt = (step: number, i: number): Sample => ({
  problemId: problems[(step + (i >> 2)) % problems.length].id,
  sampleIndex: i % 4,
  text: `step ${step} sample ${i}: 7+8=15#${i}`,
  reward: verdicts[i % 8] === "right" ? 1 : 0,
  verdict: verdicts[i % 8],
  reason: verdicts[i % 8] === "right" ? "equal by value" : `unequal: ${i} is not ${step}`,
  tokens: 3 + ((step + i) % 5),
  finishReason: verdicts[i % 8] === "truncated" ? "length" : "stop",
  meanLogprob: -(i + 1) / 8,
  meanEntropy: step / 16,
});

export function rolloutsEvent(step: number, count = 8): Extract<StageEvent, { type: "rollouts" }> {
  const rollouts: Rollout[] = Array.from({ length: count }, (_, i) => ({
    ...sampleAt(step, i),
    advantage: i / 4 - 1,
    inLoss: i % 4 !== 3,
    policyStep: step - 1,
  }));
  const lengths = Int32Array.from(rollouts, (r) => r.tokens);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const tokens: TokenArrays = {
    ids: Int32Array.from({ length: total }, (_, t) => (step * 31 + t) % 97),
    logprobs: Float32Array.from({ length: total }, (_, t) => -t / (step + 1)),
    entropies: Float32Array.from({ length: total }, (_, t) => t / 7 + step),
    lengths,
  };
  return { type: "rollouts", step, rollouts, tokens };
}

export function evaluationEvent(studyId: string, stageId: string, step: number): Extract<StageEvent, { type: "evaluation" }> {
  const evaluation: EvaluationRecord = {
    id: `${stageId}-eval-${step}`,
    studyId,
    stageId,
    start: "weak",
    step,
    pool: "dev",
    config: evalConfig.parse({ pool: "dev", samplesPerProblem: 4 }),
    problems: 2,
    samplesPerProblem: 4,
    passAt1: 0.375,
    standardError: 0.05,
    low: null,
    high: null,
    verdicts: null,
    truncated: 0.125,
    responseTokens: 5.5,
    createdAt: "2025-01-01T00:00:00.000Z",
  };
  return { type: "evaluation", evaluation, samples: Array.from({ length: 8 }, (_, i) => sampleAt(step, i)) };
}

export function checkpointEvent(studyId: string, stageId: string, step: number): Extract<StageEvent, { type: "checkpoint" }> {
  const checkpoint: CheckpointRecord = {
    id: `${stageId}-${step}`,
    studyId,
    stageId,
    start: "weak",
    step,
    path: `studies/${studyId}/checkpoints/${stageId}-${step}`,
    parentId: "tiny-base",
    parameters: 1234,
    createdAt: "2025-01-01T00:00:00.000Z",
  };
  return { type: "checkpoint", checkpoint };
}

export const checkpointEvery = 4;

/** What the RL stage produces in one step, in the order it is stored: a checkpoint after all that led to it. */
export function stepEvents(studyId: string, stageId: string, step: number): StageEvent[] {
  const events: StageEvent[] = [
    rolloutsEvent(step),
    { type: "metrics", step, values: { reward: step / 16, entropy: 1 / step, ...(step % 2 ? { kl: step } : {}) } },
    { type: "progress", step, totalSteps: 12, activity: `Step ${step}` },
  ];
  if (step % checkpointEvery === 0) events.push(evaluationEvent(studyId, stageId, step), checkpointEvent(studyId, stageId, step));
  return events;
}

/** A study with its data stored; stage ids by kind. */
export async function studyWithData(store: StoreClient, id = "s1"): Promise<{ data: string; rl: string; evaluate: string }> {
  const study = await store.createStudy(newStudy(id));
  const [data, rl, evaluate] = study.stages.map((stage) => stage.id);
  await store.ingest(data, [datasetEvent(), { type: "result", result: { datasetId: "data-1" } }]);
  return { data, rl, evaluate };
}
