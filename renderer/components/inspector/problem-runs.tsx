// What every run made of one problem: evaluations with its solve rate, RL with its rollouts. Each opens what is behind it.
import { useProblemRuns } from "../../client/imported-dataset-queries.ts";
import { ErrorPanel } from "../error-panel.tsx";
import { count, moment, percent } from "../format.ts";
import { inspect } from "./select.ts";

const whenInWords = { before: "before RL", between: "between stages", after: "after RL", alone: "", door: "at a stage's door", dev: "on dev" } as const; // biome-ignore format: a table

export function ProblemRunsSection({ datasetId, problem }: { datasetId: string; problem: string | number }) {
  const runs = useProblemRuns(datasetId, problem);
  if (runs.error !== null) return <ErrorPanel error={runs.error} where="datasets.runs" onRetry={() => void runs.refetch()} />;
  if (runs.data === undefined) return null;
  const { evaluations, rollouts } = runs.data;
  return (
    <div className="section" data-testid="problem-runs">
      <div className="section-head">
        <h2>What runs made of it</h2>
        {evaluations.length + rollouts.length === 0 && <p>No evaluation and no rollout has been of it yet.</p>}
      </div>
      {evaluations.length > 0 && (
        <table className="table wide" aria-label="Evaluations of it">
          <thead>
            <tr>
              <th scope="col">Evaluation</th>
              <th scope="col" className="num">
                Right
              </th>
              <th scope="col">Finished</th>
            </tr>
          </thead>
          <tbody>
            {evaluations.map((e) => (
              <tr key={e.evaluationId}>
                <td>
                  <button
                    type="button"
                    className="linklike"
                    title={e.studyName}
                    onClick={() =>
                      inspect({ kind: "problem-samples", evaluationId: e.evaluationId, problemId: e.problemId, sampleIndex: 0 })
                    }
                  >
                    {[e.start, whenInWords[e.when]].filter((word) => word !== "").join(", ")}
                  </button>
                </td>
                <td className="num">
                  {percent(e.solveRate, 0)} <span className="dim">of {count(e.samples)}</span>
                </td>
                <td className="dim">{moment(e.createdAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rollouts.length > 0 && (
        <table className="table wide" aria-label="Rollouts of it">
          <thead>
            <tr>
              <th scope="col">RL</th>
              <th scope="col" className="num">
                Rollouts right
              </th>
              <th scope="col" className="num">
                Last at step
              </th>
            </tr>
          </thead>
          <tbody>
            {rollouts.map((r) => (
              <tr key={r.stageId}>
                <td>
                  <button
                    type="button"
                    className="linklike"
                    title={r.studyName}
                    onClick={() =>
                      inspect({ kind: "rollout", stageId: r.stageId, step: r.lastStep, problemId: r.problemId, sampleIndex: 0 })
                    }
                  >
                    {r.start}, {r.studyName}
                  </button>
                </td>
                <td className="num">
                  {count(r.right)} of {count(r.rollouts)}
                </td>
                <td className="num">{r.lastStep}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
