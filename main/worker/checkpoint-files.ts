// Checkpoints as training writes them: a folder with checkpoint.json, the weights, the tokenizer's files and, while its stage may
// still go on from it, optimizer.safetensors. Written aside, fsynced and renamed, so a folder is whole or not there.
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { CheckpointFile, TokenizerFiles, WeightFiles } from "../contract/checkpoint.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { CheckpointPlace } from "../contract/job.ts";
import { type TrainerState, trainedShapes } from "../engine/checkpoint.ts";
import type { WeightArrays } from "../engine/model/parameters.ts";
import { openOwnWeights, readCheckpointFile, tokenizerFileNames, weightFileNames } from "../formats/checkpoint-folder.ts";
import { writePeftFolder } from "../formats/peft.ts";
import { openSafetensors } from "../formats/safetensors.ts";
import { writeSafetensors } from "../formats/safetensors-writer.ts";
import { syncFolder, writeAside } from "../formats/write-aside.ts";

export interface CheckpointDescription extends Pick<CheckpointFile, "id" | "parentId" | "seed" | "dataHash" | "codeVersion" | "origin"> {
  tokenizer: TokenizerFiles;
  /** Where the tokenizer's files lie now. */
  tokenizerFolder: string;
  /** The checkpoint that an adapter stands on. */
  base?: CheckpointPlace;
}

const optimizerName = "optimizer.safetensors";

export function writeCheckpoint(folder: string, state: TrainerState, description: CheckpointDescription): void {
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  makeFolderDurably(part);
  const { tokenizerFolder, base, ...described } = description;
  for (const name of tokenizerFileNames(described.tokenizer)) copyFileSync(join(tokenizerFolder, name), join(part, name));
  const shapes = trainedShapes(state);
  const weights = weightsOf(state, folder, base);
  const [weightsName] = weightFileNames({ weights });
  const read = (name: string) => state.weights.get(name)!;
  const written = state.adapter
    ? writePeftFolder(part, { model: state.config, lora: state.adapter, base: base?.id ?? null }, read)
    : writeSafetensors(join(part, weightsName), shapes, read);
  writeSafetensors(
    join(part, optimizerName),
    ["first.", "second."].flatMap((moment) => shapes.map(({ name, shape }) => ({ name: moment + name, shape }))),
    (name) => (name.startsWith("first.") ? state.optimizer.first : state.optimizer.second).get(name.slice(name.indexOf(".") + 1))!,
  );
  const file: CheckpointFile = {
    formatVersion: 2,
    ...described,
    weights,
    dtypes: ["F32"],
    model: state.config,
    step: state.step,
    sha256: { [weightsName]: written.sha256 },
    trainer: { optimizerStep: state.optimizer.step, counters: state.counters, ...(state.rl && { rl: state.rl }) },
  };
  const json = new TextEncoder().encode(`${JSON.stringify(file, null, 2)}\n`);
  writeAside(join(part, "checkpoint.json"), (append) => append(json));
  syncFolder(part);
  rmSync(folder, { recursive: true, force: true }); // of an attempt that was taken back
  renameSync(part, folder);
  syncFolder(dirname(folder));
}

function weightsOf({ adapter }: TrainerState, folder: string, base: CheckpointPlace | undefined): WeightFiles {
  if (!adapter) return { kind: "safetensors", files: ["model.safetensors"] };
  if (!base) throw new TypeError("an adapter's checkpoint names its base");
  return { kind: "adapter", base: base.id, baseFolder: relative(folder, base.folder), lora: adapter };
}

/** The whole state a stage goes on from. */
export function readTrainerState({ folder }: CheckpointPlace): TrainerState {
  const file = readCheckpointFile(folder);
  const path = join(folder, optimizerName);
  if (!existsSync(path) || file.trainer === null)
    throw new HeadstartError({
      code: "no-optimizer-state",
      where: path,
      message: "The checkpoint has no optimiser state, so training cannot go on from it as if it had never stopped.",
      hint: "Resume from the stage's latest checkpoint.",
    });
  const weights = openOwnWeights(folder, file);
  try {
    return {
      step: file.step,
      config: file.model,
      adapter: file.weights.kind === "adapter" ? file.weights.lora : null,
      weights: new Map(weights.names().map((name) => [name, weights.read(name)])),
      optimizer: { step: file.trainer.optimizerStep, first: readTensors(path, "first."), second: readTensors(path, "second.") },
      counters: file.trainer.counters,
      ...(file.trainer.rl && { rl: file.trainer.rl }),
    };
  } finally {
    weights.close();
  }
}

/** Frees two thirds of a checkpoint that no stage will go on from. */
export function dropOptimizerState(folder: string): void {
  rmSync(join(folder, optimizerName), { force: true });
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

/** A new name in a folder is durable only once the folder is synced, and so up to the first folder that was there before. */
function makeFolderDurably(folder: string): void {
  const firstMade = mkdirSync(folder, { recursive: true });
  for (let at = folder; firstMade !== undefined; at = dirname(at)) {
    syncFolder(dirname(at));
    if (at === firstMade) break;
  }
}
