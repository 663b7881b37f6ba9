// The panel at the right: details of what is selected, without leaving the view.
import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { Selection } from "../client/selection.ts";
import { count } from "./format.ts";
import { BadRows } from "./inspector/bad-rows.tsx";
import { ChangePanel, PairPanel } from "./inspector/change-panel.tsx";
import { CheckpointPanel } from "./inspector/checkpoint-panel.tsx";
import { ImportCheckpointPanel } from "./inspector/import-checkpoint-panel.tsx";
import { ProblemPanel } from "./inspector/problem-panel.tsx";
import { RolloutPanel } from "./inspector/rollout-panel.tsx";
import { RolloutsPanel } from "./inspector/rollouts-panel.tsx";
import { RowPanel } from "./inspector/row-panel.tsx";
import { ProblemSamplesPanel, SamplesPanel } from "./inspector/samples-panel.tsx";
import { StudyPanel } from "./inspector/study-panel.tsx";

function titleOf(selection: Selection): string {
  switch (selection.kind) {
    case "study":
      return "Study";
    case "stage":
      return "Stage";
    case "rollouts":
      return `Rollouts of step ${selection.step}`;
    case "rollout":
      return `Rollout ${selection.sampleIndex} of ${selection.problemId}`;
    case "samples":
      return "Samples of the evaluation";
    case "problem-samples":
      return `Samples of problem ${selection.problemId}`;
    case "change":
      return `${selection.problemId} before and after RL`;
    case "pair":
      return `Problem ${selection.problemId} in both evaluations`;
    case "problem":
      return `Problem ${selection.problemId}`;
    case "row":
      return `Row ${count(selection.row + 1)}`;
    case "bad-rows":
      return "Bad rows";
    case "checkpoint":
      return selection.checkpointId;
    case "import-checkpoint":
      return "Import a checkpoint";
  }
}

function Body({ selection }: { selection: Selection }) {
  switch (selection.kind) {
    case "study":
      return <StudyPanel studyId={selection.studyId} stageId={null} />;
    case "stage":
      return <StudyPanel studyId={selection.studyId} stageId={selection.stageId} />;
    case "rollouts":
      return <RolloutsPanel stageId={selection.stageId} step={selection.step} />;
    case "rollout":
      return <RolloutPanel {...selection} />;
    case "samples":
      return <SamplesPanel evaluationId={selection.evaluationId} />;
    case "problem-samples":
      return <ProblemSamplesPanel {...selection} />;
    case "change":
      return <ChangePanel {...selection} />;
    case "problem":
      return <ProblemPanel datasetId={selection.datasetId} problemId={selection.problemId} />;
    case "pair":
      return <PairPanel {...selection} />;
    case "row":
      return <RowPanel datasetId={selection.datasetId} row={selection.row} />;
    case "bad-rows":
      return (
        <div className="inspector-fill">
          <BadRows datasetId={selection.datasetId} />
        </div>
      );
    case "checkpoint":
      return <CheckpointPanel checkpointId={selection.checkpointId} />;
    case "import-checkpoint":
      return <ImportCheckpointPanel />;
  }
}

export function Inspector({ selection, onClose }: { selection: Selection; onClose: () => void }) {
  return (
    <aside className="inspector" aria-label="Inspector">
      <div className="inspector-head">
        <h2 title={titleOf(selection)}>{titleOf(selection)}</h2>
        <ActionIcon variant="subtle" size="sm" aria-label="Close inspector (Esc)" onClick={onClose}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      <Body selection={selection} />
    </aside>
  );
}
