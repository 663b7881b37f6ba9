// The scores of a result in numbers: each arm at each point, of one seed or the mean of several, with what its responses were.
import type { ArmEvaluation, StudyResult } from "../../../main/contract/study-result.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { overAt, scoreRows, within } from "../../charts/result-figures.ts";
import { fixed, percent, percentInterval, sampleSize } from "../../components/format.ts";
import { inspect } from "../../components/inspector/select.ts";
import { ScrollTable } from "../../components/scroll-table.tsx";
import { StartName } from "../../components/start-swatch.tsx";
import { Term } from "../../components/term.tsx";

export function ArmScores({ result, styles }: { result: StudyResult; styles: Map<string, StartStyle> }) {
  const rows = scoreRows(result);
  const several = result.seeds.length > 1;
  const alone = result.recipe.kind === "evaluation";
  const most = Math.max(1, ...rows.flatMap(({ own }) => own.flatMap(({ evaluation }) => evaluation.passAtK.map(({ k }) => k))));
  return (
    <ScrollTable label="Scores in numbers">
      <table className="table" aria-label="Scores in numbers">
        <thead>
          <tr>
            <th scope="col">{alone ? "Checkpoint" : "Arm"}</th>
            {!alone && <th scope="col">At</th>}
            <th scope="col" className="num">
              <Term name="pass@1" /> and 95 % interval
            </th>
            <th scope="col" className="num">
              {several ? "Seeds" : "Problems × samples"}
            </th>
            {most > 1 && (
              <th scope="col" className="num">
                pass@{most}
              </th>
            )}
            <th scope="col" className="num">
              <Term name="truncated">Truncated</Term>
            </th>
            <th scope="col" className="num">
              Unparseable
            </th>
            <th scope="col" className="num">
              Length, tokens
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ arm, at, label, own }) => {
            const mean = (of: (evaluation: ArmEvaluation) => number) =>
              own.reduce((sum, { evaluation }) => sum + of(evaluation), 0) / own.length;
            const [{ evaluation }] = own;
            const atMost = own.map((each) => each.evaluation.passAtK.find(({ k }) => k === most)?.value);
            return (
              <tr key={label}>
                <th scope="row">
                  <StartName name={arm.name} style={styles.get(arm.name)} />
                </th>
                {!alone && <td>{at}</td>}
                <td className="num">
                  {several ? (
                    overSeeds(overAt(arm, evaluation))
                  ) : (
                    <button
                      type="button"
                      className="linklike"
                      title={`Samples of ${label}`}
                      onClick={() => inspect({ kind: "samples", evaluationId: evaluation.evaluationId })}
                    >
                      {percentInterval(evaluation.score)}
                    </button>
                  )}
                </td>
                <td className="num">{several ? own.length : sampleSize(evaluation.score).replace("n = ", "")}</td>
                {most > 1 && (
                  <td className="num">
                    {atMost.every((each) => each !== undefined) && percent(atMost.reduce((sum, each) => sum + each, 0) / own.length)}
                  </td>
                )}
                <td className="num">{percent(mean(({ truncated }) => truncated))}</td>
                <td className="num">{percent(mean(({ unparseable }) => unparseable))}</td>
                <td className="num">
                  {fixed(
                    mean(({ responseTokens }) => responseTokens),
                    1,
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollTable>
  );
}

function overSeeds({ mean, low, high }: ReturnType<typeof overAt>): string {
  const [from, to] = [within(low), within(high)];
  return from === null || to === null ? `${percent(mean)}, one seed` : `${percent(mean)} [${fixed(100 * from, 1)}, ${fixed(100 * to, 1)}]`;
}
