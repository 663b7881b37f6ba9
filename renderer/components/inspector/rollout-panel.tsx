// One rollout whole: prompt, response token by token, reward and reason, and its group beside it.
import { useRollouts, useRolloutTokens } from "../../client/queries.ts";
import { ErrorPanel } from "../error-panel.tsx";
import { fixed, percent, signed } from "../format.ts";
import { Loading } from "../late.tsx";
import { Term } from "../term.tsx";
import { TokenText } from "../token-text.tsx";
import { VerdictMark } from "../verdict-mark.tsx";
import { inspect } from "./select.ts";

interface RolloutPanelProps {
  stageId: string;
  step: number;
  problemId: string;
  sampleIndex: number;
}

export function RolloutPanel({ stageId, step, problemId, sampleIndex }: RolloutPanelProps) {
  const pages = useRollouts({ stageId, step, problemId }, { first: 0, last: 99 });
  const group = Array.from({ length: Math.min(100, pages.total ?? 0) }, (_, i) => pages.row(i))
    .filter((row) => row !== undefined)
    .sort((a, b) => a.sampleIndex - b.sampleIndex);
  const rollout = group.find((row) => row.sampleIndex === sampleIndex);
  const tokens = useRolloutTokens(rollout?.id ?? null);
  if (pages.error !== null) return <ErrorPanel error={pages.error} where="inspect.rollouts" onRetry={pages.retry} />;
  if (pages.total === undefined) return <Loading what="the rollout" />;
  if (rollout === undefined)
    return <p className="section dim">There is no such rollout: its step may have been superseded by a resumed run.</p>;
  const mean = group.reduce((sum, row) => sum + row.reward, 0) / group.length;
  return (
    <div className="inspector-body" data-testid="rollout">
      <div className="section">
        <div className="section-head">
          <h2>
            <VerdictMark verdict={rollout.verdict} label />
          </h2>
          <p>{rollout.reason}</p>
        </div>
        <dl className="facts">
          <dt>Step</dt>
          <dd>
            <button type="button" className="linklike" onClick={() => inspect({ kind: "rollouts", stageId, step })}>
              {step}
            </button>
            , sampled by the policy {rollout.policyStep === 0 ? "before the first step" : `after step ${rollout.policyStep}`}
          </dd>
          <dt>
            <Term name="reward">Reward</Term>
          </dt>
          <dd>{fixed(rollout.reward, 0)}</dd>
          <dt>
            <Term name="advantage">Advantage</Term>
          </dt>
          <dd>
            {signed(rollout.advantage, 3)}
            {!rollout.inLoss && ", not in the loss (over-long filtering)"}
          </dd>
          <dt>Length</dt>
          <dd>
            {rollout.tokens} tokens, {rollout.finishReason === "stop" ? "ended by itself" : "cut at the budget"}
          </dd>
          <dt>Mean log-prob</dt>
          <dd>{fixed(rollout.meanLogprob, 3)} nats</dd>
          <dt>Mean entropy</dt>
          <dd>{fixed(rollout.meanEntropy, 3)} nats</dd>
        </dl>
      </div>
      <div className="section stack">
        <div>
          <h3>Prompt</h3>
          <pre className="text-block">{rollout.prompt}</pre>
          <p className="dim">
            right answer <span className="mono">{rollout.answer}</span>, from {rollout.source}
          </p>
        </div>
        <div>
          <h3>Response</h3>
          {tokens.error !== null && <ErrorPanel error={tokens.error} where="inspect.rolloutTokens" onRetry={() => void tokens.refetch()} />}
          {tokens.data === undefined || tokens.data.length === 0 ? (
            <pre className="text-block">{rollout.text}</pre>
          ) : (
            <TokenText tokens={tokens.data} />
          )}
        </div>
        <div>
          <h3>Its group</h3>
          <p className="dim">
            {group.length} rollouts of this prompt, {percent(mean, 0)} right
            {group.every((row) => row.reward === group[0].reward) && ": all equal, so it carries no gradient"}
          </p>
          <div className="group-strip">
            {group.map((row) => (
              <button
                key={row.sampleIndex}
                type="button"
                aria-label={`Rollout ${row.sampleIndex}: ${row.verdict}`}
                aria-pressed={row.sampleIndex === sampleIndex}
                onClick={() => inspect({ kind: "rollout", stageId, step, problemId, sampleIndex: row.sampleIndex })}
              >
                <VerdictMark verdict={row.verdict} reason={row.reason} />
              </button>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}
