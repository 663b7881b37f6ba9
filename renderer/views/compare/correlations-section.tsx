// What of a start's fingerprint goes with its gain through RL, over finished studies of one measure; on choosing a trait, its starts.
import type { StudySummary } from "../../../main/contract/api.ts";
import type { FingerprintCorrelation } from "../../../main/contract/fingerprint.ts";
import type { StudyRecord } from "../../../main/contract/run.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { coefficientText, correlationFigure, correlationReading, leastStarts } from "../../charts/fingerprint-figure.ts";
import { Plot } from "../../charts/plot.tsx";
import { useQueryEntry } from "../../client/location.ts";
import { useStudies, useStudy } from "../../client/queries.ts";
import { useFingerprintCorrelations } from "../../client/result-queries.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { count, plural } from "../../components/format.ts";
import { type RowColumn, RowTable } from "../../components/row-table.tsx";

const columns: RowColumn<FingerprintCorrelation>[] = [
  { key: "trait", label: "Trait before RL", render: ({ label }) => label },
  { key: "n", label: "Starts", numeric: true, render: ({ n }) => count(n) },
  { key: "spearman", label: "Spearman", numeric: true, render: ({ spearman }) => coefficientText(spearman) },
  { key: "pearson", label: "Pearson", numeric: true, render: ({ pearson }) => coefficientText(pearson) },
  { key: "reading", label: "Reading", render: correlationReading },
];

export function CorrelationsSection({ studyId, styles }: { studyId: string; styles: Map<string, StartStyle> }) {
  const studies = useStudies();
  const report = useFingerprintCorrelations(studyId, (studies.data ?? []).filter(isEnded).length);
  const study = useStudy(studyId);
  const [trait, setTrait] = useQueryEntry("trait");
  if (report.error !== null)
    return <ErrorPanel error={report.error} where="results.fingerprintCorrelations" onRetry={() => void report.refetch()} />;
  if (report.data === undefined) return null;
  const chosen = report.data?.correlations.find((each) => each.trait === trait);
  return (
    <section className="section" aria-labelledby="correlations-title" data-testid="correlations">
      <div className="section-head">
        <h2 id="correlations-title">Which trait goes with the gain</h2>
        <p>
          {report.data === null
            ? "Over the starts of finished studies on the same problems and final evaluation, each trait of the fingerprint against what RL gained."
            : `Over ${plural(report.data.starts, "start")} of finished studies on the same problems and final evaluation; seeds of one start are averaged. Click a trait for its starts.`}
        </p>
      </div>
      {report.data === null ? (
        <TooFew />
      ) : (
        <div className="stack">
          <div className="beside">
            <RowTable
              label="Traits of starts and the gain through RL"
              columns={columns}
              rows={report.data.correlations}
              keyOf={(row) => row.trait}
              onOpen={(row) => setTrait(row.trait === trait ? null : row.trait)}
              isOpen={(row) => row.trait === trait}
            />
            {chosen && <Plot figure={correlationFigure(chosen, ownStyles(study.data, styles))} height={250} />}
          </div>
          <div>
            {report.data.notes.map((note) => (
              <p key={note} className="dim">
                {note}
              </p>
            ))}
          </div>
        </div>
      )}
    </section>
  );
}

/** Starts have their study's name and recipe before their own among all others. */
function ownStyles(study: StudyRecord | undefined, styles: Map<string, StartStyle>): Map<string, StartStyle> {
  if (!study) return new Map();
  return new Map([...styles].map(([start, style]) => [`${study.name} (${study.recipeHash.slice(0, 6)}), ${start}`, style]));
}

/** A study that took starts through RL and is over. */
const isEnded = ({ kind, status }: StudySummary): boolean => status === "done" && (kind === "weak-vs-strong" || kind === "rl");

function TooFew() {
  return (
    <p className="dim">
      Two points always lie on a line, so a correlation needs {leastStarts} starts at the least: this study and others like it have fewer.
      Further seeds of one start do not count.
    </p>
  );
}
