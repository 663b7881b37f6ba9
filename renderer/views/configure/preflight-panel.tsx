// What a study would take, before it is started: problems first, then stages with tokens and time, memory with its largest term, and
// how much of the responses would be cut.
import type { MemoryPlan } from "../../../main/contract/checkpoint.ts";
import type { Preflight, PreflightProblem, PreflightStage } from "../../../main/contract/preflight.ts";
import { bytes, count, duration, percent, plural } from "../../components/format.ts";
import { Term } from "../../components/term.tsx";
import { tokensInWords } from "./plan-words.ts";

export function PreflightPanel({ plan, stale }: { plan: Preflight; stale: boolean }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="side-scroll" aria-label="Pre-flight" tabIndex={0} data-testid="preflight" aria-busy={stale}>
      <Checks problems={plan.problems} />
      <Stages plan={plan} />
      <Memory stage={plan.memory.stage} plan={plan.memory.plan} />
      <Truncation plan={plan} />
      <Pools plan={plan} />
    </section>
  );
}

/** What would stop a study, and what should be known of it. */
export function Checks({ problems }: { problems: PreflightProblem[] }) {
  const stops = problems.filter(({ severity }) => severity === "stops");
  const cautions = problems.filter(({ severity }) => severity === "caution");
  return (
    <section className="section" aria-label="Checks">
      <div className="section-head">
        <h2>Checks</h2>
        <p>
          {stops.length === 0 ? "Nothing would stop it" : `${plural(stops.length, "thing")} would stop it`}
          {cautions.length > 0 && `, ${plural(cautions.length, "caution")}`}
        </p>
      </div>
      {[...stops, ...cautions].map(({ severity, where, message, hint }) => (
        <div key={`${where} ${message}`} className="check" data-severity={severity}>
          <b>{severity === "stops" ? "Stops" : "Caution"}</b>
          <span>
            <span className="dim">{where}: </span>
            {message} {hint}
          </span>
        </div>
      ))}
    </section>
  );
}

/** What a plan takes for each kind of stage; a long plan is read by its arms below. */
function Stages({ plan }: { plan: Preflight }) {
  const { stages, totals, basis } = plan;
  const longest = Math.max(...stages.map(({ seconds }) => seconds ?? 0), 1e-9);
  return (
    <section className="section" aria-labelledby="plan-title">
      <div className="section-head">
        <h2 id="plan-title">Plan</h2>
        <p>
          {plural(stages.length, "stage")}, about {duration(totals.seconds)}, {tokensInWords(totals.tokens)}
        </p>
      </div>
      <div className="table-wrap">
        <table className="table wide" aria-labelledby="plan-title">
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col" className="num">
                Tokens
              </th>
              <th scope="col" className="num">
                Time
              </th>
              <th scope="col" className="share">
                <span className="sr-only">Share of the longest stage's time</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {stages.map((stage: PreflightStage) => (
              <tr key={stage.key}>
                <td className="plan-stage" title={stage.label}>
                  {stage.label}
                </td>
                <td className="num">{stage.tokens === null ? "" : tokensInWords(stage.tokens, false)}</td>
                <td className="num">{stage.seconds === null ? "" : stage.seconds < 1 ? "< 1 s" : duration(stage.seconds)}</td>
                <td className="share">
                  <span className="bar">
                    <span style={{ width: `${(100 * (stage.seconds ?? 0)) / longest}%` }} />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="dim note">{basis}</p>
    </section>
  );
}

/** `stage` is the one that takes the most, where there are several. */
export function Memory({ stage, plan }: { stage?: string; plan: MemoryPlan }) {
  const terms = [...plan.terms].sort((a, b) => b.bytes - a.bytes).filter((term) => term.bytes > 0);
  const over = plan.total > plan.available;
  // On the machine's scale, unless the bar would be too short to be seen; then on its own.
  const scale = over || plan.total < 0.05 * plan.available ? plan.total : plan.available;
  return (
    <section className="section" aria-labelledby="memory-title">
      <div className="section-head">
        <h2 id="memory-title">Memory</h2>
        <p className={over ? "problem" : undefined}>
          {bytes(plan.total)} of {bytes(plan.available)} at the most{stage !== undefined && `, in ${stage}`}; most of it {plan.largest}
        </p>
      </div>
      <div className="memory-bar" role="img" aria-label={terms.map((term) => `${term.name} ${bytes(term.bytes)}`).join(", ")}>
        {terms.map((term) => (
          <span
            key={term.name}
            data-largest={term.name === plan.largest}
            style={{ width: `${(100 * term.bytes) / scale}%` }}
            title={`${term.name}: ${bytes(term.bytes)}`}
          />
        ))}
      </div>
      <dl className="facts note">
        {terms.slice(0, 5).map((term) => (
          <div key={term.name} style={{ display: "contents" }}>
            <dt>{term.name}</dt>
            <dd>
              {bytes(term.bytes)} <span className="dim">{percent(term.bytes / plan.total, 0)}</span>
            </dd>
          </div>
        ))}
      </dl>
      {scale !== plan.available && !over && (
        <p className="dim note">The bar is on its own scale: this machine's memory would not be seen beside it.</p>
      )}
    </section>
  );
}

function Truncation({ plan: { truncation } }: { plan: Preflight }) {
  if (truncation.length === 0) return null;
  return (
    <section className="section" aria-labelledby="truncation-title">
      <div className="section-head">
        <h2 id="truncation-title">
          Responses that would be <Term name="truncated" />
        </h2>
        <p>Forecast from the lengths of a start's SFT responses, or of what it answered in an evaluation here</p>
      </div>
      <table className="table" aria-labelledby="truncation-title">
        <thead>
          <tr>
            <th scope="col">Start</th>
            <th scope="col" className="num">
              Budget (tokens)
            </th>
            <th scope="col" className="num">
              Cut
            </th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          {truncation.map(({ start, budget, share, basis }) => (
            <tr key={`${start} ${budget}`}>
              <td>{start}</td>
              <td className="num">{count(budget)}</td>
              <td className="num">{percent(share, 0)}</td>
              <td className="dim">{basis === "measured" ? "its evaluation" : basis}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Pools({ plan: { data } }: { plan: Preflight }) {
  return (
    <section className="section" aria-labelledby="pools-title">
      <div className="section-head">
        <h2 id="pools-title">Problems</h2>
      </div>
      <dl className="facts">
        <dt>SFT</dt>
        <dd>{count(data.pools.sft)}</dd>
        <dt>RL</dt>
        <dd>
          {count(data.pools.rl)}
          {data.rlByDomain.code > 0 && (
            <span className="dim">
              {" "}
              ({count(data.rlByDomain.math)} math, {count(data.rlByDomain.code)} code)
            </span>
          )}
        </dd>
        <dt>dev</dt>
        <dd>{count(data.pools.dev)}</dd>
        <dt>test</dt>
        <dd>{count(data.pools.test)}</dd>
        <dt>Prompts</dt>
        <dd>
          {data.promptTokens.mean.toFixed(1)} tokens in the mean, {count(data.promptTokens.longest)} the longest
        </dd>
      </dl>
    </section>
  );
}
