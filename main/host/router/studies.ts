// studies: start one, see how far it is, and steer it.
import { armNames, byId, type Preset, type StudyRecord, type StudySummary, startStudyInput } from "../../contract/index.ts";
import type { Host } from "../host.ts";
import { presetOf, readPresets } from "../presets.ts";
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
  pause: procedure.input(byId).mutation(({ ctx, input }): Promise<void> => ctx.host.scheduler.pause(input.id)),
  resume: procedure.input(byId).mutation(({ ctx, input }): Promise<void> => ctx.host.scheduler.resume(input.id)),
  cancel: procedure.input(byId).mutation(({ ctx, input }): Promise<void> => ctx.host.scheduler.cancel(input.id)),
  /** Rollouts, metrics and checkpoints go with it; datasets stay. */
  remove: procedure.input(byId).mutation(({ ctx, input }): Promise<void> => ctx.host.scheduler.remove(input.id)),
});
