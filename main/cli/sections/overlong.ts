// The over-long laboratory: what was truncated at each budget, what of it turned right at twice the budget, and what the filter did.
import type { Extension, FilterEffect, OverlongMeans, OverlongReport } from "../../contract/index.ts";
import { alike, level, percent, plural, table } from "../text.ts";

export function overlongSections({ arms, means, effects, interactions }: OverlongReport): string[] {
  const rows = arms.map(({ budget, filter, seed, truncated, extension }) => [
    `${budget} tokens`,
    filter ? "on" : "off",
    String(seed),
    level(truncated.trained),
    turnedRight(extension),
    level(truncated.doubled),
  ]);
  const titles = ["Budget of RL", "Filter", "Seed", "Truncated", "Of these right at twice the budget", "Truncated there"];
  const sentences = [...effects, ...interactions].map(({ sentence, trained }) => `${sentence}${caution(trained)}\n`);
  return [table([titles, ...rows, ...means.map(meanRow)]), sentences.join("")];
}

const share = (value: number | null): string => (value === null ? "" : `${percent(value)} %`);

const meanRow = ({ budget, filter, seeds, truncated, turnedRight }: OverlongMeans): string[] => [
  `${budget} tokens`,
  filter ? "on" : "off",
  `mean of ${seeds}`,
  share(truncated.trained),
  share(turnedRight),
  share(truncated.doubled),
];

function turnedRight({ turnedRight: share, continued, truncated }: Extension): string {
  if (truncated === 0) return "none were truncated";
  if (share === null) return `none of ${truncated} goes on there`;
  return `${level(share)} of ${continued === truncated ? truncated : `the ${plural(continued, "response")} of ${truncated} that go on there`}`;
}

const caution = ({ overSeeds }: FilterEffect): string =>
  overSeeds && alike(overSeeds) ? " There is no spread over seeds, so nothing is found." : "";
