// The fate map of a study's arms under one seed: before RL, after each stage, at the end.
import type { FateMap } from "../contract/fate-map.ts";
import { armNames } from "../contract/study.ts";
import { type FatePath, fateMapOf } from "./fate-map.ts";
import { type Point, pointsOf, type SeedRun } from "./study-points.ts";

/**
 * Null while no arm has been measured both before and after RL, and with one sample a problem, which has no two halves. Arms that fork
 * from one start share its evaluation before RL.
 */
export function fatesOfStudy(run: SeedRun): FateMap | null {
  const points = pointsOf(run);
  const arms = armNames(run.study.recipe);
  const shared = (budget: number) =>
    points.find(({ arm, when, ...at }) => when === "before" && !arms.includes(arm) && at.budget === budget);
  // Arms that are tested under their own budgets say so at each point.
  const several = new Set(points.filter(({ when }) => when === "after").map(({ budget }) => budget)).size > 1;
  const paths = arms.flatMap((arm): FatePath[] => {
    const own = points.filter((point) => point.arm === arm);
    // Where one end is measured at several budgets, the training budget is the first.
    const after = own.find(({ when }) => when === "after");
    const before = own.find(({ when }) => when === "before") ?? (after && shared(after.budget));
    if (!before || !after || before.scores.samplesPerProblem < 2) return [];
    const between = own.filter(({ when }) => when === "between");
    const labelled = (point: Point, label: string) => ({
      label: several ? `${label}, ${point.budget} tokens` : label,
      evaluationId: point.evaluationId,
      scores: point.scores,
    });
    const stages = between.map((point) => labelled(point, point.point ?? ""));
    return [{ start: arm, budget: after.budget, points: [labelled(before, "before RL"), ...stages, labelled(after, "end")] }];
  });
  return paths.length === 0 ? null : fateMapOf(paths);
}
