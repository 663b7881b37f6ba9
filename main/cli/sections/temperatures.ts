// The sweep of sampling temperatures before RL, without training: what each start gives at each T, and the T that was chosen.
import type { StudyResult, TemperatureResult } from "../../contract/index.ts";
import { average, fixed, percent, plural, table } from "../text.ts";

type Candidate = TemperatureResult["candidates"][number];

/** Over seeds, means of those that tried the T. */
export function temperatureSection({ arms, seeds }: Pick<StudyResult, "arms" | "seeds">): string | null {
  const starts = arms.flatMap(({ name, runs }) => {
    const sweeps = runs.flatMap(({ temperature }) => (temperature && temperature.candidates.length > 1 ? [temperature] : []));
    return sweeps.length > 0 ? [{ name, sweeps }] : [];
  });
  if (starts.length === 0) return null;
  const all = starts.flatMap(({ sweeps }) => sweeps);
  const known = (of: "distinct" | "informative") => all.some(({ candidates }) => candidates.some((each) => each[of] !== undefined));
  const several = seeds.length > 1;
  const columns: [string, (tried: Candidate[]) => string][] = [
    ["Entropy at T", (tried) => fixed(average(tried.map(({ entropy }) => entropy)), 2)],
    ["pass@1", (tried) => share(tried.map(({ reward }) => reward))],
    ...(known("distinct") ? [["Distinct", (tried) => share(tried.map(({ distinct }) => distinct))] as (typeof columns)[number]] : []),
    ["Truncated", (tried) => share(tried.map(({ truncated }) => truncated))],
    ...(known("informative")
      ? [["Informative groups", (tried) => share(tried.map(({ informative }) => informative))] as (typeof columns)[number]]
      : []),
  ];
  const rows = starts.flatMap(({ name, sweeps }) =>
    temperaturesOf(sweeps).map((temperature, i) => {
      const tried = sweeps.flatMap(({ candidates }) => candidates.filter((each) => each.temperature === temperature));
      return [i === 0 ? name : "", String(temperature), ...columns.map(([, cell]) => cell(tried)), mark(sweeps, temperature, several)];
    }),
  );
  const targets = [...new Set(all.map(({ target }) => fixed(target, 2)))].join(", ");
  const basis = `Rollouts on dev at each T, without training${several ? "; means over seeds" : ""}. Entropy is in nats; ${targets} was looked for.\n`;
  return `${table([["Start before RL", "T", ...columns.map(([title]) => title), ""], ...rows])}${basis}`;
}

const temperaturesOf = (sweeps: readonly TemperatureResult[]): number[] =>
  [...new Set(sweeps.flatMap(({ candidates }) => candidates.map(({ temperature }) => temperature)))].sort((a, b) => a - b);

function share(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? "" : `${percent(average(known))} %`;
}

function mark(sweeps: readonly TemperatureResult[], temperature: number, several: boolean): string {
  const own = sweeps.filter(({ chosen }) => chosen === temperature);
  if (own.length === 0) return "";
  const how = own[0].fixed ? "set by the recipe" : "chosen";
  return several && !own[0].fixed ? `${how} under ${own.length} of ${plural(sweeps.length, "seed")}` : how;
}
