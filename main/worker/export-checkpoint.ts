// A checkpoint as other programs read it. What is on disk is copied from disk, tensor by tensor; only an adapter that is to be merged
// takes the model into memory.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CheckpointFile } from "../contract/checkpoint.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { Question } from "../contract/job.ts";
import { valuesOf } from "../engine/model/parameters.ts";
import { openOwnWeights, readCheckpointFile, tokenizerFileNames } from "../formats/checkpoint-folder.ts";
import { writeGguf } from "../formats/gguf-writer.ts";
import { writeHfFolder } from "../formats/hf-checkpoint.ts";
import { writePeftFolder } from "../formats/peft.ts";
import type { WrittenFile } from "../formats/write-aside.ts";
import { ggufTokenizerMetadata } from "../tokenizer/gguf-metadata.ts";
import { tokenizerSource } from "../tokenizer/open-tokenizer.ts";
import { openCheckpoint } from "./open-checkpoint.ts";

type ExportQuestion = Extract<Question, { kind: "export" }>;

/** Where values come from, one tensor at a time. */
type Read = (name: string) => Float32Array;

/** Returns what was written: a folder, or one GGUF file. Nothing is written over. */
export async function exportCheckpoint(question: ExportQuestion): Promise<{ path: string; bytes: number }> {
  const { checkpoint, format, folder } = question;
  const file = readCheckpointFile(checkpoint.folder);
  const target = join(folder, format === "gguf" ? `${checkpoint.id}.gguf` : checkpoint.id);
  if (existsSync(target))
    throw new HeadstartError({
      code: "export-exists",
      where: target,
      message: "There is something of this name already.",
      hint: "Remove it, or export into another folder.",
    });
  if (format === "gguf" && isAdapterAlone(question, file))
    throw badType("An adapter alone is written in PEFT's format, not as GGUF.", "Merge it, or export safetensors.");
  if (format === "gguf") {
    const { bytes } = await withValues(question, file, (read) => writeGgufFile(target, question, file, read));
    return { path: target, bytes };
  }
  try {
    await withValues(question, file, (read) => writeFolder(target, question, file, read));
  } catch (thrown) {
    rmSync(target, { recursive: true, force: true });
    throw thrown;
  }
  const bytes = readdirSync(target).reduce((sum, name) => sum + statSync(join(target, name)).size, 0);
  return { path: target, bytes };
}

function writeFolder(target: string, { dtype = "F32", checkpoint, merge }: ExportQuestion, file: CheckpointFile, read: Read): void {
  if (dtype === "Q8_0") throw badType("safetensors has no Q8_0.", "Choose F32, BF16 or F16, or export GGUF.");
  mkdirSync(target, { recursive: true });
  const { tokenizer, weights } = file;
  if (weights.kind === "adapter" && !merge) {
    writePeftFolder(target, { model: file.model, lora: weights.lora, base: weights.base }, read);
    return;
  }
  const eosTokenIds = tokenizer.kind === "huggingface" ? tokenizer.eosTokenIds : [];
  writeHfFolder(target, file.model, read, { eosTokenIds, bosTokenId: null, dtype });
  for (const name of tokenizerFileNames(tokenizer)) copyFileSync(join(checkpoint.folder, name), join(target, name));
}

function writeGgufFile(target: string, { dtype = "F16", checkpoint }: ExportQuestion, file: CheckpointFile, read: Read): WrittenFile {
  if (dtype !== "F16" && dtype !== "Q8_0") throw badType(`GGUF is written as F16 or Q8_0, not ${dtype}.`, "Choose one of them.");
  if (file.tokenizer.kind === "built-in")
    throw new HeadstartError({
      code: "no-gguf-tokenizer",
      where: `checkpoint ${checkpoint.id}`,
      message: "The built-in vocabulary has no form that llama.cpp reads.",
      hint: "Export safetensors.",
    });
  const source = tokenizerSource(file.tokenizer, (name) => readFileSync(join(checkpoint.folder, name), "utf8"));
  const tokenizer = ggufTokenizerMetadata(source);
  return writeGguf(target, { name: checkpoint.id, config: file.model, tokenizer }, read, dtype);
}

function badType(message: string, hint: string): HeadstartError {
  return new HeadstartError({ code: "bad-input", where: "export dtype", message, hint });
}

const isAdapterAlone = ({ merge }: ExportQuestion, { weights }: CheckpointFile) => weights.kind === "adapter" && !merge;

async function withValues<T>(question: ExportQuestion, file: CheckpointFile, use: (read: Read) => T): Promise<T> {
  const { checkpoint } = question;
  if (file.weights.kind === "adapter" && !isAdapterAlone(question, file)) {
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
