// The studies: what a recipe of each kind says. Everything that is run is a study of some kind: one queue, one way to plan, pause,
// resume, repeat over seeds and store. The arms of a study are what its curves and colours are named by: starts, cells of a ladder,
// or forks of one start.
import { z } from "zod";
import { dataConfig } from "./dataset.ts";
import { evalConfig, rlConfig, rlStage, sftConfig, startConfig, temperatureConfig, verifierNoise } from "./recipe.ts";

/** Rows of an imported dataset version, chosen the same way each time. */
export const dataSelection = z.object({
  dataset: z.string().min(1).meta({ description: "Imported dataset version" }),
  limit: z
    .number()
    .int()
    .positive()
    .max(20_000)
    .nullable()
    .default(null)
    .meta({ description: "At most so many rows; empty: all, up to 20,000" }),
  order: z.enum(["file", "random"]).default("file").meta({ description: "file: the first rows; random: drawn with the seed" }),
  sources: z.array(z.string()).default([]).meta({ description: "Only these sources; empty: all" }),
  categories: z.array(z.string()).default([]).meta({ description: "Only these categories; empty: all" }),
  dates: z
    .object({ from: z.string(), to: z.string() })
    .nullable()
    .default(null)
    .meta({ description: "Only rows dated from (inclusive) to (exclusive), ISO days: LiveCodeBench's windows" }),
});
export type DataSelection = z.infer<typeof dataSelection>;

const instruction = z
  .string()
  .default("")
  .meta({ description: "Put after each problem, or around it where it says {problem}; empty: the problem alone" });

/** A study's four pools from imported dataset versions in place of generated problems. A prompt in two pools stops the study. */
export const importedPools = z.object({
  kind: z.literal("imported"),
  sft: dataSelection.nullable().default(null).meta({ description: "Rows with responses; empty: no start is fine-tuned here" }),
  rl: dataSelection.nullable().default(null).meta({ description: "Problems of RL; empty: no RL" }),
  dev: dataSelection.meta({ description: "Problems that choices are made on" }),
  test: dataSelection.meta({ description: "Problems of the final evaluation" }),
  instruction,
});
export type ImportedPools = z.infer<typeof importedPools>;

export const studyData = z
  .discriminatedUnion("kind", [dataConfig.extend({ kind: z.literal("generated").optional() }), importedPools])
  .prefault({})
  .meta({ description: "Problems: generated and GSM8K's arithmetic, or imported datasets" });
export type StudyData = z.infer<typeof studyData>;

/** A start that is fine-tuned in the study, or a checkpoint that is there. */
export const existingStart = z.object({
  name: z.string().min(1).meta({ description: "weak, strong, …" }),
  checkpoint: z.string().min(1).meta({ description: "Id of any checkpoint: imported, shipped or trained" }),
});
export const start = z.union([startConfig, existingStart]);
export type Start = z.infer<typeof start>;
export const isTrainedHere = (candidate: Start): candidate is z.infer<typeof startConfig> => "sft" in candidate;

const named = {
  name: z.string().min(1),
  description: z.string().default(""),
};
const base = z
  .string()
  .min(1)
  .default("tiny-base")
  .meta({ description: "Checkpoint that starts are fine-tuned from: shipped, imported or trained" });
const devEval = evalConfig
  .prefault({ pool: "dev", problems: 128, samplesPerProblem: 2 })
  .meta({ description: "Evaluation points on the curves" });
const finalEval = evalConfig.prefault({}).meta({ description: "What results rest on" });
const stages = z.array(rlStage).min(1).optional().meta({ description: "Stages of RL, in order; empty: one, as rl says" });

type Refine = z.core.$RefinementCtx<unknown>;
const refuse = (ctx: Refine, path: (string | number)[], message: string) => ctx.addIssue({ code: "custom", path, message });

/** What a study on four pools must keep to, whatever its kind. */
function checkPools(recipe: { data: StudyData; devEval?: { pool: string }; finalEval: { pool: string } }, ctx: Refine): void {
  if (recipe.devEval && recipe.devEval.pool !== "dev")
    refuse(ctx, ["devEval", "pool"], "Points on the curves are measured on dev: set devEval.pool to dev.");
  if (recipe.finalEval.pool !== "test" && recipe.finalEval.pool !== "dev")
    refuse(
      ctx,
      ["finalEval", "pool"],
      "Results are measured on test, or on dev while a recipe is being chosen: set finalEval.pool to test or dev.",
    );
  if (recipe.data.kind === "imported") return;
  const { arithmetic, gsm8kMinSteps, gsm8kMaxSteps } = recipe.data;
  if (arithmetic.minSteps > arithmetic.maxSteps)
    refuse(ctx, ["data", "arithmetic", "minSteps"], "The fewest operations exceed the most: lower minSteps or raise maxSteps.");
  if (arithmetic.minDigits > arithmetic.maxDigits)
    refuse(ctx, ["data", "arithmetic", "minDigits"], "The fewest digits exceed the most: lower minDigits or raise maxDigits.");
  if (gsm8kMinSteps > gsm8kMaxSteps)
    refuse(ctx, ["data", "gsm8kMinSteps"], "The shortest GSM8K chain exceeds the longest: lower gsm8kMinSteps or raise gsm8kMaxSteps.");
}

function checkNames(names: string[], path: string, thing: string, ctx: Refine): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) refuse(ctx, [path], `Two ${thing} have one name, ${twice}: give each its own.`);
}

/** SFT examples must come from somewhere. */
function checkSftData(recipe: { data: StudyData }, trains: boolean, ctx: Refine): void {
  if (trains && recipe.data.kind === "imported" && recipe.data.sft === null)
    refuse(
      ctx,
      ["data", "sft"],
      "A start is fine-tuned here, and no imported rows are named for it: set data.sft, or give the start a checkpoint.",
    );
}

function checkRlData(recipe: { data: StudyData }, ctx: Refine): void {
  if (recipe.data.kind === "imported" && recipe.data.rl === null)
    refuse(ctx, ["data", "rl"], "RL needs problems, and none are named: set data.rl.");
}

/** What a study that forks RL from one start must keep to. */
function checkForked(recipe: Parameters<typeof checkPools>[0] & { start: Start }, ctx: Refine): void {
  checkPools(recipe, ctx);
  checkSftData(recipe, isTrainedHere(recipe.start), ctx);
  checkRlData(recipe, ctx);
}

/** One checkpoint on one benchmark. */
export const evaluationRecipe = z.object({
  kind: z.literal("evaluation"),
  ...named,
  checkpoint: z.string().min(1).meta({ description: "Id of any checkpoint: imported, shipped or trained" }),
  benchmark: z.string().nullable().default(null).meta({ description: "Benchmark whose protocol this follows; empty: none" }),
  data: dataSelection,
  instruction,
  eval: evalConfig.prefault({}),
});
export type EvaluationRecipe = z.infer<typeof evaluationRecipe>;

/** Supervised fine-tuning of one checkpoint on the responses of an imported dataset. */
export const sftRecipe = z.object({
  kind: z.literal("sft"),
  ...named,
  checkpoint: z.string().min(1).meta({ description: "Checkpoint to begin from" }),
  data: dataSelection,
  instruction,
  responsesPerPrompt: z.number().int().positive().default(1).meta({ description: "At most so many responses of each row" }),
  devRows: z.number().int().nonnegative().default(16).meta({ description: "Rows kept out of training, for the dev loss" }),
  sft: sftConfig,
});
export type SftRecipe = z.infer<typeof sftRecipe>;

/** k starts × one RL recipe: does RL narrow the gap? */
export const weakVsStrongRecipe = z
  .object({
    kind: z.literal("weak-vs-strong"),
    ...named,
    base,
    data: studyData,
    starts: z.array(start).min(2).meta({ description: "Weakest first" }),
    temperature: temperatureConfig.prefault({}),
    rl: rlConfig,
    stages,
    devEval,
    finalEval: finalEval.meta({ description: "Before RL, after each stage and at the end, for the comparison" }),
  })
  .superRefine((recipe, ctx) => {
    checkNames(recipe.starts.map(({ name }) => name), "starts", "starts", ctx); // biome-ignore format: one thought
    checkNames((recipe.stages ?? []).map(({ name }) => name), "stages", "stages", ctx); // biome-ignore format: one thought
    if (recipe.finalEval.samplesPerProblem < 2)
      refuse(
        ctx,
        ["finalEval", "samplesPerProblem"],
        "Newly solved problems are chosen on one half of the samples and measured on the other: set samplesPerProblem to at least 2.",
      );
    checkPools(recipe, ctx);
    checkSftData(recipe, recipe.starts.some(isTrainedHere), ctx);
    checkRlData(recipe, ctx);
  });
export type WeakVsStrongRecipe = z.infer<typeof weakVsStrongRecipe>;

/** Cells of SFT data along two axes, each fine-tuned and evaluated; the scaling regression over them. */
export const ladderCell = z.object({
  prompts: z.number().int().positive().meta({ description: "Unique prompts (axis 1)" }),
  responsesPerPrompt: z.number().int().positive().meta({ description: "Different right responses a prompt (axis 2)" }),
});
export type LadderCell = z.infer<typeof ladderCell>;

export const matching = z.enum(["epochs", "steps", "tokens"]);
export type Matching = z.infer<typeof matching>;

export const ladderRecipe = z
  .object({
    kind: z.literal("ladder"),
    ...named,
    base,
    data: studyData,
    cells: z.array(ladderCell).min(1).meta({ description: "Smallest first; nested: a smaller cell's examples are among a larger one's" }),
    matched: matching
      .default("epochs")
      .meta({ description: "What is the same for every cell: passes over its data, updates, or trained tokens" }),
    sft: sftConfig.meta({
      description: "epochs: of every cell (matched by epochs), or of the largest cell, whose steps or tokens all take",
    }),
    otherwiseMatched: z
      .object({ cell: ladderCell, matched: matching })
      .optional()
      .meta({ description: "One cell run again under another matching, to show what the matching does; empty: none" }),
    devEval,
    finalEval,
  })
  .superRefine((recipe, ctx) => {
    checkNames(recipe.cells.map(cellName), "cells", "cells", ctx);
    checkPools(recipe, ctx);
    checkSftData(recipe, true, ctx);
    const other = recipe.otherwiseMatched;
    if (other && !recipe.cells.some((cell) => cellName(cell) === cellName(other.cell)))
      refuse(ctx, ["otherwiseMatched", "cell"], `${cellName(other.cell)} is none of the ladder's cells: name one of them.`);
    if (other && other.matched === recipe.matched)
      refuse(ctx, ["otherwiseMatched", "matched"], `All cells are matched by ${recipe.matched} already: choose another.`);
  });
export type LadderRecipe = z.infer<typeof ladderRecipe>;

export const cellName = ({ prompts, responsesPerPrompt }: LadderCell): string => `${prompts} × ${responsesPerPrompt}`;

/** One start after each of its epochs, each annealed to its own end; and what RL makes of them. */
export const epochsRecipe = z
  .object({
    kind: z.literal("epochs"),
    ...named,
    base,
    data: studyData,
    start: startConfig.meta({ description: "sft.epochs: how many epochs the trunk has" }),
    temperature: temperatureConfig.prefault({}),
    branchRl: z.array(z.number().int().positive()).default([]).meta({ description: "Epochs whose start goes through RL; empty: none" }),
    rl: rlConfig.optional().meta({ description: "RL of the branches; empty: none" }),
    stages,
    devEval,
    finalEval,
  })
  .superRefine((recipe, ctx) => {
    checkPools(recipe, ctx);
    checkSftData(recipe, true, ctx);
    if (recipe.branchRl.length > 0 && !recipe.rl)
      refuse(ctx, ["rl"], "branchRl names epochs for RL, and rl says nothing: add it, or empty branchRl.");
    if (recipe.branchRl.length > 0) checkRlData(recipe, ctx);
    const twice = recipe.branchRl.find((epoch, i) => recipe.branchRl.indexOf(epoch) < i);
    if (twice !== undefined) refuse(ctx, ["branchRl"], `Epoch ${twice} is named twice: name each epoch once.`);
    const late = recipe.branchRl.find((epoch) => epoch > recipe.start.sft.epochs);
    if (late !== undefined)
      refuse(
        ctx,
        ["branchRl"],
        `RL is to branch from epoch ${late}, and SFT has ${recipe.start.sft.epochs}: lower it or raise start.sft.epochs.`,
      );
    if (recipe.start.sft.lora || recipe.start.sft.maxSteps)
      refuse(ctx, ["start", "sft"], "Epochs are branches of one trunk of whole epochs on all weights: remove lora and maxSteps.");
  });
export type EpochsRecipe = z.infer<typeof epochsRecipe>;

/** One start, RL at several sampling temperatures. */
export const temperatureRecipe = z
  .object({
    kind: z.literal("temperature"),
    ...named,
    base,
    data: studyData,
    start,
    temperatures: z
      .array(z.number().positive())
      .default([])
      .meta({ description: "Sampling temperatures of RL, one fork each (paper: 0.6, 0.85, 1.0); none: the sweep without training alone" }),
    temperature: temperatureConfig.prefault({}).meta({ description: "The sweep without training before RL" }),
    rl: rlConfig,
    stages,
    devEval,
    finalEval,
  })
  .superRefine((recipe, ctx) => {
    if (recipe.temperatures.length === 1)
      refuse(ctx, ["temperatures"], "One fork is compared with nothing: name at least 2 temperatures, or none for the sweep without training alone."); // biome-ignore format: one thought
    checkNames(recipe.temperatures.map(String), "temperatures", "forks", ctx);
    checkForked(recipe, ctx);
  });
export type TemperatureRecipe = z.infer<typeof temperatureRecipe>;

/** One start, over-long filtering on and off at each budget, evaluated at the training budget and at twice it. */
export const overlongRecipe = z
  .object({
    kind: z.literal("overlong"),
    ...named,
    base,
    data: studyData,
    start,
    budgets: z.array(z.number().int().positive()).min(1).meta({ description: "Response budgets of RL, shortest first", unit: "tokens" }),
    temperature: temperatureConfig.prefault({}),
    rl: rlConfig.meta({ description: "maxResponseTokens and overlongFilter are set by the fork" }),
    devEval,
    finalEval: finalEval.meta({ description: "maxResponseTokens is set by the fork: its budget, and twice it" }),
  })
  .superRefine((recipe, ctx) => {
    checkNames(recipe.budgets.map(String), "budgets", "budgets", ctx);
    checkForked(recipe, ctx);
  });
export type OverlongRecipe = z.infer<typeof overlongRecipe>;

/** One start, RL under rewards that are wrong at known rates. */
export const noiseRecipe = z
  .object({
    kind: z.literal("verifier-noise"),
    ...named,
    base,
    data: studyData,
    start,
    noise: z.array(verifierNoise).min(2).meta({ description: "One fork each; begin with no noise" }),
    temperature: temperatureConfig.prefault({}),
    rl: rlConfig,
    devEval,
    finalEval,
  })
  .superRefine((recipe, ctx) => {
    checkNames(recipe.noise.map(noiseName), "noise", "forks", ctx);
    checkForked(recipe, ctx);
  });
export type NoiseRecipe = z.infer<typeof noiseRecipe>;

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
export const noiseName = ({ falsePositive, falseNegative }: { falsePositive: number; falseNegative: number }): string =>
  `false + ${percent(falsePositive)}, false − ${percent(falseNegative)}`;

/** Any checkpoint through stages of RL: a fork of what is there. */
export const rlRecipe = z
  .object({
    kind: z.literal("rl"),
    ...named,
    checkpoint: z.string().min(1).meta({ description: "Id of any checkpoint: imported, shipped or trained" }),
    data: studyData,
    temperature: temperatureConfig.prefault({}),
    rl: rlConfig,
    stages,
    devEval,
    finalEval,
  })
  .superRefine((recipe, ctx) => {
    checkPools(recipe, ctx);
    checkRlData(recipe, ctx);
  });
export type RlRecipe = z.infer<typeof rlRecipe>;

export const studyRecipe = z.discriminatedUnion("kind", [
  weakVsStrongRecipe,
  ladderRecipe,
  epochsRecipe,
  temperatureRecipe,
  overlongRecipe,
  noiseRecipe,
  rlRecipe,
  evaluationRecipe,
  sftRecipe,
]);
export type StudyRecipe = z.infer<typeof studyRecipe>;
export type StudyKind = StudyRecipe["kind"];

/** Kinds that name their data by pools. */
export type PooledRecipe = Exclude<StudyRecipe, { kind: "evaluation" | "sft" }>;
export const isPooled = (recipe: StudyRecipe): recipe is PooledRecipe => recipe.kind !== "evaluation" && recipe.kind !== "sft";

/** Starts that a study takes through RL; a ladder's cells and a checkpoint's own RL have none. */
export const startsOf = (recipe: PooledRecipe): Start[] =>
  recipe.kind === "weak-vs-strong" ? recipe.starts : "start" in recipe ? [recipe.start] : [];

export const overlongName = (budget: number, filter: boolean): string => `${budget} tokens, filter ${filter ? "on" : "off"}`;
export const temperatureName = (temperature: number): string => `T ${temperature}`;
export const epochName = (epoch: number): string => `epoch ${epoch}`;
export const otherwiseName = ({ cell, matched }: { cell: LadderCell; matched: Matching }): string => `${cellName(cell)}, same ${matched}`;

/** The arms of a study: what its stages, curves and colours are named by, in order. */
export function armNames(recipe: StudyRecipe): string[] {
  switch (recipe.kind) {
    case "weak-vs-strong":
      return recipe.starts.map(({ name }) => name);
    case "ladder":
      return [...recipe.cells.map(cellName), ...(recipe.otherwiseMatched ? [otherwiseName(recipe.otherwiseMatched)] : [])];
    case "epochs":
      return Array.from({ length: recipe.start.sft.epochs }, (_, i) => epochName(i + 1));
    case "temperature":
      return recipe.temperatures.map(temperatureName);
    case "overlong":
      return recipe.budgets.flatMap((budget) => [overlongName(budget, true), overlongName(budget, false)]);
    case "verifier-noise":
      return recipe.noise.map(noiseName);
    default:
      return [recipe.checkpoint];
  }
}
