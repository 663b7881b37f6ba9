// Two evaluations of the same problems side by side: both scores, the paired difference, and the problems that differ.
import { Button } from "@mantine/core";
import { useMemo } from "react";
import { Link } from "wouter";
import type { BenchmarkEvaluation, EvaluationComparison } from "../../../main/contract/api.ts";
import { isInCell, type PairedRate, type Side, solveScatterFigure } from "../../charts/evaluation-figures.ts";
import { Plot } from "../../charts/plot.tsx";
import { useBenchmarkEvaluations, useBenchmarks, useEvaluationComparison, useEvaluationProblems } from "../../client/evaluation-queries.ts";
import { setQuery, useQueryEntry } from "../../client/location.ts";
import { readSelection, selectionKey } from "../../client/selection.ts";
import { useCheckpointStyles } from "../../components/checkpoint-name.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { evaluationOf, problemsName, sideNames } from "../../components/evaluation-score.ts";
import { count, distinguishable, interval, oneLine, percent, percentWithN, plural, points, signed } from "../../components/format.ts";
import { inspect } from "../../components/inspector/select.ts";
import { Loading } from "../../components/late.tsx";
import { matches } from "../../components/palette-match.ts";
import { SearchBox } from "../../components/search-box.tsx";
import { StartName } from "../../components/start-swatch.tsx";
import { Term } from "../../components/term.tsx";
import { type Column, VirtualGrid } from "../../components/virtual-grid.tsx";

export function PairView({ before, after }: { before: string; after: string }) {
  const evaluations = useBenchmarkEvaluations();
  const comparison = useEvaluationComparison(before, after);
  if (evaluations.error !== null)
    return <ErrorPanel error={evaluations.error} where="evaluations.list" onRetry={() => void evaluations.refetch()} />;
  if (evaluations.data === undefined) return <Loading what="the evaluations" />;
  const first = evaluationOf(evaluations.data, before);
  const second = evaluationOf(evaluations.data, after);
  if (first === undefined || second === undefined)
    return (
      <p className="section">
        One of these evaluations is not there. <Link href="/evaluations">All evaluations</Link>
      </p>
    );
  if (comparison.error !== null)
    return <ErrorPanel error={comparison.error} where="evaluations.compare" onRetry={() => void comparison.refetch()} />;
  if (comparison.data === undefined) return <Loading what="both evaluations" />;
  return <Pair first={first} second={second} comparison={comparison.data} />;
}

/** Hues of their own where both are one checkpoint. */
function useSides(first: BenchmarkEvaluation, second: BenchmarkEvaluation): [Side, Side] {
  const styles = useCheckpointStyles();
  const [a, b] = sideNames(first, second);
  const style = styles.get(first.checkpoint);
  const other = styles.get(second.checkpoint);
  const same = first.checkpoint === second.checkpoint;
  return [
    { name: a, style },
    { name: b, style: same && other !== undefined ? { ...other, dash: other.dash + 1 } : other },
  ];
}

interface PairProps {
  first: BenchmarkEvaluation;
  second: BenchmarkEvaluation;
  comparison: EvaluationComparison;
}

function Pair({ first, second, comparison }: PairProps) {
  const benchmarks = useBenchmarks();
  const [a, b] = useSides(first, second);
  const { difference } = comparison;
  const differs = distinguishable(difference);
  return (
    <div className="view" data-testid="pair">
      <header className="view-head">
        <h1>{problemsName(first, benchmarks.data ?? [])}: two evaluations side by side</h1>
        <span className="push">
          <Link href={`/evaluations/${second.id}/beside/${first.id}`}>Swap</Link>
        </span>
      </header>
      <section className="section" aria-label="Finding">
        <p className="headline tabular">
          {differs
            ? `${b.name} scores ${points(difference)} points ${difference.value > 0 ? "above" : "below"} ${a.name}.`
            : `${b.name} and ${a.name} are not distinguishable: ${points(difference)} points.`}
        </p>
        {comparison.cautions.length > 0 && (
          <ul className="cautions" aria-label="Cautions">
            {comparison.cautions.map((caution) => (
              <li key={caution}>{caution}</li>
            ))}
          </ul>
        )}
      </section>
      <section className="section" aria-labelledby="scores-title">
        <h2 id="scores-title" className="sr-only">
          Scores
        </h2>
        <div className="beside">
          <table className="table" aria-label="Scores of both">
            <thead>
              <tr>
                <th scope="col">Evaluation</th>
                <th scope="col" className="num">
                  Score
                </th>
                <th scope="col">
                  <span className="sr-only">Reading</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {(
                [
                  [first, a, comparison.before],
                  [second, b, comparison.after],
                ] as const
              ).map(([evaluation, side, score]) => (
                <tr key={evaluation.id}>
                  <th scope="row">
                    <Link href={`/evaluations/${evaluation.id}`}>
                      <StartName name={side.name} style={side.style} />
                    </Link>
                  </th>
                  <td className="num">{percentWithN(score)}</td>
                  <td />
                </tr>
              ))}
              <tr className="group-start" data-testid="difference">
                <th scope="row">
                  <Term name="paired difference">Paired difference</Term> in points
                </th>
                <td className="num">
                  {points(difference)} {interval(difference, 100, 1)}
                </td>
                <td className={differs ? undefined : "dim"}>{differs ? "distinguishable" : "not distinguishable"}</td>
              </tr>
            </tbody>
          </table>
          <Scatter first={first} second={second} sides={[a, b]} comparison={comparison} />
        </div>
      </section>
      <Differing first={first} second={second} sides={[a, b]} comparison={comparison} />
    </div>
  );
}

type PartProps = PairProps & { sides: [Side, Side] };

function Scatter({ first, second, sides, comparison }: PartProps) {
  const before = useEvaluationProblems(first.id);
  const after = useEvaluationProblems(second.id);
  const [a, b] = sides;
  // biome-ignore lint/correctness/useExhaustiveDependencies: sides are made anew each time, from names and styles
  const figure = useMemo(() => {
    const rateAfter = new Map((after.data ?? []).map((p) => [p.problemId, p.solveRate]));
    const rates = (before.data ?? []).flatMap((p): PairedRate[] => {
      const rate = rateAfter.get(p.problemId);
      return rate === undefined ? [] : [{ before: p.solveRate, after: rate }];
    });
    return solveScatterFigure(rates, comparison, a, b);
  }, [before.data, after.data, comparison, a.name, b.name, a.style, b.style]);
  const error = before.error ?? after.error;
  if (error !== null) return <ErrorPanel error={error} where="evaluations.problems" />;
  return <Plot figure={figure} height={360} onPoint={(cell) => setQuery({ cell })} empty="Reading the problems of both." />;
}

type Differs = EvaluationComparison["problems"][number];

function Differing({ first, second, sides, comparison }: PartProps) {
  const [search] = useQueryEntry("q");
  const [cell] = useQueryEntry("cell");
  const [selected] = useQueryEntry(selectionKey);
  const selection = readSelection(selected);
  const shown = comparison.problems.filter((p) => isInCell(p, cell) && matches(`${p.problemId} ${p.prompt} ${p.source}`, search ?? ""));
  const [a, b] = sides;
  const columns: Column<Differs>[] = [
    { key: "id", label: "Problem", width: "130px", render: (p) => p.problemId },
    { key: "prompt", label: "Prompt", width: "minmax(140px, 1fr)", mono: true, render: (p) => oneLine(p.prompt) },
    { key: "source", label: "Source", width: "90px", render: (p) => <span className="dim">{p.source}</span> },
    { key: "before", label: <span title={a.name}>{a.name}</span>, width: "96px", numeric: true, render: (p) => percent(p.before, 0) },
    { key: "after", label: <span title={b.name}>{b.name}</span>, width: "96px", numeric: true, render: (p) => percent(p.after, 0) },
    { key: "difference", label: "Difference", width: "72px", numeric: true, render: (p) => signed((p.after - p.before) * 100, 0) },
  ];
  return (
    <section className="section" aria-labelledby="differing-title">
      <div className="section-head">
        <h2 id="differing-title">Problems that differ</h2>
        <p>
          {comparison.problems.length === 0
            ? "None: every problem is solved equally often by both."
            : `${count(comparison.problems.length)} of ${count(comparison.difference.problems)}, the largest difference first. With ${plural(comparison.difference.samplesPerProblem, "sample")} a problem, many differ by chance alone.`}
        </p>
      </div>
      {comparison.problems.length > 0 && (
        <div className="problem-table">
          <div className="toolbar">
            <SearchBox label="Search problems" />
            {cell !== null && (
              <Button variant="default" size="compact-sm" onClick={() => setQuery({ cell: null })}>
                One mark of the plot: show all
              </Button>
            )}
          </div>
          <VirtualGrid
            label="Problems that differ"
            resetKey={`${first.id} ${second.id} ${search} ${cell}`}
            total={shown.length}
            row={(index) => shown[index]}
            onOpen={(p) =>
              inspect({ kind: "pair", before: first.id, after: second.id, problemId: p.problemId }, { replace: selection?.kind === "pair" })
            }
            isOpen={(p) => selection?.kind === "pair" && selection.problemId === p.problemId}
            follow={selection?.kind === "pair"}
            foot={shown.length === 0 ? "No problem matches these filters." : plural(shown.length, "problem")}
            columns={columns}
          />
        </div>
      )}
    </section>
  );
}
