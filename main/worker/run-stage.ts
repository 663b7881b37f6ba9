// One stage from its job: opens the checkpoint it begins from and the data, runs the engine's function, and hands over what
// comes out as events.
import { HeadstartError } from "../contract/errors.ts";
import type { StageJob, VerifyRequest } from "../contract/job.ts";
import type { LoraConfig } from "../contract/lora.ts";
import type { Sample, Verification } from "../contract/rollout.ts";
import type { StageEvent, StagePlan, StageResult } from "../contract/run.ts";
import { isPooled } from "../contract/study.ts";
import type { TrainerState } from "../engine/checkpoint.ts";
import { evaluate, evaluationProblems } from "../engine/eval/evaluate.ts";
import type { EnginePorts } from "../engine/ports.ts";
import { evaluateDoor } from "../engine/rl/door.ts";
import { findTemperature } from "../engine/rl/temperature.ts";
import { trainGrpo } from "../engine/rl/train-grpo.ts";
import { type SftStage, trainingAmount, trainSft } from "../engine/sft/train-sft.ts";
import { encodeExample } from "../tokenizer/chat.ts";
import { readTrainerState } from "./checkpoint-files.ts";
import { type OpenedCheckpoint, openCheckpoint } from "./open-checkpoint.ts";
import { openData, type StageData } from "./stage-data.ts";
import { stagePorts } from "./stage-ports.ts";
import { startExamples } from "./start-examples.ts";

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
    if (job.plan.kind !== "evaluate" && job.plan.kind !== "temperature" && job.plan.kind !== "door")
      prepareToTrain(opened, lora !== undefined);
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

interface StageParts {
  opened: OpenedCheckpoint;
  job: StageJob;
  data: StageData;
  resume: TrainerState | null;
  ports: EnginePorts;
}

function runOn(
  opened: OpenedCheckpoint,
  job: StageJob,
  data: StageData,
  resume: TrainerState | null,
  ports: EnginePorts,
): Promise<StageResult> {
  const parts = { opened, job, data, resume, ports };
  const { plan } = job;
  switch (plan.kind) {
    case "data":
      throw new TypeError("the data stage needs no model");
    case "sft":
      return runSft(parts, plan);
    case "finetune":
      return runFinetune(parts, plan);
    case "temperature":
      return runTemperature(parts, plan);
    case "evaluate":
      return runEvaluation(parts, plan);
    case "door":
      return runDoor(parts, plan);
    case "rl":
      return runRl(parts, plan);
  }
}

type Plan<Kind extends StagePlan["kind"]> = Extract<StagePlan, { kind: Kind }>;

async function fineTune(
  { opened, job, data, resume, ports }: StageParts,
  stage: Omit<SftStage, "model" | "tokenizer" | "problems" | "seed" | "resume">,
): Promise<StageResult> {
  const { model, tokenizer } = opened;
  const outcome = await trainSft({ ...stage, model, tokenizer, problems: data.problems, seed: job.seed, resume }, ports);
  const { examples, dropped, epochs, steps, tokens } = outcome;
  return {
    checkpointId: outcome.checkpointId || job.resumeFrom?.id,
    examples,
    droppedExamples: dropped,
    epochs: [...job.epochsBefore, ...epochs],
    steps,
    tokens,
  };
}

async function runSft(parts: StageParts, plan: Plan<"sft">): Promise<StageResult> {
  const { opened, job, data } = parts;
  const { tokenizer } = opened;
  const { recipe, seed } = job;
  if (!isPooled(recipe)) throw new TypeError(`a study of kind ${recipe.kind} has no starts`);
  const { devEval } = recipe;
  const { sft: config } = plan.config;
  const { examples: chosen, largest, lengths } = startExamples(data, recipe, plan, seed, tokenizer);
  const encode = (from: typeof chosen) =>
    from.map(({ problem, trace }) => encodeExample(tokenizer, problem.messages ?? problem.prompt, trace.text));
  const devExamples = evaluationProblems(data.problems, "dev", devEval.problems).flatMap((problem) =>
    data.traces(problem, 1).map((trace) => encodeExample(tokenizer, problem.messages ?? problem.prompt, trace.text)),
  );
  const full = plan.matched ? trainingAmount(encode(largest), config, [seed, plan.start, "sft"]) : null;
  const result = await fineTune(parts, {
    examples: encode(chosen),
    devExamples: devExamples.filter(({ ids }) => ids.length <= config.maxLength),
    config,
    devEval,
    start: plan.start,
    streams: plan.branch?.streams,
    stopAfterEpoch: plan.branch?.stopAfterEpoch,
    amount: full && (plan.matched === "steps" ? { steps: full.steps } : { tokens: full.tokens }),
  });
  return { ...result, ...(lengths && { lengths }) };
}

function runFinetune(parts: StageParts, { config, start }: Plan<"finetune">): Promise<StageResult> {
  const { opened, data } = parts;
  const encoded = (pool: "sft" | "dev") =>
    data.problems
      .filter((problem) => problem.pool === pool)
      .flatMap((problem) =>
        data
          .traces(problem, Number.POSITIVE_INFINITY)
          .map(({ text }) => encodeExample(opened.tokenizer, problem.messages ?? problem.prompt, text)),
      );
  const devExamples = encoded("dev").filter(({ ids }) => ids.length <= config.maxLength);
  return fineTune(parts, { examples: encoded("sft"), devExamples, config, devEval: null, start });
}

async function runTemperature({ opened, job, data, ports }: StageParts, plan: Plan<"temperature">): Promise<StageResult> {
  const { model, tokenizer } = opened;
  const { config, maxResponseTokens, groupSize, start } = plan;
  const seed = [job.seed, start];
  const { result, evaluation } = await findTemperature(model, tokenizer, data.problems, config, maxResponseTokens, groupSize, seed, ports);
  // The start as RL meets it: its fingerprint is taken from these.
  return {
    temperature: result,
    evaluationId: await ports.evaluation(job.policyStep, evaluation.config, evaluation.summary, evaluation.samples),
  };
}

async function runEvaluation({ opened, job, data, ports }: StageParts, plan: Plan<"evaluate">): Promise<StageResult> {
  const { model, tokenizer } = opened;
  const asked = evaluationProblems(data.problems, plan.config.pool, plan.config.problems);
  const store = (samples: Sample[]) => ports.samples(job.policyStep, plan.config, samples);
  const stored = new Set(job.samples.map(({ problemId, sampleIndex }) => `${problemId} ${sampleIndex}`));
  const taken = job.extended.filter(({ problemId, sampleIndex }) => !stored.has(`${problemId} ${sampleIndex}`));
  if (taken.length > 0) await store(taken);
  const known = [...job.samples, ...taken];
  const total = asked.length * plan.config.samplesPerProblem;
  const tell = (done: number) => ports.progress(done, total, `${done} of ${total} samples`);
  await tell(known.length);
  const { summary } = await evaluate(model, tokenizer, asked, plan.config, [job.seed, plan.start, "evaluation", plan.when], ports, {
    known,
    onSamples: async (samples, done) => {
      await store(samples);
      await tell(done);
    },
  });
  return { evaluationId: await ports.evaluation(job.policyStep, plan.config, summary, []) };
}

async function runDoor({ opened, job, data, ports }: StageParts, plan: Plan<"door">): Promise<StageResult> {
  const { model, tokenizer } = opened;
  const { config, domain, maxResponseTokens, start } = plan;
  const temperature = temperatureOf(job);
  const door = {
    model,
    tokenizer,
    problems: data.problems,
    config,
    domain,
    temperature,
    maxResponseTokens,
    seed: [job.seed, start, plan.key],
  };
  const { evalConfig, summary, report } = await evaluateDoor(door, ports, { known: job.samples, policyStep: job.policyStep });
  return { door: report, evaluationId: await ports.evaluation(job.policyStep, evalConfig, summary, []) };
}

function temperatureOf({ temperature, plan }: StageJob): number {
  if (temperature !== null) return temperature;
  throw new HeadstartError({
    code: "no-temperature",
    where: plan.label,
    message: "No sampling temperature was found for this start.",
    hint: "Run its temperature stage first.",
  });
}

async function runRl({ opened, job, data, resume, ports }: StageParts, plan: Plan<"rl">): Promise<StageResult> {
  const { model, tokenizer } = opened;
  const { config, devEval, start, number = 0 } = plan;
  // What KL is measured against is the start, also where the stage goes on from a checkpoint of its own.
  const reference = config.klCoefficient > 0 ? (await openCheckpoint(job.from!)).model : null;
  // Each stage draws its own prompts and rollouts; the first one's streams are those of RL without stages.
  const seed = number === 0 ? job.seed : `${job.seed}, stage ${number}`;
  try {
    const outcome = await trainGrpo(
      { model, reference, tokenizer, problems: data.problems, problemIds: job.problemIds, config, temperature: temperatureOf(job), devEval, seed, start, resume }, // biome-ignore format: one record
      ports,
    );
    return { checkpointId: outcome.checkpointId || job.resumeFrom?.id, steps: outcome.steps, tokens: outcome.tokens };
  } finally {
    reference?.dispose();
  }
}
