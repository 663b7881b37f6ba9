// What each stage of a checkpoint's RL brought: its score before RL, after each stage and at the end. Pure.
import type { ArmEvaluation, StudyResult } from "../../main/contract/study-result.ts";
import type { Figure } from "./figure.ts";
import { armStyles, meanLine, overAt, type Placed } from "./result-figures.ts";

export function stagesFigure(result: StudyResult): Figure | null {
  if (result.recipe.kind !== "rl") return null;
  const stages = result.recipe.stages?.map(({ name }) => name) ?? [];
  const last = Math.max(1, stages.length);
  const places = ["before RL", ...stages.slice(0, -1).map((name) => `after ${name}`), "after RL"];
  const placeOf = ({ when, point }: ArmEvaluation) => (when === "before" ? 0 : when === "after" ? last : 1 + stages.indexOf(point ?? ""));
  const styles = armStyles(result);
  const series = result.arms.flatMap((arm) => {
    const placed = arm.runs.flatMap((run) =>
      run.evaluations.map((evaluation): Placed => ({ x: placeOf(evaluation), over: overAt(arm, evaluation), run, evaluation })),
    );
    return placed.length === 0 ? [] : meanLine(arm.name, styles.get(arm.name), placed, "", (x) => places[x]);
  });
  return {
    id: "stages",
    title: stages.length > 1 ? "What does each stage of RL bring?" : "What does RL bring?",
    subtitle: result.seeds.length > 1 ? "Means with 95 % intervals over seeds; dots: seeds." : "Bars: 95 % interval over problems.",
    x: { label: "", range: [0, last], ticks: places.map((_, i) => i), tickTexts: places },
    y: { label: `pass@1 on ${result.pool} (%)`, format: "percent", bounds: [0, 1] },
    series,
  };
}
