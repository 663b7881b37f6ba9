// pass@1 before and after RL per start and source, and how each start ran.
import type { Estimate, StartComparison } from "../../../main/contract/comparison.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { count, distinguishable, fixed, percent, percentWithN, points } from "../../components/format.ts";
import { inspect } from "../../components/inspector/select.ts";
import { StartName } from "../../components/start-swatch.tsx";
import { gridEnd, targetOutside } from "../../components/temperature-grid.ts";
import { Explained, Metric, Term } from "../../components/term.tsx";

interface TableProps {
  starts: StartComparison[];
  styles: Map<string, StartStyle>;
}

function SamplesButton({ evaluationId, label, text }: { evaluationId: string; label: string; text: string }) {
  return (
    <button type="button" className="linklike" title={label} onClick={() => inspect({ kind: "samples", evaluationId })}>
      {text}
    </button>
  );
}

export function Change({ change }: { change: Estimate }) {
  return (
    <>
      {points(change)}
      {!distinguishable(change) && <span className="dim"> not distinguishable</span>}
    </>
  );
}

export function ScoreTable({ starts, styles }: TableProps) {
  return (
    <div className="table-wrap">
      <table className="table" aria-label="pass@1 before and after RL">
        <thead>
          <tr>
            <th scope="col">
              <Term name="start">Start</Term>
            </th>
            <th scope="col">Problems</th>
            <th scope="col" className="num">
              <Term name="pass@1" /> before RL
            </th>
            <th scope="col" className="num">
              <Term name="pass@1" /> after RL
            </th>
            <th scope="col" className="num">
              Change in points, <Term name="interval">paired</Term>
            </th>
          </tr>
        </thead>
        <tbody>
          {starts.map((start) =>
            [{ source: "all", before: start.before, after: start.after, change: start.change }, ...start.bySource].map((row, i) => (
              <tr
                key={`${start.name} ${row.source}`}
                className={i === 0 ? "group-start" : undefined}
                data-testid={i === 0 ? "score-row" : undefined}
              >
                <th scope="row">
                  {i === 0 ? <StartName name={start.name} style={styles.get(start.name)} /> : <span className="sr-only">{start.name}</span>}
                </th>
                <td className={i === 0 ? undefined : "dim"}>{row.source}</td>
                <td className="num">
                  <SamplesButton
                    evaluationId={start.evaluationIds.before}
                    label={`Samples of ${start.name} before RL`}
                    text={percentWithN(row.before)}
                  />
                </td>
                <td className="num">
                  <SamplesButton
                    evaluationId={start.evaluationIds.after}
                    label={`Samples of ${start.name} after RL`}
                    text={percentWithN(row.after)}
                  />
                </td>
                <td className="num">
                  <Change change={row.change} />
                </td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  );
}

export function RunTable({ starts, styles }: TableProps) {
  const ks = [...new Set(starts.flatMap((s) => s.passAtK.map((p) => p.k)))].filter((k) => k > 1).sort((a, b) => a - b);
  const shown = ks.length <= 2 ? ks : [ks[0], ks[ks.length - 1]];
  const arrow = (before: string, after: string) => (
    <>
      {before} → {after}
    </>
  );
  return (
    <div className="table-wrap">
      <table className="table" aria-label="How each start ran">
        <thead>
          <tr>
            <th scope="col">Start</th>
            <th scope="col" className="num">
              SFT data
            </th>
            <th scope="col" className="num">
              <Term name="sampling temperature">T</Term>
            </th>
            <th scope="col" className="num">
              <Metric name="entropy" />
            </th>
            <th scope="col" className="num">
              <Term name="truncated">Truncated</Term>
            </th>
            <th scope="col" className="num">
              Response length (tokens)
            </th>
            {shown.map((k) => (
              <th key={k} scope="col" className="num">
                <Term name="pass@k">{`pass@${k}`}</Term>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {starts.map((start) => (
            <tr key={start.name}>
              <th scope="row">
                <StartName name={start.name} style={styles.get(start.name)} />
              </th>
              <td className="num">
                {start.prompts === null
                  ? "a checkpoint that was there"
                  : `${count(start.prompts)} × ${start.responsesPerPrompt}, ${count(start.examples ?? 0)} examples`}
              </td>
              <td className="num">
                {start.temperature.chosen}
                {start.temperature.fixed && <span className="dim"> set</span>}
                {gridEnd(start.temperature) !== null && (
                  <span className="dim">
                    {" "}
                    <Explained line={targetOutside}>{gridEnd(start.temperature)} tried</Explained>
                  </span>
                )}
              </td>
              <td className="num">
                {fixed(start.temperature.chosenEntropy, 2)} <span className="dim">(target {fixed(start.temperature.target, 2)})</span>
              </td>
              <td className="num">{arrow(percent(start.truncated.before), percent(start.truncated.after))}</td>
              <td className="num">{arrow(fixed(start.responseTokens.before, 1), fixed(start.responseTokens.after, 1))}</td>
              {shown.map((k) => {
                const point = start.passAtK.find((p) => p.k === k);
                return (
                  <td key={k} className="num">
                    {point !== undefined && arrow(percent(point.before), percent(point.after))}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
