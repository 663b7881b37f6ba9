// One evaluation: its score, pass@k, verdicts, sources, and every problem's solve rate; what can be done with it.
import { Select } from "@mantine/core";
import { useMemo } from "react";
import { Link } from "wouter";
import type { BenchmarkEvaluation, EvaluationSummaryView } from "../../../main/contract/api.ts";
import type { Verdict } from "../../../main/contract/rollout.ts";
import { passAtKCurve } from "../../charts/evaluation-figures.ts";
import { Plot } from "../../charts/plot.tsx";
import { useBenchmarkEvaluations, useBenchmarks, useEvaluationSummary } from "../../client/evaluation-queries.ts";
import { navigate, setQuery } from "../../client/location.ts";
import { useStudies } from "../../client/queries.ts";
import { selectionKey, writeSelection } from "../../client/selection.ts";
import { CheckpointName, useCheckpointStyles } from "../../components/checkpoint-name.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { choiceLabel, evaluationOf, newestOfEachStudy, problemsName } from "../../components/evaluation-score.ts";
import { Fact } from "../../components/fact.tsx";
import { count, fixed, moment, percent, percentInterval, percentWithN, sampleSize } from "../../components/format.ts";
import { inspect } from "../../components/inspector/select.ts";
import { Loading } from "../../components/late.tsx";
import { RunningStudy } from "../../components/running-study.tsx";
import { Term } from "../../components/term.tsx";
import { VerdictTable } from "../../components/verdict-counts.tsx";
import { AddSamples, MakeDataset } from "./evaluation-actions.tsx";
import { ProblemResults } from "./problem-results.tsx";

/** `id`: of the evaluation, or of its study. */
export function EvaluationView({ id }: { id: string }) {
  const evaluations = useBenchmarkEvaluations();
  const studies = useStudies();
  if (evaluations.error !== null)
    return <ErrorPanel error={evaluations.error} where="evaluations.list" onRetry={() => void evaluations.refetch()} />;
  if (evaluations.data === undefined) return <Loading what="the evaluation" />;
  const evaluation = evaluationOf(evaluations.data, id);
  if (evaluation !== undefined) return <Evaluation key={evaluation.id} evaluation={evaluation} all={evaluations.data} />;
  const study = studies.data?.find((s) => s.id === id);
  return (
    <div className="view">
      {study !== undefined && study.status !== "done" ? (
        <RunningStudy study={study} />
      ) : (
        <p className="section">
          There is no evaluation {id}. <Link href="/evaluations">All evaluations</Link>
        </p>
      )}
    </div>
  );
}

function Evaluation({ evaluation, all }: { evaluation: BenchmarkEvaluation; all: BenchmarkEvaluation[] }) {
  const benchmarks = useBenchmarks();
  const studies = useStudies();
  const styles = useCheckpointStyles();
  const summary = useEvaluationSummary(evaluation.id);
  const known = benchmarks.data ?? [];
  const study = studies.data?.find((s) => s.id === evaluation.studyId);
  // Only evaluations of the same problems can be paired.
  const others = newestOfEachStudy(all).filter(
    (other) => other.id !== evaluation.id && other.dataset === evaluation.dataset && other.benchmark === evaluation.benchmark,
  );
  const beside = (id: string | null) => {
    const other = others.find((o) => o.id === id);
    if (other === undefined) return;
    const [before, after] = other.createdAt < evaluation.createdAt ? [other, evaluation] : [evaluation, other];
    navigate(`/evaluations/${before.id}/beside/${after.id}`);
  };
  return (
    <div className="view" data-testid="evaluation">
      <header className="view-head">
        <h1>
          <CheckpointName id={evaluation.checkpoint} styles={styles} /> on {problemsName(evaluation, known)}
        </h1>
        <span className="push row">
          <AddSamples evaluation={evaluation} />
          <MakeDataset evaluation={evaluation} />
          {others.length > 0 && (
            <Select
              aria-label="Put beside"
              placeholder="Put beside…"
              w={220}
              searchable
              value={null}
              onChange={beside}
              comboboxProps={{ width: 420, position: "bottom-end" }}
              data={others.map((other) => ({ value: other.id, label: `${choiceLabel(other, known)}, ${moment(other.createdAt)}` }))}
            />
          )}
        </span>
      </header>
      {study !== undefined && study.status !== "done" && <RunningStudy study={study} />}
      {summary.error !== null && <ErrorPanel error={summary.error} where="evaluations.summary" onRetry={() => void summary.refetch()} />}
      {summary.data === undefined ? (
        summary.error === null && <Loading what="its samples" />
      ) : (
        <Summary
          evaluation={evaluation}
          summary={summary.data}
          provenance={known.find((b) => b.key === evaluation.benchmark)?.provenance}
        />
      )}
      <ProblemResults evaluation={evaluation} />
    </div>
  );
}

interface SummaryProps {
  evaluation: BenchmarkEvaluation;
  summary: EvaluationSummaryView;
  provenance: string | undefined;
}

function Summary({ evaluation, summary, provenance }: SummaryProps) {
  const styles = useCheckpointStyles();
  const style = styles.get(evaluation.checkpoint);
  const figure = useMemo(() => passAtKCurve(summary, style), [summary, style]);
  const { config } = evaluation;
  const openSamples = (verdict: Verdict | null) =>
    setQuery({ [selectionKey]: writeSelection({ kind: "samples", evaluationId: evaluation.id }), "sample-verdict": verdict });
  return (
    <section className="section" aria-labelledby="score-title">
      <h2 id="score-title" className="sr-only">
        Score
      </h2>
      <p className="headline tabular" data-testid="score">
        {percentWithN(summary.score)}
        <span className="dim">
          {" "}
          <Term name="avg@n">avg@{summary.score.samplesPerProblem}</Term>, 95 % interval, clustered by problem
        </span>
      </p>
      <div className="beside">
        <div className="stack">
          <VerdictTable counts={summary.verdicts} onOpen={openSamples} />
          <table className="table" aria-label="Scores by source">
            <thead>
              <tr>
                <th scope="col">Source</th>
                <th scope="col" className="num">
                  Score
                </th>
                <th scope="col" className="num">
                  n
                </th>
              </tr>
            </thead>
            <tbody>
              {summary.bySource.map(({ source, score }) => (
                <tr key={source}>
                  <th scope="row">{source}</th>
                  <td className="num">{percentInterval(score)}</td>
                  <td className="num dim">{sampleSize(score).replace("n = ", "")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <dl className="facts">
          <Fact term={<Term name="temperature">T</Term>}>{config.temperature}</Fact>
          <Fact term={<Term name="top-p" />}>{config.topP}</Fact>
          <Fact term={<Term name="response budget">Budget</Term>}>{count(config.maxResponseTokens)} tokens</Fact>
          <Fact term="Response length">{fixed(evaluation.responseTokens, 1)} tokens on average</Fact>
          <Fact term={<Term name="truncated">Truncated</Term>}>{percent(evaluation.truncated)}</Fact>
          <Fact term="Seed">{evaluation.seed}</Fact>
          <Fact term={<Term name="protocol">Protocol</Term>}>{provenance ?? "none: the dataset's rows as they are"}</Fact>
          <Fact term="Problems">
            <Link href={`/datasets/${evaluation.dataset}`}>{evaluation.dataset}</Link>
          </Fact>
          <Fact term="Checkpoint">
            <button type="button" className="linklike" onClick={() => inspect({ kind: "checkpoint", checkpointId: evaluation.checkpoint })}>
              {evaluation.checkpoint}
            </button>
          </Fact>
          <Fact term="Finished">{moment(evaluation.createdAt)}</Fact>
          <Fact term="Samples">
            <button type="button" className="linklike" onClick={() => openSamples(null)}>
              All {count(evaluation.problems * evaluation.samplesPerProblem)}
            </button>
          </Fact>
        </dl>
        <Plot figure={figure} height={250} />
      </div>
    </section>
  );
}
