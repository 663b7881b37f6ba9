// What the papers printed on a study's question, each number with its source and how far it can be relied on, beside the study's own.
import type { StudyResult } from "../../../main/contract/study-result.ts";
import { ownFigure } from "../../charts/own-figure.ts";
import { amount, benchmarkOf, publishedFor, reliability, sourceOf } from "../../charts/published.ts";
import { ScrollTable } from "../../components/scroll-table.tsx";
import { Explained } from "../../components/term.tsx";
import { publishedTitle, usePublishedNumbers } from "./published-switch.tsx";

const wrapping = { whiteSpace: "normal", minWidth: 220, maxWidth: 320 } as const;

export function PublishedTable({ result }: { result: StudyResult }) {
  const values = usePublishedNumbers();
  if (values.length === 0) return null;
  const rows = publishedFor(result.recipe, values).map((value) => ({ value, own: ownFigure(value, result) }));
  return (
    <section className="section" aria-labelledby={publishedTitle}>
      <div className="section-head">
        <h2 id={publishedTitle}>What the paper printed</h2>
        <p>Models of 1.5B to 32B parameters, one run each, no seeds: to be read beside this study, not to be met by it.</p>
      </div>
      {rows.length === 0 ? (
        <p className="dim">The papers print no number on the question of this study, nor on its problems.</p>
      ) : (
        <ScrollTable label="What the paper printed">
          <table className="table" aria-label="What the paper printed">
            <thead>
              <tr>
                <th scope="col">Number</th>
                <th scope="col" className="num">
                  Published
                </th>
                <th scope="col">This study{benchmarkOf(result.recipe) === null && ", on its own problems"}</th>
                <th scope="col">Source</th>
                <th scope="col">Reliability</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ value, own }, i) => (
                <tr key={value.key}>
                  <th scope="row">{value.note === undefined ? value.what : <Explained line={value.note}>{value.what}</Explained>}</th>
                  <td className="num">{amount(value.value, value.unit)}</td>
                  {/* One figure of the study may stand beside several benchmarks of the paper's. */}
                  {(own === null || own !== rows[i - 1]?.own) && (
                    <td rowSpan={alike(rows, i)} style={wrapping}>
                      {own}
                    </td>
                  )}
                  <td className="dim">{sourceOf(value)}</td>
                  <td className={value.status === "disputed" ? "warn" : "dim"} style={wrapping}>
                    {reliability(value)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollTable>
      )}
    </section>
  );
}

/** Rows from the i-th on that have its own figure. */
function alike(rows: { own: string | null }[], i: number): number {
  const { own } = rows[i];
  if (own === null) return 1;
  const next = rows.slice(i).findIndex((row) => row.own !== own);
  return next < 0 ? rows.length - i : next;
}
