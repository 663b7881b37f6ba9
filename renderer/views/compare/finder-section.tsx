// What the temperature finder measured before RL, without training: for each start and seed every T that was tried, the T it proposes
// for the target (0.3 nats is the paper's line) and the one at which most groups of the start itself would carry a gradient.
import type { ArmRun, StudyResult, SweepRow } from "../../../main/contract/study-result.ts";
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

/** `own`: T at which most groups would carry a gradient, under one seed. */
function proposal(found: Found, own: number | null): string {
  const first = found.fixed
    ? `T ${found.chosen} was set by the recipe`
    : `T ${found.chosen} for ${fixed(found.target, 2)} nats${found.target === 0.3 ? ", the paper's line" : ""}`;
  const band = found.band ? ` (its own band: ${fixed(found.band.low, 2)} to ${fixed(found.band.high, 2)} nats)` : "";
  return own === null ? first : `${first}; T ${own} for most groups with a gradient${band}`;
}

function proposedText({ chosen, fixed: set, mostInformative }: SweepRow, of: number): string {
  const often = (what: string, times: number) => (times === 0 ? [] : [of === 1 ? what : `${what} in ${times} of ${of} seeds`]);
  return [...often(set ? "set by the recipe" : "for the target", chosen), ...often("most groups with a gradient", mostInformative)].join(
    ", ",
  );
}

export function FinderSection({ result, styles }: { result: StudyResult; styles: Map<string, StartStyle> }) {
  const published = usePublishedNumbers();
  const swept = result.arms.flatMap(({ name, runs, sweep }) => {
    const found = runs.flatMap(({ seed, temperature }) =>
      temperature && temperature.candidates.length > 1 ? [{ seed, temperature }] : [],
    );
    return found.length === 0 ? [] : [{ name, found, sweep }];
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
            {swept.flatMap(({ name, found, sweep }) =>
              sweep.map((row, i) => (
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
                  <td>{proposedText(row, found.length)}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </ScrollTable>
      <div className="plot-grid">
        {swept.map(({ name, found: [{ seed, temperature }], sweep }) => {
          const figure = temperatureFigure(name, temperature, styles.get(name), temperature.evaluationId);
          const own = several ? null : (sweep.find(({ mostInformative }) => mostInformative > 0)?.temperature ?? null);
          const subtitle = [several ? `Seed ${seed}.` : "", `Proposed: ${proposal(temperature, own)}.`, figure.subtitle ?? ""]
            .join(" ")
            .trim();
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
