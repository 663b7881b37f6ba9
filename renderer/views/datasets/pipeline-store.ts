// The pipeline that is being built, its preview and its making: they go on while other views are looked at, and the draft stays.
import { create } from "zustand";
import type { PipelineProgress, PipelineReport, PreviewPipelineEvent, RunPipelineEvent } from "../../../main/contract/pipeline.ts";
import { freshDraft, type PipelineDraft } from "./pipeline-draft.ts";

export interface PipelineTask {
  status: "running" | "done" | "failed" | "cancelled";
  /** What it runs, as text: the same draft is not run twice. */
  of: string;
  progress: PipelineProgress | null;
  report: PipelineReport | null;
  /** Of the draft's steps that it ran, in order: the keys. */
  keys: number[];
  /** The report before this one, shown dimmed until this run has said something. */
  before: { report: PipelineReport; keys: number[] } | null;
  made: { datasetId: string; rows: number } | null;
  error: unknown;
  seconds: number;
}

type TaskEvent = PreviewPipelineEvent | RunPipelineEvent;
type Subscribe = (listener: { onData: (event: TaskEvent) => void; onError: (error: unknown) => void; onComplete: () => void }) => {
  unsubscribe: () => void;
};
type TaskName = "preview" | "making";

interface PipelineState {
  draft: PipelineDraft;
  preview: PipelineTask | null;
  making: PipelineTask | null;
  edit: (change: (draft: PipelineDraft) => PipelineDraft) => void;
  start: (task: TaskName, of: string, keys: number[], subscribe: Subscribe) => void;
  cancel: (task: TaskName) => void;
  /** Forgets a task's outcome, ending it where it runs. */
  clear: (task: TaskName) => void;
}

export const usePipeline = create<PipelineState>((set, get) => {
  const subscriptions: Partial<Record<TaskName, { unsubscribe: () => void }>> = {};
  return {
    draft: freshDraft(),
    preview: null,
    making: null,
    edit: (change) => set(({ draft }) => ({ draft: change(draft) })),
    start(name, of, keys, subscribe) {
      get().cancel(name);
      const startedAt = performance.now();
      const last = get()[name];
      const before = last === null ? null : last.report === null ? last.before : { report: last.report, keys: last.keys };
      const nothingYet = { progress: null, report: null, made: null, error: null, seconds: 0 };
      const first: PipelineTask = { status: "running", of, keys, before, ...nothingYet };
      let latest = first;
      const change = (changes: Partial<PipelineTask>) => {
        // What an older subscription still says is not heard.
        if (get()[name] !== latest || latest.status !== "running") return;
        latest = { ...latest, ...changes, seconds: (performance.now() - startedAt) / 1000 };
        set({ [name]: latest });
      };
      set({ [name]: first });
      subscriptions[name] = subscribe({
        onData: (event) => {
          if (event.type === "progress") change({ progress: event.progress });
          else if (event.type === "report") change({ status: "done", report: event.report });
          else change({ status: "done", report: event.report, made: { datasetId: event.datasetId, rows: event.rows } });
        },
        onError: (error) => change({ status: "failed", error }),
        onComplete: () => change({ status: "cancelled" }),
      });
    },
    cancel(name) {
      const task = get()[name];
      if (task?.status === "running") set({ [name]: { ...task, status: "cancelled" } });
      subscriptions[name]?.unsubscribe();
      delete subscriptions[name];
    },
    clear(name) {
      get().cancel(name);
      set({ [name]: null });
    },
  };
});
