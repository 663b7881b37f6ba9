// From a recipe to a study in the queue.
import { randomBytes } from "node:crypto";
import { HeadstartError, isPooled, oneCheckpointProblems, type PreflightProblem, type StudyRecipe } from "../contract/index.ts";
import { planStudy } from "../studies/plan.ts";
import type { Host } from "./host.ts";
import { preflight } from "./preflight.ts";
import { hashRecipe } from "./recipe-hash.ts";
import { version } from "./version.ts";

/** Refuses a recipe that names what is not there, or asks more than its checkpoint can do, before anything is stored. */
export async function startStudy(host: Host, recipe: StudyRecipe, seed: number): Promise<{ id: string }> {
  if (isPooled(recipe)) {
    refuseHopeless((await preflight(host, recipe, seed)).problems);
  } else {
    refuseHopeless(oneCheckpointProblems(recipe, await host.checkpoints.card(recipe.checkpoint)));
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

/** What would fail at its stage, or could not learn, fails here. */
function refuseHopeless(problems: PreflightProblem[]): void {
  const stops = problems.filter(({ severity }) => severity === "stops");
  if (stops.length === 0) return;
  throw new HeadstartError({
    code: "recipe-contradiction",
    where: stops.map(({ where }) => where).join("; "),
    message: sentences(stops.map(({ message }) => message)),
    hint: sentences(stops.map(({ hint }) => hint)),
  });
}

/** What is the same for several fields is said once. */
const sentences = (each: string[]): string => [...new Set(each)].join(" ");

/** Names the study's folder, so it says what the study is and when listed sorts beside its kin. */
function newStudyId(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 32);
  return `${slug || "study"}-${randomBytes(4).toString("hex")}`;
}
