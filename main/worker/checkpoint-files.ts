// Checkpoints on disk: a folder with checkpoint.json, which alone says how to open the rest, model.safetensors, and, while
// its stage may still go on from it, optimizer.safetensors. Written aside, fsynced and renamed, so a folder is whole or not
// there.
import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { HeadstartError } from "../contract/errors.ts";
import { parameterShapes } from "../contract/parameter-shapes.ts";
import { modelConfig } from "../contract/recipe.ts";
import type { TrainerState } from "../engine/checkpoint.ts";
import type { WeightArrays } from "../engine/model/parameters.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../formats/safetensors.ts";

export const checkpointFile = z.object({
  formatVersion: z.literal(1),
  id: z.string(),
  parentId: z.string().nullable(),
  tokenizer: z.literal("built-in"),
  model: modelConfig,
  step: z.number().int(),
  seed: z.number().int(),
  dataHash: z.string().nullable(),
  codeVersion: z.string(),
  weightsSha256: z.string(),
  trainer: z.object({ optimizerStep: z.number().int(), counters: z.object({ prompts: z.number(), tokens: z.number() }) }),
  /** What made it, in words or as a recipe. */
  origin: z.string(),
});
export type CheckpointFile = z.infer<typeof checkpointFile>;
export type CheckpointDescription = Pick<CheckpointFile, "id" | "parentId" | "seed" | "dataHash" | "codeVersion" | "origin">;

const optimizerName = "optimizer.safetensors";

export function writeCheckpoint(folder: string, state: TrainerState, description: CheckpointDescription): void {
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  makeFolderDurably(part);
  const shapes = new Map(parameterShapes(state.config).map(({ name, shape }) => [name, shape]));
  const named = (prefix: string, arrays: WeightArrays): [string, NamedTensor][] =>
    [...arrays].map(([name, values]) => [prefix + name, { shape: shapes.get(name)!, values }]);
  const weights = encodeSafetensors(new Map(named("", state.weights)));
  const file: CheckpointFile = {
    formatVersion: 1,
    ...description,
    tokenizer: "built-in",
    model: state.config,
    step: state.step,
    weightsSha256: sha256(weights),
    trainer: { optimizerStep: state.optimizer.step, counters: state.counters },
  };
  writeSynced(join(part, "model.safetensors"), weights);
  writeSynced(
    join(part, optimizerName),
    encodeSafetensors(new Map([...named("first.", state.optimizer.first), ...named("second.", state.optimizer.second)])),
  );
  writeSynced(join(part, "checkpoint.json"), new TextEncoder().encode(`${JSON.stringify(file, null, 2)}\n`));
  syncFolder(part);
  rmSync(folder, { recursive: true, force: true }); // of an attempt that was taken back
  renameSync(part, folder);
  syncFolder(dirname(folder));
}

export function readCheckpoint(folder: string): { file: CheckpointFile; weights: WeightArrays } {
  const file = readDescription(folder);
  const path = join(folder, "model.safetensors");
  const bytes = readFileSync(path);
  if (sha256(bytes) !== file.weightsSha256)
    throw new HeadstartError({
      code: "broken-checkpoint",
      where: path,
      message: "The weights are not those the checkpoint was written with: their hash differs.",
      hint: "Restore the folder, or start again from an earlier checkpoint.",
    });
  return { file, weights: valuesOf(decodeSafetensors(bytes, path), "") };
}

/** The whole state a stage goes on from. */
export function readTrainerState(folder: string): TrainerState {
  const { file, weights } = readCheckpoint(folder);
  const path = join(folder, optimizerName);
  if (!existsSync(path))
    throw new HeadstartError({
      code: "no-optimizer-state",
      where: path,
      message: "The checkpoint has no optimiser state, so training cannot go on from it as if it had never stopped.",
      hint: "Resume from the stage's latest checkpoint.",
    });
  const tensors = decodeSafetensors(readFileSync(path), path);
  return {
    step: file.step,
    config: file.model,
    weights,
    optimizer: { step: file.trainer.optimizerStep, first: valuesOf(tensors, "first."), second: valuesOf(tensors, "second.") },
    counters: file.trainer.counters,
  };
}

/** Frees two thirds of a checkpoint that no stage will go on from. */
export function dropOptimizerState(folder: string): void {
  rmSync(join(folder, optimizerName), { force: true });
}

function readDescription(folder: string): CheckpointFile {
  const path = join(folder, "checkpoint.json");
  let problem: string;
  try {
    const parsed = checkpointFile.safeParse(JSON.parse(readFileSync(path, "utf8")));
    if (parsed.success) return parsed.data;
    problem = z.prettifyError(parsed.error);
  } catch (thrown) {
    problem = (thrown as Error).message;
  }
  throw new HeadstartError({
    code: "broken-checkpoint",
    where: path,
    message: `The checkpoint cannot be read: ${problem}`,
    hint: "Restore the folder, or start again from an earlier checkpoint.",
  });
}

function valuesOf(tensors: Map<string, NamedTensor>, prefix: string): WeightArrays {
  const own = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(own.map(([name, { values }]) => [name.slice(prefix.length), values]));
}

function writeSynced(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "w");
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A new name in a folder is durable only once the folder is synced, and so up to the first folder that was there before. */
function makeFolderDurably(folder: string): void {
  const firstMade = mkdirSync(folder, { recursive: true });
  for (let at = folder; firstMade !== undefined; at = dirname(at)) {
    syncFolder(dirname(at));
    if (at === firstMade) break;
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
