// What a study of any kind found: its arms' scores, what its kind asks, and every paired difference, for one seed or all of its recipe.
import type { StudyResult } from "../../../main/contract/study-result.ts";
import { Plot } from "../../charts/plot.tsx";
import { publishedLines, withLines } from "../../charts/published.ts";
import { armStyles, epochsFigure, ladderFigure, scoresFigure, temperatureScoreFigure } from "../../charts/result-figures.ts";
import { temperatureFigure } from "../../charts/temperature-figure.ts";
import { truncationFigure } from "../../charts/truncation-figure.ts";
import { setQuery } from "../../client/location.ts";
import { useResult } from "../../client/result-queries.ts";
import { selectionKey } from "../../client/selection.ts";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Loading } from "../../components/late.tsx";
import { DifferenceTable } from "./difference-table.tsx";
import { Doors } from "./doors.tsx";
import { FatesSection } from "./fates-section.tsx";
import { OverlongPanel } from "./overlong-panel.tsx";
import { usePublishedNumbers } from "./published-switch.tsx";
import { PublishedTable } from "./published-table.tsx";
import { RegressionPanel } from "./regression-panel.tsx";
import { ReplayPanel } from "./replay-panel.tsx";
import { SeedsLine, useSeeds } from "./seeds-line.tsx";
import { CellTable, StageTable } from "./stage-table.tsx";

export function ResultView({ studyId }: { studyId: string }) {
  const [seeds] = useSeeds();
  const result = useResult(studyId, seeds);
  if (result.error !== null) return <ErrorPanel error={result.error} where="results.get" onRetry={() => void result.refetch()} />;
  if (result.data === undefined) return <Loading what="the result" />;
  if (result.data.arms.every(({ runs }) => runs.every(({ evaluations }) => evaluations.length === 0)))
    return <Empty title="Nothing measured yet">Each arm appears here when its first evaluation is done.</Empty>;
  return <ResultBody result={result.data} studyId={studyId} />;
}

function ResultBody({ result, studyId }: { result: StudyResult; studyId: string }) {
  const styles = armStyles(result);
  const published = usePublishedNumbers();
  const open = (key: string) => setQuery({ [selectionKey]: key });
  const onEntropy = temperatureScoreFigure(result, "entropy");
  const truncated = truncationFigure(result);
  const own = [
    ladderFigure(result),
    epochsFigure(result),
    temperatureScoreFigure(result, "temperature"),
    onEntropy && withLines(onEntropy, publishedLines("entropy", "x", published)),
    truncated && withLines(truncated, publishedLines("truncated", "x", published)),
  ].flatMap((figure) => figure ?? []);
  const sweeps = result.arms.flatMap(({ name, runs }) => {
    const found = runs[0]?.temperature;
    if (!found || found.candidates.length < 2) return [];
    return [withLines(temperatureFigure(name, found, styles.get(name)), publishedLines("entropy", "y", published))];
  });
  const scores = scoresFigure(result);
  const rows = scores.y.categories?.length ?? 0;
  return (
    <>
      <section className="section" aria-label="Finding">
        <SeedsLine result={result} />
        {result.notes.map((note) => (
          <p key={note} className="dim">
            {note}
          </p>
        ))}
      </section>
      {own.length > 0 && (
        <section className="section plots" aria-labelledby="asks-title">
          <h2 id="asks-title" className="sr-only">
            What the study asks
          </h2>
          {own.map((figure) => (
            <Plot key={figure.id} figure={figure} height={300} onPoint={open} />
          ))}
        </section>
      )}
      {result.regression && <RegressionPanel regression={result.regression} />}
      {result.recipe.kind === "overlong" && <OverlongPanel studyId={studyId} />}
      <section className="section" aria-labelledby="arms-title">
        <div className="section-head">
          <h2 id="arms-title">Scores</h2>
          <p>Click a point for its samples.</p>
        </div>
        <Plot figure={scores} height={Math.max(160, 70 + rows * 26)} onPoint={open} />
      </section>
      <CellTable result={result} styles={styles} />
      <StageTable result={result} styles={styles} />
      <Doors result={result} styles={styles} />
      {sweeps.length > 0 && (
        <section className="section plots" aria-labelledby="sweeps-title">
          <h2 id="sweeps-title" className="sr-only">
            Temperature sweeps
          </h2>
          {sweeps.map((figure) => (
            <Plot key={figure.id} figure={figure} height={240} />
          ))}
        </section>
      )}
      <DifferenceTable result={result} styles={styles} />
      <FatesSection studyId={studyId} styles={styles} />
      <PublishedTable result={result} />
      <ReplayPanel studyId={studyId} styles={styles} />
    </>
  );
}
