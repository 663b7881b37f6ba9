// How many samples ended how, as five marks with counts, and as one bar of their shares.
import type { Verdict } from "../../main/contract/rollout.ts";
import { count, percent } from "./format.ts";
import { VerdictMark, verdicts } from "./verdict-mark.tsx";

export type VerdictCounts = Partial<Record<Verdict, number>>;

export function totalOf(counts: VerdictCounts): number {
  return verdicts.reduce((sum, verdict) => sum + (counts[verdict] ?? 0), 0);
}

function inWords(counts: VerdictCounts): string {
  return verdicts
    .filter((verdict) => (counts[verdict] ?? 0) > 0)
    .map((verdict) => `${count(counts[verdict] ?? 0)} ${verdict}`)
    .join(", ");
}

export function VerdictBar({ counts }: { counts: VerdictCounts }) {
  return (
    <span className="verdict-bar" role="img" aria-label={inWords(counts)} title={inWords(counts)}>
      {verdicts.map((verdict) => (
        <span key={verdict} style={{ flexGrow: counts[verdict] ?? 0, background: `var(--${verdict})` }} />
      ))}
    </span>
  );
}

export function VerdictTable({ counts, onOpen }: { counts: VerdictCounts; onOpen: (verdict: Verdict) => void }) {
  const total = Math.max(1, totalOf(counts));
  return (
    <table className="table" aria-label="Verdicts">
      <thead>
        <tr>
          <th scope="col">Verdict</th>
          <th scope="col" className="num">
            Samples
          </th>
          <th scope="col" className="num">
            Share
          </th>
        </tr>
      </thead>
      <tbody>
        {verdicts.map((verdict) => (
          <tr key={verdict}>
            <th scope="row">
              <VerdictMark verdict={verdict} label />
            </th>
            <td className="num">
              {(counts[verdict] ?? 0) === 0 ? (
                0
              ) : (
                <button type="button" className="linklike" title={`Samples that are ${verdict}`} onClick={() => onOpen(verdict)}>
                  {count(counts[verdict] ?? 0)}
                </button>
              )}
            </td>
            <td className="num">{percent((counts[verdict] ?? 0) / total)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
