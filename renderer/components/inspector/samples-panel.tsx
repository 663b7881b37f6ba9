// Samples of one evaluation: all of them as a list, or those of one problem whole.
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useLocation } from "wouter";
import type { SampleRow } from "../../../main/contract/api.ts";
import { useBenchmarkEvaluations, useBenchmarks } from "../../client/evaluation-queries.ts";
import { useQueryEntry } from "../../client/location.ts";
import { useEvaluations, useSamples, useStudy } from "../../client/queries.ts";
import { ErrorPanel } from "../error-panel.tsx";
import { evaluationLabel } from "../evaluation-label.ts";
import { problemsName } from "../evaluation-score.ts";
import { count, fixed, oneLine, sampleSize } from "../format.ts";
import { Loading } from "../late.tsx";
import { ShownText, TextChoice } from "../shown-text.tsx";
import { readVerdict, VerdictFilter } from "../verdict-filter.tsx";
import { VerdictMark } from "../verdict-mark.tsx";
import { VirtualGrid } from "../virtual-grid.tsx";
import { inspect } from "./select.ts";

/** Says which evaluation this is: a checkpoint's own, or one of the study in the path. */
function EvaluationLine({ evaluationId }: { evaluationId: string }) {
  const [location] = useLocation();
  const [, area, id] = location.split("/");
  const own = useBenchmarkEvaluations().data?.find((e) => e.id === evaluationId);
  const benchmarks = useBenchmarks().data ?? [];
  const studyId = own === undefined && ["runs", "compare", "inspect"].includes(area) ? (id ?? null) : null;
  const study = useStudy(studyId);
  const evaluation = useEvaluations(studyId).data?.find((e) => e.id === evaluationId);
  const words =
    own !== undefined
      ? `${own.checkpoint} on ${problemsName(own, benchmarks)}, ${sampleSize(own)}, T ${own.config.temperature}`
      : study.data !== undefined && evaluation !== undefined
        ? `${evaluationLabel(study.data, evaluation)}, ${sampleSize(evaluation)}, T ${evaluation.config.temperature}`
        : " ";
  return <p className="evaluation-line tabular">{words}</p>;
}

export function SamplesPanel({ evaluationId }: { evaluationId: string }) {
  const [range, setRange] = useState({ first: 0, last: 60 });
  const [verdictEntry, setVerdict] = useQueryEntry("sample-verdict");
  const [search, setSearch] = useState("");
  const verdict = readVerdict(verdictEntry);
  const pages = useSamples({ evaluationId, verdict: verdict ?? undefined, search: search || undefined }, range);
  return (
    <div className="inspector-fill">
      <EvaluationLine evaluationId={evaluationId} />
      <div className="toolbar">
        <VerdictFilter value={verdict} onChange={setVerdict} />
        <TextInput
          placeholder="Search"
          aria-label="Search samples"
          value={search}
          onChange={(e) => setSearch(e.currentTarget.value)}
          w={120}
        />
        <span className="dim">{pages.total === undefined ? "" : count(pages.total)}</span>
      </div>
      {pages.error !== null && <ErrorPanel error={pages.error} where="inspect.samples" onRetry={pages.retry} />}
      <VirtualGrid
        label="Samples of the evaluation"
        resetKey={`${evaluationId} ${verdict} ${search}`}
        total={pages.total ?? 0}
        row={pages.row}
        onRange={(first, last) => setRange({ first, last })}
        onOpen={(row) => inspect({ kind: "problem-samples", evaluationId, problemId: row.problemId, sampleIndex: row.sampleIndex })}
        isOpen={() => false}
        follow={false}
        columns={[
          { key: "verdict", label: "", width: "16px", render: (row) => <VerdictMark verdict={row.verdict} reason={row.reason} /> },
          { key: "prompt", label: "Prompt", width: "minmax(0, 2fr)", mono: true, render: (row) => oneLine(row.prompt) },
          { key: "text", label: "Response", width: "minmax(0, 3fr)", mono: true, render: (row) => oneLine(row.text) },
          { key: "tokens", label: "Tok.", width: "32px", numeric: true, render: (row) => fixed(row.tokens, 0) },
        ]}
      />
    </div>
  );
}

export function SampleText({ sample, marked }: { sample: SampleRow; marked?: boolean }) {
  return (
    <div className="sample" data-marked={marked}>
      <div className="row">
        <VerdictMark verdict={sample.verdict} label />
        <span className="dim">{sample.reason}</span>
        <span className="dim tabular" style={{ marginLeft: "auto" }}>
          {sample.tokens} tokens, entropy {fixed(sample.meanEntropy, 2)}
        </span>
      </div>
      <ShownText text={sample.text} />
    </div>
  );
}

export function useProblemSamples(evaluationId: string, problemId: string) {
  const pages = useSamples({ evaluationId, problemId }, { first: 0, last: 99 });
  const samples = Array.from({ length: Math.min(100, pages.total ?? 0) }, (_, i) => pages.row(i))
    .filter((row) => row !== undefined)
    .sort((a, b) => a.sampleIndex - b.sampleIndex);
  return { pages, samples };
}

export function rightOf(samples: SampleRow[]): string {
  return `${samples.filter((s) => s.reward === 1).length} of ${samples.length} right`;
}

export function ProblemSamplesPanel({
  evaluationId,
  problemId,
  sampleIndex,
}: {
  evaluationId: string;
  problemId: string;
  sampleIndex: number;
}) {
  const { pages, samples } = useProblemSamples(evaluationId, problemId);
  if (pages.error !== null) return <ErrorPanel error={pages.error} where="inspect.samples" onRetry={pages.retry} />;
  if (pages.total === undefined) return <Loading what="the samples" />;
  if (samples.length === 0) return <p className="section dim">This evaluation has no samples of that problem.</p>;
  return (
    <div className="inspector-body" data-testid="samples">
      <EvaluationLine evaluationId={evaluationId} />
      <div className="section">
        <h3>Prompt</h3>
        <ShownText text={samples[0].prompt} />
        <p className="dim">
          right answer <span className="mono">{samples[0].answer}</span>, from {samples[0].source}
        </p>
      </div>
      <div className="section">
        <div className="section-head">
          <h2>Samples</h2>
          <p>{rightOf(samples)}</p>
          <span className="push">
            <TextChoice />
          </span>
        </div>
        {samples.map((sample) => (
          <SampleText key={sample.sampleIndex} sample={sample} marked={sample.sampleIndex === sampleIndex} />
        ))}
      </div>
    </div>
  );
}
