// Every problem of an evaluation with its solve rate: the histogram chooses, the table lists, a row opens its samples.
import { Button, Select } from "@mantine/core";
import { useMemo } from "react";
import type { BenchmarkEvaluation, ProblemResult } from "../../../main/contract/api.ts";
import { brushedRates, inRange, type RateRange, solveRateFigure } from "../../charts/evaluation-figures.ts";
import { Plot } from "../../charts/plot.tsx";
import { useEvaluationProblems } from "../../client/evaluation-queries.ts";
import { setQuery, useQueryEntry } from "../../client/location.ts";
import { readSelection, selectionKey } from "../../client/selection.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { oneLine, percent, plural } from "../../components/format.ts";
import { inspect } from "../../components/inspector/select.ts";
import { Loading } from "../../components/late.tsx";
import { matches } from "../../components/palette-match.ts";
import { SearchBox } from "../../components/search-box.tsx";
import { compareValues, useSort } from "../../components/sort.ts";
import { Term } from "../../components/term.tsx";
import { VerdictBar } from "../../components/verdict-counts.tsx";
import { type Column, VirtualGrid } from "../../components/virtual-grid.tsx";

export function ProblemResults({ evaluation }: { evaluation: BenchmarkEvaluation }) {
  const problems = useEvaluationProblems(evaluation.id);
  if (problems.error !== null)
    return <ErrorPanel error={problems.error} where="evaluations.problems" onRetry={() => void problems.refetch()} />;
  if (problems.data === undefined) return <Loading what="its problems" />;
  return <Results evaluationId={evaluation.id} problems={problems.data} />;
}

const sortable = ["id", "source", "solveRate"] as const;
type SortKey = (typeof sortable)[number];

const sortValue: Record<SortKey, (problem: ProblemResult) => string | number> = {
  id: (p) => p.problemId,
  source: (p) => p.source,
  solveRate: (p) => p.solveRate,
};

/** `low-high` in the link. */
function readRange(text: string | null): RateRange | null {
  const [low, high] = (text ?? "").split("-").map(Number);
  return text !== null && Number.isFinite(low) && Number.isFinite(high) && low <= high ? { low, high } : null;
}

function Results({ evaluationId, problems }: { evaluationId: string; problems: ProblemResult[] }) {
  const [search] = useQueryEntry("q");
  const [source] = useQueryEntry("source");
  const [rateEntry] = useQueryEntry("rate");
  const [selected] = useQueryEntry(selectionKey);
  const selection = readSelection(selected);
  const range = useMemo(() => readRange(rateEntry), [rateEntry]);
  const sort = useSort<SortKey>(sortable, "id");
  const figure = useMemo(() => solveRateFigure(problems, range), [problems, range]);
  const shown = problems
    .filter(
      (p) => (source === null || p.source === source) && inRange(p.solveRate, range) && matches(`${p.problemId} ${p.prompt}`, search ?? ""),
    )
    .sort((a, b) => compareValues(sortValue[sort.by](a), sortValue[sort.by](b), sort.descending));
  const sources = [...new Set(problems.map((p) => p.source))];
  const choose = (chosen: RateRange | null) =>
    setQuery({ rate: chosen === null ? null : `${chosen.low}-${chosen.high}` }, { replace: true });
  const columns: Column<ProblemResult>[] = [
    { key: "id", label: "Problem", width: "130px", sort: sort.head("id"), render: (p) => p.problemId },
    { key: "prompt", label: "Prompt", width: "minmax(140px, 1fr)", mono: true, render: (p) => oneLine(p.prompt) },
    { key: "source", label: "Source", width: "90px", sort: sort.head("source"), render: (p) => <span className="dim">{p.source}</span> },
    { key: "verdicts", label: "Verdicts", width: "90px", render: (p) => <VerdictBar counts={p.verdicts} /> },
    { key: "right", label: "Right", width: "52px", numeric: true, render: (p) => `${p.verdicts.right ?? 0} of ${p.samples}` },
    {
      key: "solveRate",
      label: <Term name="solve rate">Solve rate</Term>,
      width: "72px",
      numeric: true,
      sort: sort.head("solveRate"),
      render: (p) => percent(p.solveRate, 0),
    },
  ];
  return (
    <section className="section plots" aria-labelledby="problems-title">
      <div className="section-head">
        <h2 id="problems-title">Problems</h2>
        <p>A row opens its samples, each with its verdict and reason.</p>
      </div>
      <div className="problem-results">
        <Plot figure={figure} height={240} onBrush={(brushed) => choose(brushed === null ? null : brushedRates(problems, brushed))} />
        <div className="problem-table">
          <div className="toolbar">
            <SearchBox label="Search problems" />
            {sources.length > 1 && (
              <Select
                aria-label="Source"
                placeholder="All sources"
                clearable
                w={130}
                value={source}
                onChange={(value) => setQuery({ source: value })}
                data={sources}
              />
            )}
            {range !== null && (
              <Button variant="default" size="compact-sm" onClick={() => choose(null)}>
                Solve rate {percent(range.low, 0)} to {percent(range.high, 0)}: show all
              </Button>
            )}
          </div>
          <VirtualGrid
            label="Problems of the evaluation"
            resetKey={`${evaluationId} ${search} ${source} ${rateEntry} ${sort.by} ${sort.descending}`}
            total={shown.length}
            row={(index) => shown[index]}
            onOpen={(p) =>
              inspect(
                { kind: "problem-samples", evaluationId, problemId: p.problemId, sampleIndex: 0 },
                { replace: selection?.kind === "problem-samples" },
              )
            }
            isOpen={(p) => selection?.kind === "problem-samples" && selection.problemId === p.problemId}
            follow={selection?.kind === "problem-samples"}
            foot={shown.length === 0 ? "No problem matches these filters." : plural(shown.length, "problem")}
            columns={columns}
          />
        </div>
      </div>
    </section>
  );
}
