// The real thread, the real engine, a small random base: every kind of stage, pause, abort, resume.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StageJob } from "../contract/job.ts";
import type { StageEvent, StagePlan } from "../contract/run.ts";
import { isTrainedHere, weakVsStrongRecipe } from "../contract/study.ts";
import { smallConfig } from "../engine/testing.ts";
import { readCheckpointFile } from "../formats/checkpoint-folder.ts";
import { startTrainingWorker, type TrainingWorker } from "./client.ts";
import { writeRandomBase } from "./testing/random-base.ts";

const recipe = weakVsStrongRecipe.parse({
  kind: "weak-vs-strong",
  name: "Thread test",
  data: { gsm8k: false, arithmetic: { count: 120, maxSteps: 1, maxDigits: 1 } },
  starts: [
    { name: "weak", prompts: 8, responsesPerPrompt: 1, sft: { epochs: 1, batchSize: 2, maxLength: 48 } },
    { name: "strong", prompts: 16, responsesPerPrompt: 2, sft: { epochs: 2, batchSize: 2, maxLength: 48 } },
  ],
  temperature: { candidates: [0.8, 1.2], problems: 4, samplesPerProblem: 2 },
  rl: { steps: 4, promptsPerStep: 4, groupSize: 4, maxResponseTokens: 8, evalEvery: 2, checkpointEvery: 2 },
  devEval: { pool: "dev", problems: 4, samplesPerProblem: 2, maxResponseTokens: 8 },
  finalEval: { pool: "test", problems: 6, samplesPerProblem: 2, maxResponseTokens: 8 },
});
const weak = recipe.starts.filter(isTrainedHere)[0];
const plans = {
  data: { kind: "data", key: "data", label: "Data" },
  sft: { kind: "sft", key: "sft", label: "SFT", start: "weak", from: { checkpoint: "tiny-base" }, config: weak },
  temperature: {
    kind: "temperature",
    key: "temperature",
    label: "Temperature",
    start: "weak",
    from: { stage: "sft" },
    config: recipe.temperature,
    maxResponseTokens: 8,
  },
  evaluate: {
    kind: "evaluate",
    key: "evaluate",
    label: "Evaluation",
    start: "weak",
    from: { stage: "sft" },
    when: "before",
    config: recipe.finalEval,
  },
  rl: {
    kind: "rl",
    key: "rl",
    label: "RL",
    start: "weak",
    from: { stage: "sft" },
    config: recipe.rl,
    devEval: recipe.devEval,
    temperature: 1,
  },
} satisfies Record<string, StagePlan>;

let folder: string;
let worker: TrainingWorker;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headstart-thread-"));
  writeRandomBase(join(folder, "resources"));
  worker = startTrainingWorker({
    entry: new URL("./entry.ts", import.meta.url),
    verify: () => Promise.reject(new Error("asked for nothing")),
  });
});
afterAll(async () => {
  await worker.close();
  rmSync(folder, { recursive: true, force: true });
});

const base = () => ({ folder: join(folder, "resources", "tiny-base"), id: "tiny-base" });

function jobOf(study: string, plan: StagePlan, rest: Partial<StageJob> = {}): StageJob {
  const studyFolder = join(folder, "studies", study);
  return { studyId: study, stageId: `${study}-${plan.kind}`, seed: 1, recipe, plan, studyFolder, resourcesFolder: join(folder, "resources"), imported: null, datasetHash: null, from: base(), resumeFrom: null, samples: [], extended: [], epochsBefore: [], temperature: null, problemIds: null, policyStep: 0, codeVersion: "test", ...rest }; // biome-ignore format: one record
}

const checkpointAt = (study: string, id: string) => ({ folder: join(folder, "studies", study, "checkpoints", id), id });

async function run(job: StageJob): Promise<StageEvent[]> {
  const events: StageEvent[] = [];
  expect(await worker.run(job, async (event) => void events.push(event))).toBe("done");
  return events;
}

const of = <T extends StageEvent["type"]>(events: StageEvent[], type: T) =>
  events.filter((event): event is Extract<StageEvent, { type: T }> => event.type === type);
const resultOf = (events: StageEvent[]) => of(events, "result")[0].result;

/** SFT of study `study`, and what a stage after it needs. */
async function afterSft(study: string) {
  const { checkpointId } = resultOf(await run(jobOf(study, plans.sft)));
  return { from: checkpointAt(study, checkpointId!), temperature: 1 };
}

function held(): { promise: Promise<void>; release: () => void } {
  let release: () => void = () => {};
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}

describe("the training thread", () => {
  it("runs every kind of stage and hands over what it produced", async () => {
    const data = await run(jobOf("whole", plans.data));
    const [{ dataset, problems, traces }] = of(data, "dataset");
    expect(dataset.counts.reduce((sum, { problems: count }) => sum + count, 0)).toBe(problems.length);
    expect(traces.length).toBeGreaterThan(0);
    expect(resultOf(data).datasetId).toBe(dataset.id);

    const sft = await run(jobOf("whole", plans.sft, { datasetHash: dataset.contentHash }));
    expect(resultOf(sft)).toMatchObject({ examples: 8, droppedExamples: 0 });
    expect(of(sft, "checkpoint")).toHaveLength(1);
    const from = checkpointAt("whole", resultOf(sft).checkpointId!);
    expect(readCheckpointFile(from.folder)).toMatchObject({ parentId: "tiny-base", dataHash: dataset.contentHash, model: smallConfig });

    const { temperature } = resultOf(await run(jobOf("whole", plans.temperature, { from })));
    expect(temperature!.candidates.map((candidate) => candidate.temperature)).toEqual([0.8, 1.2]);
    const evaluated = await run(jobOf("whole", plans.evaluate, { from }));
    const [{ evaluation, samples: last }] = of(evaluated, "evaluation");
    const samples = of(evaluated, "samples").flatMap((event) => event.samples);
    expect([evaluation.pool, evaluation.problems, samples.length, last.length]).toEqual(["test", 6, 12, 0]);
    // With some of them there already, only the rest is drawn.
    const rest = await run(jobOf("whole", plans.evaluate, { from, samples: samples.slice(0, 5) }));
    expect(of(rest, "samples").flatMap((event) => event.samples)).toEqual(samples.slice(5));
    expect(of(rest, "evaluation")[0].evaluation.passAt1).toBe(evaluation.passAt1);

    const rl = await run(jobOf("whole", plans.rl, { from, temperature: 1 }));
    expect(of(rl, "metrics").map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(of(rl, "rollouts").every(({ rollouts }) => rollouts.length === 16)).toBe(true);
    expect(of(rl, "checkpoint").map(({ checkpoint }) => [checkpoint.step, checkpoint.parentId])).toEqual([[2, from.id], [4, from.id]]); // biome-ignore format: pairs
  });

  it("resumed from a checkpoint gives the rest of the uninterrupted run", async () => {
    const input = await afterSft("resumed");
    const whole = await run(jobOf("resumed", plans.rl, input));
    const [half] = of(whole, "checkpoint");
    // As it was before the later checkpoint freed it: the state to go on from.
    const stopped: StageEvent[] = [];
    const job = jobOf("stopped", plans.rl, input);
    expect(
      await worker.run(job, async (event) => {
        stopped.push(event);
        if (event.type === "checkpoint") worker.abort();
      }),
    ).toBe("aborted");
    const id = of(stopped, "checkpoint")[0].checkpoint.id;
    const rest = await run({ ...job, resumeFrom: { ...checkpointAt("stopped", id), step: half.checkpoint.step } });
    const late = of(whole, "rollouts").filter(({ step }) => step > half.checkpoint.step);
    expect(of(rest, "rollouts").map(({ rollouts, tokens }) => ({ rollouts, tokens }))).toEqual(
      late.map(({ rollouts, tokens }) => ({ rollouts, tokens })),
    );
    const end = (study: string, checkpoint: string) => readCheckpointFile(checkpointAt(study, checkpoint).folder).sha256;
    expect(end("stopped", resultOf(rest).checkpointId!)).toEqual(end("resumed", resultOf(whole).checkpointId!));
  });

  it("waits while paused and goes on", async () => {
    const input = await afterSft("paused");
    let steps = 0;
    const { promise: firstStep, release: reached } = held();
    const finished = worker.run(jobOf("paused", plans.rl, input), async (event) => {
      if (event.type !== "metrics" || ++steps > 1) return;
      worker.pause();
      reached();
    });
    await firstStep;
    await new Promise((resolve) => setTimeout(resolve, 300));
    const atPause = steps;
    expect(atPause).toBeLessThan(4);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(steps).toBe(atPause);
    worker.resume();
    expect(await finished).toBe("done");
    expect(steps).toBe(4);
  });

  it("is slowed by a slow store: few events are ever unacknowledged", async () => {
    const input = await afterSft("slow");
    const { promise: gate, release } = held();
    let sent = 0;
    let handled = 0;
    const finished = worker.run(jobOf("slow", plans.rl, input), async (event) => {
      handled++;
      if (event.type === "metrics") sent = event.step;
      await gate;
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([handled <= 1, sent]).toEqual([true, 0]); // the first event is not stored yet, so no step can have been told
    release();
    expect(await finished).toBe("done");
    expect(sent).toBe(4);
  });

  it("reports what failed as a record, and takes the next stage", async () => {
    await expect(
      worker.run(jobOf("failed", plans.rl, { from: checkpointAt("failed", "none"), temperature: 1 }), async () => {}),
    ).rejects.toMatchObject({
      code: "broken-checkpoint",
      where: expect.stringContaining("checkpoint.json"),
    });
    await expect(worker.run(jobOf("failed", plans.sft, { datasetHash: "other" }), async () => {})).rejects.toMatchObject({
      code: "data-changed",
    });
    expect(await worker.run(jobOf("failed", plans.data), async () => {})).toBe("done");
  });

  it("describes the engine", async () => {
    const engine = await worker.describeEngine(true);
    expect(engine.tensorflow).toBe("2.21.0");
    expect(engine.matmulGflops).toBeGreaterThan(1);
    if (engine.backend === "cpu") expect(engine.fusedKernels).toContain("HeadstartCausalAttention");
  });
});
