// Bringing in a dataset or a checkpoint: one at a time of each, going on while other views are looked at; cancelled by leaving it.
import { create } from "zustand";
import type { CheckpointCard, CheckpointImportProgress } from "../../main/contract/checkpoint.ts";
import type { ImportedDataset, ImportProgress } from "../../main/contract/imported-dataset.ts";

export type ImportEvent<Progress, Made> = { type: "progress"; progress: Progress } | ({ type: "imported" } & Made);

export interface ImportRun<Progress, Made> {
  status: "running" | "done" | "failed" | "cancelled";
  /** Name of what is brought in. */
  name: string;
  progress: Progress | null;
  made: Made | null;
  error: unknown;
  startedAt: number;
  /** Until the last event. */
  seconds: number;
}

interface Listener<Event> {
  onData: (event: Event) => void;
  onError: (error: unknown) => void;
  onComplete: () => void;
}

interface ImportState<Progress, Made> {
  run: ImportRun<Progress, Made> | null;
  start: (name: string, subscribe: (listener: Listener<ImportEvent<Progress, Made>>) => { unsubscribe: () => void }) => void;
  cancel: () => void;
  /** Forgets a run that has ended. */
  dismiss: () => void;
}

function importStore<Progress, Made>() {
  let subscription: { unsubscribe: () => void } | undefined;
  return create<ImportState<Progress, Made>>((set, get) => {
    const change = (changes: Partial<ImportRun<Progress, Made>>) => {
      const { run } = get();
      if (run?.status === "running") set({ run: { ...run, ...changes, seconds: (performance.now() - run.startedAt) / 1000 } });
    };
    return {
      run: null,
      start(name, subscribe) {
        if (get().run?.status === "running") return;
        set({ run: { status: "running", name, progress: null, made: null, error: null, startedAt: performance.now(), seconds: 0 } });
        subscription = subscribe({
          onData: (event) => change(event.type === "progress" ? { progress: event.progress } : { status: "done", made: event }),
          onError: (error) => change({ status: "failed", error }),
          onComplete: () => change({ status: "cancelled" }),
        });
      },
      cancel() {
        change({ status: "cancelled" });
        subscription?.unsubscribe();
      },
      dismiss() {
        if (get().run?.status !== "running") set({ run: null });
      },
    };
  });
}

export const useDatasetImport = importStore<ImportProgress, { dataset: ImportedDataset }>();

export const useCheckpointImport = importStore<CheckpointImportProgress, { card: CheckpointCard }>();
