// From a recipe to a study in the queue.
import { randomBytes } from "node:crypto";
import {
  type CheckpointCard,
  type EvaluationRecipe,
  HeadstartError,
  isPooled,
  isTrainedHere,
  type PooledRecipe,
  type PreflightProblem,
  type SftRecipe,
  type StudyRecipe,
  startsOf,
} from "../contract/index.ts";
import { planStudy } from "../studies/plan.ts";
import type { Host } from "./host.ts";
import { preflight } from "./preflight.ts";
import { hashRecipe } from "./recipe-hash.ts";
import { version } from "./version.ts";

/** Refuses a recipe that names what is not there, or asks more than its checkpoint can do, before anything is stored. */
export async function startStudy(host: Host, recipe: StudyRecipe, seed: number): Promise<{ id: string }> {
  if (isPooled(recipe)) {
    await refuseUnfit(host, recipe);
    refuseHopeless((await preflight(host, recipe, seed)).problems);
  } else {
    refuseContradictions(recipe, await host.checkpoints.card(recipe.checkpoint));
    await host.importedDatasets.get(recipe.data.dataset);
  }
  const study = await host.store.createStudy({
    id: newStudyId(recipe.name),
    name: recipe.name,
    recipe,
    recipeHash: hashRecipe(recipe),
    seed,
    stages: planStudy(recipe),
    codeVersion: version,
  });
  await host.scheduler.enqueue(study);
  return { id: study.id };
}

function refuseContradictions(recipe: EvaluationRecipe | SftRecipe, { id, file }: CheckpointCard): void {
  const refuse = (where: string, message: string, hint: string) => {
    throw new HeadstartError({ code: "recipe-contradiction", where, message, hint });
  };
  const positions = file.model.maxPositionEmbeddings;
  if (recipe.kind === "evaluation" && recipe.eval.maxResponseTokens >= positions)
    refuse(
      "recipe.eval.maxResponseTokens",
      `A response may have ${recipe.eval.maxResponseTokens} tokens, and ${id} has ${positions} positions for prompt and response.`,
      `Lower it below ${positions}.`,
    );
  if (recipe.kind === "sft" && recipe.sft.maxLength > positions)
    refuse("recipe.sft.maxLength", `Rows may have ${recipe.sft.maxLength} tokens, and ${id} has ${positions} positions.`, `Lower it to at most ${positions}.`); // biome-ignore format: one thought
  if (recipe.kind === "sft" && recipe.sft.lora && file.weights.kind === "adapter")
    refuse(
      "recipe.sft.lora",
      `${id} is a LoRA adapter, and another adapter is to be trained on it.`,
      "Export it merged, import that, and begin from there; or train all weights.",
    );
}

/** What would fail at its stage, or could not learn, fails here. */
function refuseHopeless(problems: PreflightProblem[]): void {
  const stops = problems.filter(({ severity }) => severity === "stops");
  if (stops.length === 0) return;
  throw new HeadstartError({
    code: "recipe-contradiction",
    where: stops.map(({ where }) => where).join("; "),
    message: stops.map(({ message }) => message).join(" "),
    hint: stops.map(({ hint }) => hint).join(" "),
  });
}

/** Every checkpoint and dataset it names is there, and has positions for the rows and responses it asks for. */
async function refuseUnfit(host: Host, recipe: PooledRecipe): Promise<void> {
  const starts = startsOf(recipe);
  const trained = starts.filter(isTrainedHere);
  const longestRow = recipe.kind === "ladder" ? recipe.sft.maxLength : Math.max(0, ...trained.map(({ sft }) => sft.maxLength));
  const begins = recipe.kind === "rl" ? [] : longestRow > 0 ? [recipe.base] : [];
  const named = starts.flatMap((start) => (isTrainedHere(start) ? [] : [start.checkpoint]));
  if (recipe.kind === "rl") named.push(recipe.checkpoint);
  const budgets = planStudy(recipe).flatMap((plan) => (plan.kind === "rl" || plan.kind === "evaluate" ? plan.config.maxResponseTokens : [])); // biome-ignore format: one thought
  for (const id of new Set([...begins, ...named])) {
    const { file } = await host.checkpoints.card(id);
    const positions = file.model.maxPositionEmbeddings;
    const refuse = (where: string, what: string, least: number) => {
      throw new HeadstartError({
        code: "recipe-contradiction",
        where,
        message: `${what} may have ${least} tokens, and ${id} has ${positions} positions for ${where.includes("sft") ? "a row" : "prompt and response"}.`,
        hint: `Lower it ${where.includes("sft") ? "to at most" : "below"} ${positions}.`,
      });
    };
    if (begins.includes(id) && longestRow > positions) refuse("recipe.sft.maxLength", "A row of SFT", longestRow);
    const longest = Math.max(0, ...budgets);
    if (longest >= positions) refuse("recipe, maxResponseTokens", "A response", longest);
  }
  if (recipe.data.kind === "imported")
    for (const pool of ["sft", "rl", "dev", "test"] as const) {
      const selected = recipe.data[pool];
      if (selected) await host.importedDatasets.get(selected.dataset);
    }
}

/** Names the study's folder, so it says what the study is and when listed sorts beside its kin. */
function newStudyId(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 32);
  return `${slug || "study"}-${randomBytes(4).toString("hex")}`;
}
