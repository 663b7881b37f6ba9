// How far a study is and how long it still takes. Before anything was measured, stages count by the contract's weights;
// then the seconds per unit of work of the stages that ran replace them, kind by kind.
import { type StageKind, type StagePlan, type StageRecord, stageWeights } from "../contract/index.ts";

export interface Progress {
  /** 0..1 */
  progress: number;
  /** Null until there is something to measure by. */
  etaSeconds: number | null;
}

/** Work of a stage relative to others of its kind. */
function size(plan: StagePlan): number {
  if (plan.kind === "sft") return plan.config.prompts * plan.config.responsesPerPrompt * plan.config.sft.epochs;
  if (plan.kind === "rl") return plan.config.steps * plan.config.promptsPerStep * plan.config.groupSize;
  return 1;
}

function fractionDone(stage: StageRecord): number {
  if (stage.status === "done") return 1;
  return stage.totalSteps === 0 ? 0 : Math.min(1, stage.step / stage.totalSteps);
}

export function progressOf(stages: StageRecord[]): Progress {
  const sizes = new Map<StageKind, { total: number; count: number }>();
  for (const { plan } of stages) {
    const entry = sizes.get(plan.kind) ?? { total: 0, count: 0 };
    sizes.set(plan.kind, { total: entry.total + size(plan), count: entry.count + 1 });
  }
  const rows = stages.map((stage) => {
    const { total, count } = sizes.get(stage.plan.kind)!;
    const work = (stageWeights[stage.plan.kind] * size(stage.plan) * count) / total;
    return { kind: stage.plan.kind, work, done: fractionDone(stage), seconds: stage.activeSeconds };
  });

  const rate = (kind: StageKind | null): number | null => {
    let seconds = 0;
    let work = 0;
    for (const row of rows) {
      // Making the data takes no time that says anything of the other stages.
      if (kind === null ? row.kind === "data" : row.kind !== kind) continue;
      if (row.done === 0 || row.seconds === 0) continue;
      seconds += row.seconds;
      work += row.work * row.done;
    }
    return work === 0 ? null : seconds / work;
  };
  const overall = rate(null);
  let elapsed = 0;
  let remaining = 0;
  for (const row of rows) {
    const expected = row.work * (overall === null ? 1 : (rate(row.kind) ?? overall));
    elapsed += expected * row.done;
    remaining += expected * (1 - row.done);
  }
  return { progress: elapsed + remaining === 0 ? 0 : elapsed / (elapsed + remaining), etaSeconds: overall === null ? null : remaining };
}
