// The training thread: takes one stage at a time, serves pause, stop and questions between tokens, and sends events that the
// host acknowledges once they are stored. Few may be unacknowledged, so a slow store slows training and nothing is dropped.
import { parentPort } from "node:worker_threads";
import { toErrorRecord } from "../contract/errors.ts";
import type { Question, StageJob, VerifyRequest, WorkerReply, WorkerRequest } from "../contract/job.ts";
import type { Verification } from "../contract/rollout.ts";
import type { StageEvent } from "../contract/run.ts";
import { Aborted } from "../engine/ports.ts";
import { answerQuestion, closeQuestionedModel } from "./answer-question.ts";
import { describeEngine } from "./engine-report.ts";
import { loadNative } from "./native.ts";
import { runStage } from "./run-stage.ts";

const maxUnacknowledged = 4;

const port = parentPort!;
const send = (reply: WorkerReply) => port.postMessage(reply);

let paused = false;
let aborted = false;
let nextSequence = 0;
const unacknowledged = new Set<number>();
let wake: () => void = () => {};

/** Resolves at the next message that may change what a waiter waits for. */
const changed = () =>
  new Promise<void>((resolve) => {
    wake = resolve;
  });

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await changed();
}

async function emit(event: StageEvent): Promise<void> {
  await waitUntil(() => aborted || unacknowledged.size < maxUnacknowledged);
  if (aborted) throw new Aborted();
  const sequence = nextSequence++;
  unacknowledged.add(sequence);
  send({ type: "event", sequence, event });
  // What is published must be safe before the stage builds on it.
  if (event.type === "checkpoint" || event.type === "result") await waitUntil(() => aborted || !unacknowledged.has(sequence));
}

const letMessagesIn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function yieldToHost(): Promise<void> {
  await letMessagesIn();
  await waitUntil(() => aborted || !paused);
  if (aborted) throw new Aborted();
}

let nextVerification = 0;
const verifications = new Map<number, (verification: Verification) => void>();

const verifyAtHost = (request: VerifyRequest) =>
  new Promise<Verification>((resolve) => {
    const id = nextVerification++;
    verifications.set(id, resolve);
    send({ type: "verify", id, request });
  });

async function run(job: StageJob): Promise<void> {
  paused = false;
  aborted = false;
  unacknowledged.clear();
  try {
    loadNative();
    closeQuestionedModel(); // its memory is the stage's now
    await runStage(job, { emit, yield: yieldToHost, verify: verifyAtHost });
    send({ type: "finished", outcome: "done" });
  } catch (thrown) {
    if (thrown instanceof Aborted) send({ type: "finished", outcome: "aborted" });
    else send({ type: "failed", error: toErrorRecord(thrown, `training thread, ${job.plan.label}`) });
  }
}

const stopped = new Set<number>();
/** One question after the other: a second model in memory is enough. */
let questions: Promise<void> = Promise.resolve();

async function answer(id: number, where: string, work: () => unknown): Promise<void> {
  try {
    send({ type: "answer", id, value: await work() });
  } catch (thrown) {
    send({ type: "answer", id, error: toErrorRecord(thrown, where) });
  }
}

function ask(id: number, question: Question): void {
  const control = {
    partial: (event: Extract<WorkerReply, { type: "partial" }>["event"]) => send({ type: "partial", id, event }),
    yield: letMessagesIn,
    stopped: () => stopped.has(id),
  };
  questions = questions
    .then(() =>
      answer(id, `training thread, ${question.kind}`, () => {
        loadNative();
        return answerQuestion(question, control);
      }),
    )
    .finally(() => stopped.delete(id));
}

port.on("message", (request: WorkerRequest) => {
  switch (request.type) {
    case "run":
      void run(request.job);
      break;
    case "acknowledge":
      unacknowledged.delete(request.sequence);
      break;
    case "pause":
      paused = true;
      break;
    case "resume":
      paused = false;
      break;
    case "abort":
      aborted = true;
      break;
    case "verified":
      verifications.get(request.id)?.(request.verification);
      verifications.delete(request.id);
      break;
    case "ask":
      ask(request.id, request.question);
      break;
    case "stop-answer":
      stopped.add(request.id);
      break;
    case "describe-engine":
      void answer(request.id, "native engine", () => describeEngine(request.measure));
      break;
  }
  wake();
});
