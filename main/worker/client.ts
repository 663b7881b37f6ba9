// The host's side of the training thread.
import { Worker } from "node:worker_threads";
import type { DoctorReport } from "../contract/doctor.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { StageJob, WorkerReply, WorkerRequest } from "../contract/job.ts";
import type { StageEvent } from "../contract/run.ts";

export interface TrainingWorker {
  /** Runs one stage; each event is acknowledged once onEvent has resolved. Rejects when the stage fails. */
  run(job: StageJob, onEvent: (event: StageEvent) => Promise<void>): Promise<"done" | "aborted">;
  pause(): void;
  resume(): void;
  abort(): void;
  describeEngine(measure: boolean): Promise<DoctorReport["engine"]>;
  close(): Promise<void>;
}

interface Running {
  onEvent: (event: StageEvent) => Promise<void>;
  /** Events are handled one after the other, in order. */
  queue: Promise<void>;
  resolve: (outcome: "done" | "aborted") => void;
  reject: (error: Error) => void;
}

export function startTrainingWorker({ entry }: { entry: string | URL }): TrainingWorker {
  const thread = new Worker(entry);
  let running: Running | null = null;
  let nextId = 0;
  let dead: Error | null = null;
  const questions = new Map<number, { resolve: (engine: DoctorReport["engine"]) => void; reject: (error: Error) => void }>();
  const send = (request: WorkerRequest) => thread.postMessage(request);

  const settle = (end: (stage: Running) => void) => {
    const stage = running;
    running = null;
    if (stage) void stage.queue.then(() => end(stage), stage.reject);
  };
  const die = (error: Error) => {
    dead = error;
    running?.reject(error);
    running = null;
    for (const { reject } of questions.values()) reject(error);
    questions.clear();
  };

  thread.on("message", (reply: WorkerReply) => {
    if (reply.type === "event") {
      const stage = running;
      if (!stage) return;
      stage.queue = stage.queue.then(() => stage.onEvent(reply.event)).then(() => send({ type: "acknowledge", sequence: reply.sequence }));
      stage.queue.catch((error: Error) => {
        // The store could not take it: the stage must not go on.
        if (running === stage) running = null;
        send({ type: "abort" });
        stage.reject(error);
      });
    } else if (reply.type === "finished") settle((stage) => stage.resolve(reply.outcome));
    else if (reply.type === "failed") settle((stage) => stage.reject(new HeadstartError(reply.error)));
    else {
      const question = questions.get(reply.id);
      questions.delete(reply.id);
      if ("error" in reply) question?.reject(new HeadstartError(reply.error));
      else question?.resolve(reply.engine);
    }
  });
  thread.on("error", (error) => die(error instanceof Error ? error : new Error(String(error))));
  thread.on("exit", (code) =>
    die(
      new HeadstartError({
        code: "training-thread-ended",
        where: "training thread",
        message: `The training thread ended with code ${code}.`,
        hint: "Start Headstart again; the study goes on from its last checkpoint.",
      }),
    ),
  );

  return {
    run: (job, onEvent) =>
      new Promise((resolve, reject) => {
        if (dead) return reject(dead);
        if (running) return reject(new Error("the training thread runs one stage at a time"));
        running = { onEvent, queue: Promise.resolve(), resolve, reject };
        send({ type: "run", job });
      }),
    pause: () => send({ type: "pause" }),
    resume: () => send({ type: "resume" }),
    abort: () => send({ type: "abort" }),
    describeEngine: (measure) =>
      new Promise((resolve, reject) => {
        if (dead) return reject(dead);
        const id = nextId++;
        questions.set(id, { resolve, reject });
        send({ type: "describe-engine", id, measure });
      }),
    close: async () => {
      await thread.terminate();
    },
  };
}
