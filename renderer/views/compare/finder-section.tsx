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

export function FinderSection({ result, styles }: { result: StudyResult; styles: Map<string, StartStyle> }) {
  const published = usePublishedNumbers();
  const swept = result.arms.flatMap(({ name, runs }) =>
    runs.flatMap(({ seed, temperature }) => (temperature && temperature.candidates.length > 1 ? [{ name, seed, found: temperature }] : [])),
  );
  if (swept.length === 0) return null;
  const several = result.seeds.length > 1;
  return (
    <section className="section plots" aria-labelledby="finder-title">
      <div className="section-head">
        <h2 id="finder-title">Temperature before RL</h2>
        <p>Rollouts at each T on dev, without training.</p>
      </div>
      <ScrollTable label="Temperatures tried before RL">
        <table className="table" aria-label="Temperatures tried before RL">
          <thead>
            <tr>
              <th scope="col">Start</th>
              {several && <th scope="col">Seed</th>}
              {["T", "Entropy at T", "pass@1", "Different responses", "Truncated", "Length", "Groups with a gradient"].map((label) => (
                <th key={label} scope="col" className="num">
                  {label}
                </th>
              ))}
              <th scope="col">Proposed</th>
            </tr>
          </thead>
          <tbody>
            {swept.flatMap(({ name, seed, found }) =>
              [...found.candidates]
                .sort((a, b) => a.temperature - b.temperature)
                .map((tried, i) => (
                  <tr key={`${name} ${seed} ${tried.temperature}`} className={i === 0 ? "group-start" : undefined}>
                    <th scope="row">
                      {i === 0 ? <StartName name={name} style={styles.get(name)} /> : <span className="sr-only">{name}</span>}
                    </th>
                    {several && <td className="tabular">{i === 0 ? seed : <span className="sr-only">{seed}</span>}</td>}
                    <td className="num">{tried.temperature}</td>
                    <td className="num">{fixed(tried.entropy, 2)} nats</td>
                    <td className="num">{percent(tried.reward)}</td>
                    <td className="num">{tried.distinct === undefined ? "" : percent(tried.distinct, 0)}</td>
                    <td className="num">{percent(tried.truncated)}</td>
                    <td className="num">{fixed(tried.responseTokens, 0)} tokens</td>
                    <td className="num">{tried.informative === undefined ? "" : percent(tried.informative, 0)}</td>
                    <td>
                      {[
                        ...(tried.temperature === found.chosen ? [found.fixed ? "set by the recipe" : "for the target"] : []),
                        ...(tried.temperature === mostInformative(found) ? ["most groups with a gradient"] : []),
                      ].join(", ")}
                    </td>
                  </tr>
                )),
            )}
          </tbody>
        </table>
      </ScrollTable>
      <div className="plot-grid">
        {swept
          .filter(({ seed }) => seed === swept[0].seed)
          .map(({ name, seed, found }) => {
            const figure = temperatureFigure(name, found, styles.get(name), found.evaluationId);
            const subtitle = [several ? `Seed ${seed}.` : "", `Proposed: ${proposal(found)}.`, figure.subtitle ?? ""].join(" ").trim();
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
