// What a study of any kind found: its arms' scores, what its kind asks, and every paired difference, for one seed or all of its recipe.
import { SegmentedControl } from "@mantine/core";
import type { StudyResult } from "../../../main/contract/study-result.ts";
import { Plot } from "../../charts/plot.tsx";
import { armStyles, doorFigure, epochsFigure, ladderFigure, scoresFigure, temperatureScoreFigure } from "../../charts/result-figures.ts";
import { temperatureFigure } from "../../charts/temperature-figure.ts";
import { setQuery, useQueryEntry } from "../../client/location.ts";
import { type Seeds, useResult } from "../../client/result-queries.ts";
import { selectionKey } from "../../client/selection.ts";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { duration, short } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import { DifferenceTable } from "./difference-table.tsx";
import { OverlongPanel } from "./overlong-panel.tsx";
import { RegressionPanel } from "./regression-panel.tsx";
import { CellTable, StageTable } from "./stage-table.tsx";

export function useSeeds(): [Seeds, (seeds: Seeds) => void] {
  const [entry, set] = useQueryEntry("seeds");
  return [entry === "all" ? "all" : "this", (seeds) => set(seeds === "this" ? null : seeds)];
}

export function ResultView({ studyId }: { studyId: string }) {
  const [seeds] = useSeeds();
  const result = useResult(studyId, seeds);
  if (result.error !== null) return <ErrorPanel error={result.error} where="results.get" onRetry={() => void result.refetch()} />;
  if (result.data === undefined) return <Loading what="the result" />;
  if (result.data.arms.every(({ runs }) => runs.every(({ evaluations }) => evaluations.length === 0)))
    return <Empty title="Nothing measured yet">Each arm appears here when its first evaluation is done.</Empty>;
  return <ResultBody result={result.data} studyId={studyId} />;
}

export function SeedsLine({ result }: { result: StudyResult }) {
  const [seeds, setSeeds] = useSeeds();
  const list = result.seeds.map(({ seed }) => seed).join(", ");
  const seconds = result.seeds.reduce((sum, seed) => sum + seed.seconds, 0) / result.seeds.length;
  return (
    <div className="section-head">
      <SegmentedControl
        size="xs"
        aria-label="Seeds"
        value={seeds}
        onChange={(value) => setSeeds(value as Seeds)}
        data={[
          { value: "this", label: "This seed" },
          { value: "all", label: "All seeds of the recipe" },
        ]}
      />
      <p className="tabular">
        {result.seeds.length === 1 ? `Seed ${list}` : `${result.seeds.length} seeds (${list})`} on {result.pool}, recipe{" "}
        <span className="mono">{short(result.recipeHash, 12)}</span>, {duration(seconds)} each.
        {result.seeds.some(({ complete }) => !complete) && " Not finished: what is there so far."}
      </p>
    </div>
  );
}

function ResultBody({ result, studyId }: { result: StudyResult; studyId: string }) {
  const styles = armStyles(result);
  const open = (key: string) => setQuery({ [selectionKey]: key });
  const own = [
    ladderFigure(result),
    epochsFigure(result),
    temperatureScoreFigure(result, "temperature"),
    temperatureScoreFigure(result, "entropy"),
  ].flatMap((figure) => figure ?? []);
  const sweeps = result.arms.flatMap(({ name, runs }) => {
    const found = runs[0]?.temperature;
    return found && found.candidates.length > 1 ? [temperatureFigure(name, found, styles.get(name))] : [];
  });
  const scores = scoresFigure(result);
  const rows = scores.y.categories?.length ?? 0;
  const doors = result.arms.flatMap((arm) =>
    arm.runs.flatMap((run) => run.stages.flatMap((stage) => doorFigure(arm, run, stage.stageId, styles.get(arm.name)) ?? [])),
  );
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
      {doors.length > 0 && (
        <section className="section plots" aria-labelledby="doors-title">
          <h2 id="doors-title" className="sr-only">
            Doors
          </h2>
          {doors.map((figure) => (
            <Plot key={figure.id} figure={figure} height={220} />
          ))}
        </section>
      )}
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
    </>
  );
}
