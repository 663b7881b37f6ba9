// The host's side of the training thread.
import { Worker } from "node:worker_threads";
import type { GenerateEvent } from "../contract/checkpoint.ts";
import type { DoctorReport } from "../contract/doctor.ts";
import { HeadstartError, toErrorRecord } from "../contract/errors.ts";
import type { Question, StageJob, VerifyRequest, WorkerReply, WorkerRequest } from "../contract/job.ts";
import type { Verification } from "../contract/rollout.ts";
import type { StageEvent } from "../contract/run.ts";

export interface TrainingWorker {
  /** Runs one stage; each event is acknowledged once onEvent has resolved. Rejects when the stage fails. */
  run(job: StageJob, onEvent: (event: StageEvent) => Promise<void>): Promise<"done" | "aborted">;
  pause(): void;
  resume(): void;
  abort(): void;
  describeEngine(measure: boolean): Promise<DoctorReport["engine"]>;
  /** Asks something of a checkpoint, beside the stage that may run; `signal` ends the answer early. */
  ask(question: Question, onPartial?: (event: GenerateEvent) => void, signal?: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

export interface TrainingWorkerOptions {
  entry: string | URL;
  /** Verdicts that need processes of their own. */
  verify(request: VerifyRequest): Promise<Verification>;
}

interface Running {
  onEvent: (event: StageEvent) => Promise<void>;
  /** Events are handled one after the other, in order. */
  queue: Promise<void>;
  resolve: (outcome: "done" | "aborted") => void;
  reject: (error: Error) => void;
}

interface Asked {
  onPartial?: (event: GenerateEvent) => void;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

export function startTrainingWorker({ entry, verify }: TrainingWorkerOptions): TrainingWorker {
  const thread = new Worker(entry);
  let running: Running | null = null;
  let nextId = 0;
  let dead: Error | null = null;
  const asked = new Map<number, Asked>();
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
    for (const { reject } of asked.values()) reject(error);
    asked.clear();
  };
  const expectAnswer = (request: (id: number) => WorkerRequest, onPartial?: Asked["onPartial"], signal?: AbortSignal) =>
    new Promise<unknown>((resolve, reject) => {
      if (dead) return reject(dead);
      const id = nextId++;
      asked.set(id, { onPartial, resolve, reject });
      signal?.addEventListener("abort", () => send({ type: "stop-answer", id }), { once: true });
      send(request(id));
    });
  const answerVerify = async (id: number, request: VerifyRequest) => {
    const verification = await verify(request).catch((thrown): Verification => {
      // A verifier that broke is an error of this sample, told as such, and no end of the stage.
      const { message, hint } = toErrorRecord(thrown, "verifier");
      return { reward: 0, verdict: "error", reason: `${message} ${hint}` };
    });
    if (!dead) send({ type: "verified", id, verification });
  };

  thread.on("message", (reply: WorkerReply) => {
    switch (reply.type) {
      case "event": {
        const stage = running;
        if (!stage) return;
        stage.queue = stage.queue
          .then(() => stage.onEvent(reply.event))
          .then(() => send({ type: "acknowledge", sequence: reply.sequence }));
        stage.queue.catch((error: Error) => {
          // The store could not take it: the stage must not go on.
          if (running === stage) running = null;
          send({ type: "abort" });
          stage.reject(error);
        });
        break;
      }
      case "finished":
        settle((stage) => stage.resolve(reply.outcome));
        break;
      case "failed":
        settle((stage) => stage.reject(new HeadstartError(reply.error)));
        break;
      case "verify":
        void answerVerify(reply.id, reply.request);
        break;
      case "partial":
        asked.get(reply.id)?.onPartial?.(reply.event);
        break;
      case "answer": {
        const question = asked.get(reply.id);
        asked.delete(reply.id);
        if ("error" in reply) question?.reject(new HeadstartError(reply.error));
        else question?.resolve(reply.value);
      }
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
    describeEngine: async (measure) => (await expectAnswer((id) => ({ type: "describe-engine", id, measure }))) as DoctorReport["engine"],
    ask: (question, onPartial, signal) => expectAnswer((id) => ({ type: "ask", id, question }), onPartial, signal),
    close: async () => {
      await thread.terminate();
    },
  };
}
