// One test problem before and after RL: the samples that stand behind its place among the solved or lost.
import { ErrorPanel } from "../error-panel.tsx";
import { Loading } from "../late.tsx";
import { rightOf, SampleText, useProblemSamples } from "./samples-panel.tsx";

export function ChangePanel({ before, after, problemId }: { before: string; after: string; problemId: string }) {
  const first = useProblemSamples(before, problemId);
  const second = useProblemSamples(after, problemId);
  const error = first.pages.error ?? second.pages.error;
  if (error !== null) return <ErrorPanel error={error} where="inspect.samples" onRetry={first.pages.retry} />;
  if (first.pages.total === undefined || second.pages.total === undefined) return <Loading what="the samples" />;
  const any = first.samples[0] ?? second.samples[0];
  if (any === undefined) return <p className="section dim">These evaluations have no samples of that problem.</p>;
  return (
    <div className="inspector-body" data-testid="samples">
      <div className="section">
        <h3>Prompt</h3>
        <pre className="text-block">{any.prompt}</pre>
        <p className="dim">
          right answer <span className="mono">{any.answer}</span>, from {any.source}
        </p>
      </div>
      {(
        [
          ["Before RL", first.samples],
          ["After RL", second.samples],
        ] as const
      ).map(([title, samples]) => (
        <div className="section" key={title}>
          <div className="section-head">
            <h2>{title}</h2>
            <p>{rightOf(samples)}</p>
          </div>
          {samples.map((sample) => (
            <SampleText key={sample.sampleIndex} sample={sample} />
          ))}
        </div>
      ))}
    </div>
  );
}
