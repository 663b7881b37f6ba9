// A checkpoint as other programs read it. What is on disk is copied from disk, tensor by tensor; only an adapter that is to be merged
// takes the model into memory.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CheckpointFile } from "../contract/checkpoint.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { Question } from "../contract/job.ts";
import { valuesOf } from "../engine/model/parameters.ts";
import { openOwnWeights, readCheckpointFile } from "../formats/checkpoint-folder.ts";
import { writeHfFolder } from "../formats/hf-checkpoint.ts";
import { tokenizerFileNames } from "./checkpoint-files.ts";
import { openCheckpoint } from "./open-checkpoint.ts";

type ExportQuestion = Extract<Question, { kind: "export" }>;

/** Where values come from, one tensor at a time. */
type Read = (name: string) => Float32Array;

/** Returns what was written: a folder, or one GGUF file. Nothing is written over. */
export async function exportCheckpoint(question: ExportQuestion): Promise<{ path: string; bytes: number }> {
  const { checkpoint, format, merge, folder } = question;
  const file = readCheckpointFile(checkpoint.folder);
  const target = join(folder, format === "gguf" ? `${checkpoint.id}.gguf` : checkpoint.id);
  if (existsSync(target))
    throw new HeadstartError({
      code: "export-exists",
      where: target,
      message: "There is something of this name already.",
      hint: "Remove it, or export into another folder.",
    });
  if (format === "gguf") throw new HeadstartError({ code: "not-yet", where: "gguf", message: "Comes later.", hint: "Wait." });
  try {
    await withValues(question, file, (read) => writeFolder(target, question, file, read));
  } catch (thrown) {
    rmSync(target, { recursive: true, force: true });
    throw thrown;
  }
  void merge;
  const bytes = readdirSync(target).reduce((sum, name) => sum + statSync(join(target, name)).size, 0);
  return { path: target, bytes };
}

function writeFolder(target: string, { dtype = "F32", checkpoint }: ExportQuestion, file: CheckpointFile, read: Read): void {
  if (dtype === "Q8_0")
    throw new HeadstartError({
      code: "bad-input",
      where: "export dtype",
      message: "safetensors has no Q8_0.",
      hint: "Choose F32, BF16 or F16, or export GGUF.",
    });
  mkdirSync(target, { recursive: true });
  const { tokenizer } = file;
  const eosTokenIds = tokenizer.kind === "huggingface" ? tokenizer.eosTokenIds : [];
  writeHfFolder(target, file.model, read, { eosTokenIds, bosTokenId: null, dtype });
  for (const name of tokenizerFileNames(tokenizer)) copyFileSync(join(checkpoint.folder, name), join(target, name));
}

async function withValues<T>({ checkpoint }: ExportQuestion, file: CheckpointFile, use: (read: Read) => T): Promise<T> {
  if (file.weights.kind === "adapter") {
    const { model } = await openCheckpoint(checkpoint);
    try {
      model.parameters.merge();
      return use((name) => valuesOf(model.parameters.get(name)));
    } finally {
      model.dispose();
    }
  }
  const weights = openOwnWeights(checkpoint.folder, file);
  try {
    return use((name) => weights.read(name));
  } finally {
    weights.close();
  }
}
