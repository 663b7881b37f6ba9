// One stage from its job: opens the checkpoint it begins from and the data, runs the engine's function, and hands over what
// comes out as events.
import { HeadstartError } from "../contract/errors.ts";
import type { StageJob, VerifyRequest } from "../contract/job.ts";
import type { LoraConfig } from "../contract/lora.ts";
import type { Sample, Verification } from "../contract/rollout.ts";
import { type StageEvent, type StageResult, weakVsStrongOf } from "../contract/run.ts";
import { sftExamples } from "../data/select.ts";
import type { TrainerState } from "../engine/checkpoint.ts";
import { evaluate, evaluationProblems } from "../engine/eval/evaluate.ts";
import type { EnginePorts } from "../engine/ports.ts";
import { findTemperature } from "../engine/rl/temperature.ts";
import { trainGrpo } from "../engine/rl/train-grpo.ts";
import { type SftStage, trainSft } from "../engine/sft/train-sft.ts";
import { encodeExample } from "../tokenizer/chat.ts";
import { readTrainerState } from "./checkpoint-files.ts";
import { type OpenedCheckpoint, openCheckpoint } from "./open-checkpoint.ts";
import { openData, type StageData } from "./stage-data.ts";
import { stagePorts } from "./stage-ports.ts";

export interface StageControl {
  /** Resolves when the event is stored. */
  emit(event: StageEvent): Promise<void>;
  /** Waits while paused; throws `Aborted` when the stage is to end. */
  yield(): Promise<void>;
  /** A verdict that needs a process of its own. */
  verify(request: VerifyRequest): Promise<Verification>;
}

export async function runStage(job: StageJob, control: StageControl): Promise<void> {
  await control.emit({ type: "result", result: await stageResult(job, control) });
}

async function stageResult(job: StageJob, control: StageControl): Promise<StageResult> {
  const data = openData(job);
  if (job.plan.kind === "data") {
    const event = data.event();
    await control.emit(event);
    return { datasetId: event.dataset.id };
  }
  const lora = loraOf(job);
  // An adapter's checkpoint is what training adds: the model is always the one it began from.
  const place = lora ? job.from! : (job.resumeFrom ?? job.from!);
  const opened = await openCheckpoint(place);
  try {
    if (job.plan.kind !== "evaluate" && job.plan.kind !== "temperature") prepareToTrain(opened, lora !== undefined);
    const resume = job.resumeFrom && readTrainerState(job.resumeFrom);
    const ports = stagePorts(job, control, { files: opened.file.tokenizer, folder: place.folder });
    return await runOn(opened, job, data, resume, ports);
  } finally {
    opened.model.dispose();
  }
}

function loraOf({ plan }: StageJob): LoraConfig | undefined {
  if (plan.kind === "finetune") return plan.config.lora;
  return plan.kind === "sft" ? plan.config.sft.lora : undefined;
}

/** All weights are trained from the merged model; a second adapter would stand on a model that no folder holds. */
function prepareToTrain({ file, model }: OpenedCheckpoint, withAdapter: boolean): void {
  if (!model.parameters.adapter) return;
  if (withAdapter)
    throw new HeadstartError({
      code: "adapter-on-adapter",
      where: `checkpoint ${file.id}`,
      message: "The checkpoint is a LoRA adapter, and another adapter is to be trained on it.",
      hint: "Export it merged, import that, and begin from there; or train all weights.",
    });
  model.parameters.merge();
}

async function runOn(
  { model, tokenizer }: OpenedCheckpoint,
  job: StageJob,
  data: StageData,
  resume: TrainerState | null,
  ports: EnginePorts,
): Promise<StageResult> {
  const { plan, seed } = job;
  const fineTune = async (stage: Omit<SftStage, "model" | "tokenizer" | "problems" | "seed" | "resume">): Promise<StageResult> => {
    const outcome = await trainSft({ ...stage, model, tokenizer, problems: data.problems, seed, resume }, ports);
    return { checkpointId: outcome.checkpointId || job.resumeFrom?.id, examples: outcome.examples, droppedExamples: outcome.dropped };
  };
  switch (plan.kind) {
    case "data":
      throw new TypeError("the data stage needs no model");
    case "sft": {
      const { devEval } = weakVsStrongOf({ id: job.studyId, recipe: job.recipe });
      const { sft: config } = plan.config;
      const examples = sftExamples(data, plan.config, seed).map(({ problem, trace }) =>
        encodeExample(tokenizer, problem.prompt, trace.text),
      );
      const devExamples = evaluationProblems(data.problems, "dev", devEval.problems).flatMap((problem) =>
        data.traces(problem, 1).map((trace) => encodeExample(tokenizer, problem.prompt, trace.text)),
      );
      const fitting = devExamples.filter(({ ids }) => ids.length <= config.maxLength);
      return fineTune({ examples, devExamples: fitting, config, devEval, start: plan.start });
    }
    case "finetune": {
      const { config } = plan;
      const encoded = (pool: "sft" | "dev") =>
        data.problems
          .filter((problem) => problem.pool === pool)
          .flatMap((problem) =>
            data
              .traces(problem, Number.POSITIVE_INFINITY)
              .map(({ text }) => encodeExample(tokenizer, problem.messages ?? problem.prompt, text)),
          );
      const devExamples = encoded("dev").filter(({ ids }) => ids.length <= config.maxLength);
      return fineTune({ examples: encoded("sft"), devExamples, config, devEval: null, start: plan.start });
    }
    case "temperature": {
      const { config, maxResponseTokens, start } = plan;
      return { temperature: await findTemperature(model, tokenizer, data.problems, config, maxResponseTokens, [seed, start], ports) };
    }
    case "evaluate": {
      const asked = evaluationProblems(data.problems, plan.config.pool, plan.config.problems);
      const store = (samples: Sample[]) => ports.samples(job.policyStep, plan.config, samples);
      const stored = new Set(job.samples.map(({ problemId, sampleIndex }) => `${problemId} ${sampleIndex}`));
      const taken = job.extended.filter(({ problemId, sampleIndex }) => !stored.has(`${problemId} ${sampleIndex}`));
      if (taken.length > 0) await store(taken);
      const known = [...job.samples, ...taken];
      const total = asked.length * plan.config.samplesPerProblem;
      const tell = (done: number) => ports.progress(done, total, `${done} of ${total} samples`);
      await tell(known.length);
      const { summary } = await evaluate(model, tokenizer, asked, plan.config, [seed, plan.start, "evaluation", plan.when], ports, {
        known,
        onSamples: async (samples, done) => {
          await store(samples);
          await tell(done);
        },
      });
      return { evaluationId: await ports.evaluation(job.policyStep, plan.config, summary, []) };
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
      const { config, devEval, start } = plan;
      // What KL is measured against is the start, also where the stage goes on from a checkpoint of its own.
      const reference = config.klCoefficient > 0 ? (await openCheckpoint(job.from!)).model : null;
      try {
        const stage = { model, reference, tokenizer, problems: data.problems, config, temperature, devEval, seed, start, resume };
        return { checkpointId: (await trainGrpo(stage, ports)) || job.resumeFrom?.id };
      } finally {
        reference?.dispose();
      }
    }
  }
}
