// Pause, resume, cancel, remove: each says what happens, and what ends for good asks first and names what is lost.
import { Button } from "@mantine/core";
import { Link } from "wouter";
import type { StudyRecord } from "../../../main/contract/run.ts";
import { link, navigate } from "../../client/location.ts";
import type { useStudyAction } from "../../client/queries.ts";
import { selectionKey, writeSelection } from "../../client/selection.ts";
import { Confirm } from "../../components/confirm.tsx";

type Kind = StudyRecord["recipe"]["kind"];

const missed: Record<Kind, string> = {
  "weak-vs-strong": ", and there will be no comparison",
  ladder: ", and the ladder will lack those cells",
  epochs: ", and those epochs will be missing",
  temperature: ", and those temperatures will be missing",
  overlong: ", and those budgets will be missing",
  "verifier-noise": ", and those noise levels will be missing",
  rl: ", and there will be no final score",
  evaluation: ", and there will be no score",
  sft: ", and there will be no final checkpoint",
};

const everything = "Its curves, every rollout and sample, its checkpoints and its result are";
const removed: Record<Kind, string> = {
  "weak-vs-strong": "Its curves, every rollout and sample, its checkpoints and its comparison are",
  ladder: everything,
  epochs: everything,
  temperature: everything,
  overlong: everything,
  "verifier-noise": everything,
  rl: everything,
  evaluation: "Its score and every sample are",
  sft: "Its curves and its checkpoints are",
};

export function StudyControls({ study, action }: { study: StudyRecord; action: ReturnType<typeof useStudyAction> }) {
  const act = (name: "pause" | "resume" | "cancel" | "remove", after?: () => void) =>
    action.mutate({ action: name, id: study.id }, { onSuccess: after });
  const unfinished = study.stages.filter((s) => s.status !== "done").length;
  const { kind } = study.recipe;
  const trained = kind === "sft" ? study.stages.flatMap((s) => s.result?.checkpointId ?? []).pop() : undefined;
  const active = study.status === "running" || study.status === "queued" || study.status === "paused";
  return (
    <>
      {(study.status === "running" || study.status === "queued") && (
        <Button variant="default" loading={action.isPending && action.variables.action === "pause"} onClick={() => act("pause")}>
          Pause
        </Button>
      )}
      {(study.status === "paused" || study.status === "failed") && (
        <Button loading={action.isPending && action.variables.action === "resume"} onClick={() => act("resume")}>
          {study.status !== "failed" ? "Resume" : kind === "evaluation" ? "Try again" : "Resume from the last checkpoint"}
        </Button>
      )}
      {active && (
        <Confirm
          label="Cancel study"
          question="Cancel this study for good?"
          lost={`${unfinished} of ${study.stages.length} stages will not finish${missed[kind]}. What there is so far is kept.`}
          act={() => act("cancel")}
        />
      )}
      {study.status === "done" && kind !== "evaluation" && kind !== "sft" && (
        <Button component={Link} href={`/compare/${study.id}`}>
          {kind === "weak-vs-strong" ? "Compare before and after" : "See its result"}
        </Button>
      )}
      {study.status === "done" && kind === "evaluation" && (
        <Button component={Link} href={`/evaluations/${study.id}`}>
          See its score
        </Button>
      )}
      {study.status === "done" && trained !== undefined && (
        <Button
          component={Link}
          href={link("/checkpoints", { [selectionKey]: writeSelection({ kind: "checkpoint", checkpointId: trained }) })}
        >
          See its checkpoint
        </Button>
      )}
      {!active && (
        <Confirm
          label="Remove study"
          question="Remove this study from the data folder?"
          lost={`${removed[kind]} deleted. This cannot be undone.`}
          act={() => act("remove", () => navigate("/"))}
        />
      )}
    </>
  );
}
