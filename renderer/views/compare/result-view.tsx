// What a study of any kind found: its arms' scores, what its kind asks, and every paired difference, for one seed or all of its recipe.
import { Link } from "wouter";
import type { StudyResult } from "../../../main/contract/study-result.ts";
import { noiseFigure } from "../../charts/noise-figure.ts";
import { Plot } from "../../charts/plot.tsx";
import { publishedLines, publishedScores, withLines } from "../../charts/published.ts";
import { armStyles, epochsFigure, ladderFigure, scoresFigure, temperatureScoreFigure } from "../../charts/result-figures.ts";
import { stagesFigure } from "../../charts/stages-figure.ts";
import { truncationFigure } from "../../charts/truncation-figure.ts";
import { setQuery } from "../../client/location.ts";
import { useResult } from "../../client/result-queries.ts";
import { selectionKey } from "../../client/selection.ts";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Loading } from "../../components/late.tsx";
import { ArmScores } from "./arm-scores.tsx";
import { DifferenceTable } from "./difference-table.tsx";
import { Doors } from "./doors.tsx";
import { FatesSection } from "./fates-section.tsx";
import { FinderSection } from "./finder-section.tsx";
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
  if (result.data.recipe.kind === "sft")
    return (
      <Empty title="SFT alone has no score" action={<Link href={`/runs/${studyId}`}>See its loss</Link>}>
        Its loss is among its curves, and the checkpoint it ends with can be evaluated or be a study's start.
      </Empty>
    );
  if (result.data.arms.every(({ runs }) => runs.every(({ evaluations }) => evaluations.length === 0)))
    return <Empty title="Nothing measured yet">Each arm appears here when its first evaluation is done.</Empty>;
  return <ResultBody result={result.data} studyId={studyId} />;
}

function ResultBody({ result, studyId }: { result: StudyResult; studyId: string }) {
  const styles = armStyles(result);
  const published = usePublishedNumbers();
  const several = result.seeds.length > 1;
  const open = (key: string) => setQuery({ [selectionKey]: key });
  const onEntropy = temperatureScoreFigure(result, "entropy");
  const truncated = truncationFigure(result);
  const own = [
    ladderFigure(result),
    epochsFigure(result),
    noiseFigure(result),
    temperatureScoreFigure(result, "temperature"),
    onEntropy && withLines(onEntropy, publishedLines("entropy", "x", published)),
    truncated && withLines(truncated, publishedLines("truncated", "x", published)),
  ].flatMap((figure) => figure ?? []);
  // Of one checkpoint's stages, the line through them says what a row each would.
  const staged = stagesFigure(result);
  const scores = staged ?? withLines(scoresFigure(result), publishedScores(result.recipe, published));
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
          <div className="plot-grid">
            {own.map((figure) => (
              <div className={own.length > 1 ? "span-6" : "span-12"} key={figure.id}>
                <Plot figure={figure} height={300} onPoint={open} />
              </div>
            ))}
          </div>
        </section>
      )}
      {result.regression && <RegressionPanel regression={result.regression} />}
      {result.recipe.kind === "overlong" && <OverlongPanel studyId={studyId} inGroup={result.recipe.rl.overlongInGroupStats} />}
      <section className="section" aria-labelledby="arms-title">
        <div className="section-head">
          <h2 id="arms-title">Scores</h2>
          <p>Click a point{!several && " or a number"} for its samples.</p>
        </div>
        <div className="beside">
          <ArmScores result={result} styles={styles} />
          <Plot figure={scores} height={staged ? 240 : Math.max(140, 70 + rows * 26)} onPoint={open} />
        </div>
      </section>
      <CellTable result={result} styles={styles} />
      <StageTable result={result} styles={styles} />
      <Doors result={result} styles={styles} />
      <FinderSection result={result} styles={styles} />
      <DifferenceTable result={result} styles={styles} />
      {result.arms.some(({ runs }) => runs.some(({ stages }) => stages.length > 0)) && <FatesSection studyId={studyId} styles={styles} />}
      <PublishedTable result={result} />
      <ReplayPanel studyId={studyId} styles={styles} />
    </>
  );
}
