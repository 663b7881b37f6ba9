// The curves of a study's arms over RL, by the evaluations that RL makes on its way: stage after stage, by step, by tokens generated,
// by compute. Compute is counted as 2 operations a parameter for a generated token and 6 for a trained one, prompts and attention left
// out, so it differs from tokens only where starts differ in size.
import type { Alignment, AlignmentAxis } from "../contract/alignment.ts";
import { armNames } from "../contract/study.ts";
import { alignStarts, type StartCurve } from "./alignment.ts";
import { scoresOf } from "./scores.ts";
import { ofKind, type SeedRun } from "./study-points.ts";

const operationsPerParameter = 8;

/** `parameters` of each study's checkpoints, by RL stage. Null while no two arms have a curve. */
export function alignmentOfStudies(
  runs: readonly { run: SeedRun; parameters: ReadonlyMap<string, number> }[],
  axis: AlignmentAxis,
): Alignment | null {
  const curves = runs.flatMap(({ run, parameters }) =>
    armNames(run.study.recipe).flatMap((arm) => {
      const curve = curveOf(run, arm, parameters);
      return curve.points.length > 0 ? [curve] : [];
    }),
  );
  // A seed counts where all arms have gone some way.
  const names = new Set(curves.map(({ start }) => start));
  const whole = curves.filter(({ seed }) => curves.filter((other) => other.seed === seed).length === names.size);
  return names.size < 2 || whole.length === 0 ? null : alignStarts(whole, axis);
}

function curveOf({ study, evaluations, metrics }: SeedRun, arm: string, parameters: ReadonlyMap<string, number>): StartCurve {
  const points: StartCurve["points"] = [];
  const behind = { step: 0, tokens: 0, compute: 0 };
  for (const stage of ofKind(study, "rl").filter(({ plan }) => plan.start === arm)) {
    const columns = metrics.get(stage.id);
    const size = parameters.get(stage.id) ?? 1;
    const tokensAt = (step: number): number => {
      const at = columns?.steps.indexOf(step) ?? -1;
      return at < 0 ? 0 : (columns?.values.tokens?.[at] ?? 0);
    };
    const own = evaluations
      .filter(({ evaluation }) => evaluation.stageId === stage.id)
      .sort((a, b) => a.evaluation.step - b.evaluation.step);
    let last = 0;
    for (const { evaluation, samples } of own) {
      // The model at a stage's door was measured at the end of the stage before.
      if (points.length > 0 && evaluation.step === 0) continue;
      const tokens = tokensAt(evaluation.step);
      const x = {
        step: behind.step + evaluation.step,
        tokens: behind.tokens + tokens,
        compute: behind.compute + operationsPerParameter * size * tokens,
      };
      points.push({ x, scores: scoresOf(samples, `evaluation ${evaluation.id}`), evaluationId: evaluation.id });
      last = evaluation.step;
    }
    behind.step += last;
    behind.tokens += tokensAt(last);
    behind.compute += operationsPerParameter * size * tokensAt(last);
  }
  return { start: arm, seed: study.seed, points };
}
