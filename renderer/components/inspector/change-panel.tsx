// One problem in two evaluations, side by side: before and after RL, or of two checkpoints.
import { useBenchmarkEvaluations } from "../../client/evaluation-queries.ts";
import { ErrorPanel } from "../error-panel.tsx";
import { sideNames } from "../evaluation-score.ts";
import { Loading } from "../late.tsx";
import { ShownText, TextChoice } from "../shown-text.tsx";
import { rightOf, SampleText, useProblemSamples } from "./samples-panel.tsx";

interface PairPanelProps {
  before: string;
  after: string;
  problemId: string;
}

export function ChangePanel(props: PairPanelProps) {
  return <BothSamples {...props} titles={["Before RL", "After RL"]} />;
}

export function PairPanel(props: PairPanelProps) {
  const evaluations = useBenchmarkEvaluations().data ?? [];
  const [first, second] = [props.before, props.after].map((id) => evaluations.find((e) => e.id === id));
  return <BothSamples {...props} titles={first === undefined || second === undefined ? ["First", "Second"] : sideNames(first, second)} />;
}

function BothSamples({ before, after, problemId, titles }: PairPanelProps & { titles: [string, string] }) {
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
        <div className="section-head">
          <h3>Prompt</h3>
          <span className="push">
            <TextChoice />
          </span>
        </div>
        <ShownText text={any.prompt} />
        <p className="dim">
          right answer <span className="mono">{any.answer}</span>, from {any.source}
        </p>
      </div>
      {(
        [
          [titles[0], first.samples],
          [titles[1], second.samples],
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
