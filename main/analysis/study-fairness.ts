// What the fair-comparison guard is told of a study's arms: everything their RL was run with, as planned and as found.
import type { FairnessReport, RunDescription } from "../contract/fair-comparison.ts";
import type { StudyRecord } from "../contract/run.ts";
import { armNames } from "../contract/study.ts";
import { fairComparison, flatSettings } from "./fair-comparison.ts";
import { ofKind } from "./study-points.ts";

/** `studies`: one recipe, one a seed. Null for a study that compares no starts. */
export function fairnessOfStudies(studies: readonly StudyRecord[]): FairnessReport | null {
  const [study] = studies;
  if (study.recipe.kind !== "weak-vs-strong") return null;
  const { finalEval, data } = study.recipe;
  const runs = armNames(study.recipe).flatMap((start): RunDescription[] => {
    const stages = ofKind(study, "rl").filter(({ plan }) => plan.start === start);
    const [first] = stages;
    if (!first) return [];
    const { temperature } = first.plan;
    const finder =
      typeof temperature === "number" ? null : study.stages.find(({ plan }) => plan.key === temperature.stage)?.result?.temperature;
    const doors = ofKind(study, "door").filter(({ plan }) => plan.start === start);
    return [
      {
        start,
        temperature: typeof temperature === "number" ? temperature : (finder?.chosen ?? 0),
        temperatureSource: finder && !finder.fixed ? "found" : "fixed",
        seeds: studies.map(({ seed }) => seed),
        settings: {
          ...flatSettings(data, "data"),
          "data.hash": study.datasetId,
          "stages.count": stages.length,
          ...Object.assign({}, ...stages.map(({ plan, result }, i) => ({ ...flatSettings(plan.config, stages.length === 1 ? "rl" : `stages.${i + 1}`), ...(result?.steps !== undefined && { [`${stages.length === 1 ? "rl" : `stages.${i + 1}`}.steps`]: result.steps }) }))), // biome-ignore format: one record
          ...Object.assign({}, ...doors.map(({ plan, result }, i) => ({ ...flatSettings(plan.config, `door.${i + 1}`), ...(result?.door && { "door.survivors": result.door.survivors.length }) }))), // biome-ignore format: one record
          ...flatSettings(finalEval, "evaluation"),
          engine: study.engine,
          codeVersion: study.codeVersion,
        },
      },
    ];
  });
  return runs.length < 2 ? null : fairComparison(runs);
}
