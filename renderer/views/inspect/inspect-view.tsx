// Every rollout and every evaluation sample of a study, by filter and search; the selected one whole in the inspector.
import { SegmentedControl, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { Link, Redirect } from "wouter";
import type { StudyRecord } from "../../../main/contract/run.ts";
import { setQuery, useQueryEntry } from "../../client/location.ts";
import { useDatasets, useEvaluations, useRolloutSteps, useRollouts, useSamples, useStudies, useStudy } from "../../client/queries.ts";
import { readSelection, selectionKey } from "../../client/selection.ts";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { evaluationLabel } from "../../components/evaluation-label.ts";
import { count, fixed, oneLine } from "../../components/format.ts";
import { inspect } from "../../components/inspector/select.ts";
import { Loading } from "../../components/late.tsx";
import { rolloutColumns } from "../../components/rollout-columns.tsx";
import { SearchBox } from "../../components/search-box.tsx";
import { StudyHead } from "../../components/study-head.tsx";
import { readVerdict, VerdictFilter } from "../../components/verdict-filter.tsx";
import { VerdictMark } from "../../components/verdict-mark.tsx";
import { VirtualGrid } from "../../components/virtual-grid.tsx";

export function InspectView({ studyId }: { studyId: string | null }) {
  const studies = useStudies();
  const id = studyId ?? studies.data?.find((s) => s.status === "running")?.id ?? studies.data?.[0]?.id ?? null;
  const study = useStudy(id);
  const [kind] = useQueryEntry("show");
  if (studyId === null && id !== null) return <Redirect to={`/inspect/${id}`} replace />;
  if (studies.error !== null) return <ErrorPanel error={studies.error} where="studies.list" onRetry={() => void studies.refetch()} />;
  if (id === null && studies.data !== undefined)
    return (
      <Empty title="Nothing to inspect yet" action={<Link href="/">Go to the quick study</Link>}>
        Every rollout of every step and every evaluation sample is kept, and listed here with filters and search.
      </Empty>
    );
  if (study.error !== null) return <ErrorPanel error={study.error} where="studies.get" onRetry={() => void study.refetch()} />;
  if (study.data === undefined) return <Loading what="the study" />;
  const hasRollouts = study.data.recipe.kind === "weak-vs-strong";
  const samples = kind === "samples" || !hasRollouts;
  return (
    <div className="view-fixed" data-testid="inspect">
      <StudyHead study={study.data} area="inspect">
        {hasRollouts && (
          <SegmentedControl
            size="xs"
            aria-label="What to show"
            value={kind === "samples" ? "samples" : "rollouts"}
            onChange={(value) => setQuery({ show: value === "samples" ? value : null, verdict: null, q: null })}
            data={[
              { value: "rollouts", label: "Rollouts" },
              { value: "samples", label: "Evaluation samples" },
            ]}
          />
        )}
      </StudyHead>
      {samples ? <Samples study={study.data} /> : <Rollouts study={study.data} />}
    </div>
  );
}

function Rollouts({ study }: { study: StudyRecord }) {
  const stages = study.stages.flatMap((s) => (s.plan.kind === "rl" ? [{ ...s, plan: s.plan }] : []));
  const [stageEntry] = useQueryEntry("stage");
  const [stepEntry] = useQueryEntry("step");
  const [problem, setProblem] = useQueryEntry("problem");
  const [verdictEntry] = useQueryEntry("verdict");
  const [search] = useQueryEntry("q");
  const [selected] = useQueryEntry(selectionKey);
  const selection = readSelection(selected);
  const [range, setRange] = useState({ first: 0, last: 60 });
  const stage = stages.find((s) => s.id === stageEntry) ?? stages.find((s) => s.status === "running") ?? stages[0];
  const steps = useRolloutSteps(stage?.id ?? null);
  const step = stepEntry !== null && /^\d+$/.test(stepEntry) ? Number(stepEntry) : undefined;
  const verdict = readVerdict(verdictEntry);
  const pages = useRollouts(
    stage === undefined
      ? null
      : { stageId: stage.id, step, verdict: verdict ?? undefined, problemId: problem ?? undefined, search: search ?? undefined },
    range,
  );
  if (stage === undefined) return <p className="section dim">This study has no RL stage.</p>;
  return (
    <>
      <div className="toolbar">
        <SegmentedControl
          size="xs"
          aria-label="Start"
          value={stage.id}
          onChange={(value) => setQuery({ stage: value, step: null })}
          data={stages.map((s) => ({ value: s.id, label: s.plan.start }))}
        />
        <Select
          aria-label="Step"
          placeholder="All steps"
          clearable
          searchable
          w={190}
          value={step === undefined ? null : String(step)}
          onChange={(value) => setQuery({ step: value })}
          data={(steps.data ?? []).map((s) => ({
            value: String(s.step),
            label: `Step ${s.step}: ${s.verdicts.right} of ${s.rollouts} right`,
          }))}
        />
        <VerdictFilter value={verdict} onChange={(value) => setQuery({ verdict: value })} />
        <TextInput
          aria-label="Problem"
          placeholder="Problem id"
          value={problem ?? ""}
          onChange={(event) => setProblem(event.currentTarget.value || null, { replace: true })}
          w={150}
        />
        <SearchBox label="Search prompt or response" />
      </div>
      {pages.error !== null && <ErrorPanel error={pages.error} where="inspect.rollouts" onRetry={pages.retry} />}
      <VirtualGrid
        label="Rollouts"
        resetKey={`${stage.id} ${step} ${verdict} ${problem} ${search}`}
        total={pages.total ?? 0}
        row={pages.row}
        onRange={(first, last) => setRange({ first, last })}
        onOpen={(row) =>
          inspect(
            { kind: "rollout", stageId: stage.id, step: row.step, problemId: row.problemId, sampleIndex: row.sampleIndex },
            { replace: selection?.kind === "rollout" },
          )
        }
        isOpen={(row) =>
          selection?.kind === "rollout" &&
          selection.step === row.step &&
          selection.problemId === row.problemId &&
          selection.sampleIndex === row.sampleIndex
        }
        follow={selection?.kind === "rollout"}
        foot={
          pages.total === undefined
            ? " "
            : pages.total === 0
              ? stage.status === "queued"
                ? "RL of this start has not begun: each of its steps will add rollouts here."
                : "No rollout matches these filters."
              : `${count(pages.total)} rollouts, the latest step first`
        }
        columns={rolloutColumns}
      />
    </>
  );
}

function Samples({ study }: { study: StudyRecord }) {
  const evaluations = useEvaluations(study.id);
  const datasets = useDatasets();
  const sources = [...new Set(datasets.data?.find((d) => d.id === study.datasetId)?.counts.map((c) => c.source))];
  const [entry] = useQueryEntry("evaluation");
  const [source] = useQueryEntry("source");
  const [verdictEntry] = useQueryEntry("verdict");
  const [search] = useQueryEntry("q");
  const [selected] = useQueryEntry(selectionKey);
  const selection = readSelection(selected);
  const [range, setRange] = useState({ first: 0, last: 60 });
  const verdict = readVerdict(verdictEntry);
  const list = evaluations.data ?? [];
  const evaluation = list.find((e) => e.id === entry) ?? list[list.length - 1];
  const pages = useSamples(
    evaluation === undefined
      ? null
      : { evaluationId: evaluation.id, verdict: verdict ?? undefined, source: source ?? undefined, search: search ?? undefined },
    range,
  );
  if (evaluations.error !== null)
    return <ErrorPanel error={evaluations.error} where="runs.evaluations" onRetry={() => void evaluations.refetch()} />;
  if (evaluations.data === undefined) return <Loading what="evaluations" />;
  if (evaluation === undefined)
    return (
      <Empty title="No evaluation yet" action={<Link href={`/runs/${study.id}`}>Watch the study</Link>}>
        Each sample of each evaluation will be here with its verdict.
      </Empty>
    );
  return (
    <>
      <div className="toolbar">
        <Select
          aria-label="Evaluation"
          w={290}
          searchable
          allowDeselect={false}
          value={evaluation.id}
          onChange={(value) => setQuery({ evaluation: value })}
          data={list.map((e) => ({ value: e.id, label: evaluationLabel(study, e) }))}
        />
        <Select
          aria-label="Source"
          placeholder="All sources"
          clearable
          w={130}
          value={source}
          onChange={(value) => setQuery({ source: value })}
          data={sources}
        />
        <VerdictFilter value={verdict} onChange={(value) => setQuery({ verdict: value })} />
        <SearchBox label="Search prompt or response" />
      </div>
      {pages.error !== null && <ErrorPanel error={pages.error} where="inspect.samples" onRetry={pages.retry} />}
      <VirtualGrid
        label="Evaluation samples"
        resetKey={`${evaluation.id} ${verdict} ${source} ${search}`}
        total={pages.total ?? 0}
        row={pages.row}
        onRange={(first, last) => setRange({ first, last })}
        onOpen={(row) =>
          inspect(
            { kind: "problem-samples", evaluationId: evaluation.id, problemId: row.problemId, sampleIndex: row.sampleIndex },
            { replace: selection?.kind === "problem-samples" },
          )
        }
        isOpen={(row) =>
          selection?.kind === "problem-samples" && selection.problemId === row.problemId && selection.sampleIndex === row.sampleIndex
        }
        follow={selection?.kind === "problem-samples"}
        foot={pages.total === undefined ? " " : pages.total === 0 ? "No sample matches these filters." : `${count(pages.total)} samples`}
        columns={[
          {
            key: "verdict",
            label: <span className="sr-only">Verdict</span>,
            width: "16px",
            render: (row) => <VerdictMark verdict={row.verdict} reason={row.reason} />,
          },
          { key: "problem", label: "Problem", width: "130px", render: (row) => row.problemId },
          { key: "index", label: "Sample", width: "46px", numeric: true, render: (row) => row.sampleIndex },
          { key: "prompt", label: "Prompt", width: "minmax(110px, 2fr)", mono: true, render: (row) => oneLine(row.prompt) },
          { key: "text", label: "Response", width: "minmax(160px, 4fr)", mono: true, render: (row) => oneLine(row.text) },
          { key: "answer", label: "Answer", width: "76px", mono: true, render: (row) => oneLine(row.answer) },
          { key: "source", label: "Source", width: "72px", render: (row) => <span className="dim">{row.source}</span> },
          { key: "tokens", label: "Tokens", width: "46px", numeric: true, render: (row) => row.tokens },
          { key: "entropy", label: "Entropy", width: "50px", numeric: true, render: (row) => fixed(row.meanEntropy, 2) },
        ]}
      />
    </>
  );
}
