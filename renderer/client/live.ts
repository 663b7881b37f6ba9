// One subscription to all that happens, written into the query caches: curves grow in place, nothing is read twice.
// Events that arrive while a read is on its way are kept and replayed on its answer, so that no step falls between.
import type { QueryClient } from "@tanstack/react-query";
import type { MetricColumns } from "../../main/contract/api.ts";
import type { EvaluationRecord, LiveEvent, StudyRecord } from "../../main/contract/run.ts";
import { appendMetrics } from "./metric-columns.ts";
import { keys } from "./query-keys.ts";
import type { Client } from "./trpc.ts";
import { useUi } from "./ui-store.ts";

type MetricsEvent = Extract<LiveEvent, { type: "metrics" }>;
type EvaluationEvent = Extract<LiveEvent, { type: "evaluation" }>;

/** Events that may have to be replayed on a read in flight. */
class Backlog<Event> {
  private readonly readers = new Set<Event[]>();
  push(event: Event): void {
    for (const reader of this.readers) reader.push(event);
  }
  /** Runs a read; returns its answer and what happened meanwhile. */
  async during<Answer>(read: () => Promise<Answer>): Promise<[Answer, Event[]]> {
    const missed: Event[] = [];
    this.readers.add(missed);
    try {
      return [await read(), missed];
    } finally {
      this.readers.delete(missed);
    }
  }
}

const metricsBacklog = new Backlog<MetricsEvent>();
const evaluationBacklog = new Backlog<EvaluationEvent>();

export function mergeEvaluation(list: EvaluationRecord[], evaluation: EvaluationRecord): EvaluationRecord[] {
  return [...list.filter((e) => e.id !== evaluation.id), evaluation];
}

export async function readMetrics(client: Client, stageId: string): Promise<MetricColumns> {
  const [columns, missed] = await metricsBacklog.during(() => client.runs.metrics.query({ stageId }));
  return missed.filter((e) => e.stageId === stageId).reduce((all, e) => appendMetrics(all, e.step, e.values), columns);
}

export async function readEvaluations(client: Client, studyId: string): Promise<EvaluationRecord[]> {
  const [list, missed] = await evaluationBacklog.during(() => client.runs.evaluations.query({ studyId }));
  return missed.filter((e) => e.studyId === studyId).reduce((all, e) => mergeEvaluation(all, e.evaluation), list);
}

/** At most one refresh of a key in `milliseconds`; the last one is never lost. */
function throttledInvalidate(queries: QueryClient, milliseconds: number): (key: readonly unknown[]) => void {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  return (key) => {
    const name = JSON.stringify(key);
    if (timers.has(name)) return;
    timers.set(
      name,
      setTimeout(() => {
        timers.delete(name);
        void queries.invalidateQueries({ queryKey: key });
      }, milliseconds),
    );
  };
}

export function takeEvent(queries: QueryClient, invalidateSoon: (key: readonly unknown[]) => void, event: LiveEvent): void {
  switch (event.type) {
    case "study":
      if (event.status !== "running") useUi.getState().clearActivity(event.studyId);
      void queries.invalidateQueries({ queryKey: keys.study(event.studyId) });
      void queries.invalidateQueries({ queryKey: keys.studies });
      void queries.invalidateQueries({ queryKey: keys.datasets });
      void queries.invalidateQueries({ queryKey: keys.checkpoints(event.studyId) });
      void queries.invalidateQueries({ queryKey: keys.comparison(event.studyId) });
      void queries.invalidateQueries({ queryKey: keys.benchmarkEvaluations });
      void queries.invalidateQueries({ queryKey: keys.checkpointCards });
      break;
    case "stage": {
      if (event.status === "running")
        useUi.getState().setActivity({
          studyId: event.studyId,
          stageId: event.stageId,
          activity: event.activity,
          step: event.step,
          totalSteps: event.totalSteps,
          etaSeconds: event.etaSeconds,
        });
      const before = queries.getQueryData<StudyRecord>(keys.study(event.studyId));
      const stage = before?.stages.find((s) => s.id === event.stageId);
      if (before !== undefined && stage !== undefined && stage.status === event.status)
        queries.setQueryData<StudyRecord>(keys.study(event.studyId), {
          ...before,
          stages: before.stages.map((s) => (s === stage ? { ...s, step: event.step, totalSteps: event.totalSteps } : s)),
        });
      else {
        void queries.invalidateQueries({ queryKey: keys.study(event.studyId) });
        if (event.status === "done") invalidateSoon(keys.comparison(event.studyId));
      }
      invalidateSoon(keys.studies);
      if (event.status === "done") {
        invalidateSoon(keys.datasets);
        invalidateSoon(keys.checkpoints(event.studyId));
        invalidateSoon(keys.checkpointCards);
      }
      break;
    }
    case "metrics":
      metricsBacklog.push(event);
      queries.setQueryData<MetricColumns>(keys.metrics(event.stageId), (columns) =>
        columns === undefined ? undefined : appendMetrics(columns, event.step, event.values),
      );
      break;
    case "evaluation":
      evaluationBacklog.push(event);
      queries.setQueryData<EvaluationRecord[]>(keys.evaluations(event.studyId), (list) =>
        list === undefined ? undefined : mergeEvaluation(list, event.evaluation),
      );
      invalidateSoon(keys.benchmarkEvaluations);
      break;
    case "rollouts":
      invalidateSoon(keys.rolloutsOf(event.stageId));
      break;
    case "missed":
      void refreshAll(queries);
      break;
  }
}

/** Reads again all that is shown: something happened that was not heard. A read on its way may predate it, so it is dropped. */
async function refreshAll(queries: QueryClient): Promise<void> {
  await queries.cancelQueries();
  await queries.invalidateQueries();
}

/**
 * Listens until the returned function is called. A lost connection resumes by itself; main.tsx then refreshes all caches. After an
 * error it subscribes anew, and refreshes them once it hears again.
 */
export function listen(client: Pick<Client, "live">, queries: QueryClient, retryMilliseconds = 2000): () => void {
  const invalidateSoon = throttledInvalidate(queries, 1000);
  let stopped = false;
  let subscription: { unsubscribe: () => void } | undefined;
  const start = (again: boolean) => {
    if (stopped) return;
    subscription = client.live.events.subscribe(undefined, {
      onStarted: () => {
        if (again) void refreshAll(queries);
      },
      onData: (event) => takeEvent(queries, invalidateSoon, event),
      onError: () => setTimeout(() => start(true), retryMilliseconds),
    });
  };
  start(false);
  return () => {
    stopped = true;
    subscription?.unsubscribe();
  };
}
