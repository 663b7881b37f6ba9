// The over-long laboratory: what was truncated at each budget, what of it turned right at twice the budget, and what the filter did.
import type { Extension, FilterEffect, OverlongArm, OverlongReport } from "../../contract/index.ts";
import { alike, average, level, percent, plural, table } from "../text.ts";

export function overlongSections({ arms, effects, interactions }: OverlongReport): string[] {
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
  return [table([titles, ...rows, ...meanRows(arms)]), sentences.join("")];
}

/** One a budget and filter, where there are several seeds. */
function meanRows(arms: readonly OverlongArm[]): string[][] {
  const forks = new Map<string, OverlongArm[]>();
  for (const arm of arms) {
    const fork = `${arm.budget} ${arm.filter}`;
    forks.set(fork, [...(forks.get(fork) ?? []), arm]);
  }
  return [...forks.values()].flatMap((own) => {
    if (own.length < 2) return [];
    const [{ budget, filter }] = own;
    const turned = own.flatMap(({ extension }) => extension.turnedRight?.value ?? []);
    const mean = (values: number[]) => (values.length === 0 ? "" : `${percent(average(values))} %`);
    return [
      [
        `${budget} tokens`,
        filter ? "on" : "off",
        `mean of ${own.length}`,
        mean(own.map(({ truncated }) => truncated.trained.value)),
        mean(turned),
        mean(own.map(({ truncated }) => truncated.doubled.value)),
      ],
    ];
  });
}

function turnedRight({ turnedRight: share, continued, truncated }: Extension): string {
  if (truncated === 0) return "none were truncated";
  if (share === null) return `none of ${truncated} goes on there`;
  return `${level(share)} of ${continued === truncated ? truncated : `the ${plural(continued, "response")} of ${truncated} that go on there`}`;
}

const caution = ({ overSeeds }: FilterEffect): string =>
  overSeeds && alike(overSeeds) ? " There is no spread over seeds, so nothing is found." : "";
