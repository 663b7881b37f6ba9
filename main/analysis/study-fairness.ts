// What the fair-comparison guard is told of a study's arms: everything their RL was run with, as planned and as found.
import type { FairnessReport, RunDescription } from "../contract/fair-comparison.ts";
import type { StageRecord, StudyRecord } from "../contract/run.ts";
import { armNames } from "../contract/study.ts";
import { fairComparison, flatSettings, valuesBySeed } from "./fair-comparison.ts";
import { ofKind } from "./study-points.ts";

/** `studies`: one recipe, one a seed. Null for a study that compares no starts. */
export function fairnessOfStudies(studies: readonly StudyRecord[]): FairnessReport | null {
  const [study] = studies;
  if (study.recipe.kind !== "weak-vs-strong") return null;
  const { finalEval, data } = study.recipe;
  const runs = armNames(study.recipe).flatMap((start): RunDescription[] => {
    const rl = ofKind(study, "rl").filter(({ plan }) => plan.start === start);
    if (rl.length === 0) return [];
    const doors = ofKind(study, "door").filter(({ plan }) => plan.start === start);
    /** The stage of this plan under every seed: plans of one recipe have the same keys. */
    const underSeeds = <Of>(key: string, of: (stage: StageRecord) => Of | undefined): (Of | null)[] =>
      studies.map(({ stages }) => {
        const stage = stages.find(({ plan }) => plan.key === key);
        return (stage && of(stage)) ?? null;
      });
    const one = rl.length === 1;
    return [
      {
        start,
        temperatures: rl.map(({ plan }) => {
          const stage = one ? "" : (plan.name ?? plan.label);
          if (typeof plan.temperature === "number") return { stage, values: [plan.temperature], source: "fixed" };
          const finders = underSeeds(plan.temperature.stage, ({ result }) => result?.temperature);
          const source = finders.some((each) => each?.fixed) ? "fixed" : "found";
          return { stage, values: finders.map((each) => each?.chosen ?? null), source };
        }),
        seeds: studies.map(({ seed }) => seed),
        settings: Object.assign(
          {
            ...flatSettings(data, "data"),
            "data.hash": valuesBySeed(studies.map(({ datasetId }) => datasetId)),
            "stages.count": rl.length,
            ...flatSettings(finalEval, "evaluation"),
            engine: valuesBySeed(studies.map(({ engine }) => engine)),
            codeVersion: valuesBySeed(studies.map(({ codeVersion }) => codeVersion)),
          },
          ...rl.map(({ plan }, i) => {
            const area = one ? "rl" : `stages.${i + 1}`;
            const steps = underSeeds(plan.key, ({ result }) => result?.steps);
            return {
              ...flatSettings(plan.config, area),
              ...(steps.some((each) => each !== null) && { [`${area}.steps`]: valuesBySeed(steps) }),
            };
          }),
          ...doors.map(({ plan }, i) => {
            const survivors = underSeeds(plan.key, ({ result }) => result?.door?.survivors.length);
            const area = `door.${i + 1}`;
            return { ...flatSettings(plan.config, area), ...(survivors.some((each) => each !== null) && { [`${area}.survivors`]: valuesBySeed(survivors) }) }; // biome-ignore format: one record
          }),
        ),
      },
    ];
  });
  return runs.length < 2 ? null : fairComparison(runs);
}
