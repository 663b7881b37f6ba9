// For tests only: a training thread that learns nothing. It emits, for every kind of stage, the events a real one emits, with
// numbers that depend on (seed, stage, step) alone, so that an interrupted run can be compared with an uninterrupted one.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type DataFacts,
  type DoctorReport,
  type EvalConfig,
  HeadstartError,
  type Problem,
  type Question,
  type Rollout,
  recipeOf,
  type Sample,
  type StageEvent,
  type StageJob,
} from "../../contract/index.ts";
import type { TrainingWorker } from "../../worker/client.ts";

/** Of data that stands in nothing's way. */
const facts: DataFacts = {
  pools: { sft: 100, rl: 100, dev: 100, test: 100 },
  rlByDomain: { math: 100, code: 100 },
  promptTokens: { mean: 4, longest: 8 },
  sft: [],
  firstPrompts: [],
  problems: [],
};

type OnEvent = (event: StageEvent) => Promise<void>;

export interface Script {
  /** Awaited before each RL step: a test holds the stage here, or throws. */
  beforeStep?: (job: StageJob, step: number) => Promise<void> | void;
  /** The RL step whose metrics are sent twice, which the store refuses. */
  repeats?: number;
  /** The version that the engine says it is. */
  tensorflow?: string;
}

export const problems: Problem[] = Array.from({ length: 16 }, (_, i) => ({
  id: `arith-${i}`,
  source: i % 2 === 0 ? "arithmetic" : "gsm8k",
  domain: "math",
  pool: (["sft", "rl", "dev", "test"] as const)[Math.floor(i / 4)],
  prompt: `${i}+${i}=?`,
  answer: String(2 * i),
  steps: 1,
  difficulty: i,
}));
const traces = problems.slice(0, 2).map(({ id, answer }) => ({ problemId: id, index: 0, text: `#${answer}`, style: "order=left" }));

/** A number in 0..1 that looks random and is the same each time. */
function noise(...parts: (string | number)[]): number {
  let hash = 2166136261;
  for (const character of parts.join("/")) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

function sample(problem: Problem, sampleIndex: number, chance: number): Sample {
  const right = chance < 0.5;
  return {
    problemId: problem.id,
    sampleIndex,
    text: right ? `#${problem.answer}` : "#0",
    reward: right ? 1 : 0,
    verdict: right ? "right" : "wrong",
    reason: right ? "equal by value" : `unequal: 0 is not ${problem.answer}`,
    tokens: 2,
    finishReason: "stop",
    meanLogprob: -chance,
    meanEntropy: chance,
  };
}

export class ScriptedWorker implements TrainingWorker {
  readonly jobs: StageJob[] = [];
  readonly script: Script;
  closed = false;
  #aborted = false;
  #paused = false;
  #wake: () => void = () => {};
  #die: (error: Error) => void = () => {};

  constructor(script: Script = {}) {
    this.script = script;
  }

  pause(): void {
    this.#paused = true;
  }
  resume(): void {
    this.#paused = false;
    this.#wake();
  }
  abort(): void {
    this.#aborted = true;
    this.#wake();
  }
  /** As the real one does: the thread's end ends the stage that is on it. */
  async close(): Promise<void> {
    this.closed = true;
    this.#die(threadEnded);
  }
  async describeEngine(measure: boolean): Promise<DoctorReport["engine"]> {
    return {
      backend: "cpu",
      tensorflow: this.script.tensorflow ?? "0.0.0-scripted",
      tfjs: "0",
      gpu: null,
      whyNoGpu: "scripted",
      threads: 1,
      fusedKernels: [],
      matmulGflops: measure ? 1 : 0,
    };
  }

  ask(question: Question): Promise<unknown> {
    if (question.kind === "preflight") return Promise.resolve(facts);
    return Promise.reject(new Error("a scripted thread answers no other question"));
  }

  run(job: StageJob, onEvent: OnEvent): Promise<"done" | "aborted"> {
    return new Promise((resolve, reject) => {
      this.#die = reject;
      this.#run(job, async (event) => {
        if (!this.closed) await onEvent(event);
      }).then(resolve, reject);
    });
  }

  async #run(job: StageJob, onEvent: OnEvent): Promise<"done" | "aborted"> {
    this.jobs.push(job);
    this.#aborted = false;
    this.#paused = false;
    const { plan } = job;
    if (plan.kind === "data") await this.#data(job, onEvent);
    else if (plan.kind === "sft") {
      await onEvent({ type: "metrics", step: 1, values: { loss: noise(job.seed, job.plan.label) } });
      await onEvent({ type: "result", result: { checkpointId: await this.#checkpoint(job, 1, onEvent), examples: 2, droppedExamples: 0 } });
    } else if (plan.kind === "temperature") {
      const candidates = [{ temperature: 0.8, entropy: 0.3, reward: 0.5, truncated: 0, responseTokens: 2 }];
      await onEvent({
        type: "result",
        result: { temperature: { chosen: 0.8, chosenEntropy: 0.3, target: 0.3, fixed: false, candidates } },
      });
    } else if (plan.kind === "evaluate") {
      const evaluationId = await this.#evaluate(job, job.policyStep, plan.config, onEvent);
      await onEvent({ type: "result", result: { evaluationId } });
    } else return this.#rl(job, onEvent);
    return "done";
  }

  async #data(job: StageJob, onEvent: OnEvent): Promise<void> {
    const { data: config } = recipeOf({ id: job.studyId, recipe: job.recipe }, "weak-vs-strong");
    if (config.kind === "imported") throw new TypeError("a scripted thread imports nothing");
    const { kind: _, ...data } = config;
    const id = `data-${job.studyId}`;
    const dataset = {
      id,
      name: "Scripted",
      contentHash: `hash-${data.seed}`,
      config: data,
      createdAt: new Date(0).toISOString(),
      counts: [],
      dropped: [],
    };
    await onEvent({ type: "dataset", dataset, problems, traces });
    await onEvent({ type: "result", result: { datasetId: id } });
  }

  async #rl(job: StageJob, onEvent: OnEvent): Promise<"done" | "aborted"> {
    if (job.plan.kind !== "rl") throw new TypeError("not an RL stage");
    const { config, devEval } = job.plan;
    let checkpointId = job.resumeFrom?.id;
    for (let step = (job.resumeFrom?.step ?? 0) + 1; step <= config.steps; step++) {
      await this.script.beforeStep?.(job, step);
      while (this.#paused && !this.#aborted)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      if (this.#aborted) return "aborted";
      const rollouts = problems.slice(4, 6).flatMap((problem) =>
        [0, 1].map((index): Rollout => {
          const drawn = sample(problem, index, noise(job.seed, job.plan.label, step, problem.id, index));
          return { ...drawn, advantage: drawn.reward - 0.5, inLoss: true, policyStep: step - 1 };
        }),
      );
      const count = rollouts.length * 2;
      await onEvent({
        type: "rollouts",
        step,
        rollouts,
        tokens: {
          ids: Int32Array.from({ length: count }, (_, i) => 10 + i),
          logprobs: new Float32Array(count).fill(-0.5),
          entropies: new Float32Array(count).fill(0.25),
          lengths: new Int32Array(rollouts.length).fill(2),
        },
      });
      const metrics: StageEvent = { type: "metrics", step, values: { reward: noise(job.seed, job.plan.label, step), entropy: 0.3 } };
      await onEvent(metrics);
      if (this.script.repeats === step) await onEvent(metrics);
      await onEvent({ type: "progress", step, totalSteps: config.steps, activity: `${job.plan.label}: step ${step}/${config.steps}` });
      if (step % config.evalEvery === 0) await this.#evaluate(job, step, devEval, onEvent);
      if (step % config.checkpointEvery === 0 || step === config.steps) checkpointId = await this.#checkpoint(job, step, onEvent);
    }
    await onEvent({ type: "result", result: { checkpointId } });
    return "done";
  }

  async #checkpoint(job: StageJob, step: number, onEvent: OnEvent): Promise<string> {
    const id = `${job.stageId}@${step}`;
    const folder = join("checkpoints", job.stageId, String(step));
    mkdirSync(join(job.studyFolder, folder), { recursive: true });
    writeFileSync(join(job.studyFolder, folder, "step"), String(step));
    const start = "start" in job.plan ? job.plan.start : "";
    await onEvent({
      type: "checkpoint",
      checkpoint: {
        id,
        studyId: job.studyId,
        stageId: job.stageId,
        start,
        step,
        path: `studies/${job.studyId}/${folder}`,
        parentId: job.from?.id ?? null,
        parameters: 1,
        createdAt: new Date(0).toISOString(),
      },
    });
    return id;
  }

  async #evaluate(job: StageJob, step: number, config: EvalConfig, onEvent: OnEvent): Promise<string> {
    const id = `${job.stageId}-eval-${step}`;
    const asked = problems.filter((problem) => problem.pool === config.pool);
    const samples = asked.flatMap((problem) =>
      Array.from({ length: config.samplesPerProblem }, (_, i) =>
        sample(problem, i, noise(job.seed, job.plan.label, "eval", step, problem.id, i)),
      ),
    );
    await onEvent({
      type: "evaluation",
      evaluation: {
        id,
        studyId: job.studyId,
        stageId: job.stageId,
        start: "start" in job.plan ? job.plan.start : "",
        step,
        pool: config.pool,
        config,
        problems: asked.length,
        samplesPerProblem: config.samplesPerProblem,
        passAt1: samples.reduce((sum, { reward }) => sum + reward, 0) / samples.length,
        standardError: 0.1,
        low: null,
        high: null,
        verdicts: null,
        truncated: 0,
        responseTokens: 2,
        createdAt: new Date(0).toISOString(),
      },
      samples,
    });
    return id;
  }
}

/** What a training thread that cannot go on throws. */
const threadEnded = new HeadstartError({
  code: "training-thread-ended",
  where: "training thread",
  message: "The training thread ended.",
  hint: "Start Headstart again.",
});

export const outOfMemory = new HeadstartError({
  code: "out-of-memory",
  where: "engine",
  message: "The device is out of memory.",
  hint: "Lower promptsPerStep.",
});
