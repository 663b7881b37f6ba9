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
import { openSafetensors } from "../formats/safetensors.ts";
import { writeSafetensors } from "../formats/safetensors-writer.ts";
import { syncFolder } from "../formats/write-aside.ts";

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
  const shapes = parameterShapes(state.config);
  const weights = writeSafetensors(join(part, "model.safetensors"), shapes, (name) => state.weights.get(name)!);
  const file: CheckpointFile = {
    formatVersion: 1,
    ...description,
    tokenizer: "built-in",
    model: state.config,
    step: state.step,
    weightsSha256: weights.sha256,
    trainer: { optimizerStep: state.optimizer.step, counters: state.counters },
  };
  writeSafetensors(
    join(part, optimizerName),
    ["first.", "second."].flatMap((moment) => shapes.map(({ name, shape }) => ({ name: moment + name, shape }))),
    (name) => (name.startsWith("first.") ? state.optimizer.first : state.optimizer.second).get(name.slice(name.indexOf(".") + 1))!,
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
  if (sha256(readFileSync(path)) !== file.weightsSha256)
    throw new HeadstartError({
      code: "broken-checkpoint",
      where: path,
      message: "The weights are not those the checkpoint was written with: their hash differs.",
      hint: "Restore the folder, or start again from an earlier checkpoint.",
    });
  return { file, weights: readTensors(path, "") };
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
  return {
    step: file.step,
    config: file.model,
    weights,
    optimizer: { step: file.trainer.optimizerStep, first: readTensors(path, "first."), second: readTensors(path, "second.") },
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

function readTensors(path: string, prefix: string): WeightArrays {
  const tensors = openSafetensors([path]);
  try {
    const own = tensors.names().filter((name) => name.startsWith(prefix));
    return new Map(own.map((name) => [name.slice(prefix.length), tensors.read(name)]));
  } finally {
    tensors.close();
  }
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

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
