// What became of problems from before RL to the end, each count beside what sampling alone gives: newly solved, lost, and those that
// were hard before RL.
import type { FateMap, FateOfStart } from "../../contract/index.ts";
import { difference, percent, plural, signed, table } from "../text.ts";

type Counted = { count: number; chance: number };
const counted = ({ count, chance }: Counted): string => `${count} (by chance ${chance})`;

/** `seed`: the map is of one study. `starts`: arms are starts of different strength, whose ends are compared too. */
export function fateSections({ fates, pairs }: FateMap, { seed, starts }: { seed: string; starts: boolean }): string[] {
  const below = `Under ${Math.round(100 * fates[0].hard.below)} % before RL`;
  const rows = fates.map(({ start, newlySolved, lost, hard }) => [start, counted(newlySolved), counted(lost), ...hardCells(hard)]);
  const titles = [`Fates, seed ${seed}`, "Newly solved", "Lost", below, "On the other half", "Change, points", "By chance, left out"];
  const alone = pairs.map(({ weak, strong, onlyStrong, onlyWeak }) => [`${strong}, ${weak}`, counted(onlyStrong), counted(onlyWeak)]);
  return [
    `${table([titles, ...rows])}Hard problems are chosen on one half of the samples before RL and measured on the other: the rise that choosing alone gives is left out of their change.\n`,
    ...(starts && alone.length > 0 ? [table([["Solved at the end from one alone", "From the first", "From the second"], ...alone])] : []),
  ];
}

function hardCells({ problems, points, change, chance }: FateOfStart["hard"]): string[] {
  if (problems === 0 || change === null || chance === null) return ["none", "", "", ""];
  const way = points.map(({ score }) => (score === null ? "none" : `${percent(score.value)} %`)).join(" → ");
  return [plural(problems, "problem"), way, difference(change.value, change), signed(chance)];
}
