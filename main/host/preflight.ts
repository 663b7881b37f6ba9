// What a study would take and whether it can learn, before anything runs: the data as the training thread finds it, tokens and time a
// stage, memory of the largest one, and what would stop it or should be known.
import { totalmem } from "node:os";
import { leastCells } from "../analysis/regression.ts";
import {
  type CheckpointCard,
  type DataFacts,
  type EvalConfig,
  isPooled,
  isTrainedHere,
  type Pool,
  type PooledRecipe,
  type Preflight,
  type PreflightProblem,
  type PreflightStage,
  promptsNeeded,
  type StageKind,
  type StagePlan,
  type StageRecord,
  startsOf,
} from "../contract/index.ts";
import { type MemoryUse, memoryPlan } from "../engine/memory-plan.ts";
import { planStudy } from "../studies/plan.ts";
import type { Host } from "./host.ts";
import {
  type MeasuredCheckpoint,
  measuredCheckpoint,
  measuredLengthExceededBy,
  measuredShareCut,
  measuredTokens,
} from "./measured-checkpoint.ts";
import { unfit } from "./preflight-fit.ts";
import { problemsOf } from "./problems-of.ts";

/** Tokens a second of a 0.6M model on two cores, by our log; larger models take proportionally longer. */
const roughRates: Partial<Record<StageKind, number>> = { sft: 20_000, rl: 8_000, evaluate: 25_000, temperature: 25_000, door: 20_000 };
const roughParameters = 610_000;

export async function preflight(host: Host, recipe: PooledRecipe, seed: number): Promise<Preflight> {
  const plans = planStudy(recipe);
  const misfits = await unfit(host, recipe);
  const card = await host.checkpoints.card(checkpointOf(recipe));
  const data = (await host.ask({
    kind: "preflight",
    recipe,
    plans,
    seed,
    imported: await problemsOf(host.importedDatasets, recipe, seed),
    resourcesFolder: host.resourcesFolder,
    checkpoint: await host.checkpoints.place(card.id),
  })) as DataFacts;
  const studies = await host.store.studies();
  const measured = new Map<string, MeasuredCheckpoint>();
  for (const id of new Set(plans.flatMap((plan) => existingBehind(plan, plans) ?? []))) {
    const found = await measuredCheckpoint(host.store, studies, id, recipe.data);
    if (found) measured.set(id, found);
  }
  const known: Known = { plans, data, measured };
  const sizes = new Map((await host.checkpoints.list()).map(({ id, parameters }) => [id, parameters]));
  const finished = studies.flatMap(({ recipe: ran, stages: own }): FinishedStage[] => {
    const parameters = isPooled(ran) ? sizes.get(checkpointOf(ran)) : undefined;
    return parameters === undefined ? [] : own.map((stage) => ({ ...stage, parameters }));
  });
  const { rates, basis } = ratesOf(finished, card.parameters);
  const memory = plans.flatMap((plan) => {
    const use = memoryUse(plan, data);
    return use
      ? [{ key: plan.key, stage: plan.label, plan: { use: use.use, ...memoryPlan(card.file.model, use), available: totalmem() } }]
      : [];
  });
  const stages = plans.map((plan): PreflightStage => {
    const { key, label, kind } = plan;
    const tokens = tokensOf(plan, known);
    const rate = rates[kind];
    return {
      key,
      label,
      kind,
      start: "start" in plan ? plan.start : null,
      tokens,
      seconds: tokens === null || rate === undefined ? null : tokens / rate,
      memory: memory.find((each) => each.key === key)?.plan.total ?? null,
    };
  });
  const { stage, plan } = memory.reduce((most, each) => (each.plan.total > most.plan.total ? each : most));
  const total = (pick: (stage: PreflightStage) => number | null) => stages.reduce((sum, stage) => sum + (pick(stage) ?? 0), 0);
  const firstRl = plans.find((each) => each.kind === "rl");
  const problems = [...data.problems, ...misfits, ...problemsOfPlan(recipe, known, card), ...memoryProblems({ stage, plan })];
  return {
    kind: recipe.kind,
    stages,
    totals: { tokens: total((stage) => stage.tokens), seconds: total((stage) => stage.seconds) },
    basis,
    data,
    firstStep: firstRl?.kind === "rl" ? { prompts: firstRl.config.promptsPerStep, door: firstRl.door !== undefined } : null,
    longestResponse: card.file.model.maxPositionEmbeddings - data.promptTokens.longest,
    memory: { stage, plan },
    firstBudget: firstBudgetOf(known),
    truncation: truncationOf(known),
    problems: distinct(problems).sort((a, b) => (a.severity === b.severity ? 0 : a.severity === "stops" ? -1 : 1)),
  };
}

/** What forecasts rest on. */
interface Known {
  plans: readonly StagePlan[];
  data: DataFacts;
  /** By id, of the checkpoints that stages begin from and that were evaluated here. */
  measured: ReadonlyMap<string, MeasuredCheckpoint>;
}

/** The checkpoint whose tokenizer and sizes stand for the study's. */
function checkpointOf(recipe: PooledRecipe): string {
  if (recipe.kind === "rl") return recipe.checkpoint;
  const starts = startsOf(recipe);
  const existing = starts.find((start) => !isTrainedHere(start));
  return existing && !isTrainedHere(existing) && starts.every((start) => !isTrainedHere(start)) ? existing.checkpoint : recipe.base;
}

/** Mean response of the start an arm begins from; half the budget of one that is neither fine-tuned here nor evaluated yet. */
function responseTokens(plan: StagePlan, { plans, data, measured }: Known, budget: number): number {
  const evaluated = measured.get(existingBehind(plan, plans) ?? "");
  if (evaluated) return measuredTokens(evaluated, budget);
  const facts = data.sft.find(({ key }) => key === originOf(plan, plans));
  if (!facts) return budget / 2;
  const inner = facts.responseLengths.slice(0, -1).map((low, i) => (low + facts.responseLengths[i + 1]) / 2);
  return inner.reduce((sum, length) => sum + Math.min(length, budget), 0) / inner.length;
}

/** Id of the existing checkpoint behind a stage that generates; null where a start is fine-tuned for it here. */
function existingBehind(plan: StagePlan, plans: readonly StagePlan[]): string | null {
  if (plan.kind === "sft" || !("from" in plan)) return null;
  const { from } = plan;
  if ("checkpoint" in from) return from.checkpoint;
  const before = plans.find(({ key }) => key === from.stage);
  return before ? existingBehind(before, plans) : null;
}

/** Key of the SFT stage behind a stage's checkpoint; null where it begins from one that is there. */
function originOf(plan: StagePlan, plans: readonly StagePlan[]): string | null {
  if (plan.kind === "sft") return plan.key;
  if (!("from" in plan) || !("stage" in plan.from)) return null;
  const { stage } = plan.from;
  const before = plans.find(({ key }) => key === stage);
  return before ? originOf(before, plans) : null;
}

function tokensOf(plan: StagePlan, known: Known): number | null {
  const { data } = known;
  const evaluated = (config: Pick<EvalConfig, "pool" | "problems" | "samplesPerProblem">, budget: number) =>
    Math.min(config.problems ?? Number.POSITIVE_INFINITY, data.pools[config.pool]) *
    config.samplesPerProblem *
    responseTokens(plan, known, budget);
  switch (plan.kind) {
    case "data":
    case "finetune":
      return null;
    case "sft":
      return data.sft.find(({ key }) => key === plan.key)?.trainedTokens ?? null;
    case "temperature": {
      const { config, maxResponseTokens } = plan;
      const tries = config.fixed === null ? config.candidates.length : 1;
      return tries * evaluated({ pool: "dev", ...config }, maxResponseTokens);
    }
    case "evaluate":
      return evaluated(plan.config, plan.config.maxResponseTokens);
    case "door":
      return evaluated({ pool: "rl", ...plan.config }, plan.maxResponseTokens);
    case "rl": {
      const { steps, promptsPerStep, groupSize, maxResponseTokens, evalEvery } = plan.config;
      const looks = 1 + Math.ceil(steps / evalEvery);
      return steps * promptsPerStep * groupSize * responseTokens(plan, known, maxResponseTokens) + looks * evaluated(plan.devEval, plan.devEval.maxResponseTokens); // biome-ignore format: one thought
    }
  }
}

/** A stage with the size of its study's model. */
type FinishedStage = Pick<StageRecord, "plan" | "status" | "result" | "activeSeconds"> & { parameters: number };

/** Shorter ones say more of the start of a stage than of its pace. */
const leastSeconds = 5;

/**
 * Tokens a second by kind of stage for a model of so many parameters: of finished stages where there are any, else rough. Time goes
 * with size; below the rough rates' own model it no longer falls.
 */
export function ratesOf(
  stages: readonly FinishedStage[],
  parameters: number,
): { rates: Partial<Record<StageKind, number>>; basis: string } {
  const sizeOf = (count: number) => Math.max(1, count / roughParameters);
  const scale = sizeOf(parameters);
  const rates = Object.fromEntries(Object.entries(roughRates).map(([kind, rate]) => [kind, rate / scale]));
  const measured = (["sft", "rl"] as const).filter((kind) => {
    const own = stages.filter(
      ({ plan, status, result, activeSeconds }) =>
        plan.kind === kind && status === "done" && result?.tokens && activeSeconds >= leastSeconds,
    );
    const seconds = own.reduce((sum, stage) => sum + stage.activeSeconds, 0);
    const work = own.reduce((sum, stage) => sum + tokensDone(stage) * sizeOf(stage.parameters), 0);
    if (seconds > 0) rates[kind] = work / seconds / scale;
    return seconds > 0;
  });
  const rough = "a rough rate for a small model on two cores, scaled by size";
  return { rates, basis: measured.length === 0 ? `Time by ${rough}.` : `Time of ${measured.map((kind) => kind.toUpperCase()).join(" and ")} by what such stages took in this data folder, scaled by size; of the rest by ${rough}.` }; // biome-ignore format: one thought
}

/** Trained or generated; of RL with its evaluations on dev, whose responses are taken to be as long as the rollouts. */
function tokensDone({ plan, result }: FinishedStage): number {
  const tokens = result?.tokens ?? 0;
  if (plan.kind !== "rl") return tokens;
  const { config, devEval } = plan;
  const steps = result?.steps ?? config.steps;
  const evaluated = (1 + Math.ceil(steps / config.evalEvery)) * (devEval.problems ?? 0) * devEval.samplesPerProblem;
  return tokens * (1 + evaluated / Math.max(1, steps * config.promptsPerStep * config.groupSize));
}

function memoryUse(plan: StagePlan, { pools, promptTokens }: DataFacts): MemoryUse | null {
  const generates = (pool: Pool, problems: number | null, samples: number, budget: number): MemoryUse => ({
    use: "evaluate",
    rows: Math.max(1, Math.min(problems ?? Number.POSITIVE_INFINITY, pools[pool]) * samples),
    length: promptTokens.longest + budget,
  });
  switch (plan.kind) {
    case "data":
      return null;
    case "sft":
    case "finetune": {
      const { batchSize, maxLength, lora, recompute, gradientAccumulation } = plan.kind === "sft" ? plan.config.sft : plan.config;
      return { use: lora ? "lora" : "sft", rows: batchSize, length: maxLength, lora, recompute, gradientAccumulation };
    }
    case "rl": {
      const { promptsPerStep, groupSize, maxResponseTokens, klCoefficient } = plan.config;
      const length = promptTokens.longest + maxResponseTokens;
      return { use: "rl", rows: promptsPerStep * groupSize, length, reference: klCoefficient > 0 };
    }
    case "temperature":
      return generates("dev", plan.config.problems, plan.config.samplesPerProblem, plan.maxResponseTokens);
    case "door":
      return generates("rl", plan.config.problems, plan.config.samplesPerProblem, plan.maxResponseTokens);
    case "evaluate":
      return generates(plan.config.pool, plan.config.problems, plan.config.samplesPerProblem, plan.config.maxResponseTokens);
  }
}

function memoryProblems({ stage, plan }: Preflight["memory"]): PreflightProblem[] {
  if (plan.total < plan.available) return [];
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return [
    {
      severity: "caution",
      where: stage,
      message: `It plans ${gigabytes(plan.total)} of memory, most of it ${plan.largest}; this machine has ${gigabytes(plan.available)}.`,
      hint: "Take smaller batches or shorter rows, recompute activations, or train an adapter.",
    },
  ];
}

/** Share of a sorted list's interpolated distribution above a budget, from its deciles. */
export function shareAbove(deciles: readonly number[], budget: number): number {
  if (budget >= deciles[10]) return 0;
  if (budget < deciles[0]) return 1;
  const i = deciles.filter((value) => value <= budget).length - 1;
  const [low, high] = [deciles[i], deciles[i + 1]];
  return 1 - (i + (high > low ? (budget - low) / (high - low) : 0)) / 10;
}

function truncationOf({ plans, data, measured }: Known): Preflight["truncation"] {
  const forecasts = plans.flatMap((plan): Preflight["truncation"] => {
    if (plan.kind !== "rl") return [];
    const budget = plan.config.maxResponseTokens;
    const facts = data.sft.find(({ key }) => key === originOf(plan, plans));
    if (facts) return [{ start: facts.start, budget, share: shareAbove(facts.responseLengths, budget), basis: "SFT responses" }];
    const checkpoint = existingBehind(plan, plans);
    const evaluated = measured.get(checkpoint ?? "");
    const share = evaluated ? measuredShareCut(evaluated, budget) : null;
    return checkpoint === null || share === null ? [] : [{ start: checkpoint, budget, share, basis: "measured" }];
  });
  const seen = new Set<string>();
  return forecasts.filter(({ start, budget }) => {
    const key = `${start} ${budget}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Paper, first stage of RL: about so many responses are longer than 8K. */
const cutAtFirst = 0.3;

function firstBudgetOf({ data, measured }: Known): Preflight["firstBudget"] {
  const fromSft = data.sft.flatMap(({ start, responseLengths }) =>
    responseLengths.length === 11 ? [{ start, budget: Math.round(responseLengths[7]), basis: "SFT responses" as const }] : [],
  );
  const fromEvaluations = [...measured].flatMap(([start, evaluated]) => {
    const budget = measuredLengthExceededBy(evaluated, cutAtFirst);
    return budget === null ? [] : [{ start, budget, basis: "measured" as const }];
  });
  const known = [...fromSft, ...fromEvaluations].filter(({ budget }) => budget >= 1);
  return known.length === 0 ? null : known.reduce((longest, each) => (each.budget > longest.budget ? each : longest));
}

/** What is said of each start in the same words is said once. */
function distinct(problems: PreflightProblem[]): PreflightProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.where} ${problem.message}`, problem])).values()];
}

function problemsOfPlan(recipe: PooledRecipe, known: Known, card: CheckpointCard): PreflightProblem[] {
  const { plans, data } = known;
  const problems: PreflightProblem[] = [];
  const say = (severity: PreflightProblem["severity"], where: string, message: string, hint: string) =>
    problems.push({ severity, where, message, hint });
  for (const { key, start, examples, dropped, trainedTokens, steps } of data.sft) {
    const where = `SFT of ${start}`;
    if (examples === 0) say("stops", where, `None of its ${dropped} examples fits into a row.`, "Raise sft.maxLength.");
    else if (trainedTokens === 0) say("stops", where, "No token would be trained: its responses are empty.", "Choose rows with responses.");
    else if (dropped > 0.05 * (dropped + examples))
      say("caution", where, `${dropped} of ${dropped + examples} examples are longer than a row and left out: its longest responses.`, "Raise sft.maxLength."); // biome-ignore format: one thought
    const sft = plans.find(({ key: own }) => own === key);
    if (sft?.kind === "sft" && examples > 0 && examples < sft.config.sft.batchSize)
      say("caution", where, `Its ${examples} examples do not fill one batch of ${sft.config.sft.batchSize} rows.`, "Take smaller batches, or more prompts."); // biome-ignore format: one thought
    if (steps > 0 && steps < 10)
      say("caution", where, `It makes ${steps === 1 ? "one update" : `${steps} updates`} in all.`, "Take smaller batches, or more epochs.");
  }
  const positions = card.file.model.maxPositionEmbeddings;
  for (const plan of plans) {
    if (plan.kind !== "rl") continue;
    const { promptsPerStep, domain, updatesPerBatch, maxResponseTokens } = plan.config;
    const pool = domain ? data.rlByDomain[domain] : data.pools.rl;
    const needed = promptsNeeded(plan.config);
    const there = `The RL pool has ${pool} ${domain ? `problems of domain ${domain}` : "problems"}`;
    if (pool < needed) {
      const dynamic = needed > promptsPerStep;
      say("stops", plan.label, `${there} and a step ${dynamic ? "with dynamic sampling may ask" : "asks"} for ${needed}.`, `Lower promptsPerStep${dynamic ? " or dynamicSamplingMaxBatches" : ""}, or enlarge the RL pool in the recipe's data.`); // biome-ignore format: one thought
    } else if (plan.door && pool < 4 * promptsPerStep)
      say("caution", plan.label, `${there}, a step asks for ${promptsPerStep}, and how many its door keeps is known only when the model stands at it.`, "Widen the door, or enlarge the RL pool."); // biome-ignore format: one thought
    if (promptsPerStep % updatesPerBatch !== 0)
      say("caution", plan.label, `${promptsPerStep} prompts do not divide into ${updatesPerBatch} updates: these differ in size.`, "Choose a multiple."); // biome-ignore format: one thought
    // A budget that alone is too large is told already, by its field.
    if (maxResponseTokens < positions && data.promptTokens.longest + maxResponseTokens > positions)
      say("stops", plan.label, `A prompt of ${data.promptTokens.longest} tokens and a response of ${maxResponseTokens} exceed the model's ${positions} positions.`, "Lower maxResponseTokens, or choose shorter problems."); // biome-ignore format: one thought
    const facts = data.sft.find(({ key }) => key === originOf(plan, plans));
    if (!facts || facts.examples === 0) continue;
    if (maxResponseTokens < facts.responseLengths[0])
      say("stops", plan.label, `Every response would be cut: the shortest of the start's has ${facts.responseLengths[0]} tokens, the budget ${maxResponseTokens}.`, "Raise maxResponseTokens."); // biome-ignore format: one thought
    else if (shareAbove(facts.responseLengths, maxResponseTokens) > 0.5)
      say("caution", plan.label, `About ${Math.round(100 * shareAbove(facts.responseLengths, maxResponseTokens))} % of responses would be cut at ${maxResponseTokens} tokens.`, "Raise maxResponseTokens, or mean it (the paper's first stage cuts about 30 %)."); // biome-ignore format: one thought
  }
  for (const [checkpoint, { passAt1, samples }] of known.measured)
    if (plans.some((plan) => plan.kind === "rl" && existingBehind(plan, plans) === checkpoint) && (passAt1 === 0 || passAt1 === 1))
      say("caution", `RL from ${checkpoint}`, `All its ${samples} evaluated responses were ${passAt1 === 0 ? "wrong" : "right"}: where all rewards of a group are equal, nothing is learned.`, passAt1 === 0 ? "Choose easier problems, or fine-tune it first." : "Choose harder problems."); // biome-ignore format: one thought
  const { fixed, candidates } = "temperature" in recipe ? recipe.temperature : { fixed: null, candidates: [] };
  if (fixed !== null && (fixed < Math.min(...candidates) || fixed > Math.max(...candidates)))
    say("caution", "temperature.fixed", `T ${fixed} lies outside the finder's candidates, ${candidates.join(", ")}.`, "Name candidates around it, to see its entropy beside theirs."); // biome-ignore format: one thought
  const { finalEval } = recipe;
  if (finalEval.problems !== null && finalEval.problems > data.pools[finalEval.pool])
    say("caution", "finalEval.problems", `It asks for ${finalEval.problems} problems, and ${finalEval.pool} has ${data.pools[finalEval.pool]}: all of them are taken.`, "Lower it, or enlarge the pool."); // biome-ignore format: one thought
  const longest = Math.max(0, ...plans.map((plan) => (plan.kind === "rl" ? plan.config.maxResponseTokens : 0)));
  if (recipe.kind !== "overlong" && longest > finalEval.maxResponseTokens)
    say("caution", "finalEval.maxResponseTokens", `RL gives responses up to ${longest} tokens, the final evaluation ${finalEval.maxResponseTokens}: it cuts what RL did not.`, `Raise it to ${longest}.`); // biome-ignore format: one thought
  if (recipe.kind === "ladder" && recipe.cells.length < leastCells)
    say("caution", "cells", `The ladder has ${recipe.cells.length === 1 ? "one cell" : `${recipe.cells.length} cells`}, and the regression needs at least ${leastCells}: there will be scores alone.`, "Add cells that differ along both axes."); // biome-ignore format: one thought
  return problems;
}
