// Procedures that the views use and the router does not have yet, as types alone. A procedure leaves this file once the router has it.
import type { CheckpointCard } from "../../main/contract/checkpoint.ts";

/** Of checkpoints.importing: how far it is, then what it made; a listener that leaves cancels it. */
export type ImportCheckpointEvent =
  | { type: "progress"; progress: { activity: "checking" | "copying" | "hashing"; bytes: number; totalBytes: number } }
  | { type: "imported"; card: CheckpointCard };

interface Subscription<Input, Event> {
  subscribe(
    input: Input,
    listener: { onData: (event: Event) => void; onError: (error: unknown) => void; onComplete: () => void },
  ): { unsubscribe: () => void };
}

export interface AwaitedProcedures {
  checkpoints: {
    /** checkpoints.import with progress (input: importCheckpointInput). */
    importing: Subscription<{ handle: string; name?: string }, ImportCheckpointEvent>;
  };
}
