// Every paired difference of a study: what RL changed in each arm, and how arms differ at one point.
import type { SeedInterval } from "../../../main/contract/comparison.ts";
import { hasSpread } from "../../../main/contract/interval.ts";
import type { StudyDifference, StudyResult } from "../../../main/contract/study-result.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { hasBudgets, placeOf } from "../../charts/result-figures.ts";
import { interval, points, signed } from "../../components/format.ts";
import { ScrollTable } from "../../components/scroll-table.tsx";
import { StartName } from "../../components/start-swatch.tsx";

export function DifferenceTable({ result, styles }: { result: StudyResult; styles: Map<string, StartStyle> }) {
  if (result.differences.length === 0) return null;
  const budgets = hasBudgets(result);
  const several = result.seeds.length > 1;
  return (
    <section className="section" aria-labelledby="differences-title">
      <div className="section-head">
        <h2 id="differences-title">Differences</h2>
        <p>
          Paired over the same problems, in points.{" "}
          {several ? "Mean over seeds; interval over seeds (Student's t)." : "95 % interval over problems."}
        </p>
      </div>
      <ScrollTable label="Differences">
        <table className="table" aria-label="Differences">
          <thead>
            <tr>
              <th scope="col">Of</th>
              <th scope="col">At</th>
              <th scope="col" className="num">
                Difference
              </th>
              <th scope="col" className="num">
                95 % interval
              </th>
              <th scope="col">Reading</th>
            </tr>
          </thead>
          <tbody>
            {result.differences.map((difference) => (
              <tr key={JSON.stringify([difference.from, difference.to])}>
                <th scope="row">
                  <Pair difference={difference} styles={styles} />
                </th>
                <td>{placeOf(difference.to, budgets)}</td>
                {several ? <OverSeeds over={difference.overSeeds} /> : <OverProblems difference={difference} />}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollTable>
    </section>
  );
}

function Pair({ difference: { what, from, to }, styles }: { difference: StudyDifference; styles: Map<string, StartStyle> }) {
  if (what === "change")
    return (
      <span className="row">
        <StartName name={to.arm} style={styles.get(to.arm)} />
        by RL
      </span>
    );
  return (
    <span className="row">
      <StartName name={to.arm} style={styles.get(to.arm)} />− <StartName name={from.arm} style={styles.get(from.arm)} />
    </span>
  );
}

const reading = ({ low, high }: { low: number | null; high: number | null }): string =>
  low === null || high === null ? "one seed" : low > 0 ? "higher" : high < 0 ? "lower" : "not distinguishable";

function OverProblems({ difference: { bySeed } }: { difference: StudyDifference }) {
  const [{ difference }] = bySeed;
  return (
    <>
      <td className="num">{points(difference)}</td>
      <td className="num">{interval(difference, 100, 1)}</td>
      <td>{reading(difference)}</td>
    </>
  );
}

function OverSeeds({ over }: { over: SeedInterval }) {
  const { mean, low, high } = over;
  const alike = low !== null && high !== null && !hasSpread(over);
  return (
    <>
      <td className="num">{signed(100 * mean, 1)}</td>
      <td className="num">{low === null || high === null ? "" : interval({ low, high }, 100, 1)}</td>
      <td>{alike ? "not distinguishable: no spread over seeds" : reading(over)}</td>
    </>
  );
}
