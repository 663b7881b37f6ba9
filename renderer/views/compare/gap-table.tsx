// The gap before and after RL, in points and in log-odds, with its change.
import type { GapComparison } from "../../../main/contract/comparison.ts";
import { gapLeft } from "../../charts/comparison-figures.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { distinguishable, interval, logOdds, points } from "../../components/format.ts";
import { StartName } from "../../components/start-swatch.tsx";
import { Term } from "../../components/term.tsx";

export function GapTable({ gaps, styles }: { gaps: GapComparison[]; styles: Map<string, StartStyle> }) {
  return (
    <div className="table-wrap">
      <table className="table" aria-label="The gap between starts">
        <thead>
          <tr>
            <th scope="col">Pair</th>
            <th scope="col">Scale</th>
            <th scope="col" className="num">
              <Term name="gap">Gap</Term> before RL
            </th>
            <th scope="col" className="num">
              Gap after RL
            </th>
            <th scope="col" className="num">
              Change
            </th>
            <th scope="col" className="num">
              <Term name="interval">95 % interval</Term>
            </th>
            <th scope="col">Reading</th>
          </tr>
        </thead>
        <tbody>
          {gaps.map((gap) => {
            const reading = (change: GapComparison["change"]) =>
              distinguishable(change) ? (change.value < 0 ? "narrowed" : "widened") : "not distinguishable";
            return [
              <tr key={`${gap.weak} ${gap.strong} points`} className="group-start">
                <th scope="row">
                  <span className="row">
                    <StartName name={gap.strong} style={styles.get(gap.strong)} />−{" "}
                    <StartName name={gap.weak} style={styles.get(gap.weak)} />
                  </span>
                </th>
                <td>points</td>
                <td className="num">{points(gap.before)}</td>
                <td className="num">{points(gap.after)}</td>
                <td className="num">{points(gap.change)}</td>
                <td className="num">{interval(gap.change, 100, 1)}</td>
                <td>
                  {reading(gap.change)}
                  <span className="dim">{gapLeft(gap)}</span>
                </td>
              </tr>,
              <tr key={`${gap.weak} ${gap.strong} log-odds`}>
                <th scope="row">
                  <span className="sr-only">
                    {gap.strong} − {gap.weak}
                  </span>
                </th>
                <td>
                  <Term name="log-odds" />
                </td>
                <td className="num">{logOdds(gap.logOdds.before)}</td>
                <td className="num">{logOdds(gap.logOdds.after)}</td>
                <td className="num">{logOdds(gap.logOdds.change)}</td>
                <td className="num">{interval(gap.logOdds.change, 1, 2)}</td>
                <td>{reading(gap.logOdds.change)}</td>
              </tr>,
            ];
          })}
        </tbody>
      </table>
    </div>
  );
}
