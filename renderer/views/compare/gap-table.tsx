// The gap before and after RL of every pair of starts, in points and in log-odds, with its change: over all problems and for each
// source, which may go another way; of one seed, or over seeds.
import type { GapDirection } from "../../../main/contract/comparison.ts";
import type { PairOfStarts, StartsReport } from "../../../main/contract/starts.ts";
import { gapLeft } from "../../charts/comparison-figures.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { interval, points, type Spread, signed } from "../../components/format.ts";
import { ScrollTable } from "../../components/scroll-table.tsx";
import { StartName } from "../../components/start-swatch.tsx";
import { Term } from "../../components/term.tsx";

type Way = Record<"before" | "after" | "change", Spread>;

/** The gap on a scale, over seeds where there are several. */
function wayOf({ bySeed, overSeeds }: PairOfStarts, scale: "points" | "logOdds"): Way {
  const [{ gap }] = bySeed;
  if (overSeeds === null) return scale === "points" ? gap : gap.logOdds;
  const { before, after, change } = overSeeds[scale];
  const spread = ({ mean, low, high }: typeof before): Spread => ({ value: mean, low: low ?? mean, high: high ?? mean });
  return { before: spread(before), after: spread(after), change: spread(change) };
}

/** Near 0 % and 100 % these lean to one side, so their ends are said. */
const odds = (of: Spread): string => `${signed(of.value, 2)} ${interval(of, 1, 2)}`;

const ordered = ({ order: { kept, flipped, tied } }: PairOfStarts): string => `${kept} of ${kept + flipped + tied}`;

export function GapTable({ report, styles }: { report: StartsReport; styles: Map<string, StartStyle> }) {
  const several = report.seeds.length > 1;
  return (
    <ScrollTable label="The gap between starts">
      <table className="table" aria-label="The gap between starts">
        <thead>
          <tr>
            <th scope="col">Problems</th>
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
            <th scope="col">The gap</th>
            <th scope="col" className="num">
              Left of it
            </th>
            <th scope="col">Order kept{several && ", seeds"}</th>
          </tr>
        </thead>
        <tbody>
          {report.scopes.flatMap(({ source, problems, pairs }) =>
            pairs.flatMap((pair) => {
              const name = `${pair.strong} − ${pair.weak}`;
              const where = source ?? "all";
              const inPoints = wayOf(pair, "points");
              const inOdds = wayOf(pair, "logOdds");
              return [
                <tr key={`${where} ${name} points`} className="group-start">
                  <th scope="row">
                    {where} <span className="dim">({problems})</span>
                  </th>
                  <td>
                    <span className="row">
                      <StartName name={pair.strong} style={styles.get(pair.strong)} />−{" "}
                      <StartName name={pair.weak} style={styles.get(pair.weak)} />
                    </span>
                  </td>
                  <td>points</td>
                  <td className="num">{points(inPoints.before)}</td>
                  <td className="num">{points(inPoints.after)}</td>
                  <td className="num">{points(inPoints.change)}</td>
                  <td className="num">{interval(inPoints.change, 100, 1)}</td>
                  <td>
                    <Direction of={pair.direction.points} />
                  </td>
                  <td className="num">{gapLeft(pair.narrowingRatio)}</td>
                  <td className="tabular">{ordered(pair)}</td>
                </tr>,
                <tr key={`${where} ${name} log-odds`}>
                  <th scope="row">
                    <span className="sr-only">{where}</span>
                  </th>
                  <td>
                    <span className="sr-only">{name}</span>
                  </td>
                  <td>
                    <Term name="log-odds" />
                  </td>
                  <td className="num">{odds(inOdds.before)}</td>
                  <td className="num">{odds(inOdds.after)}</td>
                  <td className="num">{signed(inOdds.change.value, 2)}</td>
                  <td className="num">{interval(inOdds.change, 1, 2)}</td>
                  <td>
                    <Direction of={pair.direction.logOdds} />
                  </td>
                  <td />
                  <td />
                </tr>,
              ];
            }),
          )}
        </tbody>
      </table>
    </ScrollTable>
  );
}

/** A gap that grew goes against the paper's claim, so it stands out. */
function Direction({ of }: { of: GapDirection }) {
  return of === "grew" || of === "reversed" ? <strong>{of}</strong> : of === "narrowed" ? of : <span className="dim">{of}</span>;
}
