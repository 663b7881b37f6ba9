// From a recipe to a study in the queue.
import { randomBytes } from "node:crypto";
import type { StudyRecipe } from "../contract/index.ts";
import { planStudy } from "../studies/plan.ts";
import type { Host } from "./host.ts";
import { hashRecipe } from "./recipe-hash.ts";
import { version } from "./version.ts";

/** Refuses a recipe whose checkpoint or dataset is not there before anything is stored. */
export async function startStudy(host: Host, recipe: StudyRecipe, seed: number): Promise<{ id: string }> {
  if (recipe.kind !== "weak-vs-strong") {
    await host.checkpoints.card(recipe.checkpoint);
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

/** Names the study's folder, so it says what the study is and when listed sorts beside its kin. */
function newStudyId(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 32);
  return `${slug || "study"}-${randomBytes(4).toString("hex")}`;
}
