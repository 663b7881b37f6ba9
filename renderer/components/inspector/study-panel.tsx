// A study or one of its stages: facts, result, error, and the lineage of its checkpoints.
import { Tabs } from "@mantine/core";
import { Link } from "wouter";
import type { StageRecord, StudyRecord } from "../../../main/contract/run.ts";
import { armNames } from "../../../main/contract/study.ts";
import { startStyles } from "../../charts/figure.ts";
import { Plot } from "../../charts/plot.tsx";
import { temperatureFigure } from "../../charts/temperature-figure.ts";
import { link, useQueryEntry } from "../../client/location.ts";
import { useCheckpoints, useEvaluations, useStudy } from "../../client/queries.ts";
import { ErrorPanel, ErrorRecordPanel } from "../error-panel.tsx";
import { scoreOf } from "../evaluation-score.ts";
import { count, duration, fixed, moment, percent, percentWithN, short } from "../format.ts";
import { Loading } from "../late.tsx";
import { StartName } from "../start-swatch.tsx";
import { StatusMark } from "../status-mark.tsx";
import { Term } from "../term.tsx";
import { inspect } from "./select.ts";

export function StudyPanel({ studyId, stageId }: { studyId: string; stageId: string | null }) {
  const query = useStudy(studyId);
  const [tab, setTab] = useQueryEntry("tab");
  if (query.error !== null) return <ErrorPanel error={query.error} where="studies.get" onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="the study" />;
  const study = query.data;
  const stage = study.stages.find((s) => s.id === stageId);
  return (
    <Tabs
      value={tab === "lineage" ? "lineage" : "details"}
      onChange={(next) => setTab(next === "lineage" ? "lineage" : null, { replace: true })}
      className="inspector-body"
      keepMounted={false}
    >
      <Tabs.List px={8}>
        <Tabs.Tab value="details">{stage === undefined ? "Study" : stage.plan.label}</Tabs.Tab>
        <Tabs.Tab value="lineage">Lineage</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="details">
        {stage === undefined ? <StudyFacts study={study} /> : <StageFacts study={study} stage={stage} />}
      </Tabs.Panel>
      <Tabs.Panel value="lineage">
        <Lineage study={study} />
      </Tabs.Panel>
    </Tabs>
  );
}

function StudyFacts({ study }: { study: StudyRecord }) {
  return (
    <div className="section stack">
      {study.recipe.description !== "" && <p className="prose">{study.recipe.description}</p>}
      <dl className="facts">
        <dt>Status</dt>
        <dd>
          <StatusMark status={study.status} />
        </dd>
        <dt>Seed</dt>
        <dd>{study.seed}</dd>
        <dt>Started</dt>
        <dd>{moment(study.createdAt)}</dd>
        <dt>Time it ran</dt>
        <dd>{duration(study.stages.reduce((sum, s) => sum + s.activeSeconds, 0))}</dd>
        <dt>Recipe</dt>
        <dd className="mono">{short(study.recipeHash, 12)}</dd>
        <dt>Engine</dt>
        <dd>{study.engine ?? "not yet known"}</dd>
        <dt>Code</dt>
        <dd className="mono">{study.codeVersion}</dd>
      </dl>
      {study.error !== null && <ErrorRecordPanel record={study.error} />}
    </div>
  );
}

function StageFacts({ study, stage }: { study: StudyRecord; stage: StageRecord }) {
  const { result, plan } = stage;
  const styles = startStyles(armNames(study.recipe));
  const evaluations = useEvaluations(study.id);
  const evaluation = evaluations.data?.find((e) => e.id === result?.evaluationId);
  const compares = study.recipe.kind === "weak-vs-strong";
  return (
    <>
      <div className="section stack">
        {stage.error !== null && <ErrorRecordPanel record={stage.error} />}
        <dl className="facts">
          <dt>Status</dt>
          <dd>
            <StatusMark status={stage.status} />
          </dd>
          {plan.kind !== "data" && (
            <>
              <dt>{compares ? <Term name="start">Start</Term> : "Checkpoint"}</dt>
              <dd>{compares ? <StartName name={plan.start} style={styles.get(plan.start)} /> : plan.start}</dd>
            </>
          )}
          <dt>Step</dt>
          <dd>
            {stage.step}
            {stage.totalSteps > 0 && ` of ${stage.totalSteps}`}
          </dd>
          {stage.startedAt !== null && (
            <>
              <dt>Started</dt>
              <dd>{moment(stage.startedAt)}</dd>
            </>
          )}
          <dt>Time it ran</dt>
          <dd>{duration(stage.activeSeconds)}</dd>
          {result?.examples !== undefined && (
            <>
              <dt>Examples</dt>
              <dd>
                {count(result.examples)}
                {result.droppedExamples !== undefined &&
                  result.droppedExamples > 0 &&
                  ` (${count(result.droppedExamples)} dropped as too long)`}
              </dd>
            </>
          )}
          {result?.checkpointId !== undefined && (
            <>
              <dt>Ends with checkpoint</dt>
              <dd>
                <span className="mono">{result.checkpointId}</span>{" "}
                <Link href={link("/configure/rl", { from: study.id, checkpoint: result.checkpointId })}>Fork: RL from it</Link>
              </dd>
            </>
          )}
          {evaluation !== undefined && (
            <>
              <dt>
                <Term name="pass@1" />
              </dt>
              <dd>{percentWithN(scoreOf(evaluation))}</dd>
              <dt>Truncated</dt>
              <dd>{percent(evaluation.truncated)}</dd>
              <dt>Response length</dt>
              <dd>{fixed(evaluation.responseTokens, 1)} tokens</dd>
            </>
          )}
        </dl>
        {evaluation !== undefined && (
          <span className="links">
            <button type="button" onClick={() => inspect({ kind: "samples", evaluationId: evaluation.id })}>
              Open its {count(evaluation.problems * evaluation.samplesPerProblem)} samples
            </button>
          </span>
        )}
      </div>
      {result?.temperature !== undefined && plan.kind === "temperature" && (
        <div className="section stack">
          <Plot figure={temperatureFigure(plan.start, result.temperature, styles.get(plan.start))} height={220} />
          <table className="table wide">
            <thead>
              <tr>
                <th className="num">T</th>
                <th className="num">Entropy at T</th>
                <th className="num">Reward</th>
                <th className="num">Truncated</th>
                <th className="num">Tokens</th>
              </tr>
            </thead>
            <tbody>
              {result.temperature.candidates.map((c) => (
                <tr key={c.temperature} data-cursor={c.temperature === result.temperature?.chosen}>
                  <td className="num">{c.temperature}</td>
                  <td className="num">{fixed(c.entropy, 3)}</td>
                  <td className="num">{percent(c.reward)}</td>
                  <td className="num">{percent(c.truncated)}</td>
                  <td className="num">{fixed(c.responseTokens, 1)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Lineage({ study }: { study: StudyRecord }) {
  const checkpoints = useCheckpoints(study.id);
  const arms = armNames(study.recipe);
  const styles = startStyles(arms);
  if (checkpoints.error !== null)
    return <ErrorPanel error={checkpoints.error} where="runs.checkpoints" onRetry={() => void checkpoints.refetch()} />;
  if (checkpoints.data === undefined) return <Loading what="checkpoints" />;
  const origin = "checkpoint" in study.recipe ? study.recipe.checkpoint : study.recipe.base;
  // What forks begin from comes before them.
  const shared = checkpoints.data.map(({ start }) => start).filter((start) => !arms.includes(start));
  /** Without the study's id, which all have. */
  const own = (id: string) => (id.startsWith(`${study.id}-`) ? id.slice(study.id.length + 1) : id);
  const stageOf = (id: string) => study.stages.find((s) => s.id === id)?.plan.label ?? id;
  return (
    <div className="section stack">
      <p className="dim">
        {study.recipe.kind === "weak-vs-strong" ? "Each start goes" : "It goes"} from <span className="mono">{origin}</span>. A checkpoint
        alone says how to open it.
      </p>
      {[...new Set([...shared, ...arms])].map((start) => {
        const chain = checkpoints.data
          .filter((c) => c.start === start)
          .sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.step - b.step);
        return (
          <div key={start}>
            <h3>
              <StartName name={start} style={styles.get(start)} />
            </h3>
            {chain.length === 0 ? (
              <p className="dim">
                {study.recipe.kind === "evaluation" ? "An evaluation makes no checkpoint." : "No checkpoint yet: SFT writes the first."}
              </p>
            ) : (
              <table className="table wide">
                <thead>
                  <tr>
                    <th>Stage</th>
                    <th className="num">Step</th>
                    <th>Checkpoint</th>
                    <th>From</th>
                    <th>Fork</th>
                  </tr>
                </thead>
                <tbody>
                  {chain.map((c) => (
                    <tr key={c.id}>
                      <td>{stageOf(c.stageId)}</td>
                      <td className="num">{c.step}</td>
                      <td className="mono" title={`${c.id}, ${c.path}, ${count(c.parameters)} parameters`}>
                        {own(c.id)}
                      </td>
                      <td className="mono" title={c.parentId ?? undefined}>
                        {c.parentId === null ? origin : own(c.parentId)}
                      </td>
                      <td>
                        <Link href={link("/configure/rl", { from: study.id, checkpoint: c.id })} aria-label={`RL from step ${c.step}`}>
                          RL
                        </Link>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </div>
        );
      })}
    </div>
  );
}
