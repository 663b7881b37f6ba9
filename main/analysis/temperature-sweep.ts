// What the temperature finder measured of a start, T by T, over seeds; and the T it proposes for a model's own sake: the one at which most
// groups of rollouts would carry a gradient.
import type { TemperatureResult } from "../contract/run.ts";
import type { SweepRow } from "../contract/study-result.ts";
import { mean } from "./scores.ts";

type Tried = TemperatureResult["candidates"][number];

/** T with the largest share of informative groups; null where it was not estimated. */
function mostInformative({ candidates }: Pick<TemperatureResult, "candidates">): number | null {
  const known = candidates.flatMap(({ temperature, informative }) => (informative === undefined ? [] : [{ temperature, informative }]));
  return known.length < 2 ? null : known.reduce((a, b) => (b.informative > a.informative ? b : a)).temperature;
}

/** `found`: one a seed; those of a single T are no sweep. */
export function sweepOf(found: readonly TemperatureResult[]): SweepRow[] {
  const sweeps = found.filter(({ candidates }) => candidates.length > 1);
  const temperatures = [...new Set(sweeps.flatMap(({ candidates }) => candidates.map(({ temperature }) => temperature)))];
  return temperatures
    .sort((a, b) => a - b)
    .map((temperature) => {
      const own = sweeps.flatMap(({ candidates }) => candidates.filter((each) => each.temperature === temperature));
      const over = (of: (tried: Tried) => number | undefined): number | null => {
        const known = own.flatMap((tried) => of(tried) ?? []);
        return known.length === 0 ? null : mean(known);
      };
      const chosen = sweeps.filter((each) => each.chosen === temperature);
      return {
        temperature,
        entropy: over(({ entropy }) => entropy)!,
        reward: over(({ reward }) => reward)!,
        distinct: over(({ distinct }) => distinct),
        truncated: over(({ truncated }) => truncated)!,
        responseTokens: over(({ responseTokens }) => responseTokens)!,
        informative: over(({ informative }) => informative),
        seeds: own.length,
        chosen: chosen.length,
        fixed: chosen.some((each) => each.fixed),
        mostInformative: sweeps.filter((each) => mostInformative(each) === temperature).length,
      };
    });
}
