// The stages of a study at a glance: one row an arm, one column a stage; each cell its status, progress and result.

import type { StageRecord, StudyRecord } from "../../../main/contract/run.ts";
import { armNames } from "../../../main/contract/study.ts";
import { startStyles } from "../../charts/figure.ts";
import { useQueryEntry } from "../../client/location.ts";
import { useDatasets, useEvaluations } from "../../client/queries.ts";
import { readSelection, selectionKey } from "../../client/selection.ts";
import { useUi } from "../../client/ui-store.ts";
import { scoreOf } from "../../components/evaluation-score.ts";
import { count, duration, eta, fixed, percent, percentInterval } from "../../components/format.ts";
import { inspect } from "../../components/inspector/select.ts";
import { StartName } from "../../components/start-swatch.tsx";
import { ProgressBar, StatusMark } from "../../components/status-mark.tsx";
import { BandMark } from "./band-remarks.tsx";

/** What a stage is in its arm's way: its label without the arm's name, which the row says. */
function columnOf({ plan }: StageRecord): string {
  if (!("start" in plan)) return plan.label;
  // kind/arm[/stage][/budget], whatever the arm is called.
  const rest = plan.key.startsWith(`${plan.kind}/${plan.start}/`) ? plan.key.slice(plan.kind.length + plan.start.length + 2) : "";
  switch (plan.kind) {
    case "sft":
    case "finetune":
      return "SFT";
    case "rl":
      return plan.name ?? "RL";
    case "temperature":
      return rest ? `Temperature, ${rest}` : "Temperature";
    case "door":
      return `Door of ${rest}`;
    case "evaluate": {
      if (plan.when === "between") return `After ${plan.point}`;
      const budget = rest.endsWith(`/${plan.config.maxResponseTokens}`) ? `, ${plan.config.maxResponseTokens} tokens` : "";
      return { before: "Before RL", after: "After RL", alone: "Evaluation" }[plan.when] + budget;
    }
  }
}

export function StageMatrix({ study }: { study: StudyRecord }) {
  const { kind } = study.recipe;
  return kind === "evaluation" || kind === "sft" ? <StageRow study={study} /> : <ArmMatrix study={study} />;
}

/** A study of one checkpoint: its stages in order. */
function StageRow({ study }: { study: StudyRecord }) {
  return (
    <div className="table-wrap">
      <table className="matrix">
        <thead>
          <tr>
            {study.stages.map((stage) => (
              <th key={stage.id} scope="col">
                {stage.plan.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            {study.stages.map((stage) => (
              <td key={stage.id}>
                <StageCell study={study} stage={stage} />
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

/** One row an arm, one column for what arms have in common, in the order of the plan. */
function ArmMatrix({ study }: { study: StudyRecord }) {
  const arms = armNames(study.recipe);
  const armOf = (stage: StageRecord) => ("start" in stage.plan ? stage.plan.start : null);
  const own = study.stages.filter((stage) => armOf(stage) !== null);
  // What forks begin from stands above them.
  const rows = [...new Set([...own.map((stage) => armOf(stage)!).filter((name) => !arms.includes(name)), ...arms])];
  const columns = [...new Set(own.map(columnOf))];
  const styles = startStyles(arms);
  const data = study.stages.find((s) => s.plan.kind === "data");
  // The layout is fixed: the longest name (13 px, near 7 a character) with its swatch and padding.
  const nameWidth = Math.max(88, Math.min(240, 44 + 7 * Math.max(...rows.map((name) => name.length))));
  return (
    <div className="table-wrap">
      <table className="matrix" style={{ minWidth: 92 + nameWidth + 96 * columns.length }}>
        <thead>
          <tr>
            <th scope="col" style={{ width: nameWidth }}>
              {study.recipe.kind === "weak-vs-strong" ? "Start" : "Arm"}
            </th>
            <th scope="col">Data</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((name, row) => (
            <tr key={name}>
              <th scope="row">
                <StartName name={name} style={styles.get(name)} />
              </th>
              {row === 0 && <td rowSpan={rows.length}>{data !== undefined && <StageCell study={study} stage={data} />}</td>}
              {columns.map((column) => {
                const stage = own.find((s) => armOf(s) === name && columnOf(s) === column);
                return <td key={column}>{stage !== undefined && <StageCell study={study} stage={stage} />}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function StageCell({ study, stage }: { study: StudyRecord; stage: StageRecord }) {
  const [selected] = useQueryEntry(selectionKey);
  const selection = readSelection(selected);
  const live = useUi((state) => state.activities[study.id]);
  const mine = live?.stageId === stage.id ? live : undefined;
  const share = stage.status === "done" ? 1 : stage.totalSteps > 0 ? stage.step / stage.totalSteps : 0;
  const detail = useStageDetail(study, stage);
  return (
    <button
      type="button"
      className="stage-cell"
      data-testid={`stage-${stage.plan.kind}`}
      aria-pressed={selection?.kind === "stage" && selection.stageId === stage.id}
      onClick={() => inspect({ kind: "stage", studyId: study.id, stageId: stage.id })}
    >
      <span className="sr-only">{stage.plan.label}: </span>
      <span className="line">
        <StatusMark status={stage.status} />
        <span>
          {stage.status !== "done" && stage.totalSteps > 0 && `${stage.step}/${stage.totalSteps}`}
          {stage.status === "done" && <span className="dim">{duration(stage.activeSeconds)}</span>}
        </span>
      </span>
      <ProgressBar share={share} status={stage.status} label={`Progress of ${stage.plan.label}`} />
      <span className="detail" style={{ display: "block" }} title={stage.error?.message ?? detail}>
        {stage.status === "running"
          ? mine?.etaSeconds != null
            ? eta(mine.etaSeconds)
            : (mine?.activity ?? "")
          : (stage.error?.message ?? detail)}
      </span>
      <BandMark study={study} stage={stage} />
    </button>
  );
}

function epochs(n: number): string {
  return n === 1 ? "1 epoch" : `${n} epochs`;
}

/** The one result that matters of a finished stage; what is planned of one to come. */
function useStageDetail(study: StudyRecord, stage: StageRecord): string {
  const evaluations = useEvaluations(study.id);
  const datasets = useDatasets();
  const { plan, result } = stage;
  switch (plan.kind) {
    case "data": {
      const dataset = datasets.data?.find((d) => d.id === (result?.datasetId ?? study.datasetId));
      return dataset === undefined ? "problems and traces" : `${count(dataset.counts.reduce((sum, c) => sum + c.problems, 0))} problems`;
    }
    case "sft":
      return result?.examples === undefined
        ? `${count(plan.config.prompts)} × ${plan.config.responsesPerPrompt}, ${epochs(plan.config.sft.epochs)}`
        : `${count(result.examples)} examples, ${epochs(plan.config.sft.epochs)}`;
    case "finetune":
      return result?.examples === undefined
        ? epochs(plan.config.epochs)
        : `${count(result.examples)} examples, ${epochs(plan.config.epochs)}`;
    case "temperature":
      return result?.temperature === undefined
        ? `tries ${plan.config.fixed ?? plan.config.candidates.join(", ")}`
        : `T ${result.temperature.chosen}: ${fixed(result.temperature.chosenEntropy, 2)} nats`;
    case "evaluate": {
      const evaluation = evaluations.data?.find((e) => e.id === result?.evaluationId);
      return evaluation === undefined
        ? `${plan.config.pool}, avg@${plan.config.samplesPerProblem}`
        : `${percentInterval(scoreOf(evaluation))} on ${evaluation.pool}`;
    }
    case "door": {
      const door = result?.door;
      return door === undefined
        ? `${plan.config.samplesPerProblem} rollouts a problem`
        : `${count(door.survivors.length)} of ${count(door.problems)} problems pass`;
    }
    case "rl": {
      const points = (evaluations.data ?? []).filter((e) => e.stageId === stage.id).sort((a, b) => a.step - b.step);
      const [first, last] = [points[0], points[points.length - 1]];
      return points.length < 2
        ? `${plan.config.promptsPerStep} × ${plan.config.groupSize} rollouts a step`
        : `dev ${percent(first.passAt1, 0)} → ${percent(last.passAt1, 0)}`;
    }
  }
}
