// The rows of imported dataset versions that a study works on, read when one of its stages begins.
import type { DataSelection, ImportedProblems, Pool, RowSelection, StudyRecipe } from "../contract/index.ts";
import { type ImportedPart, importedProblems } from "../data/imported-problems.ts";
import type { DatasetIndex } from "../store/dataset-index.ts";

/** Rows go to the training thread whole, so their number is bounded. */
const mostRows = 20_000;

/** Null for a study that generates its data. The same recipe and seed select the same rows. */
export async function problemsOf(datasets: DatasetIndex, recipe: StudyRecipe, seed: number): Promise<ImportedProblems | null> {
  const part = async (pool: Pool, selected: DataSelection, responsesPerPrompt: number, devRows = 0): Promise<ImportedPart> => {
    const { dataset, limit, order, sources, categories, dates } = selected;
    const selection: RowSelection = { datasetId: dataset, filter: { sources, categories, dates }, order, seed, limit: limit ?? mostRows };
    return { pool, dataset: await datasets.get(dataset), rows: await datasets.rows(selection), responsesPerPrompt, devRows };
  };
  if (recipe.kind === "evaluation") return importedProblems([await part(recipe.eval.pool, recipe.data, 0)], recipe.instruction);
  if (recipe.kind === "sft")
    return importedProblems([await part("sft", recipe.data, recipe.responsesPerPrompt, recipe.devRows)], recipe.instruction);
  const { data } = recipe;
  if (data.kind !== "imported") return null;
  const parts: ImportedPart[] = [];
  for (const pool of ["sft", "rl", "dev", "test"] as const) {
    const selected = data[pool];
    // The dev loss takes a response of dev's rows where they have one.
    if (selected) parts.push(await part(pool, selected, pool === "sft" ? Number.POSITIVE_INFINITY : pool === "dev" ? 1 : 0));
  }
  return importedProblems(parts, data.instruction);
}
