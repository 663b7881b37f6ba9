// Headstart's own checkpoint folders: checkpoint.json alone says how to open the rest.
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type CheckpointFile, checkpointFile, type TokenizerFiles } from "../contract/checkpoint.ts";
import { HeadstartError } from "../contract/errors.ts";
import { modelConfig } from "../contract/recipe.ts";
import { openGguf } from "./gguf.ts";
import { adapterFile } from "./peft.ts";
import { openSafetensors } from "./safetensors.ts";
import type { WeightFile } from "./weight-file.ts";

/** What the first version wrote: one F32 safetensors file, the built-in vocabulary. */
const firstVersion = z.object({
  formatVersion: z.literal(1),
  id: z.string(),
  parentId: z.string().nullable(),
  model: modelConfig,
  step: z.number().int(),
  seed: z.number().int(),
  dataHash: z.string().nullable(),
  codeVersion: z.string(),
  weightsSha256: z.string(),
  trainer: z.object({ optimizerStep: z.number().int(), counters: z.object({ prompts: z.number(), tokens: z.number() }) }),
  origin: z.string(),
});

export function readCheckpointFile(folder: string): CheckpointFile {
  const path = join(folder, "checkpoint.json");
  let problem: string;
  try {
    const json: unknown = JSON.parse(readFileSync(path, "utf8"));
    const first = firstVersion.safeParse(json);
    if (first.success) return upgraded(first.data);
    const parsed = checkpointFile.safeParse(json);
    if (parsed.success) return parsed.data;
    problem = z.prettifyError(parsed.error);
  } catch (thrown) {
    problem = (thrown as Error).message;
  }
  throw broken(path, `The checkpoint cannot be read: ${problem}`);
}

function upgraded({ weightsSha256, ...rest }: z.infer<typeof firstVersion>): CheckpointFile {
  const file = "model.safetensors";
  return {
    ...rest,
    formatVersion: 2,
    tokenizer: { kind: "built-in" },
    weights: { kind: "safetensors", files: [file] },
    dtypes: ["F32"],
    sha256: { [file]: weightsSha256 },
  };
}

/** The tensors in the folder itself: of an adapter its own, which its base's are not among. */
export function openOwnWeights(folder: string, { weights }: CheckpointFile): WeightFile {
  switch (weights.kind) {
    case "safetensors":
      return openSafetensors(weights.files.map((file) => join(folder, file)), folder); // biome-ignore format: one thought
    case "gguf":
      return openGguf(join(folder, weights.file));
    case "adapter":
      return openSafetensors([join(folder, adapterFile)]);
  }
}

/** Files that hold the weights, by name. */
export function weightFileNames({ weights }: Pick<CheckpointFile, "weights">): string[] {
  if (weights.kind === "safetensors") return weights.files;
  return [weights.kind === "gguf" ? weights.file : adapterFile];
}

export function tokenizerFileNames(files: TokenizerFiles): string[] {
  if (files.kind === "built-in") return [];
  return [files.tokenizer, files.config, files.specialTokens, files.template].filter((name) => name !== null);
}

export function weightBytes(folder: string, file: CheckpointFile): number {
  return weightFileNames(file).reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** Refuses weights that are not those the checkpoint was made with. Reads every byte. */
export async function verifyWeights(folder: string, file: CheckpointFile): Promise<void> {
  for (const name of weightFileNames(file)) {
    const path = join(folder, name);
    if (!existsSync(path)) throw broken(path, "The weights are missing.");
    if ((await sha256Of(path)) !== file.sha256[name])
      throw broken(path, "The weights are not those the checkpoint was written with: their hash differs.");
  }
}

/** `onBytes` hears how many were read since it last did. */
export async function sha256Of(path: string, onBytes?: (bytes: number) => void): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
    onBytes?.((chunk as Buffer).length);
  }
  return hash.digest("hex");
}

function broken(where: string, message: string): HeadstartError {
  return new HeadstartError({
    code: "broken-checkpoint",
    where,
    message,
    hint: "Restore the folder, or start again from an earlier checkpoint.",
  });
}
