// A checkpoint folder as a model and its tokenizer. Weights come tensor by tensor, so no second copy of the model is in memory.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CheckpointFile } from "../contract/checkpoint.ts";
import type { CheckpointPlace } from "../contract/job.ts";
import { Parameters } from "../engine/model/parameters.ts";
import { Transformer } from "../engine/model/transformer.ts";
import { openOwnWeights, readCheckpointFile, verifyWeights } from "../formats/checkpoint-folder.ts";
import { openTokenizer } from "../tokenizer/open-tokenizer.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";

export interface OpenedCheckpoint {
  file: CheckpointFile;
  model: Transformer;
  tokenizer: Tokenizer;
}

export function tokenizerOf({ folder }: Pick<CheckpointPlace, "folder">): Tokenizer {
  return openTokenizer(readCheckpointFile(folder).tokenizer, (name) => readFileSync(join(folder, name), "utf8"));
}

/** With its adapter where it has one, which is then part of the model. */
export async function openCheckpoint({ folder }: Pick<CheckpointPlace, "folder">): Promise<OpenedCheckpoint> {
  const file = readCheckpointFile(folder);
  // What was imported was hashed then and may be large; what was written here is small and what a study builds on.
  if (file.trainer !== null) await verifyWeights(folder, file);
  const tokenizer = tokenizerOf({ folder });
  const own = openOwnWeights(folder, file);
  try {
    if (file.weights.kind !== "adapter") return { file, tokenizer, model: new Transformer(new Parameters(file.model, own)) };
    const { model } = await openCheckpoint({ folder: join(folder, file.weights.baseFolder) });
    model.parameters.adapt(file.weights.lora, own);
    return { file, tokenizer, model };
  } finally {
    own.close();
  }
}
