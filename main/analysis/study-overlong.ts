// The forks of an over-long study that are measured at both budgets, for the laboratory's report.
import type { OverlongReport } from "../contract/overlong.ts";
import type { StudyRecord } from "../contract/run.ts";
import { overlongName } from "../contract/study.ts";
import { type OverlongFork, type OverlongSample, overlongReport } from "./overlong.ts";
import { ofKind } from "./study-points.ts";

/** Id of the evaluation after RL of one fork at one budget; null until it is there. */
export function overlongEvaluation(study: StudyRecord, arm: string, budget: number): string | null {
  const stages = ofKind(study, "evaluate");
  const found = stages.find(({ plan }) => plan.start === arm && plan.when === "after" && plan.config.maxResponseTokens === budget);
  return found?.result?.evaluationId ?? null;
}

/** `samplesOf`: of an evaluation, with texts. Null until both forks of a budget are measured. */
export async function overlongOfStudies(
  studies: readonly StudyRecord[],
  samplesOf: (evaluationId: string) => Promise<OverlongSample[]>,
): Promise<OverlongReport | null> {
  const forks: OverlongFork[] = [];
  // Over seeds, each must have every fork.
  const counted = studies.length === 1 ? studies : studies.filter(({ status }) => status === "done");
  for (const study of counted) {
    if (study.recipe.kind !== "overlong") return null;
    for (const budget of study.recipe.budgets) {
      const ids = [true, false].map((filter) => {
        const name = overlongName(budget, filter);
        return { filter, trained: overlongEvaluation(study, name, budget), doubled: overlongEvaluation(study, name, 2 * budget) };
      });
      for (const { filter, trained, doubled } of ids)
        if (ids.every((fork) => fork.trained && fork.doubled))
          forks.push({ budget, filter, seed: study.seed, trained: await samplesOf(trained!), doubled: await samplesOf(doubled!) });
    }
  }
  return forks.length === 0 ? null : overlongReport(forks);
}
