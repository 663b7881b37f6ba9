// The data ladder's regression: points a doubling and points a standard deviation side by side, never mixed, with what to make of them.
import { interceptAt, type Regression, type RegressionTerm } from "../../../main/contract/regression.ts";
import { usePublished } from "../../client/result-queries.ts";
import { fixed, interval, percent, signed } from "../../components/format.ts";
import { HeadRow } from "../../components/head-row.tsx";
import { ScrollTable } from "../../components/scroll-table.tsx";

const term = (each: RegressionTerm | null): string => (each === null ? "not varied" : signed(each.value, 2));
const ends = (each: { low: number; high: number } | null | undefined): string => (each ? interval(each, 1, 2) : "");

const paperCoefficient = (value: number | null): string => (value === null ? "" : `${signed(value, 3)} a standard deviation`);

export function RegressionPanel({ regression }: { regression: Regression }) {
  const {
    raw,
    standardised,
    rSquared,
    degreesOfFreedom,
    logCorrelation,
    varianceInflation,
    leaveOneOut,
    overSeeds,
    whatNext,
    notes,
    points,
    bootstrap,
  } = regression;
  const values = usePublished(true).data ?? [];
  const published = (key: string): number | null => values.find((value) => value.key === `regression.${key}`)?.value ?? null;
  const [paperFit, paperFreedom, paperPoints] = [published("rSquared"), published("degreesOfFreedom"), published("points")];
  const drawn = bootstrap.seeds === "one" ? "over problems" : "over problems and seeds";
  const seeds = (axis: "prompts" | "responses") => {
    const over = overSeeds?.[axis];
    return over && over.low !== null && over.high !== null ? interval({ low: over.low, high: over.high }, 1, 2) : "one seed";
  };
  return (
    <section className="section" aria-labelledby="regression-title">
      <div className="section-head">
        <h2 id="regression-title">Regression</h2>
        <p>score = a · log₂ prompts + b · log₂ responses + c, by least squares over the cells.</p>
      </div>
      <ScrollTable label="Regression">
        <table className="table" aria-label="Regression">
          <thead>
            <tr>
              <th scope="col">Coefficient</th>
              <th scope="col" className="num">
                Points a doubling
              </th>
              <th scope="col" className="num">
                by the fit
              </th>
              <th scope="col" className="num">
                {drawn}
              </th>
              <th scope="col" className="num">
                over seeds
              </th>
              <th scope="col" className="num">
                Points a standard deviation
              </th>
              <th scope="col" className="num">
                by the fit
              </th>
              <th scope="col" className="num">
                {drawn}
              </th>
              <th scope="col" className="num">
                The paper{paperPoints !== null && `, ${paperPoints} points`}
              </th>
            </tr>
          </thead>
          <tbody>
            {(["prompts", "responses"] as const).map((axis) => (
              <tr key={axis}>
                <th scope="row">{axis === "prompts" ? "a, prompts" : "b, responses"}</th>
                <td className="num">{term(raw[axis])}</td>
                <td className="num">{ends(raw[axis])}</td>
                <td className="num">{ends(raw[axis]?.bootstrap)}</td>
                <td className="num">{seeds(axis)}</td>
                <td className="num">{term(standardised[axis])}</td>
                <td className="num">{ends(standardised[axis])}</td>
                <td className="num">{ends(standardised[axis]?.bootstrap)}</td>
                <td className="num">{paperCoefficient(published(axis))}</td>
              </tr>
            ))}
            <tr>
              <th scope="row">c</th>
              <td className="num">
                {term(raw.intercept)} points at {interceptAt(regression)}
              </td>
              <td className="num">{ends(raw.intercept)}</td>
              <td className="num">{ends(raw.intercept.bootstrap)}</td>
              <td />
              <td className="num">{term(standardised.intercept)} points at the mean</td>
              <td className="num">{ends(standardised.intercept)}</td>
              <td className="num">{ends(standardised.intercept.bootstrap)}</td>
              <td className="num">not printed</td>
            </tr>
          </tbody>
        </table>
      </ScrollTable>
      <p className="tabular">
        R² {rSquared === null ? "undefined" : fixed(rSquared, 3)} on {degreesOfFreedom} {degreesOfFreedom === 1 ? "degree" : "degrees"} of
        freedom{paperFit !== null && paperFreedom !== null && ` (the paper: ${fixed(paperFit, 3)} on ${paperFreedom})`}. Correlation of the
        two logs {logCorrelation === null ? "none" : fixed(logCorrelation, 2)}, VIF{" "}
        {varianceInflation === null ? "none" : fixed(varianceInflation, 2)}. Left out one by one, cells are predicted within{" "}
        {leaveOneOut.rootMeanSquareError === null ? "an unknown number of" : fixed(leaveOneOut.rootMeanSquareError, 1)} points (root mean
        square)
        {whatNext && `; a doubling of prompts brings more in ${percent(whatNext.promptsAhead, 0)} of bootstrap draws`}.
      </p>
      {notes.map((note) => (
        <p key={note} className="dim">
          {note}
        </p>
      ))}
      <ScrollTable label="Left out one by one">
        <table className="table" aria-label="Left out one by one">
          <HeadRow
            labels={[
              "Without the cell",
              "Its score",
              "as the others predict it",
              "Measured − predicted, points",
              "a, points a doubling",
              "b",
            ]}
          />
          <tbody>
            {leaveOneOut.cells.map(({ cell, prompts, responses, predicted, error }) => {
              const measured = points.find((point) => point.cell === cell);
              return (
                <tr key={cell}>
                  <th scope="row">{cell}</th>
                  <td className="num">{measured && percent(measured.score / 100)}</td>
                  <td className="num">{predicted === null ? "not determined" : percent(predicted / 100)}</td>
                  <td className="num">{error === null ? "" : signed(error, 1)}</td>
                  <td className="num">{prompts === null ? "" : signed(prompts, 2)}</td>
                  <td className="num">{responses === null ? "" : signed(responses, 2)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollTable>
    </section>
  );
}
