// Threads for work on datasets' rows: each task has one of its own, which is ended when it is done, fails or is cancelled, and takes its
// memory with it. The thread asks for verdicts here, where the verifiers are.
import { Worker } from "node:worker_threads";
import { HeadstartError, type PipelineProgress, type Verification, type VerifyRequest } from "../contract/index.ts";
import type { DataMessage, DataTask, OutcomeOf, VerdictMessage } from "../data/pipeline/task.ts";

export interface DataTaskOptions {
  onProgress?(progress: PipelineProgress): void;
  /** Ends the task; it rejects with code "cancelled". */
  signal?: AbortSignal;
}

/** V8's heap of a thread: a million prompts' keys and the benchmarks' words, with room. */
const resourceLimits = { maxOldGenerationSizeMb: 2048 };

const failure = (code: string, message: string, hint: string) => new HeadstartError({ code, where: "data thread", message, hint });
const cancelled = () => failure("cancelled", "The work on the data was cancelled.", "Start it again when you want it.");

function stopped(cause: Error): HeadstartError {
  const memory = (cause as { code?: string }).code === "ERR_WORKER_OUT_OF_MEMORY";
  return memory
    ? failure("out-of-memory", "The rows took more memory than they may.", "Take fewer pools at a time, or rows with shorter texts.")
    : failure("data-thread-stopped", `The thread stopped: ${cause.message}`, "Start it again; nothing was changed.");
}

export class DataThreads {
  /** data/pipeline/thread.ts, or what it was bundled to. */
  readonly #entry: URL;
  readonly #verify: (request: VerifyRequest) => Promise<Verification>;
  readonly #running = new Set<() => Promise<void>>();
  #closed = false;

  constructor(entry: URL, verify: (request: VerifyRequest) => Promise<Verification>) {
    this.#entry = entry;
    this.#verify = verify;
  }

  run<Task extends DataTask>(task: Task, { onProgress, signal }: DataTaskOptions): Promise<OutcomeOf<Task>> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted || this.#closed) return reject(cancelled());
      const worker = new Worker(this.#entry, { workerData: task, resourceLimits });
      let settling: Promise<void> | null = null;
      // What it was writing to is closed only when it has ended.
      const settle = (act: () => void): Promise<void> => {
        settling ??= worker.terminate().then(() => {
          signal?.removeEventListener("abort", cancel);
          this.#running.delete(end);
          act();
        });
        return settling;
      };
      const end = () => settle(() => reject(cancelled()));
      const cancel = () => void end();
      this.#running.add(end);
      signal?.addEventListener("abort", cancel, { once: true });
      worker.on("message", (message: DataMessage) => {
        if (message.type === "progress") onProgress?.(message.progress);
        else if (message.type === "result") void settle(() => resolve(message.outcome as OutcomeOf<Task>));
        else if (message.type === "error") void settle(() => reject(new HeadstartError(message.error)));
        else
          void this.#verify(message.request).then(
            (verification) => worker.postMessage({ id: message.id, verification } satisfies VerdictMessage),
            (thrown) => void settle(() => reject(thrown)),
          );
      });
      worker.on("error", (cause: Error) => void settle(() => reject(stopped(cause))));
      worker.on("exit", () => void settle(() => reject(stopped(new Error("it ended without an answer")))));
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running].map((end) => end()));
  }
}
