// What an evaluation is called: whose, when, on which pool, with what result.
import type { EvaluationRecord, StudyRecord } from "../../main/contract/run.ts";
import { percent } from "./format.ts";

export function evaluationLabel(study: StudyRecord, evaluation: EvaluationRecord): string {
  const plan = study.stages.find((s) => s.id === evaluation.stageId)?.plan;
  const when = plan?.kind === "evaluate" ? `${plan.when} RL, ${evaluation.pool}` : `${evaluation.pool} at step ${evaluation.step}`;
  return `${evaluation.start}, ${when} (${percent(evaluation.passAt1)})`;
}
