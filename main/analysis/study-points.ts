// A study's finished evaluations as points of its arms, with one score a problem: what every result of a study is computed from.
import type { MetricColumns } from "../contract/api.ts";
import type { EvaluationRecord, StagePlan, StageRecord, StudyRecord } from "../contract/run.ts";
import type { ArmEvaluation } from "../contract/study-result.ts";
import { meanReward } from "./intervals.ts";
import { defaultKs, meanPassAtK } from "./pass-at-k.ts";
import { ofSource, type ScoredSample, type Scores, scoresOf } from "./scores.ts";

export interface SeedRun {
  study: StudyRecord;
  /** Finished evaluations with their samples: those of evaluate stages, and on request those that RL makes on its way. */
  evaluations: { evaluation: EvaluationRecord; samples: readonly ScoredSample[] }[];
  /** By id of the SFT and RL stages. */
  metrics: ReadonlyMap<string, MetricColumns>;
}

type Plan<Kind extends StagePlan["kind"]> = Extract<StagePlan, { kind: Kind }>;
export type StageOf<Kind extends StagePlan["kind"]> = StageRecord & { plan: Plan<Kind> };

/** An evaluation of an arm at a point of its way, with what it rests on. */
export interface Point extends ArmEvaluation {
  arm: string;
  scores: Scores;
}

export const ofKind = <Kind extends StagePlan["kind"]>(study: StudyRecord, kind: Kind): StageOf<Kind>[] =>
  study.stages.filter((stage): stage is StageOf<Kind> => stage.plan.kind === kind);

export function pointsOf({ study, evaluations }: SeedRun): Point[] {
  return ofKind(study, "evaluate").flatMap(({ plan, result }) => {
    const found = evaluations.find(({ evaluation }) => evaluation.id === result?.evaluationId);
    if (!found) return [];
    const { evaluation, samples } = found;
    const scores = scoresOf(samples, `evaluation ${evaluation.id}`);
    const sources = [...new Set(scores.problems.map(({ source }) => source))].sort();
    return [
      {
        arm: plan.start,
        evaluationId: evaluation.id,
        when: plan.when,
        point: plan.point ?? null,
        budget: plan.config.maxResponseTokens,
        score: meanReward(scores),
        passAtK: defaultKs(scores.samplesPerProblem).map((k) => ({ k, value: meanPassAtK(scores, k) })),
        truncated: evaluation.truncated,
        unparseable: share(evaluation, "unparseable"),
        responseTokens: evaluation.responseTokens,
        bySource: sources.length < 2 ? [] : sources.map((source) => ({ source, score: meanReward(ofSource(scores, source)) })),
        scores,
      },
    ];
  });
}

function share({ verdicts }: EvaluationRecord, verdict: "unparseable"): number {
  const counts = Object.values(verdicts ?? {});
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? 0 : (verdicts?.[verdict] ?? 0) / total;
}
