// headstart sft: fine-tunes a checkpoint on the responses of an imported dataset.
import type { Command } from "commander";
import { type CheckpointRecord, HeadstartError, sftRecipe } from "../../contract/index.ts";
import { type Application, withApplication } from "../application.ts";
import { parseCount, parseNumber, parseSeed } from "../arguments.ts";
import { runToTheEnd } from "../follow-study.ts";
import { plural } from "../text.ts";

interface SftOptions {
  limit?: number;
  responses: number;
  dev: number;
  instruction: string;
  epochs?: number;
  steps?: number;
  batch: number;
  accumulate?: number;
  maxLength: number;
  lr: number;
  lora?: true;
  rank: number;
  alpha: number;
  dropout: number;
  recompute?: true;
  seed: number;
  json?: true;
}

export function addSft(program: Command): void {
  program
    .command("sft <checkpoint> <dataset>")
    .description("supervised fine-tuning on the responses of an imported dataset; prints the checkpoint it ends with")
    .option("--limit <rows>", "the first rows of the dataset", parseCount)
    .option("--responses <n>", "at most so many responses of each row", parseCount, 1)
    .option("--dev <rows>", "rows kept out of training, for the dev loss", parseNumber, 16)
    .option("--instruction <text>", "put after each problem", "")
    .option("--epochs <n>", "passes over the examples; by default one, or with --steps as many as those take", parseCount)
    .option("--steps <n>", "stop after so many updates", parseCount)
    .option("--batch <rows>", "rows per update", parseCount, 8)
    .option("--accumulate <n>", "parts that a batch is worked through in", parseCount)
    .option("--max-length <tokens>", "longest row", parseCount, 512)
    .option("--lr <rate>", "peak learning rate", parseNumber, 1e-4)
    .option("--lora", "train a LoRA adapter in place of all weights")
    .option("--rank <r>", "of the adapter", parseCount, 16)
    .option("--alpha <a>", "of the adapter", parseNumber, 32)
    .option("--dropout <p>", "of the adapter's inputs", parseNumber, 0)
    .option("--recompute", "compute each layer again for its gradient: less memory, more time")
    .option("--seed <seed>", "seed of order and initial adapter", parseSeed, 1)
    .option("--json", "print the checkpoint and its curve as JSON")
    .action((checkpoint: string, dataset: string, options: SftOptions) =>
      withApplication((application) => train(application, checkpoint, dataset, options)),
    );
}

async function train(application: Application, checkpoint: string, dataset: string, options: SftOptions): Promise<void> {
  const { client } = application;
  const { limit, responses, dev, instruction, epochs, steps, batch, accumulate, maxLength, lr, lora, rank, alpha, dropout } = options;
  const recipe = sftRecipe.parse({
    kind: "sft",
    name: `SFT of ${checkpoint} on ${dataset}`,
    checkpoint,
    data: { dataset, limit: limit ?? null },
    instruction,
    responsesPerPrompt: responses,
    devRows: dev,
    sft: {
      // An epoch has one update at the least.
      epochs: epochs ?? steps ?? 1,
      maxSteps: steps,
      batchSize: batch,
      gradientAccumulation: accumulate,
      maxLength,
      recompute: options.recompute,
      lora: lora && { rank, alpha, dropout },
      optimizer: { learningRate: lr },
    },
  });
  const { id } = await client.studies.start.mutate({ recipe, seed: options.seed });
  if ((await runToTheEnd(application, id)) === "paused") return;
  const checkpoints = await client.runs.checkpoints.query({ studyId: id });
  const last = checkpoints[checkpoints.length - 1] as CheckpointRecord | undefined;
  if (!last)
    throw new HeadstartError({
      code: "no-checkpoint",
      where: `study ${id}`,
      message: "SFT ended without a checkpoint.",
      hint: "Start it again.",
    });
  const { steps: at, values } = await client.runs.metrics.query({ stageId: last.stageId });
  const curve = at.map((step, i) => ({ step, loss: values.loss?.[i] ?? null, devLoss: values.devLoss?.[i] ?? null }));
  if (options.json) process.stdout.write(`${JSON.stringify({ checkpoint: last, curve })}\n`);
  else {
    const losses = curve.flatMap(({ loss }) => loss ?? []);
    process.stdout.write(
      `${last.id}\nloss ${losses[0].toFixed(4)} → ${losses[losses.length - 1].toFixed(4)} over ${plural(last.step, "step")}\n`,
    );
  }
}
