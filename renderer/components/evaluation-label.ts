// What an evaluation is called: whose, when, on which pool, with what result.
import type { EvaluationRecord, StudyRecord } from "../../main/contract/run.ts";
import { percent } from "./format.ts";

export function evaluationLabel(study: StudyRecord, evaluation: EvaluationRecord): string {
  const plan = study.stages.find((s) => s.id === evaluation.stageId)?.plan;
  const stage = plan?.kind === "sft" ? "SFT step" : plan?.kind === "rl" ? "RL step" : "step";
  if (plan?.kind === "evaluate" && plan.when === "alone") return `${evaluation.start}, ${plan.label} (${percent(evaluation.passAt1)})`;
  const when =
    plan?.kind === "evaluate"
      ? `${plan.when === "between" ? `after ${plan.point}` : `${plan.when} RL`}, ${evaluation.pool}`
      : `${evaluation.pool} at ${stage} ${evaluation.step}`;
  return `${evaluation.start}, ${when} (${percent(evaluation.passAt1)})`;
}
