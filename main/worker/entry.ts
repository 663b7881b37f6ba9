// The training thread: takes one stage at a time, serves pause and stop between tokens, and sends events that the host
// acknowledges once they are stored. Few may be unacknowledged, so a slow store slows training and nothing is dropped.
import { parentPort } from "node:worker_threads";
import { toErrorRecord } from "../contract/errors.ts";
import type { StageJob, WorkerReply, WorkerRequest } from "../contract/job.ts";
import type { StageEvent } from "../contract/run.ts";
import { Aborted } from "../engine/ports.ts";
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

async function yieldToHost(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve)); // lets messages in
  await waitUntil(() => aborted || !paused);
  if (aborted) throw new Aborted();
}

async function run(job: StageJob): Promise<void> {
  paused = false;
  aborted = false;
  unacknowledged.clear();
  try {
    loadNative();
    await runStage(job, { emit, yield: yieldToHost });
    send({ type: "finished", outcome: "done" });
  } catch (thrown) {
    if (thrown instanceof Aborted) send({ type: "finished", outcome: "aborted" });
    else send({ type: "failed", error: toErrorRecord(thrown, `training thread, ${job.plan.label}`) });
  }
}

function answer(id: number, measure: boolean): void {
  try {
    send({ type: "engine", id, engine: describeEngine(measure) });
  } catch (thrown) {
    send({ type: "engine", id, error: toErrorRecord(thrown, "native engine") });
  }
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
    case "describe-engine":
      answer(request.id, request.measure);
      break;
  }
  wake();
});
