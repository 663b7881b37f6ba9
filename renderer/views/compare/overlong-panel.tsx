// The over-long laboratory: the filter on and off at each budget, tested at the training budget and at twice it.
import type { FilterEffect, OverlongArm } from "../../../main/contract/overlong.ts";
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
  const { arms, effects, interactions } = report.data;
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
                <td className="num">
                  {extension.turnedRight === null
                    ? "none were cut"
                    : `${percentInterval(extension.turnedRight)} of ${count(extension.continued)}`}
                </td>
              </tr>
            ))}
            {meansOf(arms).map((each) => (
              <tr key={`${each.budget} ${each.filter}`} className="group-start">
                <td className="num">{each.budget} tokens</td>
                <td>{each.filter ? "on" : "off"}</td>
                <td>mean of {each.seeds}</td>
                <td className="num">{percent(each.trained)}</td>
                <td className="num">{percent(each.doubled)}</td>
                <td className="num">{percent(each.truncated)}</td>
                <td className="num">{each.tokens.toFixed(0)} tokens</td>
                <td className="num">{each.turnedRight === null ? "none were cut" : percent(each.turnedRight)}</td>
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

/** One a budget and filter, where there are several seeds. */
function meansOf(arms: readonly OverlongArm[]) {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const forks = new Map<string, OverlongArm[]>();
  for (const arm of arms) forks.set(`${arm.budget} ${arm.filter}`, [...(forks.get(`${arm.budget} ${arm.filter}`) ?? []), arm]);
  return [...forks.values()].flatMap((own) => {
    if (own.length < 2) return [];
    const turned = own.flatMap(({ extension }) => extension.turnedRight?.value ?? []);
    return [
      {
        budget: own[0].budget,
        filter: own[0].filter,
        seeds: own.length,
        trained: mean(own.map(({ score }) => score.trained.value)),
        doubled: mean(own.map(({ score }) => score.doubled.value)),
        truncated: mean(own.map(({ truncated }) => truncated.trained.value)),
        tokens: mean(own.map(({ responseTokens }) => responseTokens.trained)),
        turnedRight: turned.length === 0 ? null : mean(turned),
      },
    ];
  });
}

function effectText({ bySeed, overSeeds, answer }: FilterEffect): string {
  const word = answer === "not distinguishable" ? ", not distinguishable" : "";
  if (!overSeeds) return `${points(bySeed[0].difference)} ${interval(bySeed[0].difference, 100, 1)}${word}`;
  const { mean, low, high } = overSeeds;
  return `${signed(100 * mean, 1)}${low === null || high === null ? "" : ` ${interval({ low, high }, 100, 1)}`}${word}`;
}
