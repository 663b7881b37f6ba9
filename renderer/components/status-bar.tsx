// The thin bar at the bottom: engine, what runs, how far, how long, warnings. It has one height and never moves the page.
import { Link } from "wouter";
import { useInfo, useStudies } from "../client/queries.ts";
import { useUi } from "../client/ui-store.ts";
import { EntropyWarning } from "./entropy-warning.tsx";
import { eta, percent } from "./format.ts";

export function StatusBar() {
  const info = useInfo();
  const studies = useStudies();
  const connected = useUi((state) => state.connected);
  const connections = useUi((state) => state.connections);
  const activities = useUi((state) => state.activities);
  const running = studies.data?.find((s) => s.status === "running");
  const paused = studies.data?.filter((s) => s.status === "paused").length ?? 0;
  const queued = studies.data?.filter((s) => s.status === "queued").length ?? 0;
  const live = running === undefined ? undefined : activities[running.id];
  const left = live?.etaSeconds ?? running?.etaSeconds ?? null;
  return (
    <footer className="status-bar tabular">
      <span title={info.data?.engine ?? undefined}>
        {info.data?.engine ?? (info.error === null ? "Engine: starts with the first study" : "")}
      </span>
      {running !== undefined && (
        <Link href={`/runs/${running.id}`}>
          {running.name}: {live?.activity ?? running.activity}
          {live !== undefined && live.totalSteps > 0 && running.kind !== "evaluation" && ` ${live.step}/${live.totalSteps}`}
        </Link>
      )}
      {running !== undefined && (
        <span>
          {percent(running.progress, 0)}
          {left !== null && `, ${eta(left)}`}
        </span>
      )}
      {running === undefined && <span>{paused > 0 ? `${paused} paused` : queued > 0 ? `${queued} queued` : "Nothing runs"}</span>}
      <span className="push warning" role="status">
        {!connected ? connections > 0 ? "Connection lost: trying again" : "Connecting…" : <EntropyWarning studyId={running?.id ?? null} />}
      </span>
      {info.data !== undefined && <span>{`Headstart ${info.data.version}`}</span>}
    </footer>
  );
}
