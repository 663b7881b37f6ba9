// What one step did: kept and dropped by reason with examples; of decontamination the words that a row and a test problem share, side
// by side; of resampling its bins.
import { Button } from "@mantine/core";
import { useState } from "react";
import type { Dropped, MatchedSpan, StepReport } from "../../../main/contract/pipeline.ts";
import { compact, count, oneLine, percent, plural } from "../../components/format.ts";

export function StepOutcome({ step }: { step: StepReport }) {
  const rows = step.dropped.reduce((sum, each) => sum + each.rows, 0);
  const responses = step.dropped.reduce((sum, each) => sum + each.responses, 0);
  return (
    <div className="section" data-testid="step-outcome">
      <div className="section-head">
        <h2>{step.name}</h2>
        <p>
          {plural(step.in.rows, "row")} in, {count(step.kept.rows)} kept; {plural(step.in.responses, "response")} in,{" "}
          {count(step.kept.responses)} kept
        </p>
      </div>
      {rows + responses === 0 ? <p className="dim">It drops nothing.</p> : <DroppedTable step={step} />}
      {step.pools !== undefined && step.pools.length > 1 && (
        <Numbers
          label="What each pool gave"
          head={["Pool", "Rows", "Responses"]}
          rows={step.pools.map((pool) => [pool.dataset, count(pool.rows), count(pool.responses)])}
        />
      )}
      {step.benchmarks !== undefined && (
        <Numbers
          label="Benchmarks"
          head={["Benchmark", "Problems", "Short", "Rows dropped"]}
          rows={step.benchmarks.map((b) => [b.benchmark, count(b.problems), count(b.shortProblems), count(b.rows)])}
        />
      )}
      {step.bins !== undefined && (
        <Numbers
          label="Responses by bin of length"
          head={["Length", "In", "Kept", "Share"]}
          rows={step.bins.map((bin) => [
            bin.to === null ? `${compact(bin.from)} or more` : `${compact(bin.from)} to ${compact(bin.to)}`,
            count(bin.in),
            count(bin.kept),
            bin.in === 0 ? "–" : percent(bin.kept / bin.in),
          ])}
        />
      )}
      {step.spans !== undefined && step.spans.total > 0 && <Spans total={step.spans.total} shown={step.spans.shown} />}
    </div>
  );
}

function Numbers({ label, head, rows }: { label: string; head: string[]; rows: string[][] }) {
  return (
    <table className="table wide outcome-table" aria-label={label}>
      <thead>
        <tr>
          {head.map((text, i) => (
            <th key={text} scope="col" className={i === 0 ? undefined : "num"}>
              {text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row[0]}>
            {row.map((text, i) =>
              i === 0 ? (
                <th key={head[i]} scope="row">
                  {text}
                </th>
              ) : (
                <td key={head[i]} className="num">
                  {text}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DroppedTable({ step }: { step: StepReport }) {
  // A row that is left without a response went for the reason that its responses did.
  const cause = step.dropped.find(({ reason }) => reason !== "no response left") ?? step.dropped[0];
  const [open, setOpen] = useState<string | null>(cause?.reason ?? null);
  const chosen = step.dropped.find(({ reason }) => reason === open);
  // Spans show these rows better than their beginnings do.
  const examples = step.spans === undefined && chosen !== undefined ? chosen.examples : [];
  return (
    <>
      <table className="table wide outcome-table" aria-label={`Dropped by ${step.name}`}>
        <thead>
          <tr>
            <th scope="col">Dropped because</th>
            <th scope="col" className="num">
              Rows
            </th>
            <th scope="col" className="num">
              Responses
            </th>
          </tr>
        </thead>
        <tbody>
          {step.dropped.map(({ reason, rows, responses }) => (
            <tr key={reason} data-open data-cursor={reason === open} onClick={() => setOpen(reason)}>
              <th scope="row">
                <button type="button" className="linklike" aria-pressed={reason === open} onClick={() => setOpen(reason)}>
                  {reason}
                </button>
              </th>
              <td className="num">{count(rows)}</td>
              <td className="num">{count(responses)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {examples.length > 0 && <Examples examples={examples} />}
    </>
  );
}

function Examples({ examples }: Pick<Dropped, "examples">) {
  return (
    <ul className="dropped-examples" aria-label="Examples of what is dropped">
      {examples.map(({ dataset, row, id, text }) => (
        <li key={`${dataset} ${row} ${text}`}>
          <span className="dim">
            {dataset}, {id}
          </span>
          <span className="mono" title={text}>
            {oneLine(text)}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A text with what it shares marked; as text, whatever it holds. */
function Marked({ text, from, to, start }: { text: string; from: number; to: number; start: number }) {
  const first = Math.max(0, from - start);
  const last = Math.min(text.length, to - start);
  return (
    <pre className="text-block span-text">
      {start > 0 && <span className="dim">… </span>}
      {text.slice(0, first)}
      <mark>{text.slice(first, last)}</mark>
      {text.slice(last)}
    </pre>
  );
}

export function Spans({ total, shown }: { total: number; shown: MatchedSpan[] }) {
  const [asked, setAt] = useState(0);
  const at = Math.min(asked, shown.length - 1);
  const span = shown[at];
  if (span === undefined) return null;
  return (
    <section className="spans" aria-label="Matched spans">
      <div className="row">
        <h3>
          {span.whole
            ? `The whole problem, ${plural(span.words, "word")}, is the prompt`
            : `The same ${plural(span.words, "word")} in both texts`}
        </h3>
        <span className="push row">
          <Button variant="default" size="compact-xs" aria-label="Previous match" disabled={at === 0} onClick={() => setAt(at - 1)}>
            ←
          </Button>
          <span className="dim tabular">
            {count(at + 1)} of {count(shown.length)}
            {total > shown.length && ` shown, ${count(total)} in all`}
          </span>
          <Button
            variant="default"
            size="compact-xs"
            aria-label="Next match"
            disabled={at >= shown.length - 1}
            onClick={() => setAt(at + 1)}
          >
            →
          </Button>
        </span>
      </div>
      <div className="span-pair">
        <figure>
          <figcaption className="dim">
            Dropped: {span.dataset}, {span.id}
            {span.turn !== null && `, message ${span.turn + 1}`}
          </figcaption>
          <Marked text={span.text} from={span.from} to={span.to} start={span.textFrom} />
        </figure>
        <figure>
          <figcaption className="dim">
            Test problem: {span.benchmark}, {span.problem}
          </figcaption>
          <Marked text={span.problemText} from={span.problemFrom} to={span.problemTo} start={span.problemTextFrom} />
        </figure>
      </div>
    </section>
  );
}
