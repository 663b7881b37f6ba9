// studies: start one, see how far it is, and steer it.
import {
  armNames,
  byId,
  HeadstartError,
  isPooled,
  type ParsedRecipe,
  type Preflight,
  type Preset,
  parseRecipeInput,
  preflightInput,
  recipeTextInput,
  type StudyRecord,
  type StudySummary,
  startStudyInput,
} from "../../contract/index.ts";
import type { Host } from "../host.ts";
import { preflight } from "../preflight.ts";
import { presetOf, readPresets } from "../presets.ts";
import { parseRecipe, recipeText } from "../recipe-file.ts";
import { startStudy } from "../start-study.ts";
import { procedure, router } from "./trpc.ts";

function summarise(host: Host, study: StudyRecord): StudySummary {
  const { id, name, seed, status, createdAt, finishedAt } = study;
  const { progress, etaSeconds } = host.scheduler.progress(study);
  const live = status === "running" || status === "queued" || status === "paused";
  return {
    id,
    kind: study.recipe.kind,
    name,
    recipeHash: study.recipeHash,
    seed,
    status,
    createdAt,
    finishedAt,
    progress: status === "done" ? 1 : progress,
    activity: host.scheduler.activity(study),
    etaSeconds: live ? etaSeconds : null,
    starts: armNames(study.recipe),
  };
}

export const studies = router({
  presets: procedure.query(({ ctx }): Preset[] => readPresets(ctx.host.resourcesFolder)),
  list: procedure.query(
    async ({ ctx }): Promise<StudySummary[]> => (await ctx.host.store.studies()).map((study) => summarise(ctx.host, study)),
  ),
  get: procedure.input(byId).query(({ ctx, input }): Promise<StudyRecord> => ctx.host.store.study(input.id)),
  start: procedure.input(startStudyInput).mutation(({ ctx, input }): Promise<{ id: string }> => {
    const recipe = input.recipe ?? presetOf(ctx.host.resourcesFolder, input.preset!).recipe;
    return startStudy(ctx.host, recipe, input.seed);
  }),
  /** What a study would take and whether it can learn; starts nothing. */
  preflight: procedure.input(preflightInput).query(({ ctx, input: { recipe, seed } }): Promise<Preflight> => {
    if (isPooled(recipe)) return preflight(ctx.host, recipe, seed);
    throw new HeadstartError({
      code: "wrong-study-kind",
      where: "studies.preflight",
      message: `A study of kind ${recipe.kind} works on one checkpoint alone: its plan is on the checkpoint's card.`,
      hint: "Ask for the checkpoint's memory plan.",
    });
  }),
  /** A YAML recipe, or what is wrong with it and where. Starts nothing. */
  parseRecipe: procedure.input(parseRecipeInput).query(({ input }): ParsedRecipe => parseRecipe(input.text)),
  /** A recipe as YAML, as short as it can be. */
  recipeText: procedure.input(recipeTextInput).query(({ input }): string => recipeText(input.recipe)),
  pause: procedure.input(byId).mutation(({ ctx, input }): Promise<void> => ctx.host.scheduler.pause(input.id)),
  resume: procedure.input(byId).mutation(({ ctx, input }): Promise<void> => ctx.host.scheduler.resume(input.id)),
  cancel: procedure.input(byId).mutation(({ ctx, input }): Promise<void> => ctx.host.scheduler.cancel(input.id)),
  /** Rollouts, metrics and checkpoints go with it; datasets stay. */
  remove: procedure.input(byId).mutation(({ ctx, input }): Promise<void> => ctx.host.scheduler.remove(input.id)),
});
