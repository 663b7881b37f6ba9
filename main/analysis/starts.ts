// k starts under one RL recipe (AceReason-Nemotron 1.1, §7 of the method's notes): every pair's gap in points and log-odds, its
// change, its order over seeds, and Kendall's τ-b from five starts up, for all problems and for each source: the paper's own pair
// narrows on three benchmarks and grows on the fourth (AIME25 9.4 → 11.2).
//
// With one seed every interval is paired over problems and speaks of these checkpoints; with several, what is said of a pair rests
// on Student's t over seeds and speaks of the recipe. The gap's size is |strong − weak|, so a pair whose order flips by as much as it
// was apart has neither grown nor narrowed.
import type { SeedInterval } from "../contract/comparison.ts";
import { HeadstartError } from "../contract/errors.ts";
import { excludesZero, hasSpread } from "../contract/interval.ts";
import type { PairOfStarts, StartsReport, StartsScope } from "../contract/starts.ts";
import { kendallTauB } from "./correlation.ts";
import { compareGap, directionOf } from "./gap.ts";
import { mean, ofSource, type Scores } from "./scores.ts";
import { overSeeds } from "./seeds.ts";

/** One start under one seed, before and after RL. */
export interface StartRun {
  start: string;
  seed: number;
  before: Scores;
  after: Scores;
}

/** From how many starts up a rank correlation says anything: four have 24 orders, and one of them is perfect by chance. */
const leastStartsForTau = 5;

const points = (share: number): string => (100 * share).toFixed(1).replace("-", "−");

const overDirection = ({ before, after, change }: Record<"before" | "after" | "change", SeedInterval>) => {
  const [was, is, moved] = [before, after, change].map(({ mean: value, low, high }) => ({ value, low, high }));
  return directionOf(was, is, moved);
};

function pairOf(weak: readonly StartRun[], strong: readonly StartRun[]): PairOfStarts {
  const names = { weak: weak[0].start, strong: strong[0].start };
  const bySeed = weak.flatMap((one) => {
    const other = strong.find(({ seed }) => seed === one.seed);
    if (!other) return [];
    const gap = compareGap({
      weak: { name: names.weak, before: one.before, after: one.after },
      strong: { name: names.strong, before: other.before, after: other.after },
    });
    return [{ seed: one.seed, gap }];
  });
  if (bySeed.length === 0)
    throw new HeadstartError({
      code: "no-common-seed",
      where: `gap ${names.weak} to ${names.strong}`,
      message: "The two starts have no seed in common, so their gap would not be paired.",
      hint: "Run both starts under the same seeds.",
    });
  const gaps = bySeed.map(({ gap }) => gap);
  const over = (pick: (gap: PairOfStarts["bySeed"][number]["gap"]) => number): SeedInterval => overSeeds(gaps.map(pick));
  const inPoints = { before: over((g) => g.before.value), after: over((g) => g.after.value), change: over((g) => g.change.value) };
  const inOdds = {
    before: over((g) => g.logOdds.before.value),
    after: over((g) => g.logOdds.after.value),
    change: over((g) => g.logOdds.change.value),
  };
  const several = gaps.length > 1;
  const change = several ? inPoints.change : gaps[0].change;
  const direction = several ? { points: overDirection(inPoints), logOdds: overDirection(inOdds) } : gaps[0].direction;
  const order = { kept: 0, flipped: 0, tied: 0 };
  for (const { before, after } of gaps) {
    const signs = Math.sign(before.value) * Math.sign(after.value);
    order[signs > 0 ? "kept" : signs < 0 ? "flipped" : "tied"]++;
  }
  const firstIsClear = excludesZero(several ? inPoints.before : gaps[0].before);
  const unclear = excludesZero(change) ? "whether its size changed is not distinguishable" : "its change is not distinguishable from zero";
  const said = direction.points === "not distinguishable" ? unclear : `it ${direction.points}`;
  const between = hasSpread(change) ? `95 % ${points(change.low!)} to ${points(change.high!)}` : "no spread";
  return {
    ...names,
    bySeed,
    overSeeds: several ? { points: inPoints, logOdds: inOdds } : null,
    narrowingRatio: firstIsClear ? inPoints.after.mean / inPoints.before.mean : null,
    order,
    direction,
    grew: direction.points === "grew",
    sentence:
      `Gap ${names.strong} − ${names.weak}: ${points(inPoints.before.mean)} points before RL, ${points(inPoints.after.mean)} after; ` +
      `${said} (change ${points(inPoints.change.mean)}, ${between} over ${several ? `${gaps.length} seeds` : "problems"}).`,
  };
}

function kendallOf(byStart: readonly (readonly StartRun[])[]): StartsScope["kendall"] {
  if (byStart.length < leastStartsForTau) return null;
  const score = (scores: Scores) => mean(scores.problems.map((problem) => problem.mean));
  const seeds = byStart[0].map(({ seed }) => seed).filter((seed) => byStart.every((runs) => runs.some((run) => run.seed === seed)));
  if (seeds.length === 0) return null;
  const at = (seed: number) => byStart.map((runs) => runs.find((run) => run.seed === seed)!);
  const tau = (before: number[], after: number[]) => kendallTauB(before, after);
  const meanOf = (pick: (run: StartRun) => Scores) => byStart.map((_, i) => mean(seeds.map((seed) => score(pick(at(seed)[i])))));
  return {
    tau: tau(
      meanOf(({ before }) => before),
      meanOf(({ after }) => after),
    ),
    bySeed: seeds.map((seed) => ({
      seed,
      tau: tau(
        at(seed).map(({ before }) => score(before)),
        at(seed).map(({ after }) => score(after)),
      ),
    })),
  };
}

function scopeOf(source: string | null, byStart: readonly (readonly StartRun[])[]): StartsScope {
  const within = (scores: Scores) => (source === null ? scores : ofSource(scores, source));
  const runs = byStart.map((own) => own.map((run) => ({ ...run, before: within(run.before), after: within(run.after) })));
  return {
    source,
    problems: runs[0][0].before.problems.length,
    pairs: runs.flatMap((weak, i) => runs.slice(i + 1).map((strong) => pairOf(weak, strong))),
    kendall: kendallOf(runs),
  };
}

/** Starts in the order they first occur, weakest first. Evaluations of one seed must be of the same problems with equal n. */
export function compareStarts(runs: readonly StartRun[]): StartsReport {
  const where = "comparison of starts";
  const starts = [...new Set(runs.map(({ start }) => start))];
  if (starts.length < 2)
    throw new HeadstartError({
      code: "too-few-starts",
      where,
      message: `There ${starts.length === 1 ? "is one start" : "are no starts"} with evaluations before and after RL: a gap needs two.`,
      hint: "Let at least two starts finish RL.",
    });
  const byStart = starts.map((start) => runs.filter((run) => run.start === start).sort((a, b) => a.seed - b.seed));
  const twice = byStart.flat().find((run, i, all) => i > 0 && all[i - 1].start === run.start && all[i - 1].seed === run.seed);
  if (twice)
    throw new HeadstartError({
      code: "duplicate-seed",
      where,
      message: `Seed ${twice.seed} of the start "${twice.start}" occurs twice: it is one observation.`,
      hint: "Leave one of the two runs out.",
    });
  const counts = new Map<string, number>();
  for (const { source } of runs[0].before.problems) counts.set(source, (counts.get(source) ?? 0) + 1);
  const sources = [...counts.keys()].sort();
  const single = sources.filter((source) => counts.get(source) === 1);
  const scopes = sources.length > 1 ? sources.filter((source) => !single.includes(source)) : [];
  return {
    schemaVersion: 1,
    starts,
    seeds: [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b),
    scopes: [null, ...scopes].map((source) => scopeOf(source, byStart)),
    leftOut: sources.length > 1 ? single : [],
  };
}
