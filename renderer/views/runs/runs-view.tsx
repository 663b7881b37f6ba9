// A study live or finished: its stages, the curves of both starts, the latest rollouts.
import { SegmentedControl } from "@mantine/core";
import { useMemo } from "react";
import { Link, Redirect } from "wouter";
import type { StageRecord, StudyRecord } from "../../../main/contract/run.ts";
import { armNames } from "../../../main/contract/study.ts";
import { bandOfFinder, finderOf } from "../../charts/entropy-band.ts";
import { startStyles } from "../../charts/figure.ts";
import { Plot } from "../../charts/plot.tsx";
import {
  chainStages,
  lossFigure,
  metricFigure,
  rewardFigure,
  type StartCurve,
  temperatureMoved,
  type XAxis,
} from "../../charts/study-figures.ts";
import { setQuery, useQueryEntry } from "../../client/location.ts";
import { useEvaluations, useMetricsOf, useStudies, useStudy, useStudyAction } from "../../client/queries.ts";
import { selectionKey } from "../../client/selection.ts";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel, ErrorRecordPanel } from "../../components/error-panel.tsx";
import { Loading } from "../../components/late.tsx";
import { StudyHead } from "../../components/study-head.tsx";
import { BandRemarks } from "./band-remarks.tsx";
import { LatestRollouts } from "./latest-rollouts.tsx";
import { StageMatrix } from "./stage-matrix.tsx";
import { StudyControls } from "./study-controls.tsx";

export function RunsView({ studyId }: { studyId: string | null }) {
  const studies = useStudies();
  const id = studyId ?? studies.data?.find((s) => s.status === "running")?.id ?? studies.data?.[0]?.id ?? null;
  const study = useStudy(id);
  if (studyId === null && id !== null) return <Redirect to={`/runs/${id}`} replace />;
  if (studies.error !== null) return <ErrorPanel error={studies.error} where="studies.list" onRetry={() => void studies.refetch()} />;
  if (id === null && studies.data !== undefined)
    return (
      <Empty title="No study has run yet" action={<Link href="/">Go to the quick study</Link>}>
        A study's stages, curves and rollouts are shown here, live while it runs and whole afterwards.
      </Empty>
    );
  if (study.error !== null) return <ErrorPanel error={study.error} where="studies.get" onRetry={() => void study.refetch()} />;
  if (study.data === undefined) return <Loading what="the study" />;
  return <StudyView study={study.data} />;
}

type Of<Kind> = StageRecord & { plan: Extract<StageRecord["plan"], { kind: Kind }> };

function stagesOf<Kind extends StageRecord["plan"]["kind"]>(study: StudyRecord, kind: Kind): Of<Kind>[] {
  return study.stages.filter((stage): stage is Of<Kind> => stage.plan.kind === kind);
}

function useCurves(study: StudyRecord) {
  const rl = stagesOf(study, "rl");
  const sft = [...stagesOf(study, "sft"), ...stagesOf(study, "finetune")];
  const rlMetrics = useMetricsOf(rl.map((s) => s.id));
  const sftMetrics = useMetricsOf(sft.map((s) => s.id));
  const evaluations = useEvaluations(study.id);
  const rlData = rlMetrics.map((m) => m.data);
  const sftData = sftMetrics.map((m) => m.data);
  const none = { steps: [], values: {} };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stages and their columns are what the figures are made of
  return useMemo(() => {
    const styles = startStyles(armNames(study.recipe));
    const style = (name: string) => styles.get(name) ?? { hue: 6, dash: 0 };
    const ofRl = rl.map(
      (stage, i): StartCurve => ({
        start: stage.plan.start,
        style: style(stage.plan.start),
        stage,
        columns: rlData[i] ?? none,
        evaluations: (evaluations.data ?? []).filter((e) => e.stageId === stage.id && e.pool === "dev"),
        band: bandOfFinder(finderOf(study, stage)?.result?.temperature),
      }),
    );
    const ofSft = sft.map(
      (stage, i): StartCurve => ({
        start: stage.plan.start,
        style: style(stage.plan.start),
        stage,
        columns: sftData[i] ?? none,
        evaluations: [],
      }),
    );
    return { rl: chainStages(ofRl), sft: ofSft, error: evaluations.error };
  }, [study, evaluations.data, evaluations.error, ...rlData, ...sftData]);
}

const axes = [
  { value: "step", label: "Step" },
  { value: "tokens", label: "Tokens" },
  { value: "time", label: "Time" },
];

function StudyView({ study }: { study: StudyRecord }) {
  const curves = useCurves(study);
  const action = useStudyAction();
  return (
    <div className="view" data-testid="study">
      <StudyHead study={study} area="runs">
        <StudyControls study={study} action={action} />
      </StudyHead>
      {action.error !== null && <ErrorPanel error={action.error} where={`studies.${action.variables.action}`} />}
      {study.error !== null && <ErrorRecordPanel record={study.error} />}
      <section className="section" aria-label="Stages">
        <StageMatrix study={study} />
      </section>
      {curves.rl.length > 0 && <RlCurves study={study} curves={curves} />}
      {curves.rl.length === 0 && curves.sft.length > 0 && <SftCurves study={study} curves={curves.sft} />}
      {curves.rl.length > 0 && <LatestRollouts study={study} />}
    </div>
  );
}

function isOver({ status }: StudyRecord): boolean {
  return status === "failed" || status === "cancelled";
}

function RlCurves({ study, curves }: { study: StudyRecord; curves: ReturnType<typeof useCurves> }) {
  const [axisEntry, setAxis] = useQueryEntry("x");
  const axis: XAxis = axisEntry === "tokens" || axisEntry === "time" ? axisEntry : "step";
  const open = (key: string) => setQuery({ [selectionKey]: key });
  const figures = useMemo(
    () => ({
      reward: rewardFigure(curves.rl, axis),
      entropy: metricFigure(curves.rl, "entropy", axis),
      truncated: metricFigure(curves.rl, "truncated", axis),
      lengths: metricFigure(curves.rl, "responseTokens", axis),
      zeroVariance: metricFigure(curves.rl, "zeroVariance", axis),
      temperature: temperatureMoved(curves.rl) ? metricFigure(curves.rl, "temperature", axis) : null,
      // What begins from a checkpoint that is there has no SFT here.
      loss: curves.sft.length === 0 ? null : lossFigure(curves.sft),
    }),
    [curves, axis],
  );
  // Three or four in a row; of five the last two below.
  const extra = (figures.temperature === null ? 0 : 1) + (figures.loss === null ? 0 : 1);
  const small = extra === 1 ? "span-3" : "span-4";
  const last = extra === 2 ? "span-6" : "span-3";
  // Two in a row where there is less room: an odd one has the row.
  const odd = (own: boolean) => (own ? " whole" : "");
  const over = isOver(study);
  const beforeRl = over ? "RL did not begin." : "RL has not begun: its first step draws the first point here.";
  return (
    <section className="section plots" aria-labelledby="curves-title">
      <div className="section-head">
        <h2 id="curves-title">Curves</h2>
        <p>Click a point for the rollouts or samples behind it.</p>
        <SegmentedControl
          style={{ marginLeft: "auto" }}
          size="xs"
          aria-label="Horizontal axis"
          value={axis}
          onChange={(value) => setAxis(value === "step" ? null : value)}
          data={axes}
        />
      </div>
      {curves.error !== null && <ErrorPanel error={curves.error} where="runs.evaluations" />}
      <BandRemarks study={study} curves={curves.rl} />
      <div className="plot-grid">
        <div className="span-8">
          <Plot figure={figures.reward} height={300} onPoint={open} empty={beforeRl} />
        </div>
        <div className="span-4 whole">
          <Plot figure={figures.entropy} height={300} onPoint={open} empty={beforeRl} />
        </div>
        <div className={small}>
          <Plot figure={figures.truncated} height={210} onPoint={open} empty={beforeRl} />
        </div>
        <div className={small}>
          <Plot figure={figures.lengths} height={210} onPoint={open} empty={beforeRl} />
        </div>
        <div className={small + odd(extra === 0)}>
          <Plot figure={figures.zeroVariance} height={210} onPoint={open} empty={beforeRl} />
        </div>
        {figures.temperature !== null && (
          <div className={last}>
            <Plot figure={figures.temperature} height={210} onPoint={open} />
          </div>
        )}
        {figures.loss !== null && (
          <div className={last + odd(extra === 2)}>
            <Plot figure={figures.loss} height={210} empty={over ? "SFT did not begin." : "SFT has not begun."} />
          </div>
        )}
      </div>
    </section>
  );
}

/** SFT of one checkpoint. */
function SftCurves({ study, curves }: { study: StudyRecord; curves: StartCurve[] }) {
  const figures = useMemo(
    () => ({
      loss: lossFigure(curves),
      others: (["gradNorm", "learningRate", "tokensPerSecond"] as const).map((metric) => metricFigure(curves, metric, "step")),
    }),
    [curves],
  );
  const empty = isOver(study) ? "SFT did not begin." : "SFT has not begun: its first step draws the first point here.";
  return (
    <section className="section plots" aria-labelledby="curves-title">
      <div className="section-head">
        <h2 id="curves-title">Curves</h2>
      </div>
      <div className="plot-grid">
        <div className="span-12">
          <Plot figure={figures.loss} height={280} empty={empty} />
        </div>
        {figures.others.map((figure, i) => (
          <div className={i === 2 ? "span-4 whole" : "span-4"} key={figure.id}>
            <Plot figure={figure} height={210} empty={empty} />
          </div>
        ))}
      </div>
    </section>
  );
}
