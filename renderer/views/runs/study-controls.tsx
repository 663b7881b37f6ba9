// Pause, resume, cancel, remove: each says what happens, and what ends for good asks first and names what is lost.
import { Button } from "@mantine/core";
import { Link } from "wouter";
import type { StudyRecord } from "../../../main/contract/run.ts";
import { navigate } from "../../client/location.ts";
import type { useStudyAction } from "../../client/queries.ts";
import { Confirm } from "../../components/confirm.tsx";

export function StudyControls({ study, action }: { study: StudyRecord; action: ReturnType<typeof useStudyAction> }) {
  const act = (name: "pause" | "resume" | "cancel" | "remove", after?: () => void) =>
    action.mutate({ action: name, id: study.id }, { onSuccess: after });
  const unfinished = study.stages.filter((s) => s.status !== "done").length;
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
          {study.status === "failed" ? "Resume from the last checkpoint" : "Resume"}
        </Button>
      )}
      {active && (
        <Confirm
          label="Cancel study"
          question="Cancel this study for good?"
          lost={`${unfinished} of ${study.stages.length} stages will not finish, and there will be no comparison. Curves, rollouts and checkpoints so far are kept.`}
          act={() => act("cancel")}
        />
      )}
      {study.status === "done" && (
        <Button component={Link} href={`/compare/${study.id}`}>
          Compare before and after
        </Button>
      )}
      {!active && (
        <Confirm
          label="Remove study"
          question="Remove this study from the data folder?"
          lost={`Its curves, every rollout and sample, its checkpoints and its comparison are deleted. This cannot be undone.`}
          act={() => act("remove", () => navigate("/"))}
        />
      )}
    </>
  );
}
