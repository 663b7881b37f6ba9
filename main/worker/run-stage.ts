// One stage from its job: opens the checkpoint it begins from, rebuilds the data, runs the engine's function, and hands over
// what comes out as events.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Pool } from "../contract/dataset.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { StageJob } from "../contract/job.ts";
import { parameterCount } from "../contract/parameter-shapes.ts";
import type { EvalConfig } from "../contract/recipe.ts";
import type { StageEvent, StageResult } from "../contract/run.ts";
import { buildDataset, type Dataset } from "../data/dataset.ts";
import { sftExamples } from "../data/select.ts";
import type { TrainerState } from "../engine/checkpoint.ts";
import { evaluate, evaluationProblems } from "../engine/eval/evaluate.ts";
import { Parameters } from "../engine/model/parameters.ts";
import { Transformer } from "../engine/model/transformer.ts";
import type { EnginePorts } from "../engine/ports.ts";
import { findTemperature } from "../engine/rl/temperature.ts";
import { trainGrpo } from "../engine/rl/train-grpo.ts";
import { trainSft } from "../engine/sft/train-sft.ts";
import { builtInTokenizer as tokenizer } from "../tokenizer/built-in.ts";
import { encodeExample } from "../tokenizer/chat.ts";
import { verify } from "../verifiers/index.ts";
import { dropOptimizerState, readCheckpoint, readTrainerState, writeCheckpoint } from "./checkpoint-files.ts";

export interface StageControl {
  /** Resolves when the event is stored. */
  emit(event: StageEvent): Promise<void>;
  /** Waits while paused; throws `Aborted` when the stage is to end. */
  yield(): Promise<void>;
}

export async function runStage(job: StageJob, control: StageControl): Promise<void> {
  await control.emit({ type: "result", result: await stageResult(job, control) });
}

async function stageResult(job: StageJob, control: StageControl): Promise<StageResult> {
  const { plan } = job;
  const data = openData(job);
  if (plan.kind === "data") return publishData(job, data, control);
  const resume = job.resumeFrom ? readTrainerState(job.resumeFrom.folder) : null;
  const ports = enginePorts(job, control);
  const model = openModel(job, resume);
  try {
    switch (plan.kind) {
      case "sft": {
        const examples = sftExamples(data, plan.config, job.seed).map(({ problem, trace }) =>
          encodeExample(tokenizer, problem.prompt, trace.text),
        );
        const devEval = job.recipe.devEval;
        const devExamples = evaluationProblems(data.problems, "dev", devEval.problems).flatMap((problem) =>
          data.traces(problem, 1).map((trace) => encodeExample(tokenizer, problem.prompt, trace.text)),
        );
        const fitting = devExamples.filter(({ ids }) => ids.length <= plan.config.sft.maxLength);
        const outcome = await trainSft(
          {
            model,
            tokenizer,
            examples,
            devExamples: fitting,
            problems: data.problems,
            config: plan.config.sft,
            devEval,
            seed: job.seed,
            start: plan.start,
            resume,
          },
          ports,
        );
        return { checkpointId: outcome.checkpointId || job.resumeFrom?.id, examples: outcome.examples, droppedExamples: outcome.dropped };
      }
      case "temperature":
        return {
          temperature: await findTemperature(
            model,
            tokenizer,
            data.problems,
            plan.config,
            plan.maxResponseTokens,
            [job.seed, plan.start],
            ports,
          ),
        };
      case "evaluate": {
        const asked = evaluationProblems(data.problems, plan.config.pool, plan.config.problems);
        const { summary, samples } = await evaluate(
          model,
          tokenizer,
          asked,
          plan.config,
          [job.seed, plan.start, "evaluation", plan.when],
          ports,
          (done) => ports.progress(done, asked.length, `${done} of ${asked.length} problems`),
        );
        return { evaluationId: await ports.evaluation(job.policyStep, plan.config, summary, samples) };
      }
      case "rl": {
        const { temperature } = job;
        if (temperature === null)
          throw new HeadstartError({
            code: "no-temperature",
            where: plan.label,
            message: "No sampling temperature was found for this start.",
            hint: "Run its temperature stage first.",
          });
        // What KL is measured against is the start, also where the stage goes on from a checkpoint of its own.
        const reference = plan.config.klCoefficient > 0 ? openStart(job) : null;
        const stage = {
          model,
          reference,
          tokenizer,
          problems: data.problems,
          config: plan.config,
          temperature,
          devEval: plan.devEval,
          seed: job.seed,
          start: plan.start,
          resume,
        };
        try {
          return { checkpointId: (await trainGrpo(stage, ports)) || job.resumeFrom?.id };
        } finally {
          reference?.dispose();
        }
      }
    }
  } finally {
    model.dispose();
  }
}

function openModel(job: StageJob, resume: TrainerState | null): Transformer {
  return resume ? new Transformer(new Parameters(resume.config, resume.weights)) : openStart(job);
}

/** The checkpoint the stage begins from. */
function openStart(job: StageJob): Transformer {
  const { file, weights } = readCheckpoint(job.from?.folder ?? join(job.resourcesFolder, job.recipe.base));
  return new Transformer(new Parameters(file.model, weights));
}

let cached: { key: string; data: Dataset } | null = null;

/** The data is made again from its config in each stage, which is cheaper than sending it; its hash must be the published one. */
function openData(job: StageJob): Dataset {
  const key = JSON.stringify(job.recipe.data);
  if (cached?.key !== key) {
    const read = (name: string) => readFileSync(join(job.resourcesFolder, "gsm8k", name), "utf8");
    const files = job.recipe.data.gsm8k ? { gsm8kTrain: read("train.jsonl"), gsm8kTest: read("test.jsonl") } : null;
    cached = { key, data: buildDataset(job.recipe.data, files) };
  }
  const { data } = cached;
  if (job.datasetHash !== null && data.contentHash !== job.datasetHash)
    throw new HeadstartError({
      code: "data-changed",
      where: "recipe.data",
      message: "The data made now differs from the data this study began with: this version of Headstart generates other problems.",
      hint: "Finish the study with the version that began it, or start it again.",
    });
  return data;
}

async function publishData(job: StageJob, data: Dataset, control: StageControl): Promise<StageResult> {
  const id = `data-${data.contentHash.slice(0, 12)}`;
  const counts = new Map<string, { pool: Pool; source: string; problems: number }>();
  for (const { pool, source } of data.problems) {
    const key = `${pool} ${source}`;
    const entry = counts.get(key) ?? { pool, source, problems: 0 };
    entry.problems++;
    counts.set(key, entry);
  }
  const largest = Math.max(...job.recipe.starts.map(({ responsesPerPrompt }) => responsesPerPrompt));
  const traces = data.problems.filter(({ pool }) => pool === "sft").flatMap((problem) => data.traces(problem, largest));
  const dataset = {
    id,
    name: job.recipe.data.gsm8k ? "GSM8K arithmetic and generated problems" : "Generated problems",
    contentHash: data.contentHash,
    config: job.recipe.data,
    createdAt: new Date().toISOString(),
    counts: [...counts.values()],
    dropped: data.dropped,
  };
  await control.emit({ type: "dataset", dataset, problems: data.problems, traces });
  return { datasetId: id };
}

function enginePorts(job: StageJob, control: StageControl): EnginePorts {
  const start = "start" in job.plan ? job.plan.start : "";
  const checkpoints = join(job.studyFolder, "checkpoints");
  // The stage goes on from its newest checkpoint; the others keep their weights alone, also one that an interruption left whole.
  const freeAllBut = (newest: string) => {
    for (const name of readdirSync(checkpoints))
      if (name.startsWith(`${job.stageId}-step-`) && name !== newest) dropOptimizerState(join(checkpoints, name));
  };
  if (job.resumeFrom) freeAllBut(job.resumeFrom.id);
  return {
    yield: control.yield,
    now: () => performance.now() / 1000,
    verify: async (problem, response) => verify(problem, response),
    progress: (step, totalSteps, activity) => control.emit({ type: "progress", step, totalSteps, activity }),
    metrics: (step, values) => control.emit({ type: "metrics", step, values }),
    rollouts: (step, rollouts, tokens) => control.emit({ type: "rollouts", step, rollouts, tokens }),
    evaluation: async (step, config: EvalConfig, summary, samples) => {
      const id = `${job.stageId}-eval-${step}`;
      const { problems, samplesPerProblem, passAt1, standardError, truncated, responseTokens } = summary;
      const described = { problems, samplesPerProblem, passAt1, standardError, truncated, responseTokens };
      const about = {
        id,
        studyId: job.studyId,
        stageId: job.stageId,
        start,
        step,
        pool: config.pool,
        config,
        createdAt: new Date().toISOString(),
      };
      await control.emit({ type: "evaluation", evaluation: { ...about, ...described }, samples });
      return id;
    },
    checkpoint: async (state) => {
      const id = `${job.stageId}-step-${state.step}`;
      const parentId = job.from?.id ?? job.recipe.base;
      writeCheckpoint(join(checkpoints, id), state, {
        id,
        parentId,
        seed: job.seed,
        dataHash: job.datasetHash,
        codeVersion: job.codeVersion,
        origin: `${job.recipe.name}: ${job.plan.label}`,
      });
      await control.emit({
        type: "checkpoint",
        checkpoint: {
          id,
          studyId: job.studyId,
          stageId: job.stageId,
          start,
          step: state.step,
          path: `studies/${job.studyId}/checkpoints/${id}`,
          parentId,
          parameters: parameterCount(state.config),
          createdAt: new Date().toISOString(),
        },
      });
      freeAllBut(id);
      return id;
    },
  };
}
