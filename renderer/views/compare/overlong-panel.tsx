// The over-long laboratory: the filter on and off at each budget, tested at the training budget and at twice it.
import type { Extension, FilterEffect } from "../../../main/contract/overlong.ts";
import { useOverlong } from "../../client/result-queries.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { count, interval, percent, percentInterval, points, signed } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import { ScrollTable } from "../../components/scroll-table.tsx";
import { useSeeds } from "./seeds-line.tsx";

/** `inGroup`: whether filtered rollouts count in the group's statistics, a choice of the recipe. */
export function OverlongPanel({ studyId, inGroup }: { studyId: string; inGroup: boolean }) {
  const [seeds] = useSeeds();
  const report = useOverlong(studyId, seeds, true);
  if (report.error !== null) return <ErrorPanel error={report.error} where="results.overlong" onRetry={() => void report.refetch()} />;
  if (report.data === undefined) return <Loading what="the laboratory" />;
  if (report.data === null) return null;
  const { arms, means, effects, interactions } = report.data;
  return (
    <section className="section" aria-labelledby="overlong-title">
      <div className="section-head">
        <h2 id="overlong-title">Over-long filtering</h2>
        <p>
          On: truncated rollouts take no part in the loss
          {inGroup ? ", and count in their group's mean and deviation" : ", nor in their group's mean and deviation"}. Off: truncated counts
          as wrong.
        </p>
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
                <td className="num">{turnedText(extension)}</td>
              </tr>
            ))}
            {means.map((each) => (
              <tr key={`${each.budget} ${each.filter}`} className="group-start">
                <td className="num">{each.budget} tokens</td>
                <td>{each.filter ? "on" : "off"}</td>
                <td>mean of {each.seeds}</td>
                <td className="num">{percent(each.score.trained)}</td>
                <td className="num">{percent(each.score.doubled)}</td>
                <td className="num">{percent(each.truncated.trained)}</td>
                <td className="num">{each.responseTokens.toFixed(0)} tokens</td>
                <td className="num">{each.turnedRight === null ? "none went on" : percent(each.turnedRight)}</td>
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

function turnedText({ truncated, continued, turnedRight }: Extension): string {
  if (truncated === 0) return "none were cut";
  return turnedRight === null ? `none of ${count(truncated)} goes on there` : `${percentInterval(turnedRight)} of ${count(continued)}`;
}

function effectText({ bySeed, overSeeds, answer }: FilterEffect): string {
  const word = answer === "not distinguishable" ? ", not distinguishable" : "";
  if (!overSeeds) return `${points(bySeed[0].difference)} ${interval(bySeed[0].difference, 100, 1)}${word}`;
  const { mean, low, high } = overSeeds;
  return `${signed(100 * mean, 1)}${low === null || high === null ? "" : ` ${interval({ low, high }, 100, 1)}`}${word}`;
}
