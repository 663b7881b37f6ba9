// How many rollouts were cut at the budget in the over-long laboratory: at the first step of RL and at the last. Pure.
import type { StudyResult } from "../../main/contract/study-result.ts";
import { writeSelection } from "../client/selection.ts";
import { percent } from "../components/format.ts";
import type { Figure, Series } from "./figure.ts";
import { armStyles } from "./result-figures.ts";

export function truncationFigure(result: StudyResult): Figure | null {
  if (result.recipe.kind !== "overlong") return null;
  const styles = armStyles(result);
  const arms = result.arms.flatMap(({ name, runs }) => {
    const courses = runs.flatMap(({ seed, stages }) =>
      stages.flatMap(({ stageId, steps, truncated }) => (truncated ? [{ seed, stageId, steps, truncated }] : [])),
    );
    return courses.length === 0 ? [] : [{ name, courses }];
  });
  if (arms.length === 0) return null;
  const series = (at: "first" | "last"): Series[] =>
    arms.map(({ name, courses }) => ({
      name: `${name}, ${at} step`,
      style: styles.get(name),
      kind: at === "first" ? "hollow-marks" : "marks",
      x: courses.map(({ truncated }) => truncated[at]),
      y: courses.map(() => name),
      dodge: at === "first" ? 0.12 : -0.12,
      hover: courses.map(
        ({ seed, truncated }) => `${name}, seed ${seed}\ntruncated at the ${at} step of RL: ${percent(truncated[at])}\nclick: its rollouts`,
      ),
      keys: courses.map(({ stageId, steps }) => writeSelection({ kind: "rollouts", stageId, step: at === "first" ? 1 : steps })),
    }));
  return {
    id: "truncation",
    title: "How many rollouts are cut at the budget?",
    subtitle: "Hollow: first step of RL. Filled: last step.",
    x: { label: "truncated rollouts of a step (%)", format: "percent", range: [0, 0.4], bounds: [0, 1] },
    y: { label: "", categories: arms.map(({ name }) => name).reverse() },
    series: [...series("first"), ...series("last")],
  };
}
