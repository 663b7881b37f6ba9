// Every evaluation of a checkpoint on a benchmark, and those that run. Two that are ticked can be put side by side.
import { Button, Checkbox, Select } from "@mantine/core";
import { Link } from "wouter";
import type { BenchmarkEvaluation } from "../../../main/contract/api.ts";
import type { Benchmark } from "../../../main/contract/benchmark.ts";
import { useBenchmarkEvaluations, useBenchmarks } from "../../client/evaluation-queries.ts";
import { navigate, setQuery, useQueryEntry } from "../../client/location.ts";
import { useStudies } from "../../client/queries.ts";
import { CheckpointName, useCheckpointStyles } from "../../components/checkpoint-name.tsx";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { newestOfEachStudy, problemsName, scoreOf } from "../../components/evaluation-score.ts";
import { count, fixed, moment, percent, percentInterval, plural } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import { matches } from "../../components/palette-match.ts";
import { RunningStudy } from "../../components/running-study.tsx";
import { SearchBox } from "../../components/search-box.tsx";
import { compareValues, useSort } from "../../components/sort.ts";
import { Term } from "../../components/term.tsx";
import { totalOf, VerdictBar } from "../../components/verdict-counts.tsx";
import { type Column, VirtualGrid } from "../../components/virtual-grid.tsx";

export function EvaluationsView() {
  const evaluations = useBenchmarkEvaluations();
  const benchmarks = useBenchmarks();
  const studies = useStudies();
  if (evaluations.error !== null)
    return <ErrorPanel error={evaluations.error} where="evaluations.list" onRetry={() => void evaluations.refetch()} />;
  if (evaluations.data === undefined || benchmarks.data === undefined) return <Loading what="evaluations" />;
  const unfinished = (studies.data ?? []).filter((s) => s.kind === "evaluation" && s.status !== "done" && s.status !== "cancelled");
  const evaluate = (
    <Button component={Link} href="/evaluations/new">
      Evaluate a checkpoint
    </Button>
  );
  return (
    <div className="view-fixed" data-testid="evaluations">
      <header className="view-head">
        <h1>Evaluations</h1>
        <span className="push">{evaluations.data.length + unfinished.length > 0 && evaluate}</span>
      </header>
      {unfinished.map((study) => (
        <RunningStudy key={study.id} study={study} />
      ))}
      {evaluations.data.length > 0 ? (
        <EvaluationTable evaluations={newestOfEachStudy(evaluations.data)} benchmarks={benchmarks.data} />
      ) : (
        unfinished.length === 0 && (
          <Empty title="No evaluation yet" action={evaluate}>
            A checkpoint on a benchmark: its score with an interval, pass@k, what became of each sample and why, and two evaluations side by
            side with their paired difference.
          </Empty>
        )
      )}
    </div>
  );
}

const sortable = ["checkpoint", "benchmark", "score", "truncated", "unparseable", "created"] as const;
type SortKey = (typeof sortable)[number];

function unparseableShare({ verdicts }: BenchmarkEvaluation): number | null {
  return verdicts === null ? null : (verdicts.unparseable ?? 0) / Math.max(1, totalOf(verdicts));
}

function EvaluationTable({ evaluations, benchmarks }: { evaluations: BenchmarkEvaluation[]; benchmarks: Benchmark[] }) {
  const styles = useCheckpointStyles();
  const [search] = useQueryEntry("q");
  const [benchmark] = useQueryEntry("benchmark");
  const [pickEntry] = useQueryEntry("pick");
  const picked = (pickEntry ?? "").split(",").filter((id) => evaluations.some((e) => e.id === id));
  const sort = useSort<SortKey>(sortable, "created", true);
  const nameOf = (evaluation: BenchmarkEvaluation) => problemsName(evaluation, benchmarks);
  const sortValue: Record<SortKey, (evaluation: BenchmarkEvaluation) => string | number | null> = {
    checkpoint: (e) => e.checkpoint,
    benchmark: nameOf,
    score: (e) => e.passAt1,
    truncated: (e) => e.truncated,
    unparseable: unparseableShare,
    created: (e) => e.createdAt,
  };
  const shown = evaluations
    .filter((e) => benchmark === null || nameOf(e) === benchmark)
    .filter((e) => matches(`${e.checkpoint} ${nameOf(e)} ${e.name}`, search ?? ""))
    .sort((a, b) => compareValues(sortValue[sort.by](a), sortValue[sort.by](b), sort.descending));
  const toggle = (id: string) =>
    setQuery({ pick: (picked.includes(id) ? picked.filter((p) => p !== id) : [...picked, id].slice(-2)).join(",") }, { replace: true });
  const sideBySide = () => {
    const [a, b] = evaluations.filter((e) => picked.includes(e.id));
    const [before, after] = a.createdAt < b.createdAt ? [a, b] : [b, a];
    navigate(`/evaluations/${before.id}/beside/${after.id}`);
  };
  const columns: Column<BenchmarkEvaluation>[] = [
    {
      key: "pick",
      label: <span className="sr-only">Ticked</span>,
      width: "18px",
      render: (e) => (
        <Checkbox
          size="xs"
          aria-label={`Tick ${e.checkpoint} on ${nameOf(e)}`}
          checked={picked.includes(e.id)}
          onClick={(event) => event.stopPropagation()}
          onChange={() => toggle(e.id)}
        />
      ),
    },
    {
      key: "checkpoint",
      label: "Checkpoint",
      width: "minmax(130px, 2fr)",
      sort: sort.head("checkpoint"),
      render: (e) => <CheckpointName id={e.checkpoint} styles={styles} />,
    },
    { key: "benchmark", label: "Benchmark", width: "minmax(100px, 1fr)", sort: sort.head("benchmark"), render: nameOf },
    {
      key: "score",
      label: "Score (avg@n)",
      width: "122px",
      numeric: true,
      sort: sort.head("score"),
      render: (e) => percentInterval(scoreOf(e)),
    },
    { key: "n", label: "n", width: "72px", numeric: true, render: (e) => `${count(e.problems)} × ${e.samplesPerProblem}` },
    { key: "verdicts", label: "Verdicts", width: "96px", render: (e) => e.verdicts !== null && <VerdictBar counts={e.verdicts} /> },
    {
      key: "truncated",
      label: "Truncated",
      width: "68px",
      numeric: true,
      sort: sort.head("truncated"),
      render: (e) => percent(e.truncated),
    },
    {
      key: "unparseable",
      label: "Unparseable",
      width: "78px",
      numeric: true,
      sort: sort.head("unparseable"),
      render: (e) => {
        const share = unparseableShare(e);
        return share === null ? "" : percent(share);
      },
    },
    { key: "tokens", label: "Tokens", width: "52px", numeric: true, render: (e) => fixed(e.responseTokens, 0) },
    { key: "temperature", label: <Term name="temperature">T</Term>, width: "32px", numeric: true, render: (e) => e.config.temperature },
    { key: "seed", label: "Seed", width: "36px", numeric: true, render: (e) => e.seed },
    {
      key: "created",
      label: "Created",
      width: "116px",
      sort: sort.head("created"),
      render: (e) => <span className="dim">{e.latest ? moment(e.createdAt) : "samples are added"}</span>,
    },
  ];
  return (
    <>
      <div className="toolbar">
        <SearchBox label="Search evaluations" />
        <Select
          aria-label="Benchmark"
          placeholder="All benchmarks"
          clearable
          w={180}
          value={benchmark}
          onChange={(value) => setQuery({ benchmark: value })}
          data={[...new Set(evaluations.map(nameOf))]}
        />
        {picked.length === 2 ? (
          <Button variant="default" onClick={sideBySide}>
            Put the two side by side
          </Button>
        ) : (
          <span className="dim">Tick two to put them side by side.</span>
        )}
      </div>
      <VirtualGrid
        label="Evaluations"
        resetKey={`${benchmark} ${search} ${sort.by} ${sort.descending}`}
        total={shown.length}
        row={(index) => shown[index]}
        onOpen={(e) => navigate(`/evaluations/${e.id}`)}
        isOpen={() => false}
        follow={false}
        foot={
          shown.length === 0
            ? "No evaluation matches these filters."
            : `${plural(shown.length, "evaluation")}; intervals are 95 %, clustered by problem`
        }
        columns={columns}
      />
    </>
  );
}
