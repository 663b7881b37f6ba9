// What k starts give beside their scores: whether the comparison is fair, every pair in words, and the gap along RL.
import { SegmentedControl } from "@mantine/core";
import type { AlignmentAxis } from "../../../main/contract/alignment.ts";
import { Plot } from "../../charts/plot.tsx";
import { publishedLines, withLines } from "../../charts/published.ts";
import { armStyles, gapFigure } from "../../charts/result-figures.ts";
import { setQuery, useQueryEntry } from "../../client/location.ts";
import { useAlignment, useFairness, useResult } from "../../client/result-queries.ts";
import { selectionKey } from "../../client/selection.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { fixed } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import { CorrelationsSection } from "./correlations-section.tsx";
import { DifferenceTable } from "./difference-table.tsx";
import { Doors } from "./doors.tsx";
import { FatesSection } from "./fates-section.tsx";
import { FinderSection } from "./finder-section.tsx";
import { FingerprintTable } from "./fingerprint-table.tsx";
import { GapTable } from "./gap-table.tsx";
import { usePublishedNumbers } from "./published-switch.tsx";
import { PublishedTable } from "./published-table.tsx";
import { SeedsLine, useSeeds } from "./seeds-line.tsx";
import { StageTable } from "./stage-table.tsx";

export function StartsSection({ studyId }: { studyId: string }) {
  const [seeds] = useSeeds();
  const [axisEntry, setAxis] = useQueryEntry("along");
  const axis: AlignmentAxis = axisEntry === "tokens" || axisEntry === "compute" ? axisEntry : "step";
  const result = useResult(studyId, seeds);
  const fairness = useFairness(studyId, seeds, true);
  const alignment = useAlignment(studyId, seeds, axis, true);
  const published = usePublishedNumbers();
  if (result.error !== null) return <ErrorPanel error={result.error} where="results.get" onRetry={() => void result.refetch()} />;
  if (alignment.error !== null)
    return <ErrorPanel error={alignment.error} where="results.alignment" onRetry={() => void alignment.refetch()} />;
  if (result.data === undefined) return <Loading what="the pairs of starts" />;
  const styles = armStyles(result.data);
  const [scope] = result.data.starts?.scopes ?? [];
  return (
    <>
      <section className="section" aria-labelledby="pairs-title">
        <div className="section-head">
          <h2 id="pairs-title">The gap between starts</h2>
        </div>
        <SeedsLine result={result.data} />
        {fairness.data && (
          <div>
            <p>{fairness.data.sentence}</p>
            <ul>
              {fairness.data.findings.map(({ field, grade, sentence }) => (
                <li key={field}>
                  <span className={grade === "breaks the comparison" ? "status-failed" : "dim"}>{grade}:</span> {sentence}
                </li>
              ))}
            </ul>
          </div>
        )}
        {result.data.starts && (
          <>
            <p className="dim">
              Stronger minus weaker start on the same problems. Intervals are 95 %,{" "}
              {result.data.seeds.length > 1 ? "over seeds (Student's t)" : "paired over problems: they say nothing of other seeds"}.
            </p>
            <GapTable report={result.data.starts} styles={styles} />
          </>
        )}
        {scope?.kendall?.tau != null && (
          <p className="tabular">
            Kendall's τ of the order before and after: {fixed(scope.kendall.tau, 2)}
            {scope.kendall.bySeed.length > 1 &&
              ` (by seed ${scope.kendall.bySeed.map(({ tau }) => (tau === null ? "none" : fixed(tau, 2))).join(", ")})`}
            .
          </p>
        )}
      </section>
      {alignment.data && (
        <section className="section plots" aria-labelledby="along-title">
          <div className="section-head">
            <h2 id="along-title">Along RL</h2>
            <SegmentedControl
              style={{ marginLeft: "auto" }}
              size="xs"
              aria-label="Aligned by"
              value={axis}
              onChange={(value) => setAxis(value === "step" ? null : value)}
              data={[
                { value: "step", label: "Step" },
                { value: "tokens", label: "Tokens" },
                { value: "compute", label: "Compute" },
              ]}
            />
          </div>
          <Plot
            figure={withLines(gapFigure(alignment.data, fairness.data ?? null), publishedLines("gap", "y", published))}
            height={280}
            onPoint={(key) => setQuery({ [selectionKey]: key })}
          />
        </section>
      )}
      <FinderSection result={result.data} styles={styles} />
      <StageTable result={result.data} styles={styles} />
      <Doors result={result.data} styles={styles} />
      <DifferenceTable result={result.data} styles={styles} />
      <FatesSection studyId={studyId} styles={styles} listed />
      <FingerprintTable studyId={studyId} styles={styles} />
      <CorrelationsSection studyId={studyId} styles={styles} />
      <PublishedTable result={result.data} />
    </>
  );
}
