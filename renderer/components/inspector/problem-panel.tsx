// One problem whole: where it comes from, its question, its answer, and the responses SFT may learn from.
import { poolLabels } from "../../charts/comparison-figures.ts";
import { useProblem } from "../../client/queries.ts";
import { ErrorPanel } from "../error-panel.tsx";
import { compact } from "../format.ts";
import { Loading } from "../late.tsx";
import { ShownAnswer, ShownText, TextChoice } from "../shown-text.tsx";
import { Term } from "../term.tsx";
import { ProblemRunsSection } from "./problem-runs.tsx";
import { Tests } from "./row-panel.tsx";

export function ProblemPanel({ datasetId, problemId }: { datasetId: string; problemId: string }) {
  const query = useProblem(datasetId, problemId);
  if (query.error !== null) return <ErrorPanel error={query.error} where="datasets.problem" onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="the problem" />;
  const { problem, traces } = query.data;
  return (
    <div className="inspector-body" data-testid="problem">
      <div className="section stack">
        {problem.question !== undefined && (
          <div>
            <h3>Question</h3>
            <p>{problem.question}</p>
          </div>
        )}
        <div>
          <div className="section-head">
            <h3>Prompt</h3>
            <span className="push">
              <TextChoice />
            </span>
          </div>
          <ShownText text={problem.prompt} />
        </div>
        <div>
          <h3>Answer</h3>
          <ShownAnswer text={problem.answer} />
        </div>
        <dl className="facts">
          <dt>Source</dt>
          <dd>
            {problem.source}
            {problem.sourceId !== undefined && `, ${problem.sourceId}`}
          </dd>
          <dt>Pool</dt>
          <dd>{poolLabels[problem.pool]}</dd>
          <dt>Operations</dt>
          <dd>{problem.steps}</dd>
          <dt>
            <Term name="difficulty">Difficulty</Term>
          </dt>
          <dd>{compact(problem.difficulty)}</dd>
        </dl>
      </div>
      {problem.tests !== undefined && problem.tests.length > 0 && (
        <div className="section">
          <h2>Tests</h2>
          <table className="table wide">
            <tbody>
              {problem.tests.map((test) => (
                <tr key={test.call}>
                  <td className="mono">{test.call}</td>
                  <td className="mono">{test.expected}</td>
                  <td className="dim">{test.hidden ? "hidden" : "in the prompt"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {problem.python !== undefined && <Tests tests={problem.python} prompt={problem.prompt} />}
      <div className="section">
        <div className="section-head">
          <h2>Traces</h2>
          <p>
            {traces.length === 0
              ? "None: only problems of the SFT pool have responses to learn from."
              : `${traces.length} different right responses, ${Math.min(...traces.map((t) => t.text.length))} to ${Math.max(...traces.map((t) => t.text.length))} characters`}
          </p>
        </div>
        {traces.map((trace) => (
          <div className="sample" key={trace.index}>
            <span className="dim">{trace.style}</span>
            <ShownText text={trace.text} />
          </div>
        ))}
      </div>
      <ProblemRunsSection datasetId={datasetId} problem={problemId} />
    </div>
  );
}
