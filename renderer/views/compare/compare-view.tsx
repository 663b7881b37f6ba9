// What a study found: of starts, each before and after RL, the gap, what was newly solved and lost; of other kinds, their arms.
import { Link, Redirect } from "wouter";
import type { Comparison } from "../../../main/contract/comparison.ts";
import { beforeAfterFigure, changeTitle, gapSentence, passAtKFigure } from "../../charts/comparison-figures.ts";
import { startStyles } from "../../charts/figure.ts";
import { Plot } from "../../charts/plot.tsx";
import { setQuery } from "../../client/location.ts";
import { useComparison, useStudies } from "../../client/queries.ts";
import { selectionKey } from "../../client/selection.ts";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { duration, eta, percent, short } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import { StudyHead } from "../../components/study-head.tsx";
import { FateLists, fatesByRl } from "./fate-lists.tsx";
import { PublishedSwitch } from "./published-switch.tsx";
import { ReplayPanel } from "./replay-panel.tsx";
import { ResultView } from "./result-view.tsx";
import { RunTable, ScoreTable } from "./score-table.tsx";
import { StartsSection } from "./starts-section.tsx";

export function CompareView({ studyId }: { studyId: string | null }) {
  const studies = useStudies();
  // An evaluation or a fine-tuning has a view of its own.
  const comparable = studies.data?.filter((s) => s.kind !== "evaluation" && s.kind !== "sft");
  const id = studyId ?? comparable?.find((s) => s.status === "done")?.id ?? comparable?.[0]?.id ?? null;
  const kind = studies.data?.find((s) => s.id === id)?.kind;
  const comparison = useComparison(kind === "weak-vs-strong" ? id : null);
  const study = studies.data?.find((s) => s.id === id);
  if (studyId === null && id !== null) return <Redirect to={`/compare/${id}`} replace />;
  if (studies.error !== null) return <ErrorPanel error={studies.error} where="studies.list" onRetry={() => void studies.refetch()} />;
  if (id === null && studies.data !== undefined)
    return (
      <Empty title="Nothing to compare yet" action={<Link href="/">Go to the quick study</Link>}>
        A finished study is compared here: every start before and after RL with intervals, the gap between starts, problems newly solved and
        lost.
      </Empty>
    );
  if (study !== undefined && study.kind !== "weak-vs-strong")
    return (
      <div className="view" data-testid="compare">
        <StudyHead study={study} area="compare">
          {study.kind !== "sft" && <PublishedSwitch />}
          {study.kind === "evaluation" ? (
            <Link href={`/evaluations/${study.id}`}>Problems</Link>
          ) : (
            <Link href={`/runs/${study.id}`}>Curves</Link>
          )}
        </StudyHead>
        <ResultView studyId={study.id} />
      </div>
    );
  if (studies.data !== undefined && study === undefined)
    return (
      <Empty title="No such study" action={<Link href="/runs">All runs</Link>}>
        No study is called {id}. It may have been deleted, or the link belongs to another data folder.
      </Empty>
    );
  if (comparison.error !== null)
    return <ErrorPanel error={comparison.error} where="compare.study" onRetry={() => void comparison.refetch()} />;
  if (comparison.data === undefined || study === undefined) return <Loading what="the comparison" />;
  return (
    <div className="view" data-testid="compare">
      <StudyHead study={study} area="compare">
        {comparison.data !== null && <PublishedSwitch />}
        <Link href={`/runs/${study.id}`}>Curves</Link>
      </StudyHead>
      {comparison.data === null ? (
        <>
          <p className="section dim">
            Not finished: the study is {study.status}, {percent(study.progress, 0)} done
            {study.etaSeconds !== null && `, ${eta(study.etaSeconds)}`}. What is measured so far; the comparison of starts comes with the
            last evaluation.
          </p>
          <ResultView studyId={study.id} />
        </>
      ) : (
        <>
          <ComparisonBody comparison={comparison.data} />
          <StartsSection studyId={study.id} />
          <ReplayPanel studyId={study.id} styles={startStyles(study.starts)} />
        </>
      )}
    </div>
  );
}

function ComparisonBody({ comparison }: { comparison: Comparison }) {
  const styles = startStyles(comparison.starts.map((s) => s.name));
  const open = (key: string) => setQuery({ [selectionKey]: key });
  const rows = comparison.starts.reduce((sum, s) => sum + 1 + s.bySource.length, 0);
  return (
    <>
      <section className="section" aria-label="Finding">
        <p className="headline tabular">
          {changeTitle(comparison.starts)}.{" "}
          {comparison.gaps.length <= 3 &&
            comparison.gaps.map((gap) => <span key={`${gap.weak} ${gap.strong}`}>{capital(gapSentence(gap))} </span>)}
        </p>
        <p className="dim tabular">
          One seed ({comparison.study.seed}), recipe <span className="mono">{short(comparison.study.recipeHash, 12)}</span>, ran{" "}
          {duration(comparison.study.seconds)}
          {comparison.study.engine !== null && ` on ${comparison.study.engine}`}, measured on {comparison.pool}
          {comparison.pool === "dev" && ", where recipes are chosen: a result to quote is measured on test, with fresh seeds"}. Intervals
          are 95 %, over problems; they say nothing of other seeds.
        </p>
      </section>
      <section className="section" aria-labelledby="scores-title">
        <div className="section-head">
          <h2 id="scores-title">Before and after RL</h2>
          <p>Click a number for its samples.</p>
        </div>
        <div className="beside">
          <ScoreTable starts={comparison.starts} styles={styles} />
          <Plot figure={beforeAfterFigure(comparison)} height={Math.max(200, 60 + rows * 26)} onPoint={open} />
        </div>
      </section>
      <section className="section" aria-labelledby="ran-title">
        <div className="beside">
          <div>
            <div className="section-head">
              <h2 id="ran-title">How each start ran</h2>
            </div>
            <RunTable starts={comparison.starts} styles={styles} />
          </div>
          <Plot figure={passAtKFigure(comparison)} height={230} onPoint={open} />
        </div>
      </section>
      <section className="section" aria-labelledby="fates-title">
        <div className="section-head">
          <h2 id="fates-title">Problems newly solved and lost</h2>
          <p>
            Chosen by one half of the samples before RL and one half after; the shares are of the halves that did not choose. Click a
            problem for its samples before and after.
          </p>
        </div>
        <FateLists lists={comparison.starts.flatMap((start) => fatesByRl(start, styles))} />
      </section>
    </>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
