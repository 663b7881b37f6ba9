// The rows of an imported dataset that a study works on, read when one of its stages begins.
import type { ImportedProblems, RowSelection, StudyRecipe } from "../contract/index.ts";
import { importedProblems } from "../data/imported-problems.ts";
import type { DatasetIndex } from "../store/dataset-index.ts";

/** Rows go to the training thread whole, so their number is bounded. */
const mostRows = 20_000;

/** Null for a study that generates its data. The same recipe and seed select the same rows. */
export async function problemsOf(datasets: DatasetIndex, recipe: StudyRecipe, seed: number): Promise<ImportedProblems | null> {
  if (recipe.kind === "weak-vs-strong") return null;
  const { dataset, limit, order, sources, categories, dates } = recipe.data;
  const selection: RowSelection = {
    datasetId: dataset,
    filter: { sources, categories, dates },
    order,
    seed,
    limit: limit ?? mostRows,
  };
  return importedProblems(recipe, await datasets.get(dataset), await datasets.rows(selection));
}
