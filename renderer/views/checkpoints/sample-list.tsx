// The samples of a run as they come: text while it grows, then its tokens, mean log-prob, entropy and why it ended.
import { Button } from "@mantine/core";
import { memo } from "react";
import type { GeneratedText } from "../../../main/contract/checkpoint.ts";
import type { SamplingRun } from "../../client/sampling.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { count, duration, fixed } from "../../components/format.ts";
import { ShownText, TextChoice } from "../../components/shown-text.tsx";
import { Term } from "../../components/term.tsx";

interface SampleListProps {
  run: SamplingRun | undefined;
  /** Goes on with the conversation from a response; absent where there is none. */
  goOn?: (text: string) => void;
}

export function SampleList({ run, goOn }: SampleListProps) {
  if (run === undefined)
    return (
      <div className="samples">
        <p className="dim">
          Samples appear here as they are drawn. Drawing them shares the engine with what runs, so both are slower meanwhile.
        </p>
      </div>
    );
  return (
    <section className="samples" aria-label="Samples" data-testid="sampled">
      <div className="row">
        <Progress run={run} />
        <span className="push">
          <TextChoice />
        </span>
      </div>
      {run.status === "failed" && <ErrorPanel error={run.error} where="checkpoints.sample" />}
      {run.prompt !== null && (
        <details>
          <summary className="dim">What the model reads, {count(run.prompt.tokens)} tokens</summary>
          <pre className="text-block">{run.prompt.text}</pre>
        </details>
      )}
      {run.samples.map((sample, i) => (
        <SampleArticle
          // biome-ignore lint/suspicious/noArrayIndexKey: a sample is its place
          key={i}
          number={run.samples.length > 1 ? i + 1 : null}
          sample={sample}
          running={run.status === "running"}
          goOn={goOn}
        />
      ))}
    </section>
  );
}

interface SampleArticleProps {
  /** Null where it is the only one. */
  number: number | null;
  sample: SamplingRun["samples"][number];
  running: boolean;
  goOn: SampleListProps["goOn"];
}

/** Drawn anew only when its own text grows. */
const SampleArticle = memo(function SampleArticle({ number, sample, running, goOn }: SampleArticleProps) {
  const { text, result } = sample;
  return (
    <article className="sample" aria-label={`Sample ${number ?? 1}`}>
      <div className="row">
        {number !== null && <b className="tabular">{number}</b>}
        {result !== null ? (
          <Outcome result={result} />
        ) : (
          <span className="dim">{!running ? "not finished" : text === "" ? "waits" : "being drawn"}</span>
        )}
        <span className="push row">
          {goOn !== undefined && result !== null && (
            <Button variant="default" size="compact-xs" onClick={() => goOn(result.text)}>
              Go on from this
            </Button>
          )}
          {text !== "" && (
            <Button variant="default" size="compact-xs" onClick={() => void navigator.clipboard.writeText(text)}>
              Copy
            </Button>
          )}
        </span>
      </div>
      <ShownText text={text} />
    </article>
  );
});

function Progress({ run }: { run: SamplingRun }) {
  const finished = run.samples.flatMap((sample) => sample.result ?? []);
  const tokens = finished.reduce((sum, result) => sum + result.tokens, 0);
  const words = { running: "Sampling", done: "Done", stopped: "Stopped", failed: "Failed" }[run.status];
  return (
    <span className="dim tabular" role="status">
      {words}: {finished.length} of {run.samples.length} finished
      {run.status !== "running" &&
        tokens > 0 &&
        `, ${count(tokens)} tokens in ${run.seconds < 60 ? `${fixed(run.seconds, 1)} s` : duration(run.seconds)}`}
      {run.status === "done" && run.seconds > 0 && ` (${fixed(tokens / run.seconds, 0)} tokens/s with the prompt)`}
    </span>
  );
}

function Outcome({ result }: { result: GeneratedText }) {
  return (
    <span className="dim tabular">
      {count(result.tokens)} tokens, {result.finishReason === "stop" ? "ended by itself" : "cut at the budget"}, mean{" "}
      <Term name="log-prob" /> {fixed(result.meanLogprob, 3)}, <Term name="token entropy">entropy</Term> {fixed(result.meanEntropy, 3)} nats
    </span>
  );
}
