// The over-long laboratory: the filter on and off at each budget, tested at the training budget and at twice it.
import type { FilterEffect } from "../../../main/contract/overlong.ts";
import { useOverlong } from "../../client/result-queries.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { count, interval, percent, percentInterval, points, signed } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import { ScrollTable } from "../../components/scroll-table.tsx";
import { useSeeds } from "./seeds-line.tsx";

export function OverlongPanel({ studyId }: { studyId: string }) {
  const [seeds] = useSeeds();
  const report = useOverlong(studyId, seeds, true);
  if (report.error !== null) return <ErrorPanel error={report.error} where="results.overlong" onRetry={() => void report.refetch()} />;
  if (report.data === undefined) return <Loading what="the laboratory" />;
  if (report.data === null) return null;
  const { arms, effects, interactions } = report.data;
  return (
    <section className="section" aria-labelledby="overlong-title">
      <div className="section-head">
        <h2 id="overlong-title">Over-long filtering</h2>
        <p>On: truncated rollouts take no part in the loss. Off: truncated counts as wrong.</p>
      </div>
      {[...effects, ...interactions].map(({ sentence }) => (
        <p key={sentence} className="headline tabular">
          {sentence}
        </p>
      ))}
      <ScrollTable label="Forks of the over-long laboratory">
        <table className="table" aria-label="Forks of the over-long laboratory">
          <thead>
            <tr>
              <th scope="col">Budget</th>
              <th scope="col">Filter</th>
              <th scope="col">Seed</th>
              <th scope="col" className="num">
                At the budget
              </th>
              <th scope="col" className="num">
                At twice it
              </th>
              <th scope="col" className="num">
                Truncated
              </th>
              <th scope="col" className="num">
                Length
              </th>
              <th scope="col" className="num">
                Truncated ones right at twice the budget
              </th>
            </tr>
          </thead>
          <tbody>
            {arms.map(({ budget, filter, seed, score, truncated, responseTokens, extension }) => (
              <tr key={`${budget} ${filter} ${seed}`}>
                <td className="num">{budget} tokens</td>
                <td>{filter ? "on" : "off"}</td>
                <td className="num">{seed}</td>
                <td className="num">{percentInterval(score.trained)}</td>
                <td className="num">{percentInterval(score.doubled)}</td>
                <td className="num">{percent(truncated.trained.value)}</td>
                <td className="num">{responseTokens.trained.toFixed(0)} tokens</td>
                <td className="num">
                  {extension.turnedRight === null
                    ? "none were cut"
                    : `${percentInterval(extension.turnedRight)} of ${count(extension.continued)}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollTable>
      <ScrollTable label="Filter on minus off">
        <table className="table" aria-label="Filter on minus off">
          <thead>
            <tr>
              <th scope="col">On − off, points</th>
              <th scope="col" className="num">
                Tested at the training budget
              </th>
              <th scope="col" className="num">
                Tested at twice it
              </th>
            </tr>
          </thead>
          <tbody>
            {effects.map(({ budget, trained, doubled }) => (
              <tr key={budget}>
                <th scope="row">{budget} tokens</th>
                <td className="num">{effectText(trained)}</td>
                <td className="num">{effectText(doubled)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollTable>
    </section>
  );
}

function effectText({ bySeed, overSeeds, answer }: FilterEffect): string {
  const word = answer === "not distinguishable" ? ", not distinguishable" : "";
  if (!overSeeds) return `${points(bySeed[0].difference)} ${interval(bySeed[0].difference, 100, 1)}${word}`;
  const { mean, low, high } = overSeeds;
  return `${signed(100 * mean, 1)}${low === null || high === null ? "" : ` ${interval({ low, high }, 100, 1)}`}${word}`;
}
