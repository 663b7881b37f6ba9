// Replay: from stored rollouts, what another aggregation, std rule, over-long rule or dynamic sampling would have changed. A token's
// log-prob enters the gradient with the coefficient weight · advantage (advantages.ts, the training's own functions), so two rules
// are compared by the coefficients they give each rollout. It is a counterfactual of one step each: under another rule the policy,
// and so the later rollouts, would have been others.
//
// Two things a record cannot tell. Groups that dynamic sampling would have drawn in place of zero-variance ones: replayed, those
// groups leave the loss and nothing comes. And which of the drawn groups were the first: replayed without dynamic sampling, all that
// were drawn are in. With several updates a batch each part has its own weights; replay shows the batch as one.
import { HeadstartError } from "../contract/errors.ts";
import type { Mass, Replay, ReplayChange, ReplayRule } from "../contract/replay.ts";
import type { Rollout } from "../contract/rollout.ts";
import { type AdvantageOptions, groupAdvantages, tokenWeights } from "./advantages.ts";
import { quantile } from "./bootstrap.ts";
import { pearson } from "./correlation.ts";

export type StoredRollout = Pick<Rollout, "problemId" | "reward" | "tokens" | "finishReason" | "advantage" | "inLoss">;

/** All rollouts of one RL step; those of one problem are a group. */
export interface StoredStep {
  step: number;
  rollouts: readonly StoredRollout[];
}

const optionsOf = ({ std, overlongFilter, overlongInGroupStats }: ReplayRule): AdvantageOptions => ({
  std: std === "sample" ? true : std === "population" ? "population" : false,
  overlongFilter,
  overlongInGroupStats,
});

/** One rule's view of a step, a value a rollout. */
interface View {
  advantages: number[];
  inLoss: boolean[];
  weights: number[];
}

const truncated = ({ finishReason }: StoredRollout): boolean => finishReason === "length";

function groupsOf(rollouts: readonly StoredRollout[]): number[][] {
  const groups = new Map<string, number[]>();
  rollouts.forEach(({ problemId }, i) => {
    groups.set(problemId, [...(groups.get(problemId) ?? []), i]);
  });
  return [...groups.values()];
}

function weighted(rollouts: readonly StoredRollout[], advantages: number[], inLoss: boolean[], rule: ReplayRule): View {
  const lengths = rollouts.map(({ tokens }) => tokens);
  return { advantages, inLoss, weights: tokenWeights(lengths, inLoss, rule.aggregation) };
}

const asStored = (rollouts: readonly StoredRollout[], rule: ReplayRule): View =>
  weighted(rollouts, rollouts.map(({ advantage }) => advantage), rollouts.map(({ inLoss }) => inLoss), rule); // biome-ignore format: one thought

function under(rollouts: readonly StoredRollout[], rule: ReplayRule, asRun: ReplayRule): View {
  const advantages = rollouts.map(() => 0);
  const inLoss = rollouts.map(() => false);
  for (const group of groupsOf(rollouts)) {
    const members = group.map((i) => rollouts[i]);
    const result = groupAdvantages(
      members.map(({ reward }) => reward),
      members.map(truncated),
      optionsOf(rule),
    );
    // A zero-variance group that was in the loss for want of further draws stays.
    const forWantOfDraws = asRun.dynamicSampling && members.some((member) => member.inLoss);
    const used = !rule.dynamicSampling || !result.zeroVariance || forWantOfDraws;
    group.forEach((i, n) => {
      advantages[i] = result.advantages[n];
      inLoss[i] = used && result.inLoss[n];
    });
  }
  return weighted(rollouts, advantages, inLoss, rule);
}

/** What is added up over rollouts, so that steps add up to the whole. */
interface Sums {
  rollouts: number;
  signChanged: number;
  left: number;
  entered: number;
  weight: { asRun: Mass; replayed: Mass };
  pull: { asRun: Mass; replayed: Mass };
  change: number;
  changeOfTokens: number;
  sizeOfTokens: number;
  coefficients: { asRun: number[]; replayed: number[] };
}

const noMass = (): Mass => ({ right: 0, wrong: 0, truncated: 0, long: 0 });
const noSums = (): Sums => ({
  rollouts: 0,
  signChanged: 0,
  left: 0,
  entered: 0,
  weight: { asRun: noMass(), replayed: noMass() },
  pull: { asRun: noMass(), replayed: noMass() },
  change: 0,
  changeOfTokens: 0,
  sizeOfTokens: 0,
  coefficients: { asRun: [], replayed: [] },
});

function addStep(sums: Sums, rollouts: readonly StoredRollout[], asRun: View, replayed: View): void {
  const long = quantile(rollouts.map(({ tokens }) => tokens), 0.75); // biome-ignore format: one thought
  const put = (mass: Mass, rollout: StoredRollout, amount: number) => {
    mass[truncated(rollout) ? "truncated" : rollout.reward === 1 ? "right" : "wrong"] += amount;
    if (rollout.tokens >= long) mass.long += amount;
  };
  rollouts.forEach((rollout, i) => {
    const { tokens } = rollout;
    const [was, would] = [asRun.inLoss[i], replayed.inLoss[i]];
    sums.rollouts++;
    if (was && would && Math.sign(asRun.advantages[i]) !== Math.sign(replayed.advantages[i])) sums.signChanged++;
    if (was && !would) sums.left++;
    if (would && !was) sums.entered++;
    const [before, after] = [asRun, replayed].map(({ weights, advantages }) => weights[i] * advantages[i]);
    put(sums.weight.asRun, rollout, tokens * asRun.weights[i]);
    put(sums.weight.replayed, rollout, tokens * replayed.weights[i]);
    put(sums.pull.asRun, rollout, tokens * Math.abs(before));
    put(sums.pull.replayed, rollout, tokens * Math.abs(after));
    sums.change += Math.abs(after - before);
    sums.changeOfTokens += tokens * Math.abs(after - before);
    sums.sizeOfTokens += tokens * Math.abs(before);
    sums.coefficients.asRun.push(before);
    sums.coefficients.replayed.push(after);
  });
}

/** Shares of the whole; all 0 where nothing is in the loss. */
function shares(mass: Mass): Mass {
  const total = mass.right + mass.wrong + mass.truncated;
  const share = (part: number) => (total > 0 ? part / total : 0);
  return { right: share(mass.right), wrong: share(mass.wrong), truncated: share(mass.truncated), long: share(mass.long) };
}

function changeOf(sums: Sums): ReplayChange {
  const share = (count: number) => count / sums.rollouts;
  return {
    rollouts: sums.rollouts,
    signChanged: share(sums.signChanged),
    left: share(sums.left),
    entered: share(sums.entered),
    weight: { asRun: shares(sums.weight.asRun), replayed: shares(sums.weight.replayed) },
    pull: { asRun: shares(sums.pull.asRun), replayed: shares(sums.pull.replayed) },
    meanChange: share(sums.change),
    relativeChange: sums.sizeOfTokens > 0 ? sums.changeOfTokens / sums.sizeOfTokens : null,
    correlation: pearson(sums.coefficients.asRun, sums.coefficients.replayed),
  };
}

/** `steps` as stored, groups that dynamic sampling replaced included; `asRun` is the rule they were trained under. */
export function replayRollouts(steps: readonly StoredStep[], asRun: ReplayRule, replayed: ReplayRule): Replay {
  const where = "replay";
  const some = steps.filter(({ rollouts }) => rollouts.length > 0);
  if (some.length === 0)
    throw new HeadstartError({
      code: "no-rollouts",
      where,
      message: "There are no stored rollouts to replay.",
      hint: "Choose an RL stage that has run at least one step.",
    });
  if (replayed.overlongFilter && replayed.aggregation === "sequence-mean" && !replayed.overlongInGroupStats)
    throw new HeadstartError({
      code: "recipe-contradiction",
      where,
      message: "Sequence mean with over-long rollouts out of the group statistics is not defined.",
      hint: "Let filtered rollouts count in the group's statistics, or choose the token mean.",
    });
  const overall = noSums();
  let reproduced = 0;
  const changes = some.map(({ step, rollouts }) => {
    const [stored, other] = [asStored(rollouts, asRun), under(rollouts, replayed, asRun)];
    under(rollouts, asRun, asRun).advantages.forEach((advantage, i) => {
      reproduced = Math.max(reproduced, Math.abs(advantage - stored.advantages[i]));
    });
    const sums = noSums();
    addStep(sums, rollouts, stored, other);
    addStep(overall, rollouts, stored, other);
    return { step, ...changeOf(sums) };
  });
  return { schemaVersion: 1, asRun, replayed, steps: changes, overall: changeOf(overall), reproduced };
}
