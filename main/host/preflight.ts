// What a study would take and whether it can learn, before anything runs: the data as the training thread finds it, tokens and time a
// stage, memory of the largest one, and what would stop it or should be known.
import { totalmem } from "node:os";
import {
  type CheckpointCard,
  type DataFacts,
  type EvalConfig,
  isTrainedHere,
  type PooledRecipe,
  type Preflight,
  type PreflightProblem,
  type PreflightStage,
  type StageKind,
  type StagePlan,
  type StageRecord,
} from "../contract/index.ts";
import { type MemoryUse, memoryPlan } from "../engine/memory-plan.ts";
import { planStudy } from "../studies/plan.ts";
import type { Host } from "./host.ts";
import { problemsOf } from "./problems-of.ts";

/** Tokens a second of a 0.6M model on two cores, by our log; larger models take proportionally longer. */
const roughRates: Partial<Record<StageKind, number>> = { sft: 20_000, rl: 8_000, evaluate: 25_000, temperature: 25_000, door: 20_000 };
const roughParameters = 610_000;

export async function preflight(host: Host, recipe: PooledRecipe, seed: number): Promise<Preflight> {
  const plans = planStudy(recipe);
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
  const tokens = new Map(plans.map((plan) => [plan.key, tokensOf(plan, plans, data)]));
  const { rates, basis } = ratesOf((await host.store.studies()).flatMap(({ stages }) => stages), card.parameters); // biome-ignore format: one thought
  const stages = plans.map((plan): PreflightStage => {
    const count = tokens.get(plan.key) ?? null;
    const rate = rates[plan.kind];
    return {
      key: plan.key,
      label: plan.label,
      kind: plan.kind,
      tokens: count,
      seconds: count === null || rate === undefined ? null : count / rate,
    };
  });
  const memory = largestMemory(plans, card, data);
  const total = (pick: (stage: PreflightStage) => number | null) => stages.reduce((sum, stage) => sum + (pick(stage) ?? 0), 0);
  return {
    stages,
    totals: { tokens: total((stage) => stage.tokens), seconds: total((stage) => stage.seconds) },
    basis,
    data,
    memory,
    truncation: truncationOf(plans, data),
    problems: [...data.problems, ...problemsOfPlan(plans, data, card), ...memoryProblems(memory)].sort((a, b) => (a.severity === b.severity ? 0 : a.severity === "stops" ? -1 : 1)), // biome-ignore format: one thought
  };
}

/** The checkpoint whose tokenizer and sizes stand for the study's. */
function checkpointOf(recipe: PooledRecipe): string {
  if (recipe.kind === "rl") return recipe.checkpoint;
  const starts = recipe.kind === "weak-vs-strong" ? recipe.starts : "start" in recipe ? [recipe.start] : [];
  const existing = starts.find((start) => !isTrainedHere(start));
  return existing && !isTrainedHere(existing) && starts.every((start) => !isTrainedHere(start)) ? existing.checkpoint : recipe.base;
}

/** Mean response of the start an arm begins from; half the budget where it is not fine-tuned here. */
function responseTokens(plan: StagePlan, plans: readonly StagePlan[], data: DataFacts, budget: number): number {
  const start = originOf(plan, plans);
  const facts = data.sft.find(({ key }) => key === start);
  if (!facts) return budget / 2;
  const inner = facts.responseLengths.slice(0, -1).map((low, i) => (low + facts.responseLengths[i + 1]) / 2);
  return inner.reduce((sum, length) => sum + Math.min(length, budget), 0) / inner.length;
}

/** Key of the SFT stage behind a stage's checkpoint; null where it begins from one that is there. */
function originOf(plan: StagePlan, plans: readonly StagePlan[]): string | null {
  if (plan.kind === "sft") return plan.key;
  if (!("from" in plan) || !("stage" in plan.from)) return null;
  const { stage } = plan.from;
  const before = plans.find(({ key }) => key === stage);
  return before ? originOf(before, plans) : null;
}

function tokensOf(plan: StagePlan, plans: readonly StagePlan[], data: DataFacts): number | null {
  const evaluated = (config: Pick<EvalConfig, "pool" | "problems" | "samplesPerProblem">, budget: number) =>
    Math.min(config.problems ?? Number.POSITIVE_INFINITY, data.pools[config.pool]) *
    config.samplesPerProblem *
    responseTokens(plan, plans, data, budget);
  switch (plan.kind) {
    case "data":
    case "finetune":
      return null;
    case "sft":
      return data.sft.find(({ key }) => key === plan.key)?.tokens ?? null;
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
      return steps * promptsPerStep * groupSize * responseTokens(plan, plans, data, maxResponseTokens) + looks * evaluated(plan.devEval, plan.devEval.maxResponseTokens); // biome-ignore format: one thought
    }
  }
}

/** Tokens a second by kind of stage: of this data folder's finished stages where they say it, else rough. */
function ratesOf(stages: readonly StageRecord[], parameters: number): { rates: Partial<Record<StageKind, number>>; basis: string } {
  const scale = Math.max(1, parameters / roughParameters);
  const rates = Object.fromEntries(Object.entries(roughRates).map(([kind, rate]) => [kind, rate / scale]));
  const measured = (["sft", "rl"] as const).filter((kind) => {
    const own = stages.filter(
      ({ plan, status, result, activeSeconds }) => plan.kind === kind && status === "done" && result?.tokens && activeSeconds > 5,
    );
    const seconds = own.reduce((sum, stage) => sum + stage.activeSeconds, 0);
    if (seconds > 0) rates[kind] = own.reduce((sum, stage) => sum + (stage.result?.tokens ?? 0), 0) / seconds / scale;
    return seconds > 0;
  });
  const rough = "a rough rate for a small model on two cores, scaled by size";
  return { rates, basis: measured.length === 0 ? `Time by ${rough}.` : `Time of ${measured.map((kind) => kind.toUpperCase()).join(" and ")} by what such stages took in this data folder; of the rest by ${rough}.` }; // biome-ignore format: one thought
}

function largestMemory(plans: readonly StagePlan[], { file }: CheckpointCard, data: DataFacts): Preflight["memory"] {
  const uses = plans.flatMap((plan): { stage: string; use: MemoryUse }[] => {
    if (plan.kind === "sft") {
      const { batchSize, maxLength, lora, recompute, gradientAccumulation } = plan.config.sft;
      return [
        {
          stage: plan.label,
          use: { use: lora ? "lora" : "sft", rows: batchSize, length: maxLength, lora, recompute, gradientAccumulation },
        },
      ];
    }
    if (plan.kind !== "rl") return [];
    const { promptsPerStep, groupSize, maxResponseTokens, klCoefficient } = plan.config;
    const length = Math.ceil(data.promptTokens.longest) + maxResponseTokens;
    return [{ stage: plan.label, use: { use: "rl", rows: promptsPerStep * groupSize, length, reference: klCoefficient > 0 } }];
  });
  const known =
    uses.length > 0 ? uses : [{ stage: plans[plans.length - 1].label, use: { use: "evaluate" as const, rows: 64, length: 128 } }];
  const planned = known.map(({ stage, use }) => ({ stage, plan: { use: use.use, ...memoryPlan(file.model, use), available: totalmem() } }));
  return planned.reduce((most, each) => (each.plan.total > most.plan.total ? each : most));
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

function truncationOf(plans: readonly StagePlan[], data: DataFacts): Preflight["truncation"] {
  const forecasts = plans.flatMap((plan) => {
    if (plan.kind !== "rl") return [];
    const facts = data.sft.find(({ key }) => key === originOf(plan, plans));
    const budget = plan.config.maxResponseTokens;
    return facts ? [{ start: facts.start, budget, share: shareAbove(facts.responseLengths, budget) }] : [];
  });
  const seen = new Set<string>();
  return forecasts.filter(({ start, budget }) => {
    const key = `${start} ${budget}`;
    return !seen.has(key) && seen.add(key);
  });
}

function problemsOfPlan(plans: readonly StagePlan[], data: DataFacts, card: CheckpointCard): PreflightProblem[] {
  const problems: PreflightProblem[] = [];
  const say = (severity: PreflightProblem["severity"], where: string, message: string, hint: string) =>
    problems.push({ severity, where, message, hint });
  for (const { start, examples, dropped, trainedTokens, steps } of data.sft) {
    const where = `SFT of ${start}`;
    if (examples === 0) say("stops", where, `None of its ${dropped} examples fits into a row.`, "Raise sft.maxLength.");
    else if (trainedTokens === 0) say("stops", where, "No token would be trained: its responses are empty.", "Choose rows with responses.");
    else if (dropped > 0.05 * (dropped + examples))
      say("caution", where, `${dropped} of ${dropped + examples} examples are longer than a row and left out: its longest responses.`, "Raise sft.maxLength."); // biome-ignore format: one thought
    if (steps > 0 && steps < 10) say("caution", where, `It makes ${steps} updates in all.`, "Take smaller batches, or more epochs.");
  }
  const positions = card.file.model.maxPositionEmbeddings;
  for (const plan of plans) {
    if (plan.kind !== "rl") continue;
    const { promptsPerStep, dynamicSampling, dynamicSamplingMaxBatches, domain, updatesPerBatch, maxResponseTokens } = plan.config;
    const pool = domain ? data.rlByDomain[domain] : data.pools.rl;
    const needed = promptsPerStep * (dynamicSampling ? dynamicSamplingMaxBatches : 1);
    if (pool < needed)
      say("stops", plan.label, `The RL pool has ${pool} ${domain ? `problems of domain ${domain}` : "problems"} and one step may ask for ${needed}.`, "Lower promptsPerStep (or dynamicSamplingMaxBatches), or enlarge the RL pool in the recipe's data."); // biome-ignore format: one thought
    if (promptsPerStep % updatesPerBatch !== 0)
      say("caution", plan.label, `${promptsPerStep} prompts do not divide into ${updatesPerBatch} updates: these differ in size.`, "Choose a multiple."); // biome-ignore format: one thought
    if (data.promptTokens.longest + maxResponseTokens > positions)
      say("stops", plan.label, `A prompt of ${data.promptTokens.longest} tokens and a response of ${maxResponseTokens} exceed the model's ${positions} positions.`, "Lower maxResponseTokens, or choose shorter problems."); // biome-ignore format: one thought
    const facts = data.sft.find(({ key }) => key === originOf(plan, plans));
    if (!facts || facts.examples === 0) continue;
    if (maxResponseTokens < facts.responseLengths[0])
      say("stops", plan.label, `Every response would be cut: the shortest of the start's has ${facts.responseLengths[0]} tokens, the budget ${maxResponseTokens}.`, "Raise maxResponseTokens."); // biome-ignore format: one thought
    else if (shareAbove(facts.responseLengths, maxResponseTokens) > 0.5)
      say("caution", plan.label, `About ${Math.round(100 * shareAbove(facts.responseLengths, maxResponseTokens))} % of responses would be cut at ${maxResponseTokens} tokens.`, "Raise maxResponseTokens, or mean it (the paper's first stage cuts about 30 %)."); // biome-ignore format: one thought
  }
  const distinct = new Map(problems.map((problem) => [`${problem.where} ${problem.message}`, problem]));
  return [...distinct.values()];
}
