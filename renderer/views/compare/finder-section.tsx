// What the temperature finder measured before RL, without training: for each start and seed every T that was tried, the T it proposes
// for the target (0.3 nats is the paper's line) and the one at which most groups of the start itself would carry a gradient.
import type { ArmRun, StudyResult } from "../../../main/contract/study-result.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { Plot } from "../../charts/plot.tsx";
import { publishedLines, withLines } from "../../charts/published.ts";
import { temperatureFigure } from "../../charts/temperature-figure.ts";
import { setQuery } from "../../client/location.ts";
import { selectionKey } from "../../client/selection.ts";
import { fixed, percent } from "../../components/format.ts";
import { ScrollTable } from "../../components/scroll-table.tsx";
import { StartName } from "../../components/start-swatch.tsx";
import { usePublishedNumbers } from "./published-switch.tsx";

type Found = NonNullable<ArmRun["temperature"]>;

/** T with the largest share of informative groups; null where it was not estimated. */
function mostInformative({ candidates }: Found): number | null {
  const known = candidates.flatMap(({ temperature, informative }) => (informative === undefined ? [] : [{ temperature, informative }]));
  return known.length < 2 ? null : known.reduce((a, b) => (b.informative > a.informative ? b : a)).temperature;
}

function proposal(found: Found): string {
  const own = mostInformative(found);
  const first = found.fixed
    ? `T ${found.chosen} was set by the recipe`
    : `T ${found.chosen} for ${fixed(found.target, 2)} nats${found.target === 0.3 ? ", the paper's line" : ""}`;
  const band = found.band ? ` (its own band: ${fixed(found.band.low, 2)} to ${fixed(found.band.high, 2)} nats)` : "";
  return own === null ? first : `${first}; T ${own} for most groups with a gradient${band}`;
}

type Tried = Found["candidates"][number];

/** One T of a start, over the seeds that tried it. */
interface Row {
  temperature: number;
  entropy: number;
  reward: number;
  distinct: number | null;
  truncated: number;
  responseTokens: number;
  informative: number | null;
  proposed: string;
}

function rowsOf(found: readonly Found[]): Row[] {
  const temperatures = [...new Set(found.flatMap(({ candidates }) => candidates.map(({ temperature }) => temperature)))];
  const often = (what: string, times: number) =>
    times === 0 ? [] : [found.length === 1 ? what : `${what} in ${times} of ${found.length} seeds`];
  return temperatures
    .sort((a, b) => a - b)
    .map((temperature) => {
      const own = found.flatMap(({ candidates }) => candidates.filter((each) => each.temperature === temperature));
      const mean = (of: (tried: Tried) => number | undefined): number | null => {
        const known = own.flatMap((tried) => of(tried) ?? []);
        return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
      };
      return {
        temperature,
        entropy: mean(({ entropy }) => entropy)!,
        reward: mean(({ reward }) => reward)!,
        distinct: mean(({ distinct }) => distinct),
        truncated: mean(({ truncated }) => truncated)!,
        responseTokens: mean(({ responseTokens }) => responseTokens)!,
        informative: mean(({ informative }) => informative),
        proposed: [
          ...often("for the target", found.filter(({ chosen, fixed: set }) => chosen === temperature && !set).length),
          ...often("set by the recipe", found.filter(({ chosen, fixed: set }) => chosen === temperature && set).length),
          ...often("most groups with a gradient", found.filter((each) => mostInformative(each) === temperature).length),
        ].join(", "),
      };
    });
}

export function FinderSection({ result, styles }: { result: StudyResult; styles: Map<string, StartStyle> }) {
  const published = usePublishedNumbers();
  const swept = result.arms.flatMap(({ name, runs }) => {
    const found = runs.flatMap(({ temperature }) => (temperature && temperature.candidates.length > 1 ? [temperature] : []));
    return found.length === 0 ? [] : [{ name, seed: runs[0].seed, found }];
  });
  if (swept.length === 0) return null;
  const several = result.seeds.length > 1;
  return (
    <section className="section plots" aria-labelledby="finder-title">
      <div className="section-head">
        <h2 id="finder-title">Temperature before RL</h2>
        <p>Rollouts at each T on dev, without training{several && "; means over seeds"}.</p>
      </div>
      <ScrollTable label="Temperatures tried before RL">
        <table className="table" aria-label="Temperatures tried before RL">
          <thead>
            <tr>
              <th scope="col">Start</th>
              {["T", "Entropy at T", "pass@1", "Different responses", "Truncated", "Length", "Groups with a gradient"].map((label) => (
                <th key={label} scope="col" className="num">
                  {label}
                </th>
              ))}
              <th scope="col">Proposed</th>
            </tr>
          </thead>
          <tbody>
            {swept.flatMap(({ name, found }) =>
              rowsOf(found).map((row, i) => (
                <tr key={`${name} ${row.temperature}`} className={i === 0 ? "group-start" : undefined}>
                  <th scope="row">
                    {i === 0 ? <StartName name={name} style={styles.get(name)} /> : <span className="sr-only">{name}</span>}
                  </th>
                  <td className="num">{row.temperature}</td>
                  <td className="num">{fixed(row.entropy, 2)} nats</td>
                  <td className="num">{percent(row.reward)}</td>
                  <td className="num">{row.distinct !== null && percent(row.distinct, 0)}</td>
                  <td className="num">{percent(row.truncated)}</td>
                  <td className="num">{fixed(row.responseTokens, 0)} tokens</td>
                  <td className="num">{row.informative !== null && percent(row.informative, 0)}</td>
                  <td>{row.proposed}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </ScrollTable>
      <div className="plot-grid">
        {swept.map(({ name, seed, found: [first] }) => {
          const figure = temperatureFigure(name, first, styles.get(name), first.evaluationId);
          const subtitle = [several ? `Seed ${seed}.` : "", `Proposed: ${proposal(first)}.`, figure.subtitle ?? ""].join(" ").trim();
          return (
            <div className="span-6" key={figure.id}>
              <Plot
                figure={withLines({ ...figure, title: `${name}: ${figure.title}`, subtitle }, publishedLines("entropy", "y", published))}
                height={240}
                onPoint={(key) => setQuery({ [selectionKey]: key })}
              />
            </div>
          );
        })}
      </div>
    </section>
  );
}
