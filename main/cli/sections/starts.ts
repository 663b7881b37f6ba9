// k starts through one RL recipe: whether they are compared fairly, what became of each pair's gap, and whether the order flips on
// the way.
import type { Alignment, FairnessReport, PairOfStarts, StartsReport, StartsScope } from "../../contract/index.ts";
import { difference, fixed, logOdds, signed, table } from "../text.ts";

export function startsSections(starts: StartsReport | null, fairness: FairnessReport | null, alignment: Alignment | null): string[] {
  return [
    ...(fairness ? [fairnessText(fairness)] : []),
    ...(starts ? [starts.scopes[0].pairs.map(({ sentence }) => `${sentence}\n`).join(""), gapsText(starts)] : []),
    ...(alignment && alignment.gaps.length > 0 ? [crossingsText(alignment)] : []),
  ];
}

const fairnessText = ({ sentence, findings }: FairnessReport): string =>
  [sentence, ...findings.map((finding) => `  ${finding.grade}: ${finding.sentence}`), ""].join("\n");

function gapsText({ scopes, leftOut, seeds }: StartsReport): string {
  const rows = scopes.flatMap((scope) => scope.pairs.map((pair) => [`${nameOf(scope)} (${scope.problems})`, ...gapCells(pair)]));
  const titles = [
    "Problems",
    "Gap, points",
    "Before RL",
    "After RL",
    "Change",
    "The gap",
    "After / before",
    seeds.length > 1 ? "Order kept, seeds" : "Order kept",
    "Change in log-odds",
    "The gap in log-odds",
  ];
  const lines = scopes.flatMap((scope) => kendallLine(scope));
  if (leftOut.length > 0) lines.push(`Sources with one problem give no interval and are left out: ${leftOut.join(", ")}.\n`);
  return [table([titles, ...rows]), ...lines].join("");
}

const nameOf = ({ source }: StartsScope): string => source ?? "all";

function gapCells({ weak, strong, bySeed, overSeeds, narrowingRatio, order, direction }: PairOfStarts): string[] {
  const [{ gap }] = bySeed;
  const inPoints = overSeeds?.points ?? gap;
  const inOdds = overSeeds?.logOdds ?? gap.logOdds;
  return [
    `${strong} − ${weak}`,
    signed(centreOf(inPoints.before)),
    signed(centreOf(inPoints.after)),
    difference(centreOf(inPoints.change), inPoints.change),
    direction.points,
    narrowingRatio === null ? "" : fixed(narrowingRatio, 2),
    `${order.kept} of ${order.kept + order.flipped + order.tied}`,
    difference(centreOf(inOdds.change), inOdds.change, logOdds),
    direction.logOdds,
  ];
}

const centreOf = (of: { value: number } | { mean: number }): number => ("mean" in of ? of.mean : of.value);

function kendallLine(scope: StartsScope): string[] {
  const { kendall } = scope;
  if (kendall === null || kendall.tau === null) return [];
  const bySeed = kendall.bySeed.map(({ tau }) => (tau === null ? "none" : fixed(tau, 2)));
  const seeds = bySeed.length > 1 ? ` (by seed ${bySeed.join(", ")})` : "";
  return [`Kendall's τ of the order before and after, ${nameOf(scope)} problems: ${fixed(kendall.tau, 2)}${seeds}.\n`];
}

const crossingsText = ({ gaps }: Alignment): string =>
  table([["Along RL, on dev", "By step"], ...gaps.map(({ weak, strong, crossing }) => [`${strong} − ${weak}`, crossing.sentence])]);
