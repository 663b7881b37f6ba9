// The data ladder's regression: points a doubling and points a standard deviation in tables of their own, the latter beside the
// paper's, whose coefficients are of that form.
import { interceptAt, type PaperValue, type Regression, type RegressionTerm } from "../../contract/index.ts";
import { fixed, plural, table } from "../text.ts";

type Ends = { low: number | null; high: number | null } | null | undefined;

const coefficient = (term: RegressionTerm | null): string => (term === null ? "not varied" : fixed(term.value, 2));
const ends = (of: Ends): string => (of && of.low !== null && of.high !== null ? `[${fixed(of.low, 2)}, ${fixed(of.high, 2)}]` : "");

export function regressionSections(regression: Regression, published: readonly PaperValue[]): string[] {
  const { raw, standardised, rSquared, degreesOfFreedom, logCorrelation, varianceInflation, overSeeds, whatNext, notes } = regression;
  const paper = (key: string): number | null => published.find((value) => value.key === `regression.${key}`)?.value ?? null;
  const [fit, freedom, points] = [paper("rSquared"), paper("degreesOfFreedom"), paper("points")];
  const bootstrap = `Over problems${regression.bootstrap.seeds === "one" ? "" : " and seeds"}`;
  const row = (name: string, term: RegressionTerm | null) => [name, coefficient(term), ends(term), ends(term?.bootstrap)];
  const doubling = [
    ["Regression", "Points a doubling", "95 % by the fit", bootstrap, "Over seeds"],
    [...row("a, log₂ prompts", raw.prompts), ends(overSeeds?.prompts)],
    [...row("b, log₂ responses", raw.responses), ends(overSeeds?.responses)],
    [...row(`c, at ${interceptAt(regression)}`, raw.intercept), ""],
  ];
  const inPaper = points === null ? "" : `The paper, points a standard deviation, ${points} points`;
  const deviation = [
    ["Standardised", "Points a standard deviation", "95 % by the fit", bootstrap, inPaper],
    [...row("a, log₂ prompts", standardised.prompts), paperCoefficient(paper("prompts"))],
    [...row("b, log₂ responses", standardised.responses), paperCoefficient(paper("responses"))],
    [
      ...row(regression.axes.length === 2 ? "c, at the mean of both logs" : "c, at the mean of the log", standardised.intercept),
      inPaper && "not printed",
    ],
  ];
  const beside = fit === null || freedom === null ? "" : ` (the paper: ${fixed(fit, 3)} on ${freedom})`;
  const lines = [
    `R² ${number(rSquared, 3, "undefined")} on ${plural(degreesOfFreedom, "degree")} of freedom${beside}; correlation of the two logs ${number(logCorrelation, 2, "none")}, VIF ${number(varianceInflation, 2, "none")}.`,
    ...(whatNext ? [whatNext.sentence] : []),
    ...notes,
  ];
  return [
    table(overSeeds === null ? doubling.map((cells) => cells.slice(0, -1)) : doubling),
    table(deviation),
    `${lines.join("\n")}\n`,
    leftOut(regression),
  ];
}

const number = (value: number | null, digits: number, absent: string): string => (value === null ? absent : fixed(value, digits));
const paperCoefficient = (value: number | null): string => (value === null ? "" : fixed(value, 3));

function leftOut({ leaveOneOut: { cells, rootMeanSquareError }, points }: Regression): string {
  const rows = cells.map(({ cell, prompts, responses, predicted, error }) => [
    cell,
    number(prompts, 2, ""),
    number(responses, 2, ""),
    number(points.find((point) => point.cell === cell)?.score ?? null, 1, ""),
    number(predicted, 1, "not determined"),
    number(error, 1, ""),
  ]);
  const within = number(rootMeanSquareError, 1, "an unknown number of");
  return `${table([["Cell left out", "a without it", "b without it", "Measured, points", "Predicted", "Measured − predicted"], ...rows])}Left out one by one, cells are predicted within ${within} points (root mean square).\n`;
}
