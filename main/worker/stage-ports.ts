// What the engine asks of whoever runs it (engine/ports), for one stage: events to the host, checkpoints to disk, verdicts.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { TokenizerFiles } from "../contract/checkpoint.ts";
import type { StageJob } from "../contract/job.ts";
import { parameterCount } from "../contract/parameter-shapes.ts";
import type { EvalConfig } from "../contract/recipe.ts";
import type { EvaluationHead } from "../contract/run.ts";
import type { EnginePorts } from "../engine/ports.ts";
import { verifyHere } from "../verifiers/index.ts";
import { dropOptimizerState, writeCheckpoint } from "./checkpoint-files.ts";
import type { StageControl } from "./run-stage.ts";

export function stagePorts(job: StageJob, control: StageControl, tokenizer: { files: TokenizerFiles; folder: string }): EnginePorts {
  const start = "start" in job.plan ? job.plan.start : "";
  const checkpoints = join(job.studyFolder, "checkpoints");
  // The stage goes on from its newest checkpoint; the others keep their weights alone, also one that an interruption left whole.
  // A trunk's are all gone on from.
  const isTrunk = job.plan.kind === "sft" && job.plan.branch?.stopAfterEpoch !== undefined;
  const freeAllBut = (newest: string) => {
    if (isTrunk) return;
    for (const name of readdirSync(checkpoints))
      if (name.startsWith(`${job.stageId}-step-`) && name !== newest) dropOptimizerState(join(checkpoints, name));
  };
  if (job.resumeFrom) freeAllBut(job.resumeFrom.id);
  const headOf = (step: number, config: EvalConfig): EvaluationHead => ({
    id: `${job.stageId}-eval-${step}`,
    studyId: job.studyId,
    stageId: job.stageId,
    start,
    step,
    pool: config.pool,
    config,
    createdAt: new Date().toISOString(),
  });
  return {
    yield: control.yield,
    now: () => performance.now() / 1000,
    verify: async (problem, response) => verifyHere(problem, response) ?? (await control.verify({ problem, response })),
    progress: (step, totalSteps, activity) => control.emit({ type: "progress", step, totalSteps, activity }),
    metrics: (step, values) => control.emit({ type: "metrics", step, values }),
    rollouts: (step, rollouts, tokens) => control.emit({ type: "rollouts", step, rollouts, tokens }),
    samples: (step, config, samples) => control.emit({ type: "samples", evaluation: headOf(step, config), samples }),
    evaluation: async (step, config, summary, samples) => {
      const head = headOf(step, config);
      const { entropy: _, ...stored } = summary;
      await control.emit({ type: "evaluation", evaluation: { ...head, ...stored }, samples });
      return head.id;
    },
    checkpoint: async (state) => {
      const id = `${job.stageId}-step-${state.step}`;
      const parentId = job.from?.id ?? null;
      const { recipe } = job;
      writeCheckpoint(join(checkpoints, id), state, {
        id,
        parentId,
        seed: job.seed,
        dataHash: job.datasetHash,
        codeVersion: job.codeVersion,
        origin: `${recipe.name}: ${job.plan.label}`,
        tokenizer: tokenizer.files,
        tokenizerFolder: tokenizer.folder,
        base: job.from ?? undefined,
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
