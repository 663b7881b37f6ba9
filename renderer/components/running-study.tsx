// One line of a study that waits or runs: what it does, how far it is, how long it takes, and where to watch it.
import { Button } from "@mantine/core";
import { Link } from "wouter";
import type { StudySummary } from "../../main/contract/api.ts";
import { useStudyAction } from "../client/queries.ts";
import { useUi } from "../client/ui-store.ts";
import { Confirm } from "./confirm.tsx";
import { eta, percent } from "./format.ts";
import { ProgressBar, StatusMark } from "./status-mark.tsx";

export function RunningStudy({ study }: { study: StudySummary }) {
  const live = useUi((state) => state.activities[study.id]);
  const action = useStudyAction();
  const left = live?.etaSeconds ?? study.etaSeconds;
  const act = (name: "pause" | "resume" | "remove") => action.mutate({ action: name, id: study.id });
  return (
    <section className="running tabular" aria-label={`${study.name}: ${study.status}`} data-testid="running-study">
      <StatusMark status={study.status} />
      <span className="activity">
        <Link href={`/runs/${study.id}`}>{study.name}</Link>
        <span className="dim">
          {" "}
          seed {study.seed}: {live?.activity ?? study.activity}
          {/* An evaluation counts samples, which its activity says. */}
          {live !== undefined && live.totalSteps > 0 && study.kind !== "evaluation" && `, step ${live.step} of ${live.totalSteps}`}
        </span>
      </span>
      <ProgressBar share={study.progress} status={study.status} label={`Progress of ${study.name}`} />
      <span>
        {percent(study.progress, 0)}
        {left !== null && study.status === "running" && <span className="dim">, {eta(left)}</span>}
      </span>
      <span className="row">
        {study.status === "running" || study.status === "queued" ? (
          <Button variant="default" size="compact-sm" loading={action.isPending} onClick={() => act("pause")}>
            Pause
          </Button>
        ) : (
          <Button variant="default" size="compact-sm" loading={action.isPending} onClick={() => act("resume")}>
            {study.status === "failed" ? "Try again" : "Resume"}
          </Button>
        )}
        <Button variant="default" size="compact-sm" component={Link} href={`/runs/${study.id}`}>
          {study.status === "failed" ? "See what failed" : "Watch"}
        </Button>
        {study.status === "failed" && (
          <Confirm
            label="Remove"
            size="compact-sm"
            question={`Remove ${study.name}, which failed?`}
            lost="What it stored before it failed is deleted. This cannot be undone."
            act={() => act("remove")}
          />
        )}
      </span>
    </section>
  );
}
