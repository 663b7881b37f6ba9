// What evaluations in this data folder say of a checkpoint: how long its responses are, and how often they are right.
import { isDeepStrictEqual } from "node:util";
import type { StudyRecord } from "../contract/index.ts";
import type { StoreClient } from "../store/client.ts";
import { checkpointAt } from "./stage-job.ts";

export interface MeasuredCheckpoint {
  passAt1: number;
  samples: number;
  /** Response budget of the evaluation: a response of that many tokens may have been cut. */
  budget: number;
  /** Of each sample's response, with whether it was cut. */
  lengths: { tokens: number; truncated: boolean }[];
}

/**
 * Of its complete evaluation with the largest response budget, on the data of the study that asks where there is one: lengths on other
 * problems may be others. Null where it was never evaluated here.
 */
export async function measuredCheckpoint(
  store: Pick<StoreClient, "evaluation" | "allEvaluationSamples">,
  studies: readonly StudyRecord[],
  checkpoint: string,
  data: unknown,
): Promise<MeasuredCheckpoint | null> {
  const evaluations = studies.flatMap(({ stages, recipe }) =>
    stages.flatMap(({ plan, result }) => {
      if (plan.kind !== "evaluate" || result?.evaluationId === undefined || checkpointAt(stages, plan.from) !== checkpoint) return [];
      return [{ id: result.evaluationId, budget: plan.config.maxResponseTokens, own: isDeepStrictEqual(recipe.data, data) }];
    }),
  );
  const [best] = evaluations.sort((a, b) => Number(b.own) - Number(a.own) || b.budget - a.budget);
  if (!best) return null;
  const [{ passAt1 }, samples] = await Promise.all([store.evaluation(best.id), store.allEvaluationSamples(best.id)]);
  if (samples.length === 0) return null;
  const lengths = samples.map(({ tokens, verdict }) => ({ tokens, truncated: verdict === "truncated" }));
  return { passAt1, samples: samples.length, budget: best.budget, lengths };
}

/** Share of responses that a budget would cut; null where the evaluation's own budget was smaller. */
export function measuredShareCut({ budget: own, lengths }: MeasuredCheckpoint, budget: number): number | null {
  if (budget > own) return null;
  return lengths.filter(({ tokens, truncated }) => tokens > budget || (truncated && tokens >= budget)).length / lengths.length;
}

/** The length that a share of responses exceeds; null where the evaluation's own budget cut as many. */
export function measuredLengthExceededBy({ budget, lengths }: MeasuredCheckpoint, share: number): number | null {
  const sorted = lengths.map(({ tokens }) => tokens).sort((a, b) => a - b);
  const length = sorted[Math.max(0, Math.ceil((1 - share) * sorted.length) - 1)];
  return length < budget ? length : null;
}

/** Mean of generated tokens under a budget; what the evaluation cut counts as long as it was cut. */
export const measuredTokens = ({ lengths }: MeasuredCheckpoint, budget: number): number =>
  lengths.reduce((sum, { tokens }) => sum + Math.min(tokens, budget), 0) / lengths.length;
